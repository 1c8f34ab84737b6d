"""What a worker runs for imports."""

from __future__ import annotations

from shundan.desk.imports.actions import advance_next_import


def run_next_imports(*, limit: int = 1) -> int:
    """Run the next slices of open imports; return how many things they read or stored."""
    return sum(advance_next_import() for _ in range(limit))
