"""Write the workbook that Seller Center takes back with tracking numbers (Orders › Upload, second layout)."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import xlsxwriter

HEADER = ("Order ID", "Tracking ID", "Shipping Provider Name", "Auto Combine Group ID")
NOTE = "Review the examples before you fill out this sheet."
NOT_COMBINED = "N/A"
_MADE_AT = datetime(2000, 1, 1, tzinfo=UTC)
_HOW = (
    "Each row of the sheet “Shipping info” tells the tracking number of one order.",
    "Orders that travel in one parcel have the same Auto Combine Group ID; all others have N/A.",
    "Orders split into several parcels cannot be uploaded in a batch: enter those in Seller Center.",
)
_DEFINITIONS = (
    ("Order ID", "The platform's number of the order."),
    ("Tracking ID", "The number the carrier gave the parcel."),
    ("Shipping Provider Name", "The carrier, by the name Seller Center knows."),
    ("Auto Combine Group ID", "The same for all orders in one parcel, N/A otherwise."),
)
_EXAMPLE = ("577000000000000001", "9400000000000000000001", "USPS", NOT_COMBINED)


@dataclass(frozen=True)
class Sent:
    """One order that left with a carrier; `group` names the parcel it shares with other orders."""

    order_id: str
    tracking_number: str
    carrier: str
    group: str = ""


def upload_rows(sent: Iterable[Sent]) -> list[list[str]]:
    """Return the rows of the upload, under HEADER."""
    return [[one.order_id, one.tracking_number, one.carrier, one.group or NOT_COMBINED] for one in sent]


def write_upload(rows: Iterable[Iterable[str]]) -> bytes:
    """Write the workbook: every id is text, the header stands in row 2 under the merged note, rows from row 3."""
    out = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"created": _MADE_AT.replace(tzinfo=None)})
        text = book.add_format({"num_format": "@"})
        bold = book.add_format({"bold": True})
        how = book.add_worksheet("How to use it")
        for place, line in enumerate(_HOW):
            how.write_string(place, 0, line)
        page = book.add_worksheet("Shipping info")
        page.merge_range(0, 0, 0, len(HEADER) - 1, NOTE)
        page.set_column(0, len(HEADER) - 1, 26, text)
        for column, name in enumerate(HEADER):
            page.write_string(1, column, name, bold)
        for place, row in enumerate(rows, start=2):
            for column, cell in enumerate(row):
                page.write_string(place, column, cell, text)
        words = book.add_worksheet("Data definitions")
        for place, definition in enumerate(_DEFINITIONS):
            words.write_row(place, 0, definition)
        example = book.add_worksheet("Example of shipment")
        for column, (name, cell) in enumerate(zip(HEADER, _EXAMPLE, strict=True)):
            example.write_string(0, column, name, bold)
            example.write_string(1, column, cell, text)
        page.activate()
    return out.getvalue()
