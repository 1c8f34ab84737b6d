"""What files are refused for, in the reader's language; what reads files knows only English."""

from __future__ import annotations

import re

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from shundan.core.errors import Refused
from shundan.edges.channels.files.tables import RefusedRow

# A test holds that every sentence of the readers stands here.
SENTENCES = (
    # of one row
    _("A spreadsheet has rounded this number; its last digits are lost."),
    _("Another row of this order is refused, so the order is not taken in part."),
    _("Several orders stand in one cell; give each order its own row."),
    _("The SKU %(value)s stands in this order twice, with different cells."),
    _("The line names no SKU."),
    _("The order has no time of creation."),
    _("The rating has no time."),
    _("The row has no day of settlement."),
    _("The status “%(value)s” is not known."),
    _("This cell contradicts row %(other)s of the same order."),
    _("“%(value)s” is no amount of money."),
    _("“%(value)s” is no order id."),
    _("“%(value)s” is no quantity."),
    _("“%(value)s” is no rating from 1 to 5."),
    _("“%(value)s” is no time."),
    _("“%(value)s” is not in the shop's currency."),
    _("“%(value)s” is not the shop's currency."),
    # of a whole file
    _("It is not known which shop this file belongs to."),
    _("Only who works for all shops may bring a new one."),
    _("Nothing in this file tells whether the day or the month comes first in its dates."),
    _("Some dates have the day first, others the month."),
    _("The file cannot be read; the log says why."),
    _("The file is empty."),
    _("The file is larger than 100 MB."),
    _("The page holds no table."),
    _("The table has a header but no orders."),
    _("The table has a header but no rows."),
    _("This is not the table but the lock that a spreadsheet program keeps while it is open."),
    _("Choose the file of the same name without ~$ at its beginning."),
    _("The table has more cells than can be read."),
    _("The workbook cannot be read."),
    _("The workbook declares entities."),
    _("The workbook has no sheet."),
    _("The workbook is damaged or protected."),
    _("The workbook is damaged."),
    _("The workbook is protected by a password."),
    _("The workbook unpacks to more than 400 MB."),
    _("A sheet spans too many cells."),
    # of columns a person explains
    _("This import asks for no columns."),
    _("Two columns are given the same meaning."),
    _("A column that such a table cannot do without has no meaning yet."),
    _("Leave one of them without a meaning."),
    _("Choose its column, or another kind of table."),
    _("Choose a column of the file."),
    _("Choose a field from the list."),
    # of what cannot be done now
    _("This import is undone already."),
    _("Only an import that was stored can be undone."),
    _("Exchange rates are not undone."),
    _("Import or enter the rates that are right."),
    _("What this import stored is no longer kept."),
    _("Cancel its orders by hand, or import the right file."),
    _("Its orders are still being taken up."),
    _("Wait a moment and try again."),
    _("This import no longer waits for a confirmation."),
    _("This job has ended already."),
    _("Reload the page."),
    _("There is no such file."),
    _("Choose CSV or XLSX."),
    _("No order is chosen."),
    _("Choose other filters."),
    _("These are more orders than one file can hold."),
    _("Narrow the list by date or shop."),
    _("This export has no file yet."),
    _("Wait until it is written."),
    # of what undoing leaves
    _("It was known before this import, which only changed it: import the file that is right."),
    _("It was told again since then; the later news stays."),
    _("Somebody has worked on it since then."),
    _("A label was asked for, or its parcel has left."),
    _("After-sales has opened a case for it."),
    _("Statements are not undone: import the settlement that is right; the later one counts."),
    _("Ratings are not undone."),
    _("The import was not undone; the log says why."),
    _("The file was not written; the log says why."),
    # of exports
    _("The platform ships it and knows its number."),
    _("It has not left yet."),
    _("It left in several parcels: enter them in Seller Center."),
    _("It has no tracking number."),
    _("None of the chosen orders can be in such a file."),
    _("This export was cancelled."),
    # of an order that was typed
    _("A quantity is a whole number above 0."),
    _("A SKU has 1 to 32 characters."),
    _("An amount is 0 or more."),
    _("An order has 1 to 100 lines."),
    _("An order id has 1 to 32 letters, digits, dots, dashes."),
    _("Orders of a connected shop come from its channel."),
    # what to do
    _("Choose a shop known by files only."),
    _("Choose another."),
    _("Choose another order id."),
    _("Correct the quantity."),
    _("Enter at least one SKU and its quantity."),
    _("Enter the seller SKU."),
    _("Write 12.34"),
    _("Choose a shop."),
    _("Choose another file."),
    _("Correct the cell, or export the orders again."),
    _("Delete the empty far rows and columns"),
    _("Delete the older of the two rows, or export the orders again."),
    _("Export a longer time"),
    _("Export a shorter time"),
    _("Export it again"),
    _("Export it again as .xlsx or .csv"),
    _("Export the file again, and do not edit it."),
    _("Export the orders again and import the file as it is, without opening it in a spreadsheet."),
    _("Export the orders again in Seller Center, in English, and do not edit the file."),
    _("Save it as CSV UTF-8"),
    _("Save it in Excel as .xlsx"),
    _("Save it without a password"),
    _("Say which comes first, and import the file again."),
    _("Set the language of Seller Center to English, export the orders again and import that file."),
)
# Sentences that are kept with their values filled in.
FILLED = (
    _("No known table is in this file. Its columns begin: %(columns)s."),
    _("The column %(column)s is missing."),
    _("This file holds orders of %(market)s, but the shop sells in %(region)s."),
    _("Choose a shop of %(market)s."),
    _("“%(region)s” is not a market."),
    _("Markets: %(markets)s."),
)


def said(sentence: str) -> str:
    """Return a sentence in the reader's language, also one of those whose values are filled in already."""
    for form, pattern in _PATTERNS:
        if found := pattern.fullmatch(sentence):
            return gettext(form) % found.groupdict()
    return gettext(sentence) if sentence else ""


def _pattern(form: str) -> re.Pattern[str]:
    """Return what a sentence looks like whatever its values are."""
    return re.compile(re.sub(r"%\\\((\w+)\\\)s", r"(?P<\1>.+)", re.escape(form)), re.DOTALL)


_PATTERNS = [(form, _pattern(form)) for form in FILLED]


def in_words(refusal: Refused) -> Refused:
    """Return a refusal with its sentences in the reader's language."""
    refusal.message, refusal.remedy = said(refusal.message), said(refusal.remedy)
    return refusal


def sentence_of(row: RefusedRow) -> tuple[str, str]:
    """Return why a row was refused and what to do, in the reader's language."""
    return said(row.message) % row.said, said(row.remedy)
