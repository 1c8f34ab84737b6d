"""Calls under /return_refund/."""

from __future__ import annotations

from typing import Any

from sandbox.tests.tour.world import NOT_SHIPPED, How, World, both, picture

MISSING = "ecom_order_delivered_refund_reason_missing_product_seller"
EVERYTHING = ["LINE_ITEMS", "SKU_RETURN_REQUESTS", "RETURN_MERCHANDISE_AUTHORIZATIONS"]


def own_label(world: World) -> dict[str, Any]:
    carrier = world.carrier("US")
    return {
        "query": {"return_ids": world.back("AWAITING_BUYER_SHIP"), "return_id_type": "SKU_RETURN_ORDER"},
        **picture(tracking_number=world.number(), return_provider_id=carrier["id"]),
    }


def reviewed(world: World) -> dict[str, Any]:
    return_id = world.back()
    decision = {"action": "APPROVE_REQUEST", "line_items": world.lines_of(return_id)}
    wrong = {"action": "APPROVE_REQUEST", "line_items": [{"return_line_item_id": "17"}]}
    return {
        "body": {
            "aftersales_request_decisions": [
                {"request_id": return_id, "line_item_decisions": [decision]},
                {"request_id": world.back(), "line_item_decisions": [wrong]},
            ]
        }
    }


def found_cancels(world: World) -> dict[str, Any]:
    world.cancel()
    return {"query": {"page_size": 50}, "body": {}}


def found_returns(world: World) -> dict[str, Any]:
    world.back()
    return {"query": {"page_size": 50}, "body": {}}


def seller_of(world: World) -> int:
    rows = world.tool.call("GET", "/seller/202601/shop_groups", cipher="")["shop_group_data"]["shops"]
    return int(rows[0]["seller_id"])


CASES: dict[str, How] = {
    **both("POST /return_refund/{v}/cancellations/search", found_cancels),
    **both("POST /return_refund/{v}/returns/search", found_returns),
    **both(
        "POST /return_refund/{v}/cancellations",
        lambda w: {"body": {"order_id": w.tool.place(), "cancel_reason": "seller_cancel_reason_out_of_stock"}},
    ),
    "POST /return_refund/202309/cancellations/{cancel_id}/approve": lambda w: {"cancel_id": w.cancel()},
    "POST /return_refund/202309/cancellations/{cancel_id}/reject": lambda w: {
        "cancel_id": w.cancel(),
        "body": {"reject_reason": "seller_reject_apply_product_has_been_packed"},
    },
    "GET /return_refund/202309/reject_reasons": lambda w: {"query": {"return_or_cancel_id": w.cancel()}},
    "GET /return_refund/202601/decision_eligibility": lambda w: {"query": {"return_or_cancel_id": w.back()}},
    "GET /return_refund/202606/review_decision": lambda w: {
        "query": {"return_or_cancel_id": w.back(), "seller_id": seller_of(w)}
    },
    "POST /return_refund/202309/returns/{return_id}/approve": lambda w: {
        "return_id": w.back(),
        "body": {"decision": "APPROVE_RETURN"},
    },
    **both(
        "POST /return_refund/{v}/returns/{return_id}/reject",
        lambda w: {
            "return_id": w.back(),
            "body": {"decision": "REJECT_RETURN", "reject_reason": NOT_SHIPPED},
        },
        versions=("202309", "202606"),
    ),
    "GET /return_refund/202309/returns/{return_id}/records": lambda w: {"return_id": w.arrived},
    **both(
        "POST /return_refund/{v}/returns",
        lambda w: {
            "body": {
                "order_id": w.tool.place(status="DELIVERED"),
                "return_type": "REFUND",
                "return_reason": MISSING,
            }
        },
    ),
    **both(
        "POST /return_refund/{v}/refunds/calculate",
        lambda w: {"body": {"order_id": w.done, "request_type": "REFUND", "reason_name": MISSING}},
    ),
    **both("GET /return_refund/{v}/orders/{order_id}/aftersale_eligibility", lambda w: {"order_id": w.done}),
    "POST /return_refund/202405/returns/shipping_documents": own_label,
    "POST /return_refund/202603/aftersales/search": {"body": {"whitelisted_data_fields": EVERYTHING}},
    "POST /return_refund/202604/rma/search": {"body": {"whitelisted_data_fields": EVERYTHING[:2]}},
    "POST /return_refund/202609/aftersales/review": reviewed,
}
