"""The path that reviews many requests at once, line by line; each is decided whole or not at all."""

from __future__ import annotations

from typing import Any

from sandbox.aftersales.calls import case_of
from sandbox.aftersales.decisions import approve, check, offer, reject
from sandbox.aftersales.requests import return_id_of
from sandbox.errors import Refusal, required
from sandbox.gateway import Call
from sandbox.table import answers

Row = dict[str, Any]
WRONG = (25001001, "An invalid request parameter was passed")
REFUSALS = {"REFUND": "REJECT_REFUND", "RETURN_AND_REFUND": "REJECT_RETURN"}
GRANTS = {"REFUND": "APPROVE_REFUND", "RETURN_AND_REFUND": "APPROVE_RETURN"}
INSTEAD = {"REPLACEMENT": "ISSUE_REPLACEMENT_REFUND", "EXCHANGE": "ISSUE_EXCHANGE_REFUND"}


@answers("POST", "/return_refund/{v}/aftersales/review", versions=("202609",))
def review_requests(call: Call) -> Row:
    """Decide each request by itself; only when every one is refused does the whole call fail."""
    wanted = call.body.get("aftersales_request_decisions", [])
    if not wanted:
        raise required("aftersales_request_decisions")
    refused = []
    for part in wanted:
        try:
            review(call, part)
        except Refusal as refusal:
            refused.append(refusal)
    if len(refused) == len(wanted):
        raise refused[0]
    return {"errors": [{"code": str(row.code), "message": row.message} for row in refused]} if refused else {}


def review(call: Call, part: Row) -> None:
    kind = part.get("request_id_type", "AFTERSALES")
    row = case_of(call, "return", return_id_of(part["request_id"], kind=kind))
    key = part.get("idempotency_key", "")
    if key and key in row.get("keys", []):
        return
    chosen = one_decision(row, part["line_item_decisions"])
    decide(call, row, chosen)
    if key:
        row.setdefault("keys", []).append(key)
        call.box.store.put("return", row["return_id"], row)


def one_decision(row: Row, decisions: list[Row]) -> Row:
    """Return the decision about all lines of a request; lines left out, foreign or decided apart are refused."""
    lines = {line["return_line_item_id"] for line in row["return_line_items"]}
    named = [line["return_line_item_id"] for part in decisions for line in part["line_items"]]
    if set(named) != lines or len(named) != len(lines):
        raise Refusal(*WRONG)
    first = decisions[0]
    if any(part["action"] != first["action"] for part in decisions):
        raise Refusal(*WRONG)
    return first


def decide(call: Call, row: Row, part: Row) -> None:
    """Carry out one action, in the words of the older path that does the same."""
    action, kind, reason = part["action"], row["return_type"], part.get("reason", {})
    if action == "APPROVE_REQUEST":
        approve(call.box, row, GRANTS.get(kind, "APPROVE_REPLACEMENT"))
    elif action == "REFUND_INSTEAD":
        approve(call.box, row, INSTEAD.get(kind, "DIRECT_REFUND"))
    elif action == "APPROVE_RETURN_PACKAGE":
        approve(call.box, row, "APPROVE_RECEIVED_PACKAGE")
    elif action.startswith("OFFER"):
        check(row, action)
        offer(call.box, row, action, amount=total_of(call, row, part))
    else:
        decision = "REJECT_RECEIVED_PACKAGE" if action == "REJECT_RETURN_PACKAGE" else ""
        decision = decision or REFUSALS.get(kind, "REJECT_REPLACEMENT")
        reject(call.box, row, decision, reason=reason.get("reason_id", ""), comment=reason.get("text", ""))


def total_of(call: Call, row: Row, part: Row) -> str:
    """Return what is offered for the whole request: the amount counts once per line."""
    details = part.get("alternative_solution_details", {})
    if details.get("currency", call.market.currency) != call.market.currency:
        raise Refusal(*WRONG)
    try:
        minor = call.market.minor(details.get("partial_refund_amount", ""))
    except ValueError:
        raise Refusal(*WRONG) from None
    return call.market.money(minor * len(row["return_line_items"]))
