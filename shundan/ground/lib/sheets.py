"""Tables in files: Excel workbooks, CSV and tab text, HTML tables named .xls. Every cell is read as text.

Files come from strangers: sizes are limited before anything is unpacked, entities are never expanded, and what
is written can never run as a formula.
"""
from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from html.parser import HTMLParser

import xlsxwriter
from python_calamine import CalamineError, load_workbook

from shundan.core.errors import BadFile

Cell = str | int | Decimal | float | bool | date | datetime | None
LARGEST_FILE = 100 * 1024 * 1024
LARGEST_UNPACKED = 400 * 1024 * 1024
MOST_CELLS = 20_000_000
_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MADE_AT = datetime(2000, 1, 1, tzinfo=UTC)
_PLAIN_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*\Z")
_LONG_NUMBER = re.compile(rb"<c\b[^>]*?\br=[\"']([A-Z]{1,3})(\d{1,7})[\"'][^>]*><v>(-?\d{16,40})</v>")
_REFERENCE = re.compile(rb"<c\b[^>]*?\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']")


@dataclass(frozen=True)
class Sheet:
    """One table: rows of text cells, each row as long as the widest."""

    name: str
    rows: list[list[str]]

    @property
    def filled(self) -> int:
        """How many cells hold something."""
        return sum(1 for row in self.rows for cell in row if cell)


def read_sheet(raw: bytes) -> list[list[str]]:
    """Return the rows of the fullest sheet in a file; raises BadFile for what cannot or must not be read."""
    return max(read_sheets(raw), key=lambda sheet: sheet.filled).rows


def read_sheets(raw: bytes) -> list[Sheet]:
    """Return every sheet of a workbook, or the one table of a text file. The kind is told by content.

    Cells are text as they stand: blanks and tabs are kept, whole numbers have no ".0", numbers of 16 digits
    and more keep every digit the file has (one that Excel has rounded stays "5.8E+17"), times are ISO 8601.
    """
    if not raw.strip(b"\x00 \t\r\n"):
        raise BadFile("The file is empty.", remedy="Export it again")
    if len(raw) > LARGEST_FILE:
        raise BadFile("The file is larger than 100 MB.", remedy="Export a shorter time")
    if raw.startswith(b"PK"):
        return _read_workbook(raw, parts=_checked_parts(raw))
    if raw.startswith(_OLE):
        if _ENCRYPTED in raw:
            raise BadFile("The workbook is protected by a password.", remedy="Save it without password and label")
        return _read_workbook(raw, parts=[])
    text = _decoded(raw)
    if re.match(r"\s*(<!--.*?-->\s*)?<(!doctype html|html|head|body|meta|table|style)\b", text[:2000], re.I | re.S):
        return [_html_table(text)]
    return [Sheet("", _csv_rows(text))]


def write_csv(rows: Iterable[Sequence[Cell]], *, header: Sequence[str]) -> bytes:
    """Write UTF-8 with a byte order mark, for Excel; text that a spreadsheet would run gets a leading "'"."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_unarmed(name) for name in header])
    for row in rows:
        writer.writerow([_unarmed(_text(cell)) for cell in row])
    return out.getvalue().encode("utf-8-sig", "replace")


def write_xlsx(
    rows: Iterable[Sequence[Cell]], *, header: Sequence[str], sheet: str = "Sheet1", made_at: datetime | None = None
) -> bytes:
    """Write one sheet with a bold, frozen header. Text stays text (ids too), numbers are numbers, no formulas.

    Whole numbers beyond 15 digits are written as text, since Excel would round them. Times are ISO text.
    """
    out = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"created": (made_at or _MADE_AT).replace(tzinfo=None)})
        page = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", sheet)[:31] or "Sheet1")
        bold = book.add_format({"bold": True})
        page.freeze_panes(1, 0)
        for column, name in enumerate(header):
            page.set_column(column, column, max(10, min(40, len(name) + 4)))
            page.write_string(0, column, name, bold)
        for place, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, (int, float, Decimal)) and not isinstance(cell, bool) and abs(cell) < 10**15:
                    page.write_number(place, column, float(cell))
                elif cell is not None and cell != "":
                    page.write_string(place, column, _xml_text(_text(cell))[:32_767])
    return out.getvalue()


def _checked_parts(raw: bytes) -> list[bytes]:
    """Return the XML of each worksheet in the workbook's order, after the sizes were checked."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            if sum(part.file_size for part in archive.infolist()) > LARGEST_UNPACKED or len(archive.infolist()) > 5000:
                raise BadFile("The workbook unpacks to more than 400 MB.", remedy="Export a shorter time")
            # Reading every part once proves that the sizes in the directory are true.
            if archive.testzip() is not None:
                raise BadFile("The workbook is damaged.", remedy="Export it again")
            parts = [archive.read(name) for name in _part_names(archive)]
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise BadFile("The workbook is damaged or protected.", remedy="Export it again") from error
    for part in parts:
        if _area(part) > MOST_CELLS:
            raise BadFile("A sheet spans more cells than can be read.", remedy="Delete the empty far rows and columns")
    return parts


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
    if re.search(rb"\br=[\"'](?:[D-Z][A-Z]|[A-Z]{3})\d", part) or re.search(rb"\br=[\"'][A-Z]+\d{5}", part):
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


