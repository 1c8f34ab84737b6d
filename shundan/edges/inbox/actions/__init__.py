"""Writes of the inbox.

arrivals    webhooks: stored once, then read into wants
filing      many arrivals in one commit
owners      whose a webhook is
turning     webhooks that were turned away, counted
wants       what shall be fetched, unique while open
fetching    wants fetched in batches, answers stored as snapshots
snapshots   what was told, its outcome, and what waits for an order
sweeping    asking what changed, so that a lost webhook loses nothing; the back-fill
filling     a shop's history
healing     a shop that can be reached again
comparing   how many orders an hour has there and here; a gap heals itself
watching    falling behind and catching up, told once
pruning     old rows leave
"""

from __future__ import annotations

from shundan.edges.inbox.actions.arrivals import Delivery, read_next_arrivals, retry_arrival, store_arrival
from shundan.edges.inbox.actions.comparing import DeskSide, compare_next_hours
from shundan.edges.inbox.actions.fetching import fetch_next_wants, fetch_single_wants
from shundan.edges.inbox.actions.filling import reach_back
from shundan.edges.inbox.actions.healing import retry_shop
from shundan.edges.inbox.actions.pruning import prune_old_rows
from shundan.edges.inbox.actions.snapshots import (
    SnapshotDraft,
    settle_snapshots,
    store_snapshots,
    wait_for_order,
)
from shundan.edges.inbox.actions.sweeping import sweep_next_shops
from shundan.edges.inbox.actions.turning import count_turned_away, store_turned_away
from shundan.edges.inbox.actions.wants import retry_wants, want, want_many
from shundan.edges.inbox.actions.watching import watch_completeness

__all__ = [
    "Delivery", "DeskSide", "SnapshotDraft", "compare_next_hours", "count_turned_away", "fetch_next_wants",
    "fetch_single_wants", "prune_old_rows", "reach_back", "read_next_arrivals", "retry_arrival", "retry_shop",
    "retry_wants", "settle_snapshots", "store_arrival", "store_snapshots", "store_turned_away", "sweep_next_shops",
    "wait_for_order", "want", "want_many", "watch_completeness",
]  # fmt: skip
