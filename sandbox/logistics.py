"""The paths under /logistics/."""

from __future__ import annotations

from typing import Any

from sandbox.errors import Refusal, invalid
from sandbox.fulfilment.packages import packages_of
from sandbox.fulfilment.sizes import LONGEST_CM, MOST_GRAMS, SIDES
from sandbox.gateway import Call
from sandbox.orders.calls import own_order
from sandbox.orders.ways import option_id, ways_of
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
    return {name: option_id(call.shop["warehouse_id"], way) for name, way in ways_of(call.market).items()}


@answers("GET", "/logistics/{v}/warehouses/{warehouse_id}/delivery_options")
def delivery_options(call: Call) -> dict[str, Any]:
    """Return what a warehouse of the shop offers; nothing for any other."""
    row = call.box.store.get("warehouse", call.path["warehouse_id"])
    own = row is not None and row["shop_id"] == call.shop["id"]
    return {
        "delivery_options": [
            {
                "id": option_id(call.shop["warehouse_id"], way),
                "name": way.name,
                "type": way.type,
                "description": way.name,
                "platform": ["TIKTOK_SHOP"],
                "dimension_limit": {f"max_{side}": LONGEST_CM for side in SIDES} | {"unit": "CM"},
                "weight_limit": {"max_weight": MOST_GRAMS, "min_weight": 1, "unit": "GRAM"},
            }
            for way in (ways_of(call.market).values() if own else ())
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


HEAVIEST, LONGEST = 30_000, 100
GRAMS_OF = {1: 1.0, 2: 1000.0, 3: 453.59237}
CM_OF = {1: 1.0, 2: 2.54}


@answers("GET", "/logistics/{v}/seller_templates", versions=("202510",))
def seller_templates(call: Call) -> dict[str, Any]:
    """Return which way of shipping would take a product of this weight and size, and why not; JP and GB only."""
    if call.shop["region"] not in ("JP", "GB"):
        raise Refusal(21008106, "This interface cannot be used in this region.")
    troubles = misfits(call.body.get("product_attribute", {}))
    return {
        "templates": [
            template(call, "Platform shipping", party=1, key="STANDARD", troubles=troubles),
            template(call, "Shipped by seller", party=2, key="SEND_BY_SELLER", troubles=[]),
        ]
    }


def template(call: Call, name: str, *, party: int, key: str, troubles: list[dict[str, str]]) -> dict[str, Any]:
    option = option_ids(call)[key]
    shown: dict[str, Any] = {
        "template_is_available": not troubles,
        "template": {"template_name": name, "template_id": option, "is_default": party == 1, "template_party": party},
    }
    if troubles:
        shown["service_unreachable_reason"] = [{"service_id": option, "filter_reason": troubles}]
    return shown


def misfits(product: dict[str, Any]) -> list[dict[str, str]]:
    """Return why the platform's carriers would not take this product."""
    weight, sides = product.get("weight", {}), product.get("dimension", {})
    grams = amount_of(weight, "weight") * GRAMS_OF.get(weight.get("unit", 1), 1.0)
    longest = max((amount_of(sides, side) for side in ("length", "width", "height")), default=0.0)
    found = []
    if grams > HEAVIEST:
        found.append({"filter_type": "1", "reason": f"The product weighs more than {HEAVIEST} g"})
    if longest * CM_OF.get(sides.get("unit", 1), 1.0) > LONGEST:
        found.append({"filter_type": "2", "reason": f"One side of the product is longer than {LONGEST} cm"})
    return found


def amount_of(row: dict[str, Any], name: str) -> float:
    try:
        return float(row.get(name) or 0)
    except ValueError:
        raise invalid(name, "a number is expected") from None


@answers("GET", "/logistics/{v}/seller_template/template_exist", versions=("202606",))
def template_exists(call: Call) -> dict[str, Any]:
    """Tell whether a warehouse of the shop has a shipping template: those that goods leave from have."""
    row = call.box.store.get("warehouse", str(call.query["biz_warehouse_id"]))
    own = row is not None and row["shop_id"] == str(call.query.get("shop_id") or call.shop["id"]) == call.shop["id"]
    return {"template_exist": own and row is not None and row["type"] == "SALES_WAREHOUSE"}
