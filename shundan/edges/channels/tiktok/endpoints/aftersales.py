"""Cancellations, refunds and returns; the request-centred family of 2026 stands beside the order-centred one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shundan.core.errors import OutsideRefused
from shundan.edges.channels.tiktok.endpoints.endpoint import Endpoint as E

_R = "/return_refund/{version}"
_BOTH = ("202602", "202309")


def _cancel_202309(body: Mapping[str, Any]) -> dict[str, Any]:
    """Write Cancel Order as before 202602, which knows no parts of a set."""
    if any(row.get("sub_order_line_item_id") for row in body.get("order_line_list") or []):
        raise OutsideRefused("This version cancels no part of a set.", service="TikTok Shop")
    return {name: value for name, value in body.items() if name != "order_line_list"}


def _reject_202309(body: Mapping[str, Any]) -> dict[str, Any]:
    """Write Reject Return as before 202606, which offers no partial refund after the goods are back."""
    if body.get("partial_refund_amount"):
        raise OutsideRefused("This version offers no partial refund when it rejects.", service="TikTok Shop")
    return dict(body)


ROWS: dict[str, E] = {
    "cancellation.search": E("POST", _R + "/cancellations/search", _BOTH, "aftersales"),
    "cancellation.create": E(
        "POST", _R + "/cancellations", _BOTH, "aftersales", changes=True, bodies={"202309": _cancel_202309}
    ),
    "cancellation.approve": E(
        "POST", _R + "/cancellations/{cancel_id}/approve", ("202309",), "aftersales", changes=True
    ),
    "cancellation.reject": E("POST", _R + "/cancellations/{cancel_id}/reject", ("202309",), "aftersales", changes=True),
    "return.search": E("POST", _R + "/returns/search", _BOTH, "aftersales"),
    "return.create": E("POST", _R + "/returns", _BOTH, "aftersales", changes=True),
    "return.approve": E("POST", _R + "/returns/{return_id}/approve", ("202309",), "aftersales", changes=True),
    "return.reject": E(
        "POST", _R + "/returns/{return_id}/reject", ("202606", "202309"), "aftersales", changes=True,
        bodies={"202309": _reject_202309},
    ),
    "return.records": E("GET", _R + "/returns/{return_id}/records", ("202309",), "aftersales"),
    "return.upload_papers": E(
        "POST", _R + "/returns/shipping_documents", ("202405",), "upload", changes=True, multipart=True
    ),
    "reject_reasons": E("GET", _R + "/reject_reasons", ("202309",), "aftersales"),
    "decision.eligibility": E("GET", _R + "/decision_eligibility", ("202601",), "aftersales"),
    "decision.review": E("GET", _R + "/review_decision", ("202606",), "aftersales"),
    "order.aftersale_eligibility": E("GET", _R + "/orders/{order_id}/aftersale_eligibility", _BOTH, "aftersales"),
    "refund.calculate": E("POST", _R + "/refunds/calculate", _BOTH, "aftersales"),
    "aftersales.search": E("POST", _R + "/aftersales/search", ("202603",), "aftersales"),
    "aftersales.review": E("POST", _R + "/aftersales/review", ("202609",), "aftersales", changes=True),
    "rma.search": E("POST", _R + "/rma/search", ("202604",), "aftersales"),
}  # fmt: skip
