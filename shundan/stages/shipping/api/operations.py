"""Labels printed and asked for again, own carriers and their numbers, for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from shundan.core.rights import Right
from shundan.edges.carriers.actions import add_carrier
from shundan.edges.carriers.queries import carriers
from shundan.ground.lib import clock
from shundan.ground.staff.logins import needs
from shundan.stages.packing.queries import find_parcel, find_parcels, order_ids_of
from shundan.stages.shipping import actions
from shundan.stages.shipping.api.shapes import (
    CarrierIn,
    CarrierOut,
    ChosenIn,
    CountOut,
    LabelOut,
    LabelsIn,
    LabelsOut,
    NumberIn,
    NumberOut,
    OffersOut,
    ParcelKey,
    PrintIn,
    SellerIn,
    TermsIn,
    WhyIn,
)
from shundan.stages.shipping.queries import (
    Terms,
    cure_for,
    number_edit,
    offers_for,
    terms_of,
)
from shundan.stages.shipping.queries.labels import label_rows
from shundan.stages.shipping.queries.lists import terms_in

router = Router(tags=["shipping"])


@router.get("/labels", response=LabelsOut)
@needs(Right.SEE_PARCEL)
def list_labels(request: HttpRequest, asked: Query[LabelsIn]) -> dict[str, Any]:
    """List parcels by how their label stands, oldest first."""
    rows = label_rows(request.who, standing=asked.label)
    if asked.shop:
        rows = rows.filter(shop__shop_id=asked.shop)
    if asked.after:
        rows = rows.filter(pk__gt=int(asked.after))
    found = list(rows.order_by("pk")[: asked.limit + 1])
    more, found = len(found) > asked.limit, found[: asked.limit]
    orders = order_ids_of([row.pk for row in found])
    items = [_label(row, orders[row.pk]) for row in found]
    return {"items": items, "next": str(found[-1].pk) if more else None}


@router.post("/labels/print")
@needs(Right.SHIP)
def print_labels(request: HttpRequest, told: PrintIn) -> HttpResponse:
    """Return the labels as one PDF and log the print; nothing is logged when one of them may not be printed."""
    file = actions.print_labels(_keys(request, told.parcels), by=request.who, now=clock.now(), reason=told.reason)
    return HttpResponse(file, content_type="application/pdf")


@router.post("/labels/retry", response=CountOut)
@needs(Right.SHIP)
def retry_labels(request: HttpRequest, told: ChosenIn) -> dict[str, int]:
    """Ask for refused labels once more."""
    count = actions.retry_labels(_keys(request, told.parcels), by=request.who, now=clock.now())
    return {"count": count}


@router.get("/parcels/{shop}/{parcel_id}/label/offers", response=OffersOut)
@needs(Right.SHIP)
def list_offers(request: HttpRequest, shop: str, parcel_id: str) -> dict[str, Any]:
    """Ask the platform what it offers now for a parcel whose label was refused."""
    parcel = find_parcel(shop, parcel_id, who=request.who)
    actions.check_refused(parcel)
    terms = terms_of([parcel.pk]).get(parcel.pk, Terms())
    offers = offers_for(parcel, terms)
    hidden = {} if request.who.may(Right.SEE_MONEY) else {"price_minor": None}
    return {
        "trouble": parcel.trouble, "help": cure_for(parcel.trouble), "terms": _terms(terms),
        "services": [asdict(one) | hidden for one in offers.services], "handover_methods": offers.handover.methods,
        "pickup_slots": offers.handover.slots, "reckoned": offers.reckoned, "silent": offers.silent,
    }  # fmt: skip


@router.post("/parcels/{shop}/{parcel_id}/label", response=LabelOut)
@needs(Right.SHIP)
def change_label(request: HttpRequest, shop: str, parcel_id: str, told: TermsIn) -> dict[str, Any]:
    """Ask for a refused label again on other terms; nothing told at all leaves everything to the platform again."""
    parcel = find_parcel(shop, parcel_id, who=request.who)
    sides = (told.length_cm, told.width_cm, told.height_cm)
    wanted = Terms(
        service_id=told.service_id,
        handover_method=told.handover_method or ("PICKUP" if told.pickup_at else ""),
        pickup_at=int(told.pickup_at.timestamp()) if told.pickup_at else 0,
        weight_g=told.weight_g,
        size_cm=sides if any(sides) else (),
    )
    actions.change_label(parcel.pk, wanted, by=request.who, now=clock.now())
    return _label(label_rows(request.who).get(pk=parcel.pk), order_ids_of([parcel.pk])[parcel.pk])


@router.post("/parcels/{shop}/{parcel_id}/seller", response=LabelOut)
@needs(Right.SHIP)
def ship_by_seller(request: HttpRequest, shop: str, parcel_id: str, told: SellerIn) -> dict[str, Any]:
    """Send a parcel with an own carrier."""
    parcel = find_parcel(shop, parcel_id, who=request.who)
    actions.ship_by_seller(
        parcel.pk,
        carrier=told.carrier,
        number=told.number,
        service=told.service,
        by=request.who,
        now=clock.now(),
    )
    return _label(label_rows(request.who).get(pk=parcel.pk), order_ids_of([parcel.pk])[parcel.pk])


@router.get("/parcels/{shop}/{parcel_id}/number", response=NumberOut)
@needs(Right.SEE_PARCEL)
def get_number(request: HttpRequest, shop: str, parcel_id: str) -> dict[str, Any]:
    """Show a parcel's number, whether it can be changed now, and what became of the change before."""
    return _number(find_parcel(shop, parcel_id, who=request.who))


