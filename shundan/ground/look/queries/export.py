"""The whole filtered list as a file: streamed CSV, or XLSX; no cell can become a formula."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.db.models import QuerySet
from django.utils import timezone

from shundan.ground.look.queries.columns import Column, export_value

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
_CHUNK = 500
_BOM = "\ufeff"


class _Echo:
    """A file that gives back what is written to it, for streaming."""

    def write(self, line: str) -> str:
        return line


def safe_cell(value: Any) -> Any:
    """Make a value harmless for spreadsheets: text that would start a formula gets a leading apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float | Decimal):
        return value
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return f"'{text}" if text.startswith(_RISKY) else text


def stream_csv(columns: Sequence[Column], queryset: QuerySet[Any]) -> Iterator[str]:
    """Yield CSV lines with a byte-order mark, which spreadsheets need to read Chinese."""
    kept = [column for column in columns if column.export is not False]
    writer = csv.writer(_Echo())
    yield _BOM + writer.writerow([safe_cell(column.label) for column in kept])
    for item in queryset.iterator(chunk_size=_CHUNK):
        yield writer.writerow([safe_cell(export_value(column, item)) for column in kept])


def write_xlsx(columns: Sequence[Column], queryset: QuerySet[Any], *, title: str) -> IO[bytes]:
    """Write the list as a workbook with one sheet and return the file, rewound."""
    kept = [column for column in columns if column.export is not False]
    file = tempfile.NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115 - the response closes it
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file.name, options) as book:
        sheet = book.add_worksheet(_sheet_name(title))
        bold = book.add_format({"bold": True})
        for place, column in enumerate(kept):
            sheet.write_string(0, place, str(column.label), bold)
        for line, item in enumerate(queryset.iterator(chunk_size=_CHUNK), start=1):
            for place, column in enumerate(kept):
                _write(sheet, line, place, safe_cell(export_value(column, item)))
    file.seek(0)
    return file


def _write(sheet: Any, line: int, place: int, value: Any) -> None:
    # Numbers past 15 digits (order ids) would be rounded by a spreadsheet, so they are written as text.
    if isinstance(value, int | float | Decimal) and abs(float(value)) < 1e15:
        sheet.write_number(line, place, value)
    else:
        sheet.write_string(line, place, str(value))


def _sheet_name(title: str) -> str:
    return "".join(letter for letter in title if letter not in "[]:*?/\\'")[:31] or "Sheet1"
