"""Views of imports.

entry.py      the page where a person types an order in
pages.py      the list with its form, one import with preview, progress and result
columns.py    what the columns of an unknown file mean
rows.py       rows that are kept and shown
exports.py    files that are written
downloads.py  tables a person fetches
sentences.py  what files are refused for, in the reader's language
"""

from __future__ import annotations

from shundan.desk.imports.views.columns import explain_columns, forget_mapping, list_mappings
from shundan.desk.imports.views.downloads import download_left, download_refused
from shundan.desk.imports.views.entry import enter_order
from shundan.desk.imports.views.exports import download_export, list_exports, show_export
from shundan.desk.imports.views.pages import cancel, confirm, list_imports, show_import, undo, upload
from shundan.desk.imports.views.rows import list_rows, show_row

__all__ = [
    "cancel", "confirm", "download_export", "download_left", "download_refused", "enter_order", "explain_columns",
    "forget_mapping", "list_exports", "list_imports", "list_mappings", "list_rows", "show_export", "show_import",
    "show_row", "undo", "upload",
]  # fmt: skip
