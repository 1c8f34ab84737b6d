"""Goods without a parcel: the seller calls back with a code or a link, and the order is delivered by it."""

from __future__ import annotations

from typing import Any

import orjson

from sandbox.errors import Refusal
from sandbox.fulfilment.packages import note, packages_of, set_stage
from sandbox.gateway import Call
from sandbox.orders.flow import follow_packages
from sandbox.table import answers

Row = dict[str, Any]
KINDS = ("CODE", "URL", "CODE_PIN")
TAKEN, UNKNOWN_LINE, DONE_BEFORE, BAD_CODE = 0, 1, 2, 3


@answers("POST", "/fulfillment/{v}/redeem_info/callback", versions=("202601",))
def redeem_callback(call: Call) -> Row:
    """Take codes line by line; when every line has its own, the order is delivered."""
    order = call.box.book.orders.get(call.body["order_id"])
    if order is None or order["shop_id"] != call.shop["id"]:
        raise Refusal(164004001, "permission denied, please check if you have the permission to operate the orders.")
    if any(row["redeem_info"]["redeem_type"] not in KINDS for row in call.body["order_info_list"]):
        raise Refusal(164004006, "req is invalid, please check your request params")
    if order["shipping_type"] != "TIKTOK_DIGITAL" or order["status"] not in ("AWAITING_SHIPMENT", "DELIVERED"):
        raise Refusal(164004008, "no orders available for fulfillment")
    statuses = [
        {"order_line_id": row["order_line_id"], "status_code": take(order, row)} for row in call.body["order_info_list"]
    ]
    call.box.store.put("order", order["id"], order)
    live = [line["id"] for line in order["line_items"] if line["display_status"] != "CANCELLED"]
    if order["status"] == "AWAITING_SHIPMENT" and set(live) <= set(order.get("_redeem", {})):
        deliver(call, order)
    return {"order_statuses": statuses}


def take(order: Row, row: Row) -> int:
    """Keep one line's code and return how it went; nought is good."""
    if row["order_line_id"] not in [line["id"] for line in order["line_items"]]:
        return UNKNOWN_LINE
    codes = order.setdefault("_redeem", {})
    if row["order_line_id"] in codes:
        return DONE_BEFORE
    info = row["redeem_info"]
    if not readable(info["redeem_type"], info.get("redeem_data", "")):
        return BAD_CODE
    codes[row["order_line_id"]] = info
    return TAKEN


def readable(kind: str, text: str) -> bool:
    if kind == "URL":
        return text.startswith(("https://", "http://"))
    if kind == "CODE":
        return bool(text)
    try:
        parsed = orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return isinstance(parsed, dict) and bool(parsed.get("code") and parsed.get("pin"))


def deliver(call: Call, order: Row) -> None:
    for package in packages_of(call.box, order):
        package["rts_time"] = call.box.now()
        set_stage(call.box, package, "DELIVERED")
        note(call.box, package, "Sent to the buyer by e-mail.", code=50)
    follow_packages(call.box, order)
