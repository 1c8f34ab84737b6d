"""Orders, and the references other systems keep of them."""

from __future__ import annotations

from shundan.edges.channels.tiktok.endpoints.endpoint import Endpoint as E

ROWS: dict[str, E] = {
    "order.search": E("POST", "/order/{version}/orders/search", ("202309",), "order"),
    "order.detail": E("GET", "/order/{version}/orders", ("202507", "202309"), "order"),
    "order.price_detail": E("GET", "/order/{version}/orders/{order_id}/price_detail", ("202407",), "order"),
    "order.external_search": E("POST", "/order/{version}/orders/external_order_search", ("202406",), "order"),
    "order.external_list": E("GET", "/order/{version}/orders/{order_id}/external_orders", ("202406",), "order"),
    "order.external_add": E("POST", "/order/{version}/orders/external_orders", ("202406",), "order", changes=True),
}
