"""What a worker runs for insight."""

from __future__ import annotations

from shundan.stages.insight.actions import count_next_entries

__all__ = ["count_next_entries"]