def _read_workbook(raw: bytes, *, parts: list[bytes]) -> list[Sheet]:
    try:
        book = load_workbook(io.BytesIO(raw))
        tables = [(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in book.sheet_names]
    except CalamineError as error:
        raise BadFile("The workbook cannot be read.", remedy="Open it in Excel and save it as .xlsx") from error
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


def _decoded(raw: bytes) -> str:
    """Decode by byte order mark, else UTF-16 by its zero bytes, else UTF-8, else the Chinese of Windows."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    if b"\x00" in raw[:200]:
        return raw.decode("utf-16-le" if raw[1:2] == b"\x00" else "utf-16-be", "replace")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("cp1252", "replace")


def _csv_rows(text: str) -> list[list[str]]:
    delimiter = _delimiter(text)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise BadFile(f"The text table cannot be read: {error}.", remedy="Save it again as CSV UTF-8") from error
    rows = [row for row in rows if row]
    if sum(len(row) for row in rows) > MOST_CELLS:
        raise BadFile("The table has more cells than can be read.", remedy="Export a shorter time")
    width = max((len(row) for row in rows), default=0)
    if width * len(rows) > MOST_CELLS:
        return rows
    return [row + [""] * (width - len(row)) for row in rows]


def _delimiter(text: str) -> str:
    """Return what parts the header's cells, quoted text aside; a tab only pads ids where commas stand too."""
    header = re.sub(r'"(?:[^"]|"")*"', "", text[:200_000]).lstrip("\r\n").split("\n", 1)[0]
    if header.startswith("sep="):
        return header[4:5] or ","
    return max(",;\t|", key=header.count)


class _TableReader(HTMLParser):
    """Collects the cells of the first table; a table inside a cell is text of that cell."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self.depth = 0
        self.finished = False
        self._cell: list[str] | None = None
        self._span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.depth += 1
        if self.finished or self.depth != 1:
            return
        if tag == "tr":
            self._close()
            self.rows.append([])
        elif tag in {"td", "th"}:
            self._close()
            self._cell = []
            span = dict(attrs).get("colspan") or "1"
            self._span = min(int(span), 500) if span.isdecimal() else 1
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self.depth == 1 and tag in {"td", "th", "tr", "table"}:
            self._close()
        if tag == "table" and self.depth:
            self.depth -= 1
            self.finished = self.finished or self.depth == 0

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def _close(self) -> None:
        if self._cell is None:
            return
        if not self.rows:
            self.rows.append([])
        self.rows[-1] += ["".join(self._cell).replace("\xa0", " ").strip(), *[""] * (self._span - 1)]
        self._cell = None


def _html_table(text: str) -> Sheet:
    reader = _TableReader()
    reader.feed(text)
    reader.close()
    rows = [row for row in reader.rows if row]
    if not rows:
        raise BadFile("The page holds no table.", remedy="Export it again as .xlsx or .csv")
    width = max(len(row) for row in rows)
    return Sheet("", [row + [""] * (width - len(row)) for row in rows])


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    return cell.isoformat() if isinstance(cell, (date, datetime)) else str(cell)


def _xml_text(text: str) -> str:
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]", "", text)


def _unarmed(text: str) -> str:
    """Disarm a cell that a spreadsheet would run (= + - @, also behind blanks); plain numbers stay as they are."""
    text = text.replace("\x00", "")
    first = text.lstrip()[:1]
    risky = text[:1] in {"\t", "\r", "\n"} or (first != "" and first in "=+-@＝＋－＠")
    return f"'{text}" if risky and not _PLAIN_NUMBER.match(text) else text
