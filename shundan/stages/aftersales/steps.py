"""What a worker runs for after-sales."""

from __future__ import annotations

from shundan.ground.lib import clock
from shundan.stages.aftersales import actions
from shundan.stages.aftersales.actions import apply_case_answers, apply_next_cancellations, apply_next_returns

__all__ = ["apply_case_answers", "apply_next_cancellations", "apply_next_returns", "erase_next_cases"]


def erase_next_cases(*, limit: int = 200) -> int:
    """Erase what buyers wrote in cases when its clock has run out."""
    return actions.erase_cases(now=clock.now(), limit=limit)
