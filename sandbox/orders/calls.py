"""The paths under /order/."""

from __future__ import annotations

from typing import Any

from sandbox.errors import Refusal
from sandbox.gateway import Call
from sandbox.orders.view import show_order, show_price_detail
from sandbox.paging import page_of
from sandbox.table import answers


def own_order(call: Call, order_id: str) -> dict[str, Any]:
    """Return an order of the calling shop, or refuse."""
    order = call.box.book.orders.get(order_id)
    if order is None or order["shop_id"] != call.shop["id"]:
        raise Refusal(21008111, "The order or package does not belong to the current seller.")
    return order


@answers("GET", "/order/{v}/orders", versions=("202309", "202507"))
def get_orders(call: Call) -> dict[str, Any]:
    found = []
    for order_id in dict.fromkeys(call.query["ids"]):
        order = call.box.book.orders.get(order_id)
        if order is not None and order["shop_id"] == call.shop["id"]:
            found.append(show_order(call.box, order, version=call.version))
    return {"orders": found}


@answers("POST", "/order/{v}/orders/search")
def search_orders(call: Call) -> dict[str, Any]:
    body, query, book = call.body, call.query, call.box.book
    field = query["sort_field"]
    other = "update_time" if field == "create_time" else "create_time"
    if (
        field == "create_time"
        and (body.get("update_time_ge") or body.get("update_time_lt"))
        and not body.get("create_time_ge")
    ):
        entries = by_other(call, other, field)
    else:
        entries = book.span(call.shop["id"], field, ge=body.get(f"{field}_ge"), lt=body.get(f"{field}_lt"))
    orders = book.orders
    if any(
        body.get(name) not in (None, [], "")
        for name in (
            "order_status",
            "shipping_type",
            "buyer_user_id",
            "is_buyer_request_cancel",
            "warehouse_ids",
            f"{other}_ge",
            f"{other}_lt",
        )
    ):
        entries = [entry for entry in entries if fits(orders[entry[1]], body, other)]
    page, token = page_of(
        entries,
        size=query["page_size"],
        token=query.get("page_token", ""),
        descending=query["sort_order"] == "DESC",
    )
    return {
        "next_page_token": token,
        "total_count": len(entries),
        "orders": [show_order(call.box, orders[key], version=call.version, detail=False) for _, key in page],
    }


def by_other(call: Call, other: str, field: str) -> list[tuple[int, str]]:
    """Narrow by the other time first when that alone is bounded, then sort by the wanted one."""
    body, book = call.body, call.box.book
    near = book.span(call.shop["id"], other, ge=body.get(f"{other}_ge"), lt=body.get(f"{other}_lt"))
    return sorted((book.orders[key][field], key) for _, key in near)


def fits(order: dict[str, Any], body: dict[str, Any], other: str) -> bool:
    wanted = body.get("is_buyer_request_cancel")
    return (
        body.get("order_status") in (None, order["status"])
        and body.get("shipping_type") in (None, order["shipping_type"])
        and body.get("buyer_user_id") in (None, order["user_id"])
        and (wanted is None or wanted == order["is_buyer_request_cancel"])
        and (not body.get("warehouse_ids") or order["warehouse_id"] in body["warehouse_ids"])
        and order[other] >= body.get(f"{other}_ge", 0)
        and order[other] < body.get(f"{other}_lt", 1 << 60)
    )


@answers("GET", "/order/{v}/orders/{order_id}/price_detail", versions=("202407",))
def price_detail(call: Call) -> dict[str, Any]:
    return show_price_detail(call.box, own_order(call, call.path["order_id"]))


@answers("POST", "/order/{v}/orders/external_orders", versions=("202406",))
def add_external(call: Call) -> dict[str, Any]:
    refused = []
    for row in call.body["orders"]:
        outside = row["external_order"]
        order = call.box.book.orders.get(row["id"])
        if order is None or order["shop_id"] != call.shop["id"]:
            refused.append(
                {
                    "code": "21008111",
                    "message": "The order or package does not belong to the current seller.",
                    "detail": {
                        "order_id": row["id"],
                        "external_order": {"id": outside["id"], "platform": outside["platform"]},
                    },
                }
            )
            continue
        kept = [old for old in order.get("_external", []) if old["platform"] != outside["platform"]]
        order["_external"] = [*kept, outside]
        call.box.store.put("order", order["id"], order)
    return {"errors": refused} if refused else {}


@answers("GET", "/order/{v}/orders/{order_id}/external_orders", versions=("202406",))
def get_external(call: Call) -> dict[str, Any]:
    order = own_order(call, call.path["order_id"])
    wanted = call.query.get("platform")
    return {"external_orders": [row for row in order.get("_external", []) if wanted in (None, row["platform"])]}


@answers("POST", "/order/{v}/orders/external_order_search", versions=("202406",))
def search_external(call: Call) -> dict[str, Any]:
    found = []
    for order in call.box.book.orders.values():
        for row in order.get("_external", ()) if order["shop_id"] == call.shop["id"] else ():
            if row["id"] == call.query["external_order_id"] and row["platform"] == call.query["platform"]:
                found.append({"id": order["id"], "external_order": row})
    return {"orders": found}
