"""What a worker runs for the inbox."""

from __future__ import annotations

from shundan.edges.inbox.actions import (
    fetch_next_wants,
    fetch_single_wants,
    prune_old_rows,
    read_next_arrivals,
    sweep_next_shops,
    watch_completeness,
)

__all__ = [
    "fetch_next_wants",
    "fetch_single_wants",
    "prune_old_rows",
    "read_next_arrivals",
    "sweep_next_shops",
    "watch_completeness",
]
