"""The paths under /return_refund/."""

from __future__ import annotations

from typing import Any

from sandbox.aftersales.cancellations import (
    CLOSED,
    PENDING,
    SUCCESS,
    close_cancel,
    finish_cancel,
    open_cancel,
)
from sandbox.aftersales.decisions import fitting
from sandbox.aftersales.rules import (
    BUYER_CANCEL,
    REJECT_CANCEL,
    REJECT_RETURN,
    RETURN,
    SELLER_CANCEL,
    SELLER_CANCEL_UNPAID,
    SOUTH_EAST_ASIA,
    amounts,
    check_reason,
    offered,
    open_cancel_of,
    pick_lines,
    wanted_lines,
)
from sandbox.errors import Refusal
from sandbox.gateway import Call
from sandbox.orders.flow import live_lines
from sandbox.paging import page_rows
from sandbox.table import answers

PRIVATE = ("shop_id", "buyer_id", "records", "open", "closed_by", "keys", "told")
NEWER_FIELDS = ("arrived_at", "reshipment_order_id", "offered_from")
BEFORE_TRANSIT = ("UNPAID", "AWAITING_SHIPMENT", "PARTIALLY_SHIPPING", "AWAITING_COLLECTION")
LATER = ("should_replenish_stock", "is_quick_refund")
NEWER = ("ISSUE_EXCHANGE_REFUND", "OFFER_PARTIAL_REFUND", "OFFER_PARTIAL_REFUND_AFTER_RECEIVING_PKG")
AFTER_SHIPPING = ("IN_TRANSIT", "DELIVERED", "COMPLETED", "AWAITING_COLLECTION")


def show(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in PRIVATE + NEWER_FIELDS}


def case_of(call: Call, kind: str, case_id: str) -> dict[str, Any]:
    row = call.box.store.get(kind, case_id)
    if row is None or row["shop_id"] != call.shop["id"]:
        raise Refusal(25007006, "Order not found.")
    return row


def aftersale_order(call: Call, order_id: str, *, opening: bool = False) -> dict[str, Any]:
    """Return an order of the calling shop; one that a case is to be opened for is refused in other words."""
    order = call.box.book.orders.get(order_id)
    if order is not None and order["shop_id"] == call.shop["id"]:
        return order
    if opening:
        raise Refusal(25020005, "No permission to process this order")
    raise Refusal(25007006, "Order not found.")


def said_before(call: Call, row: dict[str, Any]) -> bool:
    """Tell whether this very request was carried out already, by its idempotency key."""
    return bool(call.query.get("idempotency_key")) and call.query["idempotency_key"] in row.get("keys", [])


def remember(call: Call, kind: str, row: dict[str, Any]) -> dict[str, Any]:
    """Keep the idempotency key of a request that was carried out; its answer is empty."""
    if key := call.query.get("idempotency_key"):
        row.setdefault("keys", []).append(key)
        call.box.store.put(kind, row[f"{kind}_id"], row)
    return {}


@answers("POST", "/return_refund/{v}/cancellations", versions=("202309", "202602"))
def cancel_order(call: Call) -> dict[str, Any]:
    """The seller cancels: only with a reason that fits the order's status, and only what has not left."""
    order, reason = aftersale_order(call, call.body["order_id"], opening=True), call.body["cancel_reason"]
    if reason in BUYER_CANCEL:
        raise Refusal(25001015, "The provided return reason cannot be used by the seller")
    check_reason(reason, {**SELLER_CANCEL, **SELLER_CANCEL_UNPAID}, call.shop["region"])
    if order["status"] in ("IN_TRANSIT", "DELIVERED") or (
        order["status"] == "AWAITING_COLLECTION" and call.shop["region"] not in SOUTH_EAST_ASIA
    ):
        raise Refusal(
            25001045, "The order has already been shipped and we are unable to cancel shipment with the courier."
        )
    if order["status"] in ("COMPLETED", "CANCELLED"):
        raise Refusal(25001051, "Not allowed to return or cancel since order is completed or cancelled")
    if (order["status"] == "UNPAID") != (reason in SELLER_CANCEL_UNPAID) or order["status"] == "ON_HOLD":
        raise Refusal(25001021, "Reason not match order status")
    lines = wanted_lines(order, call.body)
    waiting = open_cancel_of(call.box, order)
    if waiting is not None:
        raise Refusal(25001011, "A return request is already in process, or the order has already been cancelled.")
    text = {**SELLER_CANCEL, **SELLER_CANCEL_UNPAID}[reason]
    row = open_cancel(call.box, order, lines, role="SELLER", reason=reason, text=text)
    finish_cancel(call.box, row)
    return {"cancel_id": row["cancel_id"], "cancel_status": row["cancel_status"]}


