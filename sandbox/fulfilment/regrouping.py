"""Splitting an order over packages, and putting a buyer's orders into one."""

from __future__ import annotations

from typing import Any

from sandbox.errors import Refusal
from sandbox.fulfilment.arranging import own_package
from sandbox.fulfilment.packages import lines_of, open_package, packages_of, tell_packages
from sandbox.gateway import Call
from sandbox.orders.calls import own_order
from sandbox.paging import read_offset
from sandbox.table import answers


def drop_package(call: Call, package: dict[str, Any]) -> None:
    package["status"], package["sub_status"], package["update_time"] = (
        "CANCELLED",
        "CANCELLED",
        call.box.now(),
    )
    call.box.store.put("package", package["id"], package)


def touch(call: Call, orders: list[dict[str, Any]], tag: str) -> None:
    for order in orders:
        if tag:
            order["split_or_combine_tag"] = tag
        else:
            order.pop("split_or_combine_tag", None)
        call.box.book.touch(order, now=call.box.now())


def waiting(call: Call, order: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        row
        for row in packages_of(call.box, order)
        if row["stage"] == "AWAITING_SHIPMENT" and row["status"] != "CANCELLED"
    ]


@answers("GET", "/fulfillment/{v}/orders/split_attributes")
def split_attributes(call: Call) -> dict[str, Any]:
    shown = []
    for order_id in call.query["order_ids"]:
        order = own_order(call, order_id)
        fits = order["status"] == "AWAITING_SHIPMENT" and len(order["line_items"]) > 1
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
    order = own_order(call, call.path["order_id"])
    old = waiting(call, order)
    if len(old) != 1 or order["status"] != "AWAITING_SHIPMENT" or len(old[0]["orders"]) > 1:
        raise Refusal(
            21011046 if old and len(old[0]["orders"]) > 1 else 21011035,
            "Order has combine, not allow split order"
            if old and len(old[0]["orders"]) > 1
            else "split order not allowed",
        )
    groups = [(str(group["id"]), set(group["order_line_item_ids"])) for group in call.body["splittable_groups"]]
    named = [line_id for _, ids in groups for line_id in ids]
    if len(named) != len(set(named)) or not set(named) <= set(old[0]["lines"]):
        raise Refusal(21011005, "Invalid parameters")
    lines = lines_of(call.box, old[0])
    rest = set(old[0]["lines"]) - set(named)
    drop_package(call, old[0])
    made = []
    for group_id, ids in [*groups, *([("", rest)] if rest else [])]:
        package = open_package(call.box, [order], [line for line in lines if line["id"] in ids], tag="SPLIT")
        made.append((group_id, package))
    touch(call, [order], "SPLIT")
    tell_packages(call.box, call.shop["id"], "SPLIT", [package for _, package in made])
    return {"packages": [{"splittable_group_id": group_id, "id": package["id"]} for group_id, package in made]}


def groups_to_combine(call: Call) -> dict[str, list[dict[str, Any]]]:
    """Return waiting orders of one buyer to one address, by a made-up group id."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for _, order_id in call.box.book.span(call.shop["id"], "create_time", ge=None, lt=None):
        order = call.box.book.orders[order_id]
        if (
            order["status"] == "AWAITING_SHIPMENT"
            and not order["is_buyer_request_cancel"]
            and not order.get("split_or_combine_tag")
        ):
            groups.setdefault((order["user_id"], order["_address"]["full_address"]), []).append(order)
    return {
        orders[0]["packages"][0]: orders[:20] for orders in groups.values() if len(orders) > 1 and orders[0]["packages"]
    }


@answers("GET", "/fulfillment/{v}/combinable_packages/search")
def combinable(call: Call) -> dict[str, Any]:
    groups = list(groups_to_combine(call).items())
    start, size = read_offset(call.query.get("page_token", "")), call.query["page_size"]
    token = str(start + size) if start + size < len(groups) else ""
    return {
        "next_page_token": token,
        "total_count": len(groups),
        "combinable_packages": [
            {"id": group_id, "order_ids": [order["id"] for order in orders]}
            for group_id, orders in groups[start : start + size]
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
        for order in chosen:
            for package in waiting(call, order):
                drop_package(call, package)
        package = open_package(
            call.box,
            chosen,
            [line for order in chosen for line in order["line_items"] if line["display_status"] != "CANCELLED"],
            tag="COMBINE",
        )
        touch(call, chosen, "COMBINED")
        made.append(package)
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
    stay = [key for key in package["orders"] if key not in wanted]
    parts = [[key] for key in package["orders"] if key in wanted] + ([stay] if stay else [])
    drop_package(call, package)
    made = []
    for keys in parts:
        orders = [call.box.book.orders[key] for key in keys]
        lines = [line for order in orders for line in order["line_items"] if line["display_status"] != "CANCELLED"]
        made.append(open_package(call.box, orders, lines, tag="COMBINE" if len(keys) > 1 else "DEFAULT"))
        touch(call, orders, "COMBINED" if len(keys) > 1 else "")
    tell_packages(call.box, call.shop["id"], "CANCEL_COMBINE", made)
    return {"packages": [{"id": row["id"], "order_ids": row["orders"]} for row in made]}
