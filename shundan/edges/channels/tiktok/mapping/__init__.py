"""TikTok Shop's words in ours: payload in, facts out. Pure; an unknown word goes to `unknown`, never into an exception."""
from __future__ import annotations

from shundan.edges.channels.tiktok.mapping.cases import map_cancellation, map_return
from shundan.edges.channels.tiktok.mapping.chat import ConversationFacts, map_conversation, map_messages
from shundan.edges.channels.tiktok.mapping.goods import (
    ScoreFacts,
    WarehouseFacts,
    map_listing,
    map_score,
    map_warehouses,
)
from shundan.edges.channels.tiktok.mapping.orders import map_order
from shundan.edges.channels.tiktok.mapping.parcels import map_package, map_tracking
from shundan.edges.channels.tiktok.mapping.statements import map_statement, map_transactions

__all__ = [
    "ConversationFacts", "ScoreFacts", "WarehouseFacts", "map_cancellation", "map_conversation", "map_listing",
    "map_messages", "map_order", "map_package", "map_return", "map_score", "map_statement", "map_tracking",
    "map_transactions", "map_warehouses",
]  # fmt: skip
