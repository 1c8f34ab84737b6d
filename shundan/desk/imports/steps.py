"""What a worker runs for imports."""

from __future__ import annotations

from shundan.desk.imports.actions import advance_next_export, advance_next_import, advance_next_undo


def run_next_imports(*, limit: int = 1) -> int:
    """Run the next slices of open imports, undoings and exports; return how many things they handled."""
    return sum(advance_next_import() + advance_next_undo() + advance_next_export() for _ in range(limit))
