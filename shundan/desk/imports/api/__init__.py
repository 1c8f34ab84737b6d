"""The API of files that come in and go out.

imports.py  upload a file, see its preview, confirm it, explain its columns, undo it
rows.py     rows of files that are kept
exports.py  orders in the platform's own columns, and the tracking upload
"""

from __future__ import annotations

from shundan.desk.imports.api.exports import router as exports_router
from shundan.desk.imports.api.imports import router
from shundan.desk.imports.api.rows import router as rows_router

router.add_router("", rows_router)

__all__ = ["exports_router", "router"]
