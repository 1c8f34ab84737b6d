"""Stored orders as facts again, and as what was sent, so that channels' files can be written from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from shundan.core.facts import AddressFacts, LineFacts, OrderFacts, OrderType, PaymentFacts
from shundan.core.privacy import is_masked, mask_line, mask_name, mask_phone
from shundan.core.states import CaseKind, FulfilledBy, OrderState, ParcelState
from shundan.edges.channels.files.returns import RETURN_KINDS, ReturnedLine
from shundan.edges.channels.files.tracking import Sent
from shundan.stages.aftersales.queries import Case, CaseLine, cases_of, lines_of_cases
from shundan.stages.orders.queries import Line, Order, addresses_of, lines_of, orders_by_key
from shundan.stages.packing.queries import order_keys_of, parcels_of

_LEFT = (ParcelState.HANDED_OVER, ParcelState.IN_TRANSIT, ParcelState.DELIVERED)
_SENT = (OrderState.FULFILLING, OrderState.SHIPPED, OrderState.DELIVERED, OrderState.COMPLETED)


def orders_as_facts(keys: Sequence[int], *, with_buyer: bool) -> list[tuple[int, OrderFacts]]:
    """Return (shop key, facts) of orders in the order of their keys; four queries however many.

    Without `with_buyer` names, phones and streets are masked as on the pages.
    """
    orders, lines, addresses = orders_by_key(keys), lines_of(keys), addresses_of(keys)
    found = []
    for key in keys:
        if order := orders.get(key):
            address = _address(addresses.get(key), with_buyer=with_buyer)
            found.append((order.shop_id, _facts(order, lines.get(key, ()), address, with_buyer=with_buyer)))
    return found


def _facts(order: Order, lines: Iterable[Line], address: AddressFacts, *, with_buyer: bool) -> OrderFacts:
    nickname = order.buyer.nickname if order.buyer else ""
    return OrderFacts(
        order_id=order.order_id, platform_status=order.platform_status, order_type=OrderType(order.order_type),
        fulfilled_by=FulfilledBy(order.fulfilled_by), placed_at=order.placed_at, updated_at=order.updated_at,
        payment=PaymentFacts(
            order.currency, total_minor=order.total_minor, subtotal_minor=order.subtotal_minor,
            shipping_minor=order.shipping_minor, tax_minor=order.tax_minor,
            seller_discount_minor=order.seller_discount_minor,
            platform_discount_minor=order.platform_discount_minor, method=order.payment_method,
        ),
        lines=tuple(_line(line) for line in lines), address=address,
        shipping_by_platform=order.shipping_by_platform, paid_at=order.paid_at,
        buyer_nickname=nickname if with_buyer or is_masked(nickname) else mask_name(nickname),
        buyer_note=order.buyer_note if with_buyer else "", seller_note=order.seller_note,
        delivery_option=order.delivery_option, package_ids=tuple(order.package_ids),
        tracking_number=order.tracking_number, carrier_name=order.carrier_name,
        cancel_requested=order.cancel_requested, cancel_by=order.cancelled_by, cancel_reason=order.cancel_reason,
        shipped_at=order.shipped_at, collected_at=order.collected_at, delivered_at=order.delivered_at,
        cancelled_at=order.cancelled_at,
    )  # fmt: skip


def _line(line: Line) -> LineFacts:
    return LineFacts(
        channel_line_ids=tuple(line.channel_line_ids), sku_id=line.sku_id, product_id=line.product_id,
        seller_sku=line.seller_sku, title=line.title, variant=line.variant, quantity=line.quantity,
        cancelled=line.cancelled, unit_price_minor=line.unit_price_minor, list_price_minor=line.list_price_minor,
        platform_discount_minor=line.platform_discount_minor, seller_discount_minor=line.seller_discount_minor,
        tax_minor=line.tax_minor, is_gift=line.is_gift, package_ids=tuple(line.package_ids),
    )  # fmt: skip


def _address(row: Any, *, with_buyer: bool) -> AddressFacts:
    if row is None:
        return AddressFacts()

    def shown(text: str, mask: Callable[[str], str] = mask_line) -> str:
        return text if with_buyer or is_masked(text) else mask(text)

    return AddressFacts(
        name=shown(row.name, mask_name), phone=shown(row.phone, mask_phone), postal_code=shown(row.postal_code),
        district=shown(row.district), full=shown(row.full), region=row.region, state=row.state, city=row.city,
        lines=tuple(map(shown, row.lines)), masked=row.masked,
    )  # fmt: skip


def returns_of_orders(keys: Sequence[int], *, with_buyer: bool) -> list[tuple[int, ReturnedLine]]:
    """Return (shop key, one SKU of a return) of these orders' returns, refunds and exchanges, oldest first."""
    orders = orders_by_key(keys)
    cases = [case for case in cases_of(keys) if case.kind in RETURN_KINDS]
    lines = lines_of_cases(cases)
    return [
        (case.shop_id, _returned(case, row, orders[case.order_id], with_buyer=with_buyer))
        for case in sorted(cases, key=lambda one: one.pk)
        for row in lines.get(case.pk, ())
    ]


