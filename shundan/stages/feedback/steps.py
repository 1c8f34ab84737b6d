"""What a worker runs for feedback."""

from __future__ import annotations

from shundan.ground.lib import clock
from shundan.stages.feedback import actions
from shundan.stages.feedback.actions import apply_next_scores

__all__ = ["apply_next_scores", "erase_next_ratings"]


def erase_next_ratings(*, limit: int = 200) -> int:
    """Erase what buyers wrote in ratings when its clock has run out."""
    return actions.erase_ratings(now=clock.now(), limit=limit)
