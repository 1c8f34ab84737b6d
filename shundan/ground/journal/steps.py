"""What a worker runs for the journal."""

from __future__ import annotations

from shundan.ground.journal import actions


def seal_next_entries(*, limit: int = 1000) -> int:
    """Seal the next committed entries."""
    return actions.seal_next_entries(limit=limit)
