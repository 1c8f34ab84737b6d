"""The order object of order search and order detail, versions 202309 and 202507 alike."""

from __future__ import annotations

from datetime import datetime, timedelta

from shundan.core.clocks import DeadlineKind as K
from shundan.core.facts import AddressFacts, LineFacts, OrderFacts, OrderType, PaymentFacts
from shundan.core.news import PLATFORM_STATUSES, spell_status
from shundan.core.privacy import is_masked
from shundan.core.states import FulfilledBy
from shundan.edges.channels.tiktok.mapping.reading import (
    Payload,
    child,
    currency_in,
    distinct,
    first_moment,
    flag,
    minor,
    moment,
    named,
    rows,
    text,
    whole,
)
from shundan.edges.channels.tiktok.mapping.sets import pieces_of

CANCEL_WINDOW = timedelta(hours=1)
_FULFILLED = {
    "": FulfilledBy.US, "FULFILLMENT_BY_SELLER": FulfilledBy.US, "FULFILLMENT_BY_TIKTOK": FulfilledBy.PLATFORM,
    "FULFILLMENT_BY_DILAYANI_TOKOPEDIA": FulfilledBy.PLATFORM,
}  # fmt: skip
_TYPES = {
    "": OrderType.NORMAL, "NORMAL": OrderType.NORMAL, "ZERO_LOTTERY": OrderType.GIFT, "PRE_ORDER": OrderType.PRE_ORDER,
    "MADE_TO_ORDER": OrderType.MADE_TO_ORDER, "BACK_ORDER": OrderType.PRE_ORDER, "VIRTUAL_ORDER": OrderType.NORMAL,
    "AUCTION": OrderType.NORMAL,
}  # fmt: skip
_NEXT_DAY = 400  # 100 is instant, 200 and 300 the same day; from 500 on: express, standard, economy, cargo
_SHIPPING = {"": True, "TIKTOK": True, "SELLER": False, "TIKTOK_DIGITAL": True}
_LINE_STATUSES = frozenset(PLATFORM_STATUSES) | {""}


def map_order(row: Payload) -> OrderFacts:
    """Return one order's facts. Raises Unreadable when the order has no id or status."""
    status = spell_status(named(row, "status"))
    payment = child(row, "payment")
    currency = currency_in(payment) or next((currency_in(line) for line in rows(row, "line_items")), "")
    lines = [piece for unit in rows(row, "line_items") for piece in pieces_of(unit)]
    return OrderFacts(
        order_id=named(row, "id"),
        platform_status=status,
        order_type=_order_type(row, lines),
        fulfilled_by=_fulfilled_by(row),
        placed_at=first_moment(row, "create_time", "update_time"),
        updated_at=first_moment(row, "update_time", "create_time"),
        payment=_payment(payment, currency, text(row, "payment_method_name")),
        lines=_lines(lines, currency),
        address=_address(child(row, "recipient_address")),
        shipping_by_platform=_SHIPPING.get(text(row, "shipping_type"), False),
        paid_at=moment(row, "paid_time"),
        buyer_id=text(row, "user_id"),
        buyer_nickname=text(row, "buyer_nickname"),
        buyer_email=text(row, "buyer_email"),
        buyer_note=text(row, "buyer_message"),
        seller_note=text(row, "seller_note"),
        warehouse_id=text(row, "warehouse_id"),
        delivery_option_id=text(row, "delivery_option_id"),
        delivery_option=text(row, "delivery_option_name"),
        is_fast=0 < whole(row, "fulfillment_priority_level") <= _NEXT_DAY,
        package_ids=distinct(
            [*(text(part, "id") for part in rows(row, "packages")), *(text(x, "package_id") for x in lines)]
        ),
        tracking_number=text(row, "tracking_number"),
        carrier_name=text(row, "shipping_provider"),
        cancel_requested=flag(row, "is_buyer_request_cancel"),
        cancel_by=text(row, "cancellation_initiator"),
        cancel_reason=text(row, "cancel_reason"),
        release_at=moment(row, "release_date"),
        deadlines=_deadlines(row, status),
        shipped_at=moment(row, "rts_time"),
        collected_at=moment(row, "collection_time"),
        delivered_at=moment(row, "delivery_time"),
        cancelled_at=moment(row, "cancel_time"),
        origin_order_id=text(row, "replaced_order_id") or text(row, "exchange_source_order_id"),
        unknown=_unknown(row, status, lines),
    )


def _order_type(row: Payload, lines: list[Payload]) -> OrderType:
    """Decide the one type that says most about how the order is treated."""
    said = _TYPES.get(text(row, "order_type"), OrderType.NORMAL)
    special = (
        (flag(row, "is_replacement_order"), OrderType.REPLACEMENT),
        (flag(row, "is_exchange_order"), OrderType.EXCHANGE),
        (flag(row, "is_sample_order"), OrderType.SAMPLE),
        (text(row, "fulfillment_type") == "FULFILLMENT_BY_TIKTOK", OrderType.FBT),
        (said != OrderType.NORMAL, said),
        (flag(row, "is_cod"), OrderType.COD),
        (bool(lines) and all(flag(line, "is_gift") for line in lines), OrderType.GIFT),
    )
    return next((kind for applies, kind in special if applies), OrderType.NORMAL)


def _fulfilled_by(row: Payload) -> FulfilledBy:
    if text(row, "shipping_type") == "TIKTOK_DIGITAL" or text(row, "order_type") == "VIRTUAL_ORDER":
        return FulfilledBy.ELSEWHERE  # nothing to put into a parcel
    return _FULFILLED.get(text(row, "fulfillment_type"), FulfilledBy.ELSEWHERE)


