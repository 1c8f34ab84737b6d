"""The paths under /return_refund/ that answer, refuse, open and recount returns."""

from __future__ import annotations

from typing import Any

from sandbox.aftersales import returns
from sandbox.aftersales.calls import AFTER_SHIPPING, aftersale_order, case_of, remember, said_before
from sandbox.aftersales.decisions import approve, offer, reject
from sandbox.aftersales.rules import RETURN, amounts, wanted_lines
from sandbox.errors import Refusal
from sandbox.gateway import Call
from sandbox.table import answers


@answers("POST", "/return_refund/{v}/returns/{return_id}/approve")
def approve_return(call: Call) -> dict[str, Any]:
    """Agree, in one of the ways that fit the request's status."""
    row, decision = case_of(call, "return", call.path["return_id"]), call.body["decision"]
    if said_before(call, row):
        return {}
    if decision == "OFFER_PARTIAL_REFUND":
        offer(call.box, row, decision, amount=call.body.get("partial_refund", {}).get("amount", ""))
    else:
        approve(call.box, row, decision, keep=bool(call.body.get("buyer_keep_item")))
    return remember(call, "return", row)


@answers("POST", "/return_refund/{v}/returns/{return_id}/reject", versions=("202309", "202606"))
def reject_return(call: Call) -> dict[str, Any]:
    """Turn down; the newer version may offer part of the money for a parcel that came back."""
    row, decision = case_of(call, "return", call.path["return_id"]), call.body["decision"]
    if said_before(call, row):
        return {}
    if decision == "OFFER_PARTIAL_REFUND_AFTER_RECEIVING_PKG":
        amount = call.body.get("partial_refund_amount", {}).get("partial_refund_total", "")
        offer(call.box, row, decision, amount=amount)
    else:
        reject(call.box, row, decision, reason=call.body["reject_reason"], comment=call.body.get("comment", ""))
    return remember(call, "return", row)


@answers("GET", "/return_refund/{v}/returns/{return_id}/records")
def return_records(call: Call) -> dict[str, Any]:
    return {"records": case_of(call, "return", call.path["return_id"])["records"]}


@answers("POST", "/return_refund/{v}/returns", versions=("202309", "202602"))
def create_return(call: Call) -> dict[str, Any]:
    """Open a return for the buyer; a plain refund is granted with it. The same key again is the same return."""
    order, body = aftersale_order(call, call.body["order_id"], opening=True), call.body
    cases = call.box.cases_of(order["id"], "return")
    for row in cases:
        if said_before(call, row):
            return {"return_id": row["return_id"], "return_status": row["return_status"]}
    if order["status"] == "CANCELLED":
        raise Refusal(25001051, "Not allowed to return or cancel since order is completed or cancelled")
    if order["status"] not in AFTER_SHIPPING:
        raise Refusal(25001003, "Invalid order status.")
    if any(row["open"] for row in cases):
        raise Refusal(25001011, "A return request is already in process, or the order has already been cancelled.")
    if body["return_reason"] not in RETURN:
        raise Refusal(25001014, "Unknown return reason")
    lines, total = wanted_lines(order, body), read_total(call, order)
    row = returns.open_return(
        call.box,
        order,
        lines,
        kind=body["return_type"],
        role="SELLER",
        reason=body["return_reason"],
        text=RETURN[body["return_reason"]],
    )
    if body["return_type"] == "REFUND":
        returns.grant_refund(call.box, row, by="SELLER", total=total)
    remember(call, "return", row)
    return {"return_id": row["return_id"], "return_status": row["return_status"]}


def read_total(call: Call, order: dict[str, Any]) -> str:
    """Return what the seller wants to give back, empty for all of it."""
    text = call.body.get("refund_total", "")
    if not text:
        return ""
    if call.body.get("currency", call.market.currency) != call.market.currency:
        raise Refusal(25001001, "An invalid request parameter was passed")
    try:
        minor = call.market.minor(text)
    except ValueError:
        raise Refusal(25001001, "An invalid request parameter was passed") from None
    most = amounts(call.market, order, wanted_lines(order, call.body))["refund_total"]
    if minor > call.market.minor(most):
        raise Refusal(25005005, "Refund total amount is larger than the refundable amount.")
    return call.market.money(minor) if 0 < minor < call.market.minor(most) else ""
