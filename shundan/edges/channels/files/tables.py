"""Read a recognised table row by row: what a header names, rows that were pasted together, refusals."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

Row = Sequence[str]
AGAIN = "Export the orders again and import the file as it is, without opening it in a spreadsheet."
ROUNDED = "A spreadsheet has rounded this number; its last digits are lost."
NO_ORDER_ID = "“%(value)s” is no order id."
OTHER_CURRENCY = "“%(value)s” is not the shop's currency."


@dataclass(frozen=True)
class RefusedRow:
    """A row that was not taken: where, why, and what to do. `row` counts from 1 with the header's rows.

    `message` is a sentence with %(named)s places for `said`, for a page to translate; `text` is English.
    """

    row: int
    column: str
    message: str
    remedy: str
    order_id: str = ""
    said: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return self.message % self.said


class Unreadable(Exception):
    """A cell cannot be read: the row, the column's name, why, and the remedy."""

    def __init__(self, row: int, column: str, message: str, remedy: str, **said: str) -> None:
        super().__init__(message)
        self.row, self.column, self.message, self.remedy, self.said = row, column, message, remedy, said

    def refused(self, order_id: str = "") -> RefusedRow:
        """Return the refusal this error means."""
        return RefusedRow(self.row, self.column, self.message, self.remedy, order_id, self.said)


class Cells:
    """The cells of one row by our own field names; a missing column is an empty text."""

    __slots__ = ("_row", "_width", "number", "places")

    def __init__(self, row: Row, *, number: int, places: dict[str, int]) -> None:
        # Stripped once: each cell of a large file is asked for again and again.
        self._row, self._width, self.number, self.places = [cell.strip() for cell in row], len(row), number, places

    def __getitem__(self, field: str) -> str:
        place = self.places.get(field, -1)
        return self._row[place] if 0 <= place < self._width else ""

    @property
    def plain(self) -> tuple[str, ...]:
        """The whole row as it is compared with another."""
        return tuple(self._row)


def told_rows(rows: Sequence[Row], *, header_at: int) -> Iterator[tuple[int, Row]]:
    """Yield (number, cells) of each filled row below the header; the number is its place, from 1."""
    width = sum(1 for cell in rows[header_at] if cell.strip())
    for number, row in enumerate(rows[header_at + 1 :], start=header_at + 2):
        filled = [cell for cell in row if cell and not cell.isspace()]
        if not filled:
            continue
        yield number, _parted(row, filled, width=width) if len(filled) * 3 < width else row


def _parted(row: Row, filled: list[str], *, width: int) -> Row:
    """Part a row that was pasted under another table's header: its cells are parted by tabs, or by commas."""
    text = ",".join(row).rstrip(",")
    if text.count("\t") * 2 >= width:
        return text.split("\t")
    if len(filled) == 1 and row[0].count(",") * 2 >= width:
        return next(csv.reader([row[0]]))
    return row


def composed(text: str) -> str:
    """Return a text with its accents composed, so that one name has one spelling."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)
