"""What a worker runs for after-sales."""

from __future__ import annotations

from shundan.stages.aftersales.actions import apply_case_answers, apply_next_cancellations, apply_next_returns

__all__ = ["apply_case_answers", "apply_next_cancellations", "apply_next_returns"]
