"""What time does to returns: unanswered ones are granted, goods arrive or do not, money moves, appeals end."""

from __future__ import annotations

from typing import Any

from sandbox.aftersales.returns import (
    ACTIONS,
    CANCEL,
    COMPLETE,
    PENDING,
    SHIPPED,
    SUCCESS,
    SWAP_PENDING,
    appeal,
    await_inspection,
    grant_refund,
    grant_return,
    move,
    record,
    ship_back,
    withdraw,
)
from sandbox.aftersales.rules import answer_by
from sandbox.aftersales.swaps import grant_swap
from sandbox.agenda import happening
from sandbox.box import Box
from sandbox.finance.ledger import refund
from sandbox.webhooks.news import tell_refund, tell_request


def due_case(box: Box, due: dict[str, Any]) -> dict[str, Any] | None:
    row = box.store.get("return", due["case"])
    return row if row is not None and row["return_status"] == due["status"] else None


@happening("return_unanswered")
def return_unanswered(box: Box, due: dict[str, Any]) -> None:
    row = due_case(box, due)
    if row is None:
        return
    if row["return_status"] == PENDING and row["return_type"] == "RETURN_AND_REFUND":
        grant_return(box, row, by="SYSTEM")
    elif row["return_status"] in SWAP_PENDING:
        grant_swap(box, row, by="SYSTEM")
    else:
        grant_refund(box, row, by="SYSTEM")


@happening("buyer_ships_back")
def buyer_ships_back(box: Box, due: dict[str, Any]) -> None:
    row = due_case(box, due)
    if row and box.alive:
        ship_back(box, row)


@happening("return_withdrawn")
def return_withdrawn(box: Box, due: dict[str, Any]) -> None:
    row = due_case(box, due)
    if row and box.alive:
        withdraw(box, row)


@happening("return_not_sent")
def return_not_sent(box: Box, due: dict[str, Any]) -> None:
    if row := due_case(box, due):
        move(box, row, CANCEL, event="RETURN_NOT_SHIPPED_IN_TIME", by="SYSTEM")


@happening("return_offer_answered")
def return_offer_answered(box: Box, due: dict[str, Any]) -> None:
    """The buyer takes the partial refund, or insists."""
    row = due_case(box, due)
    if row is None:
        return
    if box.luck("offer", row["return_id"]).random() < 0.7:
        grant_refund(box, row, by="BUYER", event="PARTIAL_REFUND_ACCEPTED")
        return
    row["buyer_rejected_partial_refund"] = True
    row.pop("partial_refund", None)
    before = row.pop("offered_from", PENDING)
    deadline = answer_by(box, box.market(row["shop_id"]), row["refund_amount"])
    action = "SELLER_RESPOND_RECEIVE_PACKAGE" if before == SHIPPED else ACTIONS[row["return_type"]]
    move(box, row, before, event="PARTIAL_REFUND_REFUSED", by="BUYER", action=action, deadline=deadline)
    box.agenda.add("return_unanswered", due=deadline, case=row["return_id"], status=before)


@happening("return_paid_back")
def return_paid_back(box: Box, due: dict[str, Any]) -> None:
    row = due_case(box, due)
    if row is None:
        return
    amount = dict(row["refund_amount"])
    if row.get("partial_refund"):
        amount = {
            **amount,
            "refund_total": row["partial_refund"]["amount"],
            "refund_subtotal": row["partial_refund"]["amount"],
            "refund_tax": box.market(row["shop_id"]).money(0),
            "refund_shipping_fee": box.market(row["shop_id"]).money(0),
        }
    if row["return_status"] == SUCCESS:
        move(box, row, COMPLETE, event="REFUND_COMPLETE", by="SYSTEM")
    else:
        record(box, row, "REFUND_COMPLETE", "SYSTEM", "")
        box.store.put("return", row["return_id"], row)
    refund(box, box.book.orders[row["order_id"]], amount)
    tell_refund(box, row, amount, kind="return")


@happening("return_arrives")
def return_arrives(box: Box, due: dict[str, Any]) -> None:
    """The parcel is back at the warehouse; from now on it waits for the seller to look into it."""
    if row := due_case(box, due):
        row["arrived_at"], row["update_time"] = box.now(), box.now()
        record(box, row, "RETURNED_PACKAGE_ARRIVED", "SYSTEM", "")
        box.store.put("return", row["return_id"], row)
        if days := box.market(row["shop_id"]).inspect_workdays:
            await_inspection(box, row, deadline=box.market(row["shop_id"]).day_end(box.now(), days=days))
        tell_request(box, row)


@happening("buyer_appeals")
def buyer_appeals(box: Box, due: dict[str, Any]) -> None:
    row = due_case(box, due)
    if row and box.alive and not row.get("arbitration_status"):
        appeal(box, row)


@happening("arbitration_ends")
def arbitration_ends(box: Box, due: dict[str, Any]) -> None:
    """The platform decides: for the buyer his money goes back, for the seller the refusal stands."""
    row = due_case(box, due)
    if row is None or row.get("arbitration_status") != "IN_PROGRESS":
        return
    if box.luck("verdict", row["return_id"]).random() < 0.5:
        row["arbitration_status"] = "SUPPORT_BUYER"
        grant_refund(box, row, by="OPERATOR", event="ARBITRATION_FOR_BUYER")
    else:
        row["arbitration_status"] = "SUPPORT_SELLER"
        move(box, row, row["return_status"], event="ARBITRATION_FOR_SELLER", by="OPERATOR")
