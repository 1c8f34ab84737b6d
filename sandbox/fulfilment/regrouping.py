"""Splitting an order over packages, and putting a buyer's orders into one."""

from __future__ import annotations

from typing import Any

from sandbox.errors import Refusal
from sandbox.fulfilment.arranging import own_package
from sandbox.fulfilment.packages import tell_packages
from sandbox.fulfilment.parting import combine_orders, destination, part_orders, split_package, waiting_packages
from sandbox.gateway import Call
from sandbox.orders.calls import own_order
from sandbox.paging import page_of
from sandbox.table import answers

BY_SKU = ("BR", "ID", "TH", "VN", "MY", "PH", "SG")


@answers("GET", "/fulfillment/{v}/orders/split_attributes")
def split_attributes(call: Call) -> dict[str, Any]:
    shown = []
    for order_id in call.query["order_ids"]:
        order = own_order(call, order_id)
        units = [line["sku_id"] if keeps_units(call) else line["id"] for line in order["line_items"]]
        fits = order["status"] == "AWAITING_SHIPMENT" and len(set(units)) > 1
        shown.append(
            {
                "order_id": order_id,
                "can_split": fits,
                "reason": "" if fits else "The order has one item or is not awaiting shipment.",
                "must_split": False,
                "must_split_reasons": [],
            }
        )
    return {"split_attributes": shown}


@answers("POST", "/fulfillment/{v}/orders/{order_id}/split")
def split_order(call: Call) -> dict[str, Any]:
    """Make one package per group; what no group names stays together in one more."""
    order = call.box.book.orders.get(call.path["order_id"])
    if order is None or order["shop_id"] != call.shop["id"]:
        raise Refusal(21011005, "Invalid parameters")
    old = waiting_packages(call.box, order)
    if len(old) != 1 or order["status"] != "AWAITING_SHIPMENT" or len(old[0]["orders"]) > 1:
        raise Refusal(
            21011046 if old and len(old[0]["orders"]) > 1 else 21011035,
            "Order has combine, not allow split order"
            if old and len(old[0]["orders"]) > 1
            else "split order not allowed",
        )
    groups = read_groups(call)
    named = [line_id for _, ids in groups for line_id in ids]
    if len(named) != len(set(named)) or not set(named) <= set(old[0]["lines"]):
        raise Refusal(21011005, "Invalid parameters")
    check_units(call, order, groups, old[0]["lines"])
    made = split_package(call.box, order, old[0], groups)
    return {"packages": [{"splittable_group_id": group_id, "id": package["id"]} for group_id, package in made]}


def read_groups(call: Call) -> list[tuple[str, set[str]]]:
    """Return the wished groups of line ids; the second spelling, where it is used, counts alone."""
    newer = call.body.get("splittable_groups_v2", [])
    if newer:
        return [
            (str(group.get("id", "")), {str(row.get("order_line_id")) for row in group.get("order_line_list", [])})
            for group in newer
        ]
    return [(str(group["id"]), set(group["order_line_item_ids"])) for group in call.body["splittable_groups"]]


def keeps_units(call: Call) -> bool:
    """Tell whether all units of a SKU have to stay in one package in this market."""
    region = call.shop["region"]
    return region in BY_SKU or (region == "MX" and call.shop["seller_type"] == "LOCAL")


def check_units(call: Call, order: dict[str, Any], groups: list[tuple[str, set[str]]], lines: list[str]) -> None:
    """Refuse to part the units of one SKU where the market keeps them together."""
    if not keeps_units(call):
        return
    place = {line_id: number for number, (_, ids) in enumerate(groups) for line_id in ids}
    parts: dict[str, set[int | None]] = {}
    for line in order["line_items"]:
        if line["id"] in lines:
            parts.setdefault(line["sku_id"], set()).add(place.get(line["id"]))
    if any(len(numbers) > 1 for numbers in parts.values()):
        raise Refusal(21011035, "split order not allowed")


def groups_to_combine(call: Call) -> dict[str, list[dict[str, Any]]]:
    """Return waiting orders that fit into one parcel of the seller's, by a made-up group id."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for _, order_id in call.box.book.span(call.shop["id"], "create_time", ge=None, lt=None):
        order = call.box.book.orders[order_id]
        if (
            order["status"] == "AWAITING_SHIPMENT"
            and not order["is_buyer_request_cancel"]
            and not order.get("split_or_combine_tag")
            and order["fulfillment_type"] == "FULFILLMENT_BY_SELLER"
            and order["shipping_type"] != "TIKTOK_DIGITAL"
        ):
            groups.setdefault(destination(order), []).append(order)
    return {
        orders[0]["packages"][0]: orders[:20] for orders in groups.values() if len(orders) > 1 and orders[0]["packages"]
    }


@answers("GET", "/fulfillment/{v}/combinable_packages/search")
def combinable(call: Call) -> dict[str, Any]:
    groups = groups_to_combine(call)
    entries = sorted((int(key), key) for key in groups)  # groups vanish between pages, as they are combined
    page, token = page_of(
        entries, size=call.query["page_size"], token=call.query.get("page_token", ""), descending=False
    )
    return {
        "next_page_token": token,
        "total_count": len(groups),
        "combinable_packages": [
            {"id": group_id, "order_ids": [order["id"] for order in groups[group_id]]} for _, group_id in page
        ],
    }


@answers("POST", "/fulfillment/{v}/packages/combine")
def combine(call: Call) -> dict[str, Any]:
    """Put the orders of each named group into one package."""
    known, made, refused = groups_to_combine(call), [], []
    for group in call.body["combinable_packages"]:
        orders = known.get(group["id"], [])
        chosen = [order for order in orders if not group.get("order_ids") or order["id"] in group["order_ids"]]
        if len(chosen) < 2:
            refused.append(
                {
                    "code": 21011031,
                    "message": "Order does not belong to pre_pkg",
                    "detail": {"package_id": group["id"]},
                }
            )
            continue
        made.append(combine_orders(call.box, chosen))
    if made:
        tell_packages(call.box, call.shop["id"], "COMBINE", made)
    answer: dict[str, Any] = {"packages": [{"id": row["id"], "order_ids": row["orders"]} for row in made]}
    return {**answer, "errors": refused} if refused else answer


@answers("POST", "/fulfillment/{v}/packages/{package_id}/uncombine")
def uncombine(call: Call) -> dict[str, Any]:
    """Give named orders (or all) a package of their own again."""
    package = own_package(call.box, call.shop, call.path["package_id"])
    if package["tag"] != "COMBINE" or package["stage"] != "AWAITING_SHIPMENT" or package["status"] == "CANCELLED":
        raise Refusal(21011005, "An invalid request parameter was passed")
    wanted = set(call.body.get("order_ids") or package["orders"])
    if not wanted <= set(package["orders"]):
        raise Refusal(21011029, "order does not belong to fulfill unit")
    made = part_orders(call.box, package, wanted)
    return {"packages": [{"id": row["id"], "order_ids": row["orders"]} for row in made]}
