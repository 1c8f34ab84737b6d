"""TikTok Shop's words in ours: payload in, facts out. Pure; an unknown word is told in `unknown`, never raised."""

from __future__ import annotations

from shundan.edges.channels.tiktok.mapping.cases import map_cancellation, map_return
from shundan.edges.channels.tiktok.mapping.chat import ThreadFacts, map_conversation, map_thread
from shundan.edges.channels.tiktok.mapping.goods import (
    WarehouseFacts,
    map_listing,
    map_scores,
    map_warehouses,
)
from shundan.edges.channels.tiktok.mapping.orders import map_order
from shundan.edges.channels.tiktok.mapping.parcels import map_package, map_tracking
from shundan.edges.channels.tiktok.mapping.statements import map_statement

__all__ = [
    "ThreadFacts",
    "WarehouseFacts",
    "map_cancellation",
    "map_conversation",
    "map_listing",
    "map_order",
    "map_package",
    "map_return",
    "map_scores",
    "map_statement",
    "map_thread",
    "map_tracking",
    "map_warehouses",
]
