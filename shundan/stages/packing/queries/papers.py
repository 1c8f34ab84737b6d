"""Facts for paper: packing slips and invoices of parcels and orders, pick lists of waves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from shundan.core.errors import Refused
from shundan.core.states import ParcelState
from shundan.stages.orders.queries import addresses_of, lines_of
from shundan.stages.packing.documents import (
    InvoiceFacts,
    InvoiceLine,
    Party,
    PickLine,
    PickListFacts,
    SlipFacts,
    SlipLine,
)
from shundan.stages.packing.models import Parcel, ParcelOrder
from shundan.stages.packing.queries.parcels import with_orders
from shundan.stages.packing.queries.waves import WaveView


def slip_facts(parcel_keys: Sequence[int]) -> list[SlipFacts]:
    """Return one packing slip's facts per parcel, in the order asked for; void parcels are left out."""
    rows = Parcel.objects.filter(pk__in=parcel_keys).exclude(parcel_state=ParcelState.VOIDED).select_related("shop")
    parcels = {parcel.pk: parcel for parcel in with_orders(rows)}
    asked = [parcels[key] for key in parcel_keys if key in parcels]
    return [_slip(parcel, f"{place}/{len(asked)}") for place, parcel in enumerate(asked, start=1)]


def _slip(parcel: Parcel, place: str) -> SlipFacts:
    orders = [link.order for link in parcel.parcel_orders.all()]
    lines = parcel.parcel_lines.all()
    return SlipFacts(
        shop=parcel.shop.name,
        market=parcel.shop.region,
        order_ids=tuple(order.order_id for order in orders),
        parcel=parcel.parcel_id,
        tracking=parcel.tracking_number,
        carrier=parcel.carrier_name,
        buyer_note=" / ".join(order.buyer_note for order in orders if order.buyer_note),
        gift_note=", ".join(line.line.title for line in lines if line.line.is_gift),
        lines=tuple(
            SlipLine(
                sku=line.item.sku,
                name=line.item.name_zh or line.line.title,
                quantity=line.quantity,
                bin=line.bin,
                variant=line.line.variant,
                alt_name=line.item.name_en or line.line.title,
            )
            for line in sorted(lines, key=lambda one: one.bin)
        ),
        place=place,
    )


def invoice_facts(order_keys: Iterable[int], *, issued_at: datetime) -> list[InvoiceFacts]:
    """Return one invoice's facts per order that has parcels: its live lines, shipping, tax and fees as told.

    While no unit is cancelled the invoice adds up to what the buyer paid; afterwards the platform pays back apart.
    """
    links = ParcelOrder.objects.filter(order_id__in=list(order_keys)).select_related("order__shop").order_by("order_id")
    orders = {link.order_id: link.order for link in links}
    lines, addresses = lines_of(orders), addresses_of(orders)
    return [_invoice(order, lines.get(key, []), addresses.get(key), issued_at) for key, order in orders.items()]


def _invoice(order: Any, lines: list[Any], address: Any, issued_at: datetime) -> InvoiceFacts:
    live = [line for line in lines if line.live]
    if not live:
        raise Refused(
            _("Order %(order_id)s has no live line to invoice.") % {"order_id": order.order_id}, code="nothing_to_print"
        )
    buyer = (
        Party("—")
        if address is None
        else Party(
            address.name or "—",
            tuple(
                part
                for part in (*address.lines, address.city, address.state, address.postal_code, address.region)
                if part
            ),
        )
    )
    fees, discount, tax_included = _rest(order, lines)
    whole = all(line.live == line.quantity for line in lines)
    return InvoiceFacts(
        number=f"INV-{order.order_id}",
        issued_on=issued_at.astimezone(ZoneInfo(order.shop.zone)).date(),
        shop=order.shop.name,
        market=order.shop.region,
        order_id=order.order_id,
        currency=order.currency,
        seller=Party(order.shop.name),
        buyer=buyer,
        lines=tuple(_invoice_line(line) for line in live),
        order_discount_minor=discount if whole else 0,
        shipping_minor=order.shipping_minor,
        shipping_tax_minor=max(order.tax_minor - sum(line.tax_minor for line in lines), 0),
        fees_minor=fees,
        tax_included=tax_included,
        charged_minor=order.total_minor if whole else None,
    )


def _rest(order: Any, lines: list[Any]) -> tuple[int, int, bool]:
    """Find what lies between goods with shipping and the total: (fees, discount, whether prices contain the tax).

    The platform names a tax in every market, and tells nowhere whether its prices contain it: the sum does.
    """
    goods = sum(line.unit_price_minor * line.quantity - line.platform_discount_minor for line in lines)
    gap = order.total_minor - order.shipping_minor - goods
    if 0 < order.tax_minor <= gap:
        return gap - order.tax_minor, 0, False
    return max(gap, 0), max(-gap, 0), True


def _invoice_line(line: Any) -> InvoiceLine:
    """`unit_price_minor` is what the buyer pays before the platform's discount."""
    return InvoiceLine(
        sku=line.seller_sku or line.sku_id,
        name=line.title,
        quantity=line.live,
        unit_minor=line.unit_price_minor,
        discount_minor=line.platform_discount_minor * line.live // line.quantity,
        tax_minor=line.tax_minor * line.live // line.quantity,
    )


def pick_list_facts(view: WaveView) -> PickListFacts:
    """Return a wave's pick list, its moment in the warehouse's own zone."""
    wave = view.wave
    return PickListFacts(
        wave=wave.wave_id,
        warehouse=wave.warehouse.name,
        market="",
        made_at=wave.made_at.astimezone(ZoneInfo(wave.warehouse.zone)),
        orders=wave.parcels,
        lines=tuple(
            PickLine(
                bin=pick.bin,
                sku=pick.item.sku,
                name=pick.item.name_zh or pick.item.name_en,
                quantity=pick.quantity,
                totes=tuple((f"T{tote}", units) for tote, units in view.totes[pick.pk]),
            )
            for pick in view.picks
        ),
    )
