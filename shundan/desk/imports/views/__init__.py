"""Views of imports.

entry.py      the page where a person types an order in
pages.py      the list with its form, one import with preview, progress and result
sentences.py  what files are refused for, in the reader's language
"""

from __future__ import annotations

from shundan.desk.imports.views.entry import enter_order
from shundan.desk.imports.views.pages import (
    cancel,
    confirm,
    download_refused,
    list_imports,
    show_import,
    upload,
)

__all__ = ["cancel", "confirm", "download_refused", "enter_order", "list_imports", "show_import", "upload"]
