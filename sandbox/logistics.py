"""The paths under /logistics/."""

from __future__ import annotations

from typing import Any

from sandbox.errors import Refusal
from sandbox.fulfilment.packages import packages_of
from sandbox.gateway import Call
from sandbox.orders.calls import own_order
from sandbox.table import answers


@answers("GET", "/logistics/{v}/warehouses")
def warehouses(call: Call) -> dict[str, Any]:
    rows = [row for row in call.box.store.table("warehouse").values() if row["shop_id"] == call.shop["id"]]
    return {"warehouses": [{key: value for key, value in row.items() if key != "shop_id"} for row in rows]}


@answers("GET", "/logistics/{v}/global_warehouses")
def global_warehouses(call: Call) -> dict[str, Any]:
    rows = [
        row
        for row in call.box.store.table("warehouse").values()
        if row["shop_id"] in call.grant["shops"] and row["is_default"]
    ]
    return {"global_warehouses": [{"id": row["id"], "name": row["name"], "ownership": "SELLER"} for row in rows]}


def option_ids(call: Call) -> dict[str, str]:
    stem = call.shop["warehouse_id"][:-2]
    return {"STANDARD": f"{stem}01", "SEND_BY_SELLER": f"{stem}02"}


@answers("GET", "/logistics/{v}/warehouses/{warehouse_id}/delivery_options")
def delivery_options(call: Call) -> dict[str, Any]:
    names = {"STANDARD": "Standard shipping", "SEND_BY_SELLER": "Shipped by seller"}
    return {
        "delivery_options": [
            {
                "id": option_id,
                "name": names[kind],
                "type": kind,
                "description": names[kind],
                "platform": ["TIKTOK_SHOP"],
                "dimension_limit": {"max_height": 100, "max_length": 100, "max_width": 100, "unit": "CM"},
                "weight_limit": {"max_weight": 30000, "min_weight": 1, "unit": "GRAM"},
            }
            for kind, option_id in option_ids(call).items()
        ]
    }


@answers("GET", "/logistics/{v}/delivery_options/{delivery_option_id}/shipping_providers")
def shipping_providers(call: Call) -> dict[str, Any]:
    options = option_ids(call)
    if call.path["delivery_option_id"] not in options.values():
        raise Refusal(21008116, "No Subscription without specified delivery option.")
    own = call.path["delivery_option_id"] == options["SEND_BY_SELLER"]
    carriers = call.market.carriers() if own else call.market.platform_carriers
    return {"shipping_providers": [{"id": carrier.id, "name": carrier.name} for carrier in carriers]}


@answers("GET", "/logistics/{v}/orders/{order_id}/tracking", versions=("202604",))
def logistics_tracking(call: Call) -> dict[str, Any]:
    order = own_order(call, call.path["order_id"])
    return {
        "order_id": order["id"],
        "logistics_details": [
            {
                "newest_tracking_no": package["tracking_number"],
                "carrier_name": package["shipping_provider_name"],
                "track_list": [
                    {
                        **event,
                        "tracking_no": package["tracking_number"],
                        "action_code_name": f"CODE_{event['action_code']}",
                    }
                    for event in reversed(package["events"])
                ],
            }
            for package in packages_of(call.box, order)
        ],
    }
