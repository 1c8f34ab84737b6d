"""The newer view of the same returns: a request, and the authorisation for the goods' way back."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]
REVIEW, REVIEWED = "PENDING_REQUEST_REVIEW", "REQUEST_REVIEW_COMPLETED"
AWAITING_REVIEW = {
    "RETURN_OR_REFUND_REQUEST_PENDING",
    "REPLACEMENT_REQUEST_PENDING",
    "EXCHANGE_REQUEST_PENDING",
    "AWAITING_BUYER_RESPONSE",
}
INIT, AWAITED, MOVING, ARRIVED, LOOKED = (
    "INIT",
    "AWAITING_BUYER_RETURN",
    "RETURN_IN_TRANSIT",
    "PENDING_PACKAGE_REVIEW",
    "PACKAGE_REVIEW_COMPLETED",
)


def rma_id(return_id: str) -> str:
    return "4038" + return_id[4:]


def package_id(return_id: str) -> str:
    return "1158" + return_id[4:]


def return_id_of(request_id: str, *, kind: str) -> str:
    """Return the return that a request's or an authorisation's id stands for."""
    return "4036" + request_id[4:] if kind == "RMA" and request_id.startswith("4038") else request_id


def request_status(row: Row) -> str:
    """Return where the request stands; an offer for goods that came back does not open its review again."""
    waits = row["return_status"] in AWAITING_REVIEW and not row.get("return_tracking_number")
    return REVIEW if waits else REVIEWED


def has_rma(row: Row) -> bool:
    return bool(row["return_type"] == "RETURN_AND_REFUND")


def rma_status(row: Row) -> str:
    """Return how far the goods' way back is: asked for, agreed, on the way, arrived, looked at."""
    status = row["return_status"]
    if status == "AWAITING_BUYER_SHIP":
        return AWAITED
    if row.get("return_tracking_number") and (status == "BUYER_SHIPPED_ITEM" or status in AWAITING_REVIEW):
        return ARRIVED if row.get("arrived_at") else MOVING
    return INIT if status in AWAITING_REVIEW else LOOKED


def show_lines(row: Row) -> list[Row]:
    return [
        {
            "return_line_item_id": line["return_line_item_id"],
            "sku_id": line["sku_id"],
            "main_order_id": row["order_id"],
            "sku_return_request_id": row["return_id"],
        }
        for line in row["return_line_items"]
    ]


def show_rma(row: Row) -> Row:
    return {
        "id": rma_id(row["return_id"]),
        "package_id": package_id(row["return_id"]),
        "aftersales_request_id": row["return_id"],
        "status": rma_status(row),
        "line_items": show_lines(row),
    }


SAME = (
    "order_id return_id return_type return_status arbitration_status role return_reason return_reason_text "
    "seller_next_action_response shipment_type handover_method return_tracking_number return_provider_name "
    "return_provider_id refund_amount return_line_items create_time update_time return_shipping_document_type "
    "return_method is_combined_return seller_proposed_return_type buyer_rejected_partial_refund "
    "return_warehouse_address reshipment_order_id is_quick_refund"
)


def show_return(row: Row) -> Row:
    """Return a return in the newer spelling of its fields."""
    shown = {name: row[name] for name in SAME.split() if name in row}
    shown["buyer_keep_item"] = row["can_buyer_keep_item"]
    if part := row.get("partial_refund"):
        shown["partial_refund_amount"] = {"partial_refund_total": part["amount"], "currency": part["currency"]}
    return shown
