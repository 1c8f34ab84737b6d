"""Read Excel workbooks: sizes first, then the cells, then the digits that floating point would lose."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from python_calamine import CalamineError, load_workbook

from shundan.core.errors import BadFile
from shundan.ground.lib.sheets.tables import LARGEST_UNPACKED, MOST_CELLS, Sheet

_CELL = rb"<(?:\w+:)?c\b[^>]*?\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']"
_UNREADABLE = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error)
_REFERENCE = re.compile(_CELL)
_LONG_NUMBER = re.compile(_CELL + rb"[^>]*><(?:\w+:)?v>(-?\d{16,40})</")
_WIDE = re.compile(rb"\br=[\"'](?:[D-Z][A-Z]|[A-Z]{3})\d")
_TALL = re.compile(rb"\br=[\"'][A-Z]+\d{5}")


def checked_parts(raw: bytes) -> list[bytes]:
    """Return the XML of each worksheet in the workbook's order, after the sizes were checked."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            listed = archive.infolist()
            if sum(part.file_size for part in listed) > LARGEST_UNPACKED or len(listed) > 5000:
                raise BadFile("The workbook unpacks to more than 400 MB.", remedy="Export a shorter time")
            # Reading every part once proves that the sizes in the directory are true.
            if archive.testzip() is not None:
                raise BadFile("The workbook is damaged.", remedy="Export it again")
            if any(_declares_entities(archive, part) for part in listed):
                raise BadFile("The workbook declares entities.", remedy="Save it in Excel as .xlsx")
            parts = [archive.read(name) for name in _part_names(archive)]
    except _UNREADABLE as error:
        raise BadFile("The workbook is damaged or protected.", remedy="Export it again") from error
    for part in parts:
        if _area(part) > MOST_CELLS:
            raise BadFile("A sheet spans too many cells.", remedy="Delete the empty far rows and columns")
    return parts


def _declares_entities(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    if not part.filename.endswith((".xml", ".rels")):
        return False
    with archive.open(part) as content:
        return b"<!DOCTYPE" in content.read(4096)


def _part_names(archive: zipfile.ZipFile) -> list[str]:
    names = set(archive.namelist())
    try:
        book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
        links = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    except KeyError:
        return []
    targets = {}
    for link in re.findall(r"<(?:\w+:)?Relationship\b[^>]*>", links):
        found = dict(re.findall(r"\b(Id|Target)=[\"']([^\"']*)[\"']", link))
        target = found.get("Target", "").lstrip("/")
        targets[found.get("Id", "")] = target if target.startswith("xl/") else f"xl/{target}"
    ids = re.findall(r"<(?:\w+:)?sheet\b[^>]*?\b\w+:id=[\"']([^\"']*)[\"']", book)
    listed = [targets.get(link_id, "") for link_id in ids]
    return listed if all(name in names for name in listed) else []


def _area(part: bytes) -> int:
    """Return an upper bound of rows × columns; counted exactly only where the quick bound is large."""
    last_row, last_column = 10_000, 104
    if _WIDE.search(part) or _TALL.search(part):
        last_row = last_column = 1
        for found in _REFERENCE.finditer(part):
            last_row = max(last_row, int(found[2]))
            last_column = max(last_column, _column(found[1]))
    return last_row * last_column


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def workbook_sheets(raw: bytes, *, parts: list[bytes]) -> list[Sheet]:
    """Return every sheet; cells are placed by their own reference, whatever rows and dimension claim."""
    try:
        book = load_workbook(io.BytesIO(raw))
        tables = [(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in book.sheet_names]
    except CalamineError as error:
        raise BadFile("The workbook cannot be read.", remedy="Save it in Excel as .xlsx") from error
    sheets = []
    for place, (name, table) in enumerate(tables):
        rows = [[_read_cell(cell) for cell in row] for row in table]
        if place < len(parts):
            _restore_long_numbers(rows, part=parts[place])
        sheets.append(Sheet(name, rows))
    if not sheets:
        raise BadFile("The workbook has no sheet.", remedy="Export it again")
    return sheets


def _restore_long_numbers(rows: list[list[str]], *, part: bytes) -> None:
    """Put back the digits of ids stored as numbers, which floating point would round."""
    for found in _LONG_NUMBER.finditer(part):
        row, column = int(found[2]) - 1, _column(found[1]) - 1
        if row < len(rows) and column < len(rows[row]) and "E" in rows[row][column]:
            rows[row][column] = found[3].decode()


def _read_cell(cell: object) -> str:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        if abs(cell) >= 1e15:
            return f"{cell:.14E}"
        return str(int(cell)) if cell.is_integer() else format(Decimal(repr(cell)), "f")
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, (date, time, timedelta)):
        return str(cell)
    return str(cell)
