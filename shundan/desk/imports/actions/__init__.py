"""Writes of imports.

entering.py     an order typed by a person or pushed by a program
starting.py     a file comes in, is confirmed, is cancelled; the command line's whole way
recognising.py  what a file is: by what a person said about its columns, else by what everybody knows
reading.py      from bytes to what is new, changed, the same and refused
judging.py      what was read, measured against what is stored
mapping.py      a person says what the columns of an unknown file mean
storing.py      the slices of an import that a step runs
undoing.py      an import is undone
exporting.py    orders as files in the platform's own columns
keeping.py      rows that are kept and shown, and when their persons are forgotten
"""

from __future__ import annotations

from shundan.desk.imports.actions.entering import EnteredLine, EnteredOrder, enter_order
from shundan.desk.imports.actions.exporting import advance_next_export, start_export
from shundan.desk.imports.actions.mapping import forget_mapping
from shundan.desk.imports.actions.starting import (
    cancel_import,
    confirm_import,
    explain_import,
    import_file,
    start_import,
)
from shundan.desk.imports.actions.storing import advance_next_import
from shundan.desk.imports.actions.undoing import advance_next_undo, start_undo

__all__ = [
    "EnteredLine",
    "EnteredOrder",
    "advance_next_export",
    "advance_next_import",
    "advance_next_undo",
    "cancel_import",
    "confirm_import",
    "enter_order",
    "explain_import",
    "forget_mapping",
    "import_file",
    "start_export",
    "start_import",
    "start_undo",
]
