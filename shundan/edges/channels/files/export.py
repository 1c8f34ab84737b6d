"""Write orders in the platform's own columns, as its export of that market has them: what reads those reads ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from shundan.core.facts import LineFacts, OrderFacts, OrderType
from shundan.core.money import to_text
from shundan.core.states import FulfilledBy
from shundan.edges.channels.files.columns import ORDER_MEANINGS, fold
from shundan.edges.channels.files.values import WHOLE_UNITS

_LINE = (
    "Order ID|Order Status|Order Substatus|Cancelation/Return Type|Normal or Pre-order|SKU ID|Seller SKU|{product}"
    "Product Name|Variation|{bundle}Quantity|Sku Quantity of return|SKU Unit Original Price|"
    "SKU Subtotal Before Discount|SKU Platform Discount|SKU Seller Discount|SKU Subtotal After Discount|"
    "Shipping Fee After Discount|Original Shipping Fee|Shipping Fee Seller Discount|"
)
_TOTALS = "Shipping Fee Platform Discount|Payment platform discount|Taxes|{fee}Order Amount|Order Refund Amount|"
_TIMES = (
    "Created Time|Paid Time|RTS Time|Shipped Time|Delivered Time|Cancelled Time|Cancel By|Cancel Reason|"
    "Fulfillment Type|Warehouse Name|Tracking ID|"
)
_BUYER = "Delivery Option|Shipping Provider Name|Buyer Message|Buyer Username|Recipient|Phone #|"
_TAIL = "Payment Method|Weight(kg)|Product Category|Package ID|Seller Note|Checked Status|Checked Marked by"
_DETAIL = "Detail Address|Additional address information|"


def _header(address: str, *, fee: str = "") -> list[str]:
    line = _LINE.format(product="", bundle="")
    return (line + _TOTALS.format(fee=fee) + _TIMES + _BUYER + address + _DETAIL + _TAIL).split("|")


_US = (
    _LINE.format(product="Product ID|", bundle="Virtual Bundle Seller SKU|")
    + "Co-Funded Shipping Fee Discount|Shipping Fee Platform Discount|Payment platform discount|Retail Delivery Fee|"
    "Taxes|Order Amount|Order Refund Amount|" + _TIMES + "Delivery Option Type|Delivery Option|Shipping Provider Name|"
    "Buyer Message|Buyer Nickname|Buyer Username|Recipient|Phone #|Country|State|City|Zipcode|Address Line 1|"
    "Address Line 2|Delivery Instruction|Payment Method|Weight(kg)|Product Category|Package ID|Seller Note|"
    "Shipping Information|Combined Listing|Order Channel|Creator Handle"
).split("|")  # fmt: skip
_INDONESIA = (
    _LINE.format(product="", bundle="")
    + "Shipping Fee Platform Discount|Distance Shipping Fee|Distance Fee|Order Refund Amount|Payment platform discount|"
    "Buyer Service Fee|Handling Fee|Shipping Insurance|Item Insurance|Order Amount|" + _TIMES + _BUYER
    + "Zipcode|Country|Province|Regency and City|Districts|Villages|" + _DETAIL + "Payment Method|Weight(kg)|"
    "Product Category|Package ID|Purchase Channel|Seller Note|Checked Status|Checked Marked by|"
    "Tokopedia Invoice Number|Order Channel|Creator Handle"
).split("|")  # fmt: skip
_HEADERS = {
    "ID": _INDONESIA,
    "VN": _header("Country|Province|District|Commune|"),
    "PH": _header("Country|Region|Province|Municipality|Barangay|"),
    "TH": _header("Zipcode|Country|Province|District|", fee="Small Order Fee|"),
    "MY": _header("Zipcode|Country|State|Post Town|"),
}
_MONTH_FIRST = frozenset({"US", "JP"})
_STATUSES = {
    "UNPAID": ("Unpaid", "Unpaid"), "ON_HOLD": ("On hold", "On hold"),
    "AWAITING_SHIPMENT": ("To ship", "Awaiting shipment"), "PARTIALLY_SHIPPING": ("To ship", "Partially shipped"),
    "AWAITING_COLLECTION": ("To ship", "Awaiting collection"), "IN_TRANSIT": ("Shipped", "In transit"),
    "DELIVERED": ("Shipped", "Delivered"), "COMPLETED": ("Completed", "Completed"),
    "CANCELLED": ("Canceled", "Canceled"),
}  # fmt: skip


def export_header(region: str) -> list[str]:
    """Return the names of the columns of a market's export; English, of the United States where it has no own."""
    return list(_HEADERS.get(region, _US))


