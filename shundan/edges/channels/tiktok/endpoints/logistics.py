"""Warehouses, delivery options, carriers the platform accepts, and where a parcel is."""

from __future__ import annotations

from shundan.edges.channels.tiktok.endpoints.endpoint import Endpoint as E

ROWS: dict[str, E] = {
    "warehouse.list": E("GET", "/logistics/{version}/warehouses", ("202309",), "logistics"),
    "warehouse.global_list": E("GET", "/logistics/{version}/global_warehouses", ("202309",), "logistics", cipher=False),
    "warehouse.delivery_options": E(
        "GET", "/logistics/{version}/warehouses/{warehouse_id}/delivery_options", ("202309",), "logistics"
    ),
    "provider.list": E(
        "GET", "/logistics/{version}/delivery_options/{delivery_option_id}/shipping_providers", ("202309",), "logistics"
    ),
    "order.tracking_by_parcel": E("GET", "/logistics/{version}/orders/{order_id}/tracking", ("202604",), "tracking"),
}