def search(call: Call, kind: str, key: str, filters: dict[str, str]) -> tuple[list[dict[str, Any]], str, int]:
    body = call.body
    rows = []
    for row in call.box.store.table(kind).values():
        if row["shop_id"] != call.shop["id"]:
            continue
        if any(body.get(field) and row.get(column) not in body[field] for field, column in filters.items()):
            continue
        if all(
            body.get(f"{time}_ge", 0) <= row[time] < body.get(f"{time}_lt", 1 << 60)
            for time in ("create_time", "update_time")
        ):
            rows.append(row)
    page, token = page_rows(rows, call.query, time=call.query["sort_field"], key=key, default=10, show=show)
    if call.version == "202309":
        page = [{name: value for name, value in row.items() if name not in LATER} for row in page]
    return page, token, len(rows)


@answers("POST", "/return_refund/{v}/cancellations/search", versions=("202309", "202602"))
def search_cancellations(call: Call) -> dict[str, Any]:
    page, token, total = search(
        call,
        "cancel",
        "cancel_id",
        {
            "cancel_ids": "cancel_id",
            "order_ids": "order_id",
            "buyer_user_ids": "buyer_id",
            "cancel_types": "cancel_type",
            "cancel_status": "cancel_status",
        },
    )
    return {"next_page_token": token, "total_count": total, "cancellations": page}


@answers("POST", "/return_refund/{v}/returns/search", versions=("202309", "202602"))
def search_returns(call: Call) -> dict[str, Any]:
    page, token, total = search(
        call,
        "return",
        "return_id",
        {
            "return_ids": "return_id",
            "order_ids": "order_id",
            "buyer_user_ids": "buyer_id",
            "return_types": "return_type",
            "return_status": "return_status",
            "arbitration_status": "arbitration_status",
            "seller_proposed_return_type": "seller_proposed_return_type",
        },
    )
    return {"next_page_token": token, "total_count": total, "return_orders": page}


@answers("POST", "/return_refund/{v}/cancellations/{cancel_id}/approve")
def approve_cancellation(call: Call) -> dict[str, Any]:
    row = case_of(call, "cancel", call.path["cancel_id"])
    if said_before(call, row):
        return {}
    if row["cancel_status"] != PENDING:
        closed = row["cancel_status"] not in (SUCCESS,)
        raise Refusal(
            25020009 if closed else 25011012,
            "reverse already cancelled" if closed else "reverse status cannot approve application",
        )
    finish_cancel(call.box, row)
    return remember(call, "cancel", row)


@answers("POST", "/return_refund/{v}/cancellations/{cancel_id}/reject")
def reject_cancellation(call: Call) -> dict[str, Any]:
    row = case_of(call, "cancel", call.path["cancel_id"])
    if said_before(call, row):
        return {}
    check_reason(call.body["reject_reason"], REJECT_CANCEL, call.shop["region"])
    if row["cancel_status"] == CLOSED:
        raise Refusal(25011011, "reverse status cannot reject application")
    if row["cancel_status"] != PENDING:
        raise Refusal(25020010, "Aftersales has been approved and cannot be rejected.")
    close_cancel(call.box, row, CLOSED, by="SELLER")
    return remember(call, "cancel", row)


