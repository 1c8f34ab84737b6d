"""What a worker runs for feedback."""

from __future__ import annotations

from shundan.stages.feedback.actions import apply_next_scores

__all__ = ["apply_next_scores"]
