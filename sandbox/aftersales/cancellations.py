"""Cancellations: asked by the buyer, done by the seller, or by the platform itself."""

from __future__ import annotations

from typing import Any

from sandbox.aftersales.rules import amounts, cancel_answer_by, case_lines, open_cancel_of
from sandbox.agenda import happening
from sandbox.box import Box
from sandbox.finance.ledger import refund
from sandbox.fulfilment.recalls import can_recall, recall
from sandbox.markets import HOUR
from sandbox.orders.deadlines import leaves_freely
from sandbox.orders.flow import cancel_lines, live_lines
from sandbox.webhooks import tell
from sandbox.webhooks.news import tell_refund

PENDING, SUCCESS = "CANCELLATION_REQUEST_PENDING", "CANCELLATION_REQUEST_SUCCESS"
COMPLETE, CLOSED = "CANCELLATION_REQUEST_COMPLETE", "CANCELLATION_REQUEST_CANCELLED"


def open_cancel(
    box: Box, order: dict[str, Any], lines: list[dict[str, Any]], *, role: str, reason: str, text: str
) -> dict[str, Any]:
    cancel_id, now, market = box.ids.new("cancel"), box.now(), box.market(order["shop_id"])
    return box.add_case(
        order["id"],
        "cancel",
        {
            "cancel_id": cancel_id,
            "order_id": order["id"],
            "shop_id": order["shop_id"],
            "cancel_type": "BUYER_CANCEL" if role == "BUYER" else "CANCEL",
            "cancel_status": PENDING,
            "role": role,
            "cancel_reason": reason,
            "cancel_reason_text": text,
            "create_time": now,
            "update_time": now,
            "refund_amount": amounts(market, order, lines),
            "cancel_line_items": case_lines(box, order, lines, kind="cancel"),
            "should_replenish_stock": True,
            "buyer_id": order["user_id"],
            "seller_next_action_response": [],
        },
    )


def announce(box: Box, row: dict[str, Any]) -> None:
    box.store.put("cancel", row["cancel_id"], row)
    tell(
        box,
        row["shop_id"],
        "CANCELLATION_STATUS_CHANGE",
        order_id=row["order_id"],
        cancellations_role=row["role"],
        cancel_status=row["cancel_status"],
        cancel_id=row["cancel_id"],
        create_time=row["create_time"],
    )


def buyer_asks(box: Box, order: dict[str, Any], *, reason: str, text: str) -> dict[str, Any]:
    """The buyer wants out: at once before the order is the seller's, else the seller has to answer."""
    lines = live_lines(order)
    row = open_cancel(box, order, lines, role="BUYER", reason=reason, text=text)
    market = box.market(order["shop_id"])
    recalled = can_recall(box, order)
    if recalled:
        recall(box, order)
    if recalled or leaves_freely(order, market, now=box.now()):
        finish_cancel(box, row)
        return row
    deadline = cancel_answer_by(box, market)
    row["seller_next_action_response"] = [{"action": "SELLER_RESPOND_CANCEL", "deadline": deadline}]
    order["is_buyer_request_cancel"], order["request_cancel_time"] = True, box.now()
    box.book.touch(order, now=box.now())
    announce(box, row)
    box.agenda.add("cancel_unanswered", due=deadline, cancel=row["cancel_id"])
    return row


def lines_in(box: Box, row: dict[str, Any]) -> list[dict[str, Any]]:
    order = box.book.orders[row["order_id"]]
    wanted = {line["order_line_item_id"] for line in row["cancel_line_items"]}
    return [line for line in live_lines(order) if line["id"] in wanted]


def finish_cancel(box: Box, row: dict[str, Any]) -> None:
    """Agree to a cancellation: the lines go, the money follows a little later."""
    order = box.book.orders[row["order_id"]]
    paid = bool(order.get("paid_time"))
    row["cancel_status"], row["update_time"], row["seller_next_action_response"] = SUCCESS, box.now(), []
    cancel_lines(box, order, lines_in(box, row), by=row["role"], reason=row["cancel_reason_text"])
    announce(box, row)
    box.agenda.add("cancel_paid_back", due=box.clock.now() + 2 * HOUR, cancel=row["cancel_id"], paid=paid)


def close_cancel(box: Box, row: dict[str, Any], status: str, *, by: str) -> None:
    """End a request without cancelling: withdrawn, rejected or overtaken by shipping."""
    order = box.book.orders[row["order_id"]]
    row["cancel_status"], row["update_time"], row["seller_next_action_response"] = status, box.now(), []
    row["closed_by"] = by
    order["is_buyer_request_cancel"] = False
    box.book.touch(order, now=box.now())
    announce(box, row)


def withdraw_cancel(box: Box, order: dict[str, Any]) -> dict[str, Any] | None:
    """The buyer takes his wish back; nothing happens when none waits for an answer."""
    row = open_cancel_of(box, order)
    if row is not None:
        close_cancel(box, row, CLOSED, by="BUYER")
    return row


def record_system_cancel(box: Box, order: dict[str, Any], lines: list[dict[str, Any]], reason: str) -> None:
    """The platform cancels by itself; a request that was waiting is granted with it."""
    waiting = open_cancel_of(box, order) if order["is_buyer_request_cancel"] else None
    if waiting is not None:
        close_cancel(box, waiting, CLOSED, by="SYSTEM")
    row = open_cancel(
        box, order, lines, role="SYSTEM", reason="system_cancel_order_reason_shipping_timeout", text=reason
    )
    finish_cancel(box, row)


@happening("cancel_unanswered")
def cancel_unanswered(box: Box, due: dict[str, Any]) -> None:
    row = box.store.get("cancel", due["cancel"])
    if row and row["cancel_status"] == PENDING:
        finish_cancel(box, row)


@happening("cancel_paid_back")
def cancel_paid_back(box: Box, due: dict[str, Any]) -> None:
    row = box.store.get("cancel", due["cancel"])
    if row and row["cancel_status"] == SUCCESS:
        row["cancel_status"], row["update_time"] = COMPLETE, box.now()
        announce(box, row)
        if due.get("paid"):
            refund(box, box.book.orders[row["order_id"]], row["refund_amount"])
            tell_refund(box, row, row["refund_amount"], kind="cancel")
