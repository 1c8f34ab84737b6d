"""The paths under /order/."""

from __future__ import annotations

from typing import Any

from sandbox.errors import Refusal
from sandbox.gateway import Call
from sandbox.orders.finding import find_entries
from sandbox.orders.older import as_before
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
    """Return the named orders; ids nobody has are left out, another seller's order refuses the whole call."""
    found = []
    for order_id in dict.fromkeys(call.query["ids"]):
        if order_id in call.box.book.orders:
            shown = show_order(call.box, own_order(call, order_id), version=call.version)
            found.append(as_before(shown) if call.version == "202309" else shown)
    return {"orders": found}


@answers("POST", "/order/{v}/orders/search")
def search_orders(call: Call) -> dict[str, Any]:
    query, orders = call.query, call.box.book.orders
    entries = find_entries(call.box, call.shop["id"], call.body, field=query["sort_field"])
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