@answers("GET", "/return_refund/{v}/reject_reasons")
def reject_reasons(call: Call) -> dict[str, Any]:
    case_id = call.query["return_or_cancel_id"]
    kind = "cancel" if call.box.store.get("cancel", case_id) else "return"
    case_of(call, kind, case_id)
    return {"reasons": reject_reasons_of(call, kind)}


def reject_reasons_of(call: Call, kind: str) -> list[dict[str, str]]:
    found = offered(REJECT_CANCEL if kind == "cancel" else REJECT_RETURN, call.shop["region"])
    return [{"name": name, "text": text} for name, text in found.items()]


@answers("POST", "/return_refund/{v}/refunds/calculate", versions=("202309", "202602"))
def calculate_refund(call: Call) -> dict[str, Any]:
    order = aftersale_order(call, call.body["order_id"])
    found = amounts(call.market, order, pick_lines(order, call.body))
    found.pop("buyer_service_fee")
    return {"order_refund_amount": found}


@answers("GET", "/return_refund/{v}/orders/{order_id}/aftersale_eligibility", versions=("202309", "202602"))
def eligibility(call: Call) -> dict[str, Any]:
    order = aftersale_order(call, call.path["order_id"])
    wanted = call.query.get("request_types") or ["CANCEL", "REFUND", "RETURN_AND_REFUND"]
    by_sku: dict[str, list[str]] = {}
    for line in live_lines(order):
        by_sku.setdefault(line["sku_id"], []).append(line["id"])
    return {
        "sku_eligibility": [
            {"sku_id": sku_id, "line_item_eligibility": [eligible(call, order, kind, ids) for kind in wanted]}
            for sku_id, ids in by_sku.items()
        ]
    }


def eligible(call: Call, order: dict[str, Any], kind: str, ids: list[str]) -> dict[str, Any]:
    """Return whether these lines may be cancelled or sent back; the older version calls a refund alone RETURN."""
    fits = order["status"] in (BEFORE_TRANSIT if kind == "CANCEL" else AFTER_SHIPPING)
    old = call.version == "202309"
    spoken = "RETURN" if old and kind == "REFUND" else kind
    row: dict[str, Any] = {"request_type": spoken, "order_line_items_ids": ids, "eligible": fits}
    if not fits:
        row["ineligible_code"], row["ineligible_reason"] = 25001021, "Reason not match order status"
    elif not old:
        row["available_reason_names"] = list(reasons_for(call, order, kind))
    return row


def reasons_for(call: Call, order: dict[str, Any], kind: str) -> dict[str, str]:
    if kind != "CANCEL":
        return RETURN
    if call.query.get("initiate_aftersale_user") == "BUYER":
        return BUYER_CANCEL
    return SELLER_CANCEL_UNPAID if order["status"] == "UNPAID" else offered(SELLER_CANCEL, call.shop["region"])


@answers("GET", "/return_refund/{v}/decision_eligibility", versions=("202601",))
def decision_eligibility(call: Call) -> dict[str, Any]:
    case_id = call.query["return_or_cancel_id"]
    kind = "cancel" if call.box.store.get("cancel", case_id) else "return"
    if kind == "cancel":
        pending = case_of(call, "cancel", case_id)["cancel_status"] == PENDING
        fits = {"APPROVE_REQUEST_CANCEL": pending, "REJECT_REQUEST_CANCEL": pending}
    else:
        fits = fitting(case_of(call, "return", case_id))
    wanted = call.query.get("check_decisions") or [name for name in fits if name not in NEWER]
    shown = []
    for decision in wanted:
        row: dict[str, Any] = {"decision": decision, "eligible": bool(fits.get(decision))}
        if not row["eligible"]:
            row["ineligible_code"], row["ineligible_reason"] = 25020003, "decision not match reverse status"
        elif decision.startswith("REJECT"):
            row["available_reject_reasons"] = reject_reasons_of(call, kind)
        shown.append(row)
    return {"decisions": shown}