def export_rows(orders: Iterable[OrderFacts], *, region: str, zone: str) -> Iterator[list[str]]:
    """Yield one row per line of each order, under `export_header(region)`; `parse_orders` reads them back."""
    fields = [ORDER_MEANINGS.get(fold(name), "") for name in export_header(region)]
    place = ZoneInfo(zone)
    for facts in orders:
        own = _order_cells(facts, region=region, zone=place)
        for line in facts.lines:
            cells = own | _line_cells(line, facts.payment.currency)
            yield [cells.get(field, "") for field in fields]


def _order_cells(facts: OrderFacts, *, region: str, zone: tzinfo) -> dict[str, str]:
    payment, address = facts.payment, facts.address
    status, substatus = _STATUSES.get(facts.platform_status, (facts.platform_status, ""))
    moments = {
        "created": facts.placed_at, "paid": facts.paid_at, "rts": facts.shipped_at, "shipped": facts.collected_at,
        "delivered": facts.delivered_at, "cancelled": facts.cancelled_at,
    }  # fmt: skip
    lines = dict(zip(("line_1", "line_2", "village"), address.lines, strict=False))
    return lines | {
        **{field: _moment(at, region=region, zone=zone) for field, at in moments.items()},
        "order_id": facts.order_id, "status": status, "substatus": substatus,
        "request": "Cancel" if facts.cancel_requested or facts.platform_status == "CANCELLED" else "",
        "normal_or_preorder": "Pre-order" if facts.order_type == OrderType.PRE_ORDER else "Normal",
        "shipping": _money(payment.shipping_minor, payment.currency),
        "taxes": _money(payment.tax_minor, payment.currency), "total": _money(payment.total_minor, payment.currency),
        "method": payment.method,
        "fulfilment": f"Fulfillment by {'TikTok' if facts.fulfilled_by == FulfilledBy.PLATFORM else 'seller'}",
        "delivery_type": "Shipped by platform" if facts.shipping_by_platform else "Shipped by seller",
        "delivery_option": facts.delivery_option, "tracking": facts.tracking_number, "carrier": facts.carrier_name,
        "cancel_by": facts.cancel_by.capitalize(), "cancel_reason": facts.cancel_reason,
        "buyer_note": facts.buyer_note, "seller_note": facts.seller_note, "nickname": facts.buyer_nickname,
        "username": facts.buyer_id or (facts.buyer_nickname if region in _HEADERS else ""),
        "recipient": address.name, "phone": address.phone, "country": address.region,
        "state": address.state, "city": address.city, "district": address.district,
        "postal_code": address.postal_code, "full": address.full,
    }  # fmt: skip


def _line_cells(line: LineFacts, currency: str) -> dict[str, str]:
    before = line.unit_price_minor * line.quantity + line.seller_discount_minor
    after = before - line.seller_discount_minor - line.platform_discount_minor
    return {
        "sku_id": line.sku_id, "seller_sku": line.seller_sku, "product_id": line.product_id, "title": line.title,
        "variant": line.variant, "quantity": str(line.quantity), "returned": "0",
        "unit_price": _money(line.list_price_minor, currency), "line_before": _money(before, currency),
        "line_platform_discount": _money(line.platform_discount_minor, currency),
        "line_seller_discount": _money(line.seller_discount_minor, currency), "line_after": _money(after, currency),
        "package_id": ", ".join(dict.fromkeys(filter(None, line.package_ids))),
    }  # fmt: skip


def _money(minor: int, currency: str) -> str:
    text = to_text(minor, currency)
    return text.removesuffix(".00") if currency in WHOLE_UNITS else text


def _moment(at: datetime | None, *, region: str, zone: tzinfo) -> str:
    if at is None:
        return ""
    local = at.astimezone(zone)
    if region in _MONTH_FIRST:
        return f"{local:%m/%d/%Y} {local.hour % 12 or 12}:{local:%M:%S %p}"
    return f"{local:%d/%m/%Y %H:%M:%S}"
