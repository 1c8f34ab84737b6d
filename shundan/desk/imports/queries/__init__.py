"""Reads of imports.

reports.py   imports as reports: each is a job of the kind "import"; its cursor tells how far it is
mappings.py  what people said about columns nobody knows
kept.py      rows that are kept and shown
undoing.py   what an import did, row by row, and what became of its undoing
facts.py     stored orders as facts again
tables.py    tables as files to be fetched
words.py     kinds of tables and meanings of columns, in the reader's language
lists.py     the list of kept rows, one per kind
parts.py     what is kept in files meanwhile, and until when
exports.py   files that are being written, or wait to be fetched
"""

from __future__ import annotations

from shundan.desk.imports.queries.exports import ExportReport, exports_of, find_export
from shundan.desk.imports.queries.facts import orders_as_facts, returns_of_orders, sent_orders
from shundan.desk.imports.queries.kept import (
    KEPT_LIST_KINDS,
    KeptRow,
    kept_hashes,
    kept_rows_of_order,
    kept_rows_seen_by,
    original_table,
)
from shundan.desk.imports.queries.mappings import Mapping, all_mappings, mapping_by_key, mappings_for
from shundan.desk.imports.queries.parts import EXPORT, KEPT_FOR, KIND, UNDO, kept, named_files, old_files
from shundan.desk.imports.queries.reports import (
    CANCELLED,
    DONE,
    FAILED,
    MAPPING,
    OPEN_PHASES,
    PREVIEW,
    READING,
    STORING,
    Counts,
    ImportReport,
    find_import,
    find_job,
    imports_seen_by,
    known_sources,
    refused_rows,
    refused_table,
    report_of,
    stored_statements,
    told_before,
    unknown_table,
    waiting_imports,
)
from shundan.desk.imports.queries.tables import Fetched, export_file, refused_file, table_file
from shundan.desk.imports.queries.undoing import LeftRow, UndoReport, left_rows, undo_of

__all__ = [
    "CANCELLED", "DONE", "EXPORT", "FAILED", "KEPT_FOR", "KEPT_LIST_KINDS", "KIND", "MAPPING", "OPEN_PHASES", "PREVIEW",
    "READING", "STORING", "UNDO", "Counts", "ExportReport", "Fetched", "ImportReport", "KeptRow", "LeftRow",
    "Mapping", "UndoReport", "all_mappings", "export_file", "exports_of", "find_export", "find_import", "find_job",
    "imports_seen_by", "kept", "kept_hashes", "kept_rows_of_order", "kept_rows_seen_by", "known_sources", "left_rows",
    "mapping_by_key", "mappings_for", "named_files", "old_files", "orders_as_facts", "original_table", "refused_file",
    "refused_rows", "refused_table", "report_of", "returns_of_orders", "sent_orders", "stored_statements",
    "table_file", "told_before", "undo_of", "unknown_table", "waiting_imports",
]  # fmt: skip
