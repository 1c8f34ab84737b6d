"""Writes of imports.

entering.py  an order typed by a person or pushed by a program
starting.py  a file comes in, is confirmed, is cancelled; the command line's whole way
reading.py   from bytes to what is new, changed, the same and refused
storing.py   the slices of an import that a step runs
"""

from __future__ import annotations

from shundan.desk.imports.actions.entering import EnteredLine, EnteredOrder, enter_order
from shundan.desk.imports.actions.starting import cancel_import, confirm_import, import_file, start_import
from shundan.desk.imports.actions.storing import advance_next_import

__all__ = [
    "EnteredLine",
    "EnteredOrder",
    "advance_next_import",
    "cancel_import",
    "confirm_import",
    "enter_order",
    "import_file",
    "start_import",
]
