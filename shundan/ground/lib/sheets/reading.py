"""Tell what kind of table a file is, by its content alone."""

from __future__ import annotations

import re

from shundan.core.errors import BadFile
from shundan.ground.lib.sheets.tables import LARGEST_FILE, Sheet
from shundan.ground.lib.sheets.texts import csv_rows, decoded, html_rows
from shundan.ground.lib.sheets.workbooks import checked_parts, workbook_sheets

_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PAGE = re.compile(r"\s*(<!--.*?-->\s*)?<(!doctype html|html|head|body|meta|table|style)\b", re.I | re.S)


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
        return workbook_sheets(raw, parts=checked_parts(raw))
    if raw.startswith(_OLE):
        if _ENCRYPTED in raw:
            raise BadFile("The workbook is protected by a password.", remedy="Save it without a password")
        return workbook_sheets(raw, parts=[])
    text = decoded(raw)
    return [Sheet("", html_rows(text) if _PAGE.match(text[:2000]) else csv_rows(text))]
