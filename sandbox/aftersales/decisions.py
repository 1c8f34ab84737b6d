"""What a seller may decide about a return in each of its states, and what then happens."""

from __future__ import annotations

from typing import Any

from sandbox.aftersales import returns
from sandbox.aftersales.rules import REJECT_RETURN, check_reason
from sandbox.aftersales.swaps import grant_swap
from sandbox.box import Box
from sandbox.errors import Refusal

Row = dict[str, Any]
SWAPS = {"REPLACEMENT", "EXCHANGE"}
TYPES = {
    "APPROVE_RETURN": {"RETURN_AND_REFUND"},
    "REJECT_RETURN": {"RETURN_AND_REFUND"},
    "REJECT_REFUND": {"REFUND"},
    "APPROVE_REPLACEMENT": SWAPS,
    "REJECT_REPLACEMENT": SWAPS,
    "ISSUE_REPLACEMENT_REFUND": {"REPLACEMENT"},
    "ISSUE_EXCHANGE_REFUND": {"EXCHANGE"},
    "APPROVE_RECEIVED_PACKAGE": {"RETURN_AND_REFUND"},
    "REJECT_RECEIVED_PACKAGE": {"RETURN_AND_REFUND"},
    "OFFER_PARTIAL_REFUND_AFTER_RECEIVING_PKG": {"RETURN_AND_REFUND"},
}
OFFERS = ("OFFER_PARTIAL_REFUND", "OFFER_PARTIAL_REFUND_AFTER_RECEIVING_PKG")
NOT_NOW = {
    "APPROVE_RECEIVED_PACKAGE": (25011013, "reverse status cannot approve receive"),
    "REJECT_RECEIVED_PACKAGE": (25020012, "status can't reject receive"),
}


def fitting(row: Row) -> dict[str, bool]:
    """Return every decision there is, each with whether this request is in a state and of a type for it."""
    status, kind = row["return_status"], row["return_type"]
    asked, swap = status == returns.PENDING, status in returns.SWAP_PENDING
    back = status in (returns.SHIPPED, returns.SHIP) and kind == "RETURN_AND_REFUND"
    free = row["open"] and row.get("arbitration_status") != "IN_PROGRESS"
    fits = {
        "APPROVE_REFUND": asked or swap,
        "DIRECT_REFUND": asked or swap,
        "REJECT_REFUND": asked,
        "APPROVE_RETURN": asked,
        "REJECT_RETURN": asked,
        "APPROVE_RECEIVED_PACKAGE": back,
        "REJECT_RECEIVED_PACKAGE": status == returns.SHIPPED,
        "APPROVE_REPLACEMENT": swap,
        "REJECT_REPLACEMENT": swap,
        "ISSUE_REPLACEMENT_REFUND": swap,
        "ISSUE_EXCHANGE_REFUND": swap,
        "OFFER_PARTIAL_REFUND": asked,
        "OFFER_PARTIAL_REFUND_AFTER_RECEIVING_PKG": status == returns.SHIPPED,
    }
    return {name: free and fit and kind in TYPES.get(name, {kind}) for name, fit in fits.items()}


def check(row: Row, decision: str) -> None:
    """Refuse a decision that this request is not open to, with the code that says why."""
    refusing = decision.startswith("REJECT")
    if row.get("arbitration_status") == "IN_PROGRESS":
        raise Refusal(25011010, "request has been transferred to platform operator")
    if not row["open"]:
        if refusing:
            raise Refusal(25020010, "Aftersales has been approved and cannot be rejected.")
        raise Refusal(25020009, "reverse already cancelled")
    if row["return_type"] not in TYPES.get(decision, {row["return_type"]}):
        raise Refusal(25020004, "decision not match reverse type")
    if not fitting(row).get(decision):
        if refusing or decision in OFFERS:
            raise Refusal(*NOT_NOW.get(decision, (25020004, "decision not match reverse type")))
        raise Refusal(*NOT_NOW.get(decision, (25011012, "reverse status cannot approve application")))


def approve(box: Box, row: Row, decision: str, *, keep: bool = False) -> None:
    """Agree in one of the ways that fit."""
    check(row, decision)
    if decision == "APPROVE_RETURN" and not keep:
        returns.grant_return(box, row, by="SELLER")
    elif decision == "APPROVE_REPLACEMENT":
        grant_swap(box, row, by="SELLER")
    elif decision == "APPROVE_RECEIVED_PACKAGE":
        returns.grant_refund(box, row, by="SELLER", event="RETURNED_PACKAGE_ACCEPTED")
    else:
        row["can_buyer_keep_item"] = keep
        returns.grant_refund(box, row, by="SELLER")


def reject(box: Box, row: Row, decision: str, *, reason: str, comment: str = "") -> None:
    """Turn the request, or the parcel that came back, down for a reason the platform knows."""
    check_reason(reason, REJECT_RETURN, box.shop(row["shop_id"])["region"])
    check(row, decision)
    status, event = returns.REJECTED, "REQUEST_REJECTED"
    if decision == "REJECT_RECEIVED_PACKAGE":
        status, event = returns.REFUSED_PARCEL, "RETURNED_PACKAGE_REJECTED"
    elif row["return_type"] in SWAPS:
        status, event = returns.SWAP_REJECTED[row["return_type"]], "REPLACEMENT_REJECTED"
    returns.move(box, row, status, event=event, by="SELLER", text=REJECT_RETURN[reason], comment=comment)
    returns.await_appeal(box, row)


def offer(box: Box, row: Row, decision: str, *, amount: str) -> None:
    """Offer part of the money; the buyer answers within hours."""
    check(row, decision)
    market = box.market(row["shop_id"])
    try:
        minor = market.minor(amount)
    except ValueError:
        minor = 0
    if not 0 < minor <= market.minor(row["refund_amount"]["refund_total"]):
        raise Refusal(25011032, "ReverseInvalidStatusPartialRefund")
    returns.make_offer(box, row, amount=market.money(minor))
