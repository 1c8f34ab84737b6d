"""What a worker runs for the rulebook."""

from __future__ import annotations

from shundan.ground.rulebook import actions


def mark_missed_deadlines(*, limit: int = 500) -> int:
    """Mark clocks that ran out."""
    return actions.mark_missed(limit=limit)
