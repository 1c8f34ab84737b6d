"""What customs wants to know: orders whose declared goods are not what really lies in the parcel."""

from __future__ import annotations

from typing import Any

from sandbox.box import Box
from sandbox.errors import Refusal, invalid
from sandbox.gateway import Call
from sandbox.table import answers

Row = dict[str, Any]
CROSS_BORDER, LOCAL, POP = 1, 2, 2


def needy_lines(box: Box, order: Row) -> list[Row]:
    """Return the lines that must be declared: surprise boxes that a seller abroad sends over a border."""
    if box.shop(order["shop_id"])["seller_type"] != "CROSS_BORDER":
        return []
    return [
        line for line in order["line_items"] if line.get("is_unboxing_item") and line["display_status"] != "CANCELLED"
    ]


def undeclared(box: Box, order: Row) -> bool:
    """Tell whether this order may not be shipped before its contents are declared."""
    return any(line["id"] not in order.get("_customs", {}) for line in needy_lines(box, order))


def order_of(call: Call, order_id: str) -> Row:
    order = call.box.book.orders.get(order_id)
    if order is None or order["shop_id"] not in call.grant["shops"]:
        raise Refusal(21008111, "The order or package does not belong to the current seller.")
    return order


@answers("POST", "/fulfillment/{v}/orders/customs_info/query", versions=("202607",))
def query_customs(call: Call) -> Row:
    orders = [order_of(call, order_id) for order_id in dict.fromkeys(call.body["order_ids"])]
    return {"order_clearance_list": [show_clearance(call.box, order) for order in orders]}


def show_clearance(box: Box, order: Row) -> Row:
    needy, given = needy_lines(box, order), order.get("_customs", {})
    abroad = box.shop(order["shop_id"])["seller_type"] == "CROSS_BORDER"
    return {
        "order_id": order["id"],
        "need_fill_clearance": bool(needy),
        "already_filled_clearance": bool(needy) and not undeclared(box, order),
        "target_country": order["_address"]["region_code"],
        "biz_type": POP,
        "shipment_type": CROSS_BORDER if abroad else LOCAL,
        "item_list": [
            {
                "order_line_id": line["id"],
                "product_id": line["product_id"],
                "sku_id": line["sku_id"],
                "is_virtual_unboxing": bool(line.get("is_unboxing_item")),
                "is_temporary_listing": False,
                "related_item_detail": given.get(line["id"], []),
            }
            for line in order["line_items"]
        ],
    }


@answers("POST", "/fulfillment/{v}/orders/customs_info/submit", versions=("202607",))
def submit_customs(call: Call) -> Row:
    """Keep what really lies in each box. All or nothing: one wrong entry and none is kept."""
    found: list[tuple[Row, dict[str, list[Row]]]] = []
    for part in call.body.get("order_list", []):
        order = order_of(call, part["order_id"])
        if order["status"] in ("CANCELLED", "IN_TRANSIT", "DELIVERED", "COMPLETED"):
            raise Refusal(21011020, "These orders are already shipped.")
        needy = {line["id"]: line for line in needy_lines(call.box, order)}
        found.append((order, {line_of(needy, row): contents(call, row) for row in part.get("item_list", [])}))
    for order, given in found:
        order["_customs"] = {**order.get("_customs", {}), **given}
        call.box.store.put("order", order["id"], order)
    return {}


def line_of(needy: dict[str, Row], row: Row) -> str:
    """Return the line a declaration is about, named by itself or by its SKU."""
    for line_id, line in needy.items():
        if line_id == row.get("order_line_id") or (
            not row.get("order_line_id") and line["sku_id"] == row.get("sku_id")
        ):
            return line_id
    raise invalid("order_line_id", "no line of this order that has to be declared")


def contents(call: Call, row: Row) -> list[Row]:
    shown = []
    for part in row.get("item_detail", []):
        found = call.box.sku(part["sku_id"])
        if found is None or found[0]["shop_id"] not in call.grant["shops"]:
            raise invalid("sku_id", "no SKU of this seller")
        if part["qty"] < 1:
            raise invalid("qty", "at least 1")
        shown.append(
            {
                "product_id": found[0]["id"],
                "sku_id": part["sku_id"],
                "qty": part["qty"],
                "price_percent": part["price_percent"],
            }
        )
    if sum(part["price_percent"] for part in shown) != 100:
        raise invalid("price_percent", "the shares of one line must add up to 100")
    return shown
