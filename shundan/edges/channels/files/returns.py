"""Write returns and refunds in the columns of Seller Center's own export: what reads those reads ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from shundan.core.money import to_text
from shundan.core.states import CaseKind

_NAMES = (
    "Return Order ID|Order ID|Order Amount|Order Status|Order Substatus|Payment Method|SKU ID|Seller SKU|Product Name|"
    "SKU Name|Buyer Username|Return Type|Time Requested|Return Reason|Return unit price|Return Quantity|"
    "Return Logistics Tracking ID|Return Status|Return Sub Status|Refund Time|Dispute Status|Appeal Status|"
    "Compensation Status|Compensation Amount|Buyer Note"
)
RETURN_HEADER = _NAMES.split("|")
_TYPES = {
    CaseKind.RETURN: "Return and refund", CaseKind.REFUND: "Refund only", CaseKind.EXCHANGE: "Replacement",
}  # fmt: skip
RETURN_KINDS = tuple(_TYPES)


@dataclass(frozen=True)
class ReturnedLine:
    """One SKU of one return."""

    return_id: str
    order_id: str
    kind: CaseKind
    order_total_minor: int
    currency: str
    order_status: str
    payment_method: str
    sku_id: str
    seller_sku: str
    title: str
    variant: str
    buyer: str
    asked_at: datetime
    reason: str
    unit_price_minor: int
    quantity: int
    tracking_number: str
    status: str
    refunded_at: datetime | None
    buyer_note: str


def return_row(line: ReturnedLine, *, zone: str) -> list[str]:
    """Return one row under RETURN_HEADER; the day stands first in every market."""
    place = ZoneInfo(zone)
    return [
        line.return_id, line.order_id, to_text(line.order_total_minor, line.currency), line.order_status, "",
        line.payment_method, line.sku_id, line.seller_sku, line.title, line.variant, line.buyer,
        _TYPES.get(line.kind, ""), _moment(line.asked_at, place), line.reason,
        to_text(line.unit_price_minor, line.currency), str(line.quantity), line.tracking_number, line.status, "",
        _moment(line.refunded_at, place), "", "", "", "", line.buyer_note,
    ]  # fmt: skip


def _moment(at: datetime | None, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%d/%m/%Y %H:%M:%S}" if at else ""
