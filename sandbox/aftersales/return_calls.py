"""The paths under /return_refund/ that answer, refuse, open and recount returns."""

from __future__ import annotations

from typing import Any

from sandbox.aftersales import returns
from sandbox.aftersales.calls import AFTER_SHIPPING, aftersale_order, case_of
from sandbox.aftersales.rules import REJECT_RETURN, RETURN, pick_lines
from sandbox.errors import Refusal
from sandbox.gateway import Call
from sandbox.table import answers


@answers("POST", "/return_refund/{v}/returns/{return_id}/approve")
def approve_return(call: Call) -> dict[str, Any]:
    """Agree, in one of the ways that fit the request's status."""
    box, row, decision = call.box, case_of(call, "return", call.path["return_id"]), call.body["decision"]
    status = row["return_status"]
    if not row["open"]:
        raise Refusal(25020009, "reverse already cancelled")
    pending = status in (returns.PENDING, returns.REPLACE)
    if decision == "APPROVE_RETURN" and status == returns.PENDING and row["return_type"] == "RETURN_AND_REFUND":
        if call.body.get("buyer_keep_item"):
            row["can_buyer_keep_item"] = True
            returns.grant_refund(box, row, by="SELLER")
        else:
            returns.grant_return(box, row, by="SELLER")
    elif decision in ("APPROVE_REFUND", "DIRECT_REFUND", "ISSUE_REPLACEMENT_REFUND") and pending:
        returns.grant_refund(box, row, by="SELLER")
    elif decision == "APPROVE_RECEIVED_PACKAGE" and status in (returns.SHIPPED, returns.SHIP):
        returns.grant_refund(box, row, by="SELLER", event="RETURNED_PACKAGE_ACCEPTED")
    elif decision == "APPROVE_REPLACEMENT" and status == returns.REPLACE:
        returns.move(box, row, "REPLACEMENT_REQUEST_COMPLETE", event="REPLACEMENT_APPROVED", by="SELLER")
        returns.send_replacement(box, row)
    elif decision == "OFFER_PARTIAL_REFUND" and status == returns.PENDING:
        offer(call, row)
    else:
        raise Refusal(25020004, "decision not match reverse type")
    return {}


def offer(call: Call, row: dict[str, Any]) -> None:
    part = call.body.get("partial_refund")
    if not part or call.market.minor(part["amount"]) > call.market.minor(row["refund_amount"]["refund_total"]):
        raise Refusal(25011032, "ReverseInvalidStatusPartialRefund")
    row["partial_refund"] = {"currency": row["refund_amount"]["currency"], "amount": part["amount"]}
    row["seller_proposed_return_type"] = "PARTIAL_REFUND"
    returns.move(call.box, row, returns.OFFERED, event="PARTIAL_REFUND_OFFERED", by="SELLER")
    hours = call.box.luck("offer time", row["return_id"]).uniform(1, 12)
    call.box.agenda.add(
        "return_offer_answered",
        due=call.box.clock.now() + hours * 3600,
        case=row["return_id"],
        status=returns.OFFERED,
    )


@answers("POST", "/return_refund/{v}/returns/{return_id}/reject", versions=("202309", "202606"))
def reject_return(call: Call) -> dict[str, Any]:
    row, decision = case_of(call, "return", call.path["return_id"]), call.body["decision"]
    if call.body["reject_reason"] not in REJECT_RETURN:
        raise Refusal(25001014, "Unknown return reason")
    if not row["open"]:
        raise Refusal(25020010, "Aftersales has been approved and cannot be rejected.")
    text, comment = REJECT_RETURN[call.body["reject_reason"]], call.body.get("comment", "")
    if decision in ("REJECT_REFUND", "REJECT_RETURN") and row["return_status"] == returns.PENDING:
        returns.move(call.box, row, returns.REJECTED, event="REQUEST_REJECTED", by="SELLER", text=text, comment=comment)
    elif decision == "REJECT_RECEIVED_PACKAGE" and row["return_status"] == returns.SHIPPED:
        returns.move(
            call.box,
            row,
            returns.REFUSED_PARCEL,
            event="RETURNED_PACKAGE_REJECTED",
            by="SELLER",
            text=text,
            comment=comment,
        )
    elif decision == "REJECT_REPLACEMENT" and row["return_status"] == returns.REPLACE:
        returns.move(
            call.box,
            row,
            "REPLACEMENT_REQUEST_REJECT",
            event="REPLACEMENT_REJECTED",
            by="SELLER",
            text=text,
            comment=comment,
        )
    else:
        raise Refusal(25020004, "decision not match reverse type")
    return {}


@answers("GET", "/return_refund/{v}/returns/{return_id}/records")
def return_records(call: Call) -> dict[str, Any]:
    return {"records": case_of(call, "return", call.path["return_id"])["records"]}


@answers("POST", "/return_refund/{v}/returns", versions=("202309", "202602"))
def create_return(call: Call) -> dict[str, Any]:
    order, body = aftersale_order(call, call.body["order_id"]), call.body
    if order["status"] not in AFTER_SHIPPING:
        raise Refusal(25001021, "Reason not match order status")
    if any(row["order_id"] == order["id"] and row["open"] for row in call.box.store.table("return").values()):
        raise Refusal(25001011, "A return request is already in process, or the order has already been returned.")
    if body["return_reason"] not in RETURN:
        raise Refusal(25001014, "Unknown return reason")
    row = returns.open_return(
        call.box,
        order,
        pick_lines(order, body),
        kind=body["return_type"],
        role="SELLER",
        reason=body["return_reason"],
        text=RETURN[body["return_reason"]],
    )
    if body["return_type"] == "REFUND":
        returns.grant_refund(call.box, row, by="SELLER")
    return {"return_id": row["return_id"], "return_status": row["return_status"]}
