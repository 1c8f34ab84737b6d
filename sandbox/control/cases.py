"""What buyers do about goods they do not want: ask, send back, appeal, think better of it."""

from __future__ import annotations

from typing import Any

from sandbox.aftersales.cancellations import withdraw_cancel
from sandbox.aftersales.returns import (
    OFFERED,
    PENDING,
    REFUSED,
    SHIP,
    SWAP_PENDING,
    appeal,
    open_return,
    ship_back,
    withdraw,
)
from sandbox.aftersales.rules import RETURN, pick_lines
from sandbox.box import Box
from sandbox.control.deeds import find_order
from sandbox.errors import ControlRefusal

RETURN_TYPES = ("REFUND", "RETURN_AND_REFUND", "REPLACEMENT", "EXCHANGE")


def find_return(box: Box, given: dict[str, Any]) -> dict[str, Any]:
    row = box.store.get("return", str(given.get("return_id", "")))
    if row is None:
        raise ControlRefusal("No such return.", http=404)
    return row


def buyer_returns(box: Box, given: dict[str, Any]) -> dict[str, Any]:
    order, kind = find_order(box, given), str(given.get("type") or "RETURN_AND_REFUND").upper()
    if kind not in RETURN_TYPES:
        raise ControlRefusal(f"type must be one of {', '.join(RETURN_TYPES)}.")
    if order["status"] not in ("AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED", "COMPLETED"):
        raise ControlRefusal("This order has nothing that could be returned.", http=409)
    if any(row["open"] for row in box.cases_of(order["id"], "return")):
        raise ControlRefusal("A request for this order is open already.", http=409)
    lines = given.get("lines") or []
    chosen = pick_lines(
        order,
        {"order_line_item_ids": lines} if lines and isinstance(lines[0], str) else {"skus": lines} if lines else {},
    )
    reason = str(
        given.get("reason")
        or (
            "ecom_order_delivered_refund_reason_missing_product_seller"
            if kind == "REFUND"
            else "ecom_order_delivered_refund_and_return_reason_damaged_seller"
        )
    )
    row = open_return(box, order, chosen, kind=kind, role="BUYER", reason=reason, text=RETURN.get(reason, reason))
    return {"return_id": row["return_id"], "return_status": row["return_status"]}


def buyer_ships_back(box: Box, given: dict[str, Any]) -> dict[str, Any]:
    row = find_return(box, given)
    if row["return_status"] != SHIP:
        raise ControlRefusal("The seller has not agreed to this return.", http=409)
    ship_back(box, row)
    return {"return_id": row["return_id"], "return_status": row["return_status"]}


def buyer_appeals(box: Box, given: dict[str, Any]) -> dict[str, Any]:
    """The buyer does not accept a refusal: the platform decides within days."""
    row = find_return(box, given)
    if row["return_status"] not in REFUSED or row.get("arbitration_status"):
        raise ControlRefusal("There is no refusal to appeal against.", http=409)
    appeal(box, row)
    return {"return_id": row["return_id"], "arbitration_status": row["arbitration_status"]}


def buyer_withdraws(box: Box, given: dict[str, Any]) -> dict[str, Any]:
    """The buyer takes back his wish to cancel an order, or to return something of it (`return_id`)."""
    if given.get("return_id"):
        return buyer_keeps(box, find_return(box, given))
    row = withdraw_cancel(box, find_order(box, given))
    if row is None:
        raise ControlRefusal("No cancellation of this order waits for an answer.", http=409)
    return {"cancel_id": row["cancel_id"], "cancel_status": row["cancel_status"]}


def buyer_keeps(box: Box, row: dict[str, Any]) -> dict[str, Any]:
    """A request is taken back that was not answered yet, or whose goods were not sent."""
    if row["return_status"] not in (PENDING, OFFERED, SHIP, *SWAP_PENDING):
        raise ControlRefusal("This request can no longer be taken back.", http=409)
    withdraw(box, row)
    return {"return_id": row["return_id"], "return_status": row["return_status"]}
