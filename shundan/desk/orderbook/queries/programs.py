"""One order with all that later stages know of it, as pages and programs read it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.errors import Refused
from shundan.core.rights import Right
from shundan.ground.journal.queries import entries_of
from shundan.ground.look.queries.keyset import Sort
from shundan.ground.rulebook.queries import deadlines_of
from shundan.stages.aftersales.queries import cases_of
from shundan.stages.orders.queries import (
    Order,
    address_of,
    hash_phone,
    holds_of,
    lines_of,
    notes_of,
    orders_seen_by,
    stops_of,
)
from shundan.stages.packing.queries import lines_of_parcels, parcels_of
from shundan.stages.tracking.queries import events_of

NEWEST = Sort("newest", "", "placed_at", descending=True)
UPDATED = Sort("updated", "", "updated_at")


def find_orders(
    who: Who, *, shop: str = "", state: str = "", platform_status: str = "", updated_after: str = "", q: str = ""
) -> tuple[QuerySet[Order], Sort]:
    """Return the orders a program asked for, and the order they come in."""
    rows = orders_seen_by(who)
    if shop:
        rows = rows.filter(shop__shop_id=shop)
    if state:
        rows = rows.filter(order_state__in=[one.strip().upper() for one in state.split(",")])
    if platform_status:
        rows = rows.filter(platform_status__in=[one.strip().upper() for one in platform_status.split(",")])
    if q:
        rows = rows.filter(_matching(q.strip(), who)).distinct()
    if updated_after:
        return rows.filter(updated_at__gt=read_moment(updated_after, "updated_after")), UPDATED
    return rows, NEWEST


def _matching(words: str, who: Who) -> Q:
    found = Q(order_id__endswith=words) | Q(tracking_number=words) | Q(lines__seller_sku=words)
    if who.may(Right.SEE_BUYER):
        found |= Q(buyer__nickname__iexact=words)
        if any(letter.isdigit() for letter in words):
            found |= Q(address__phone_hash=hash_phone(words))
    return found


def read_moment(text: str, field: str) -> datetime:
    """Read ISO 8601 (UTC unless it says otherwise) or unix seconds."""
    try:
        if text.replace(".", "", 1).isdecimal():
            return datetime.fromtimestamp(float(text), UTC)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        raise Refused(
            _("“%(text)s” is not a moment.") % {"text": text}, field=field, remedy=_("Write 2026-11-23T04:00:00Z.")
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def order_row(order: Order, *, who: Who) -> dict[str, Any]:
    """Return an order as lists give it; money only with the right to see it."""
    row = {
        "order_id": order.order_id,
        "shop": order.shop.shop_id,
        "state": order.order_state,
        "state_since": order.state_since,
        "platform_status": order.platform_status,
        "order_type": order.order_type,
        "fulfilled_by": order.fulfilled_by,
        "placed_at": order.placed_at,
        "updated_at": order.updated_at,
        "next_due_at": order.next_due_at,
        "next_due_kind": order.next_due_kind,
        "units": order.units,
        "first_title": order.first_title,
        "source": order.source,
    }
    if who.may(Right.SEE_MONEY):
        row |= {"currency": order.currency, "total_minor": order.total_minor}
    return row


def order_detail(order: Order, *, who: Who) -> dict[str, Any]:
    """Return an order with lines, parcels, holds, stops, deadlines, cases, address (masked) and journal."""
    parcels = parcels_of([order.pk]).get(order.pk, [])
    keys = [parcel.pk for parcel in parcels]
    cases = cases_of([order.pk])
    money = who.may(Right.SEE_MONEY)
    return order_row(order, who=who) | {
        "buyer": {"id": order.buyer.channel_buyer_id, "nickname": order.buyer.nickname} if order.buyer else None,
        "buyer_note": order.buyer_note,
        "payment": _payment(order) if money else None,
        "address": _address(order, who),
        "lines": [_line(line, money) for line in lines_of([order.pk]).get(order.pk, [])],
        "parcels": _parcels(parcels, keys),
        "holds": [_waiting(row) | {"waits_for": row.waits_for, "cause": row.cause} for row in holds_of(order.pk)],
        "stops": [_waiting(row) | {"shelf": row.shelf} for row in stops_of(order.pk)],
        "deadlines": [
            {
                "kind": one.kind,
                "due_at": one.due_at,
                "source": one.source,
                "rule": one.rule,
                "met_at": one.met_at,
                "missed_at": one.missed_at,
            }
            for one in deadlines_of("order", [order.pk]).get(order.pk, [])
        ],
        "cases": [
            {"case_id": one.case_id, "kind": one.kind, "state": one.case_state, "goods": one.goods_state}
            for one in cases
        ],
        "notes": [{"text": note.text, "at": note.at, "by": note.by} for note in notes_of(order.pk)],
        "journal": journal_of(order, keys, [case.pk for case in cases]),
    }


def journal_of(order: Order, parcel_keys: list[int], case_keys: list[int]) -> list[dict[str, Any]]:
    """Return what happened to an order, its parcels and cases, oldest first."""
    subjects = [("order", order.pk), *(("parcel", key) for key in parcel_keys), *(("case", key) for key in case_keys)]
    return [
        {
            "at": entry.at,
            "subject": entry.subject_kind,
            "name": entry.subject_name,
            "verb": entry.verb,
            "from_state": entry.from_state,
            "to_state": entry.to_state,
            "by": f"{entry.by_kind}:{entry.by_key}",
            "via": entry.via,
            "facts": entry.facts,
            "position": entry.position,
        }
        for entry in reversed(entries_of(subjects))
    ]


def _payment(order: Order) -> dict[str, Any]:
    names = ("total", "subtotal", "shipping", "tax", "seller_discount", "platform_discount")
    return {f"{name}_minor": getattr(order, f"{name}_minor") for name in names} | {
        "currency": order.currency,
        "method": order.payment_method,
        "paid_at": order.paid_at,
    }


def _address(order: Order, who: Who) -> dict[str, Any]:
    shown = address_of(order, who=who)
    return {
        "name": shown.name,
        "phone": shown.phone,
        "region": shown.region,
        "postal_code": shown.postal_code,
        "state": shown.state,
        "city": shown.city,
        "lines": list(shown.lines),
        "masked": shown.masked,
        "hidden": shown.hidden,
    }


def _line(line: Any, money: bool) -> dict[str, Any]:
    row = {
        "line_key": line.line_key,
        "sku_id": line.sku_id,
        "seller_sku": line.seller_sku,
        "title": line.title,
        "variant": line.variant,
        "quantity": line.quantity,
        "cancelled": line.cancelled,
        "returned": line.returned,
        "is_gift": line.is_gift,
    }
    return row | ({"unit_price_minor": line.unit_price_minor} if money else {})


def _parcels(parcels: list[Any], keys: list[int]) -> list[dict[str, Any]]:
    lines: dict[int, list[dict[str, Any]]] = {}
    for line in lines_of_parcels(keys):
        lines.setdefault(line.parcel_id, []).append(
            {"sku": line.item.sku, "bin": line.bin, "quantity": line.quantity, "checked": line.checked}
        )
    events = events_of(keys)
    return [
        {
            "parcel_id": one.parcel_id,
            "state": one.parcel_state,
            "package_id": one.package_id,
            "package_status": one.package_status,
            "tracking_number": one.tracking_number,
            "carrier": one.carrier_name,
            "weight_g": one.weight_g,
            "trouble": one.trouble,
            "lines": lines.get(one.pk, []),
            "events": [
                {"at": event.at, "code": event.code, "text": event.text, "place": event.place}
                for event in events.get(one.pk, [])
            ],
        }
        for one in parcels
    ]


def _waiting(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "facts": row.facts,
        "opened_at": row.opened_at,
        "opened_by": row.opened_by,
        "closed_at": row.closed_at,
        "closed_by": row.closed_by,
        "outcome": row.outcome,
    }
