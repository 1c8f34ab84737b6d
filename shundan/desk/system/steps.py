"""What a worker runs for the System pages."""

from __future__ import annotations

from datetime import datetime

from shundan.core.facts import OrderType
from shundan.edges.inbox import actions as inbox
from shundan.stages.orders.queries import orders_placed_between, stored_ids


def compare_next_hours(*, limit: int = 4) -> int:
    """Compare how many orders an hour of each shop has at the platform and here; a gap is asked for."""
    return inbox.compare_next_hours(inbox.DeskSide(_count_orders, stored_ids), limit=limit)


def _count_orders(shop_key: int, start: datetime, end: datetime) -> int:
    """Count the channel's orders: our own (exchanges, goods sent back) are not known there."""
    return orders_placed_between(shop_key, start, end).exclude(order_type=OrderType.LOCAL).count()