def _returned(case: Case, row: CaseLine, order: Order, *, with_buyer: bool) -> ReturnedLine:
    buyer, line = order.buyer.nickname if order.buyer else "", row.line
    return ReturnedLine(
        return_id=case.case_id, order_id=order.order_id, kind=CaseKind(case.kind),
        order_total_minor=order.total_minor, currency=order.currency, order_status=order.platform_status,
        payment_method=order.payment_method, sku_id=line.sku_id, seller_sku=line.seller_sku, title=line.title,
        variant=line.variant, buyer=buyer if with_buyer or is_masked(buyer) else mask_name(buyer),
        asked_at=case.opened_at, reason=case.reason_text or case.reason_code, unit_price_minor=line.unit_price_minor,
        quantity=row.quantity, tracking_number=case.tracking_number,
        status=case.platform_status or case.case_state, refunded_at=case.refunded_at,
        buyer_note=case.buyer_note if with_buyer else "",
    )  # fmt: skip


def sent_orders(keys: Sequence[int]) -> tuple[list[tuple[int, Sent]], list[tuple[str, str]]]:
    """Return (shop key, what was sent) of orders that left, and (order id, why) of those left out.

    Only what the seller ships himself is told to the platform this way, and only orders that travel in one parcel.
    """
    orders, parcels = orders_by_key(keys), parcels_of(keys)
    shared = order_keys_of({one.pk for rows in parcels.values() for one in rows})
    found: list[tuple[int, Sent]] = []
    left_out: list[tuple[str, str]] = []
    for order in (orders[key] for key in keys if key in orders):
        live = [one for one in parcels.get(order.pk, []) if one.parcel_state != ParcelState.VOIDED]
        if why := _reason_against(order, live):
            left_out.append((order.order_id, why))
            continue
        parcel = live[0] if live else None
        number = parcel.tracking_number if parcel else order.tracking_number
        carrier = (parcel.carrier_name if parcel else "") or order.carrier_name
        group = parcel.parcel_id if parcel and len(shared.get(parcel.pk, ())) > 1 else ""
        found.append((order.shop_id, Sent(order.order_id, number, carrier, group)))
    return found, left_out


def _reason_against(order: Order, parcels: Sequence[Any]) -> str:
    if order.shipping_by_platform:
        return "The platform ships it and knows its number."
    if order.order_state not in _SENT:
        return "It has not left yet."
    if len(parcels) > 1:
        return "It left in several parcels: enter them in Seller Center."
    if parcels and parcels[0].parcel_state not in _LEFT:
        return "It has not left yet."
    number = parcels[0].tracking_number if parcels else order.tracking_number
    return "" if number else "It has no tracking number."
