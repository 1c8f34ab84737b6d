"""What a worker runs for money."""

from __future__ import annotations

from shundan.stages.money.actions import apply_next_statements

__all__ = ["apply_next_statements"]
