"""Read tables that are text: comma, semicolon or tab, and HTML pages named .xls."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser

from shundan.core.errors import BadFile
from shundan.ground.lib.sheets.tables import MOST_CELLS, squared


def decoded(raw: bytes) -> str:
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


def csv_rows(text: str) -> list[list[str]]:
    """Return the filled rows of a delimited text, all as long as the widest."""
    delimiter = _delimiter(text)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise BadFile(f"The text table cannot be read: {error}.", remedy="Save it as CSV UTF-8") from error
    rows = [row for row in rows if row]
    if sum(len(row) for row in rows) > MOST_CELLS:
        raise BadFile("The table has more cells than can be read.", remedy="Export a shorter time")
    return squared(rows)


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


def html_rows(text: str) -> list[list[str]]:
    """Return the rows of the first table in a page."""
    reader = _TableReader()
    reader.feed(text)
    reader.close()
    rows = [row for row in reader.rows if row]
    if not rows:
        raise BadFile("The page holds no table.", remedy="Export it again as .xlsx or .csv")
    return squared(rows)
