"""Other goods instead of money: a replacement for what was wrong, or an exchange for what was not liked."""

from __future__ import annotations

from typing import Any

from sandbox.aftersales.returns import move
from sandbox.box import Box

DONE = {"REPLACEMENT": "REPLACEMENT_REQUEST_COMPLETE", "EXCHANGE": "EXCHANGE_REQUEST_COMPLETE"}
LINKS = {"REPLACEMENT": "replaced_order_id", "EXCHANGE": "exchange_source_order_id"}


def grant_swap(box: Box, row: dict[str, Any], *, by: str) -> None:
    """Agree: the platform makes the order that brings the other goods."""
    kind = row["return_type"]
    row["reshipment_order_id"] = send_swap(box, row)["id"]
    move(box, row, DONE[kind], event=f"{kind}_APPROVED", by=by)


def send_swap(box: Box, row: dict[str, Any]) -> dict[str, Any]:
    """Make the order that replaces what was wrong: the same goods, free, to the same buyer."""
    from sandbox.orders.flow import announce as announce_order
    from sandbox.orders.flow import pay
    from sandbox.orders.make import make_order

    old, shop = box.book.orders[row["order_id"]], box.shop(row["shop_id"])
    picks: dict[str, int] = {}
    for line in row["return_line_items"]:
        picks[line["sku_id"]] = picks.get(line["sku_id"], 0) + 1
    buyer = box.store.table("buyer")[old["user_id"]]
    order = make_order(box, shop, picks=list(picks.items()), buyer=buyer, kind=row["return_type"])
    order[LINKS[row["return_type"]]], order["_address"] = old["id"], old["_address"]
    announce_order(box, order)
    pay(box, order, hold=False)
    return order
