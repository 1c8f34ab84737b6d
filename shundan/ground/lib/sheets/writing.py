"""Write tables for spreadsheets; nothing in them can run."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

Cell = str | int | Decimal | float | bool | date | datetime | None
_MADE_AT = datetime(2000, 1, 1, tzinfo=UTC)
_PLAIN_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*\Z")


def write_csv(rows: Iterable[Sequence[Cell]], *, header: Sequence[str]) -> bytes:
    """Write UTF-8 with a byte order mark, for Excel; text that a spreadsheet would run gets a leading "'"."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_unarmed(name) for name in header])
    for row in rows:
        writer.writerow([_unarmed(_text(cell)) for cell in row])
    return out.getvalue().encode("utf-8-sig", "replace")


def write_xlsx(
    rows: Iterable[Sequence[Cell]],
    *,
    header: Sequence[str],
    sheet: str = "Sheet1",
    made_at: datetime | None = None,
) -> bytes:
    """Write one sheet with a bold, frozen header. Text stays text, numbers are numbers, no formulas.

    Whole numbers beyond 15 digits are written as text, since Excel would round them. Times are ISO text.
    """
    return write_book([(sheet, header, rows)], made_at=made_at)


def write_book(
    sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Cell]]]], *, made_at: datetime | None = None
) -> bytes:
    """Write one workbook of several sheets, each (name, header, rows), as `write_xlsx` writes one."""
    out = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"created": (made_at or _MADE_AT).replace(tzinfo=None)})
        bold = book.add_format({"bold": True})
        for name, header, rows in sheets:
            page = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", name)[:31] or "Sheet1")
            _write_page(page, rows, header=header, bold=bold)
    return out.getvalue()


def _write_page(page: Any, rows: Iterable[Sequence[Cell]], *, header: Sequence[str], bold: Any) -> None:
    page.freeze_panes(1, 0)
    for column, name in enumerate(header):
        page.set_column(column, column, max(10, min(40, len(name) + 4)))
        page.write_string(0, column, name, bold)
    for place, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if cell is None or cell == "":
                continue
            number = _number(cell)
            if number is not None:
                page.write_number(place, column, number)
            else:
                page.write_string(place, column, _xml_text(_text(cell))[:32_767])


def _number(cell: Cell) -> float | None:
    """Return what Excel can hold exactly enough as a number; ids of 16 digits are not."""
    if isinstance(cell, bool) or not isinstance(cell, (int, float, Decimal)):
        return None
    return float(cell) if -(10**15) < cell < 10**15 else None


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    return cell.isoformat() if isinstance(cell, (date, datetime)) else str(cell)


def _xml_text(text: str) -> str:
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]", "", text)


def _unarmed(text: str) -> str:
    """Disarm what a spreadsheet would run (= + - @, also behind blanks); plain numbers stay as they are."""
    text = text.replace("\x00", "")
    first = text.lstrip()[:1]
    risky = text[:1] in {"\t", "\r", "\n"} or (first != "" and first in "=+-@＝＋－＠")
    return f"'{text}" if risky and not _PLAIN_NUMBER.match(text) else text
