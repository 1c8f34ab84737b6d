"""Every path of TikTok Shop an order desk uses, one file per group: the facts, without the wire.

`tiktok.groups` has a typed function for each; `client.call` takes them by name.
"""

from __future__ import annotations

from shundan.edges.channels.tiktok.endpoints import (
    aftersales,
    analytics,
    chat,
    event,
    finance,
    fulfilment,
    logistics,
    orders,
    products,
    sellers,
)
from shundan.edges.channels.tiktok.endpoints.endpoint import Endpoint

__all__ = ["ENDPOINTS", "Endpoint"]
ENDPOINTS: dict[str, Endpoint] = {
    **sellers.ROWS,
    **orders.ROWS,
    **fulfilment.ROWS,
    **logistics.ROWS,
    **aftersales.ROWS,
    **finance.ROWS,
    **chat.ROWS,
    **event.ROWS,
    **products.ROWS,
    **analytics.ROWS,
}
