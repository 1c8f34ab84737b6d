"""Parcels that go with the seller's own carrier: number and provider are told to the platform, the label is ours."""

from __future__ import annotations

import logging
import time
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.calls import CallKind
from shundan.core.errors import Conflict, Refused, ShundanError
from shundan.core.facts import OrderType
from shundan.core.money import to_text
from shundan.core.parcel_moves import ParcelMove
from shundan.core.states import ParcelState
from shundan.edges.carriers.actions import learn_providers
from shundan.edges.carriers.queries import carriers, find_carrier
from shundan.edges.channels.tiktok.groups.logistics import shipping_providers
from shundan.edges.outbox.actions import queue_call
from shundan.ground.lib.blobs import put_blob
from shundan.ground.lib.db import in_transaction
from shundan.stages.orders.actions import mark_arranged
from shundan.stages.orders.queries import addresses_of, orders_by_key
from shundan.stages.packing.actions import lock_parcels, move_parcels, refuse_stopped
from shundan.stages.packing.queries import (
    lines_of_parcels,
    order_ids_of,
    order_keys_of,
    parcel_by_key,
    parcels_in,
    parcels_of,
)
from shundan.stages.shipping.actions.requests import end_labels, next_numbers, parcel_call
from shundan.stages.shipping.documents import Address, LabelFacts, render_labels
from shundan.stages.shipping.models import Label

P = ParcelState
log = logging.getLogger(__name__)
_ASK_AGAIN = 300.0  # seconds until a shop's carriers are asked for again, when there were none
_asked: dict[int, float] = {}


def ship_by_seller(parcel_key: int, *, carrier: str, number: str, by: Who, now: datetime, service: str = "") -> None:
    """Send a PLANNED parcel with an own carrier: label drawn, number told to the platform (local orders: to nobody)."""
    chosen, number = find_carrier(carrier), checked_number(number)
    parcel = parcel_by_key(parcel_key)
    if parcel.shipping_by_platform:
        raise Refused(
            _("The platform ships this parcel."),
            code="platform_ships",
            remedy=_("Ask for its label instead."),
        )
    provider = provider_of(chosen, parcel)
    blob = put_blob(draw_label(parcel, chosen.name, number, service, now))
    in_transaction(lambda: _ship(parcel_key, chosen, provider, number, service, blob, by=by, now=now))


def checked_number(told: str) -> str:
    """Return a tracking number as it was typed; raises Refused for what no carrier gives."""
    number = told.strip()
    if not (number.isascii() and number.isalnum() and 6 <= len(number) <= 40):
        raise Refused(
            _("A tracking number has 6 to 40 letters and digits."),
            field="number",
            remedy=_("Check the number."),
        )
    return number


def provider_of(carrier: Any, parcel: Any) -> str:
    """Return the platform's id of a carrier in the parcel's market, "" for local orders; raises Refused without one."""
    provider = str(carrier.provider_ids.get(parcel.shop.region, ""))
    if parcel.shop.channel == "tiktok" and not provider:
        raise Refused(
            _("%(carrier)s has no provider id for %(region)s.")
            % {"carrier": carrier.name, "region": parcel.shop.region},
            code="no_provider",
            field="carrier",
            remedy=_("Enter it with the carrier first."),
        )
    return provider