def _payment(row: Payload, currency: str, method: str) -> PaymentFacts:
    return PaymentFacts(
        currency=currency,
        total_minor=minor(row, "total_amount", currency),
        subtotal_minor=minor(row, "sub_total", currency),
        shipping_minor=minor(row, "shipping_fee", currency),
        tax_minor=minor(row, "tax", currency),
        seller_discount_minor=minor(row, "seller_discount", currency),
        platform_discount_minor=minor(row, "platform_discount", currency),
        method=method,
    )


def _lines(units: list[Payload], currency: str) -> tuple[LineFacts, ...]:
    """Gather the platform's one row per unit: units of one SKU, price and gift mark are one line."""
    groups: dict[tuple[str, int, int, bool], list[Payload]] = {}
    for unit in units:
        price = minor(unit, "sale_price", currency) + minor(unit, "platform_discount", currency)
        key = (text(unit, "sku_id"), price, minor(unit, "original_price", currency), flag(unit, "is_gift"))
        groups.setdefault(key, []).append(unit)
    return tuple(_line(key, group, currency) for key, group in groups.items())


def _line(key: tuple[str, int, int, bool], units: list[Payload], currency: str) -> LineFacts:
    sku_id, price, list_price, is_gift = key
    first = units[0]
    cancelled = [unit for unit in units if spell_status(text(unit, "display_status")) == "CANCELLED"]
    packages = ["" if unit in cancelled else text(unit, "package_id") for unit in units]
    return LineFacts(
        channel_line_ids=tuple(text(unit, "id") for unit in units),
        sku_id=sku_id,
        product_id=text(first, "product_id"),
        seller_sku=text(first, "seller_sku"),
        title=text(first, "product_name"),
        variant=text(first, "sku_name"),
        image_url=text(first, "sku_image"),
        quantity=len(units),
        cancelled=len(cancelled),
        unit_price_minor=price,
        list_price_minor=list_price,
        platform_discount_minor=sum(minor(unit, "platform_discount", currency) for unit in units),
        seller_discount_minor=sum(minor(unit, "seller_discount", currency) for unit in units),
        tax_minor=sum(minor(tax, "tax_amount", currency) for unit in units for tax in rows(unit, "item_tax")),
        is_gift=is_gift,
        package_ids=tuple(packages) if any(packages) else (),
        cancel_by=next((text(unit, "cancel_user") for unit in cancelled), ""),
        cancel_reason=next((text(unit, "cancel_reason") for unit in cancelled), ""),
    )


def _address(row: Payload) -> AddressFacts:
    lines = distinct(text(row, f"address_line{number}") for number in (1, 2, 3, 4)) or distinct(
        [text(row, "address_detail")]
    )
    levels = {text(part, "address_level"): text(part, "address_name") for part in rows(row, "district_info")}
    called = {
        text(part, "address_level_name").lower(): text(part, "address_name") for part in rows(row, "district_info")
    }
    city = called.get("city") or levels.get("L2", "") or text(row, "post_town")
    name = text(row, "name") or " ".join(part for part in (text(row, "first_name"), text(row, "last_name")) if part)
    parts = {
        "name": name,
        "phone": text(row, "phone_number"),
        "region": text(row, "region_code"),
        "postal_code": text(row, "postal_code"),
        "state": levels.get("L1", ""),
        "city": city,
        "district": next((part for key in ("L3", "L4", "L2") if (part := levels.get(key, "")) and part != city), ""),
        "full": text(row, "full_address"),
    }
    return AddressFacts(**parts, lines=lines, masked=any(map(is_masked, (*parts.values(), *lines))))


def _deadlines(row: Payload, status: str) -> dict[str, datetime]:
    """Return the clocks the order carries; when it is cancelled by itself depends on how far it is."""
    ends_by = {
        "AWAITING_COLLECTION": ("collection_due_time",), "IN_TRANSIT": ("delivery_due_time",),
        "AWAITING_SHIPMENT": ("shipping_due_time", "cancel_order_sla_time"),
        "PARTIALLY_SHIPPING": ("shipping_due_time", "cancel_order_sla_time"),
        "UNPAID": ("cancel_order_sla_time",), "ON_HOLD": ("shipping_due_time",),
    }.get(status, ())  # fmt: skip
    paid = moment(row, "paid_time")
    window = paid + CANCEL_WINDOW if paid and status == "ON_HOLD" and text(row, "order_type") != "PRE_ORDER" else None
    told = {
        K.CANCEL_WINDOW: window, K.SHIP_BY: moment(row, "rts_sla_time"), K.FIRST_SCAN_BY: moment(row, "tts_sla_time"),
        K.AUTO_CANCEL: next((at for key in ends_by if (at := moment(row, key))), None),
        K.DELIVER_BY: moment(row, "delivery_sla_time"),
    }  # fmt: skip
    return {kind.value: at for kind, at in told.items() if at is not None}


def _unknown(row: Payload, status: str, lines: list[Payload]) -> tuple[str, ...]:
    found = [] if status in PLATFORM_STATUSES else [f"status={status}"]
    for key, known in (
        ("fulfillment_type", _FULFILLED),
        ("order_type", _TYPES),
        ("shipping_type", _SHIPPING),
    ):
        if text(row, key) not in known:
            found.append(f"{key}={text(row, key)}")
    told = text(child(row, "payment"), "currency")
    if told and not currency_in(child(row, "payment")):
        found.append(f"currency={told}")
    spoken = {spell_status(text(line, "display_status")) for line in lines}
    found += [f"display_status={status}" for status in sorted(spoken - _LINE_STATUSES)]
    return tuple(found)