@router.post("/parcels/{shop}/{parcel_id}/number", response=NumberOut)
@needs(Right.SHIP)
def edit_tracking(request: HttpRequest, shop: str, parcel_id: str, told: NumberIn) -> dict[str, Any]:
    """Tell the platform another number for a parcel of our own carrier: once, within 72 hours."""
    parcel = find_parcel(shop, parcel_id, who=request.who)
    actions.edit_tracking(parcel.pk, carrier=told.carrier, number=told.number, by=request.who, now=clock.now())
    return _number(find_parcel(shop, parcel_id, who=request.who))


@router.post("/parcels/{shop}/{parcel_id}/take-back", response=CountOut)
@needs(Right.SHIP)
def take_back(request: HttpRequest, shop: str, parcel_id: str, told: WhyIn) -> dict[str, int]:
    """Take a handed-over parcel back before the carrier's first scan."""
    parcel = find_parcel(shop, parcel_id, who=request.who)
    actions.take_back(parcel.pk, why=told.why, by=request.who, now=clock.now())
    return {"count": 1}


@router.get("/carriers", response=list[CarrierOut])
@needs(Right.SEE_PARCEL)
def list_carriers(request: HttpRequest) -> list[Any]:
    """List our own carriers."""
    return list(carriers())


@router.post("/carriers", response=CarrierOut)
@needs(Right.SETTINGS)
def make_carrier(request: HttpRequest, told: CarrierIn) -> Any:
    """Add an own carrier; `provider_ids` maps a market to the platform's shipping provider id."""
    return add_carrier(
        told.key,
        told.name,
        provider_ids=told.provider_ids,
        tracking_url=told.tracking_url,
        by=request.who,
        now=clock.now(),
    )


def _keys(request: HttpRequest, parcels: list[ParcelKey]) -> list[int]:
    names = [(one.shop, one.parcel_id) for one in parcels]
    return [parcel.pk for parcel in find_parcels(names, who=request.who)]


def _label(row: Any, orders: list[str]) -> dict[str, Any]:
    label = next(iter(row.open_labels), None)
    return {
        "parcel_id": row.parcel_id,
        "shop": row.shop.shop_id,
        "state": row.parcel_state,
        "orders": orders,
        "label": row.standing,
        "trouble": row.trouble or (label.error if label else ""),
        "terms": _terms(terms_in(row)),
        "tracking_number": row.tracking_number,
        "carrier": row.carrier_name,
        "printed": label.printed if label else 0,
        "fetched_at": label.fetched_at if label else None,
    }


def _number(parcel: Any) -> dict[str, Any]:
    edit = number_edit(parcel, now=clock.now())
    refusal = edit.refusal
    return {
        "parcel_id": parcel.parcel_id,
        "shop": parcel.shop.shop_id,
        "tracking_number": parcel.tracking_number,
        "carrier": parcel.carrier_name,
        "can_change": refusal is None,
        "until": edit.until,
        "why_not": refusal.message if refusal else "",
        "remedy": refusal.remedy if refusal else edit.cure,
        "standing": edit.standing,
        "told": edit.number,
        "error": edit.error,
    }


def _terms(terms: Terms) -> dict[str, Any]:
    moments = {"pickup_at": terms.pickup_at or None, "pickup_until": terms.pickup_until or None}
    return {**terms.kept, **moments}