def _ship(
    key: int, carrier: Any, provider: str, number: str, service: str, blob: str, *, by: Who, now: datetime
) -> None:
    parcel = lock_parcels([key])[key]
    refuse_stopped([key])
    if parcel.parcel_state != P.PLANNED:
        raise Conflict(_("This parcel has a label already."), remedy=_("Reload the page."))
    orders = order_keys_of([key])[key]
    count = next_numbers([parcel])[key]
    local = parcel.shop.channel != "tiktok"
    end_labels([key], why="asked_again", now=now)
    Label.objects.create(
        shop_id=parcel.shop_id,
        parcel_id=key,
        number=count,
        source="own",
        asked_at=now,
        blob=blob,
        fetched_at=now,
        content_type="application/pdf",
        arranged_at=now if local else None,
    )
    columns = {
        "carrier_key": carrier.key,
        "carrier_name": carrier.name,
        "tracking_number": number,
        "service": service,
        "trouble": "",
    }
    moves = [(key, ParcelMove.REQUEST), *([(key, ParcelMove.LABEL)] if local else [])]
    if not local:
        request = {
            **told_of(parcel, number, provider),
            "channel_line_ids": [unit for line in lines_of_parcels([key]) for unit in line.line.channel_line_ids],
        }
        call = parcel_call(parcel, CallKind.SHIP_BY_SELLER, f"seller:{key}:{count}", orders, request)
        queue_call(call, by=by, now=now)
        mark_arranged(orders, at=now)
    move_parcels(moves, by=by, at=now, columns={key: columns}, facts={key: {"carrier": carrier.key}})


def told_of(parcel: Any, number: str, provider: str) -> dict[str, Any]:
    """Return what the platform is told of a parcel that we send ourselves."""
    return {
        "order_id": order_ids_of([parcel.pk])[parcel.pk][0],
        "package_id": parcel.package_id,
        "tracking_number": number,
        "provider_id": provider,
    }


def learn_carriers(*, now: datetime) -> int:
    """Ask the platform which carriers it accepts, for shops whose parcels wait for one; returns how many it named."""
    waiting = parcels_in(P.PLANNED).filter(shipping_by_platform=False, shop__channel="tiktok")
    known = {region for carrier in carriers() for region in carrier.provider_ids}
    found = 0
    for shop_key, region in sorted(set(waiting.values_list("shop_id", "shop__region")[:200])):
        if region in known or time.monotonic() - _asked.get(shop_key, -_ASK_AGAIN) < _ASK_AGAIN:
            continue
        _asked[shop_key] = time.monotonic()
        orders = waiting.filter(shop_id=shop_key).order_by("pk").values_list("parcel_orders__order__delivery_option_id")
        option = next((option for (option,) in orders[:20] if option), "")
        try:
            named = shipping_providers(shop_key, option) if option else []
        except ShundanError as error:
            log.warning("carriers of shop %s: %s", shop_key, error.message)
            continue
        found += learn_providers(region, named, now=now)
    return found


def draw_label(parcel: Any, carrier: str, number: str, service: str, now: datetime) -> bytes:
    """Draw our own label; raises Refused for a masked or missing address."""
    orders = order_keys_of([parcel.pk])[parcel.pk]
    address = addresses_of(orders[:1]).get(orders[0])
    warehouse = parcel.warehouse
    sender = Address(warehouse.name, tuple(line for line in warehouse.address.splitlines() if line.strip()))
    recipient = (
        Address("", ())
        if address is None
        else Address(
            address.name,
            (*address.lines, " ".join(part for part in (address.city, address.state) if part)),
            phone=address.phone,
            postcode=address.postal_code,
            country=address.region,
        )
    )
    return render_labels(
        [
            LabelFacts(
                parcel=parcel.parcel_id,
                market=parcel.shop.region,
                sender=sender,
                recipient=recipient,
                carrier=carrier,
                service=service,
                tracking=number,
                order_ids=tuple(order_ids_of([parcel.pk])[parcel.pk]),
                weight_grams=parcel.expected_weight_g or 0,
                collect=_to_collect(parcel, orders),
            )
        ],
        made_at=now,
    )


def _to_collect(parcel: Any, order_keys: list[int]) -> str:
    """Return what the carrier takes from the buyer at the door: "IDR 150000.00", "" where all is paid.

    Of an order in several parcels the first has the whole amount on it, the others none: it is taken once.
    """
    siblings = parcels_of(order_keys)
    first = {key: next(one.pk for one in found if one.parcel_state != P.VOIDED) for key, found in siblings.items()}
    due = [
        order
        for key, order in orders_by_key(order_keys).items()
        if order.order_type == OrderType.COD and first[key] == parcel.pk
    ]
    return f"{due[0].currency} {to_text(sum(order.total_minor for order in due), due[0].currency)}" if due else ""
