"""Packing for programs: parcels, scans, packing, waves. Shows no money and no address."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from shundan.core.rights import Right
from shundan.ground.lib import clock
from shundan.ground.staff.logins import needs
from shundan.stages.packing import actions
from shundan.stages.packing.api.shapes import (
    PackIn,
    ParcelOut,
    ParcelsIn,
    ParcelsOut,
    PickIn,
    PickOut,
    ScanIn,
    ScannedOut,
    ShelfIn,
    WaveDetailOut,
    WaveIn,
    WaveOut,
    WhyIn,
)
from shundan.stages.packing.documents import render_packing_slips
from shundan.stages.packing.models import Parcel, Wave
from shundan.stages.packing.queries import (
    find_parcel,
    parcel_by_code,
    parcels_seen_by,
    slip_facts,
    with_orders,
)
from shundan.stages.packing.queries.waves import WaveView, open_waves, wave_view
from shundan.stages.packing.queries.weights import expected_weight

router = Router(tags=["packing"])


@router.get("/parcels", response=ParcelsOut)
@needs(Right.SEE_PARCEL)
def list_parcels(request: HttpRequest, asked: Query[ParcelsIn]) -> dict[str, Any]:
    """List parcels, oldest first: what stands longest in a state comes first."""
    rows = parcels_seen_by(request.who)
    if asked.shop:
        rows = rows.filter(shop__shop_id=asked.shop)
    if asked.state:
        rows = rows.filter(parcel_state=asked.state)
    if asked.q:
        rows = rows.filter(pk=parcel_by_code(asked.q, who=request.who).pk)
    if asked.after:
        rows = rows.filter(pk__gt=int(asked.after))
    found = list(with_orders(rows.order_by("pk"))[: asked.limit + 1])
    more = len(found) > asked.limit
    found = found[: asked.limit]
    return {"items": [show_parcel(one) for one in found], "next": str(found[-1].pk) if more else None}


@router.get("/parcels/{shop}/{parcel_id}", response=ParcelOut)
@needs(Right.SEE_PARCEL)
def get_parcel(request: HttpRequest, shop: str, parcel_id: str) -> dict[str, Any]:
    """Show one parcel, with the weight its scale should tell."""
    return _shown(find_parcel(shop, parcel_id, who=request.who))


@router.get("/scan", response=ParcelOut)
@needs(Right.PACK)
def find_by_code(request: HttpRequest, code: str) -> dict[str, Any]:
    """Find the parcel that a scanned code means."""
    return _shown(parcel_by_code(code, who=request.who))


@router.post("/parcels/{shop}/{parcel_id}/scan", response=ScannedOut)
@needs(Right.PACK)
def scan_item(request: HttpRequest, shop: str, parcel_id: str, told: ScanIn) -> dict[str, int]:
    """Count one unit at the pack station."""
    parcel = find_parcel(shop, parcel_id, who=request.who)
    scanned = actions.scan_item(parcel.pk, told.code, by=request.who, now=clock.now())
    return {"checked": scanned.checked, "quantity": scanned.quantity, "left": scanned.left}


@router.post("/parcels/{shop}/{parcel_id}/pack", response=ParcelOut)
@needs(Right.PACK)
def pack_parcel(request: HttpRequest, shop: str, parcel_id: str, told: PackIn) -> dict[str, Any]:
    """Scan what is named, then close the box."""
    parcel = find_parcel(shop, parcel_id, who=request.who)
    now = clock.now()
    for code in told.codes:
        actions.scan_item(parcel.pk, code, by=request.who, now=now)
    actions.pack_parcel(parcel.pk, weight_g=told.weight_g, accept_weight=told.accept_weight, by=request.who, now=now)
    return _shown(find_parcel(shop, parcel_id, who=request.who))


@router.post("/parcels/{shop}/{parcel_id}/unpack", response=ParcelOut)
@needs(Right.PACK)
def unpack_parcel(request: HttpRequest, shop: str, parcel_id: str, told: WhyIn) -> dict[str, Any]:
    """Open a packed box again."""
    parcel = find_parcel(shop, parcel_id, who=request.who)
    actions.unpack_parcel(parcel.pk, why=told.why, by=request.who, now=clock.now())
    return _shown(find_parcel(shop, parcel_id, who=request.who))


@router.post("/parcels/{shop}/{parcel_id}/shelve", response=ParcelOut)
@needs(Right.PACK)
def shelve_parcel(request: HttpRequest, shop: str, parcel_id: str, told: ShelfIn) -> dict[str, Any]:
    """Record that a stopped parcel stands on its shelf."""
    parcel = find_parcel(shop, parcel_id, who=request.who)
    actions.shelve_parcel(parcel.pk, told.shelf, by=request.who, now=clock.now())
    return _shown(find_parcel(shop, parcel_id, who=request.who))


@router.get("/parcels/{shop}/{parcel_id}/slip")
@needs(Right.SEE_PARCEL)
def get_slip(request: HttpRequest, shop: str, parcel_id: str) -> HttpResponse:
    """Draw one packing slip as PDF."""
    parcel = find_parcel(shop, parcel_id, who=request.who)
    return HttpResponse(render_packing_slips(slip_facts([parcel.pk])), content_type="application/pdf")


@router.get("/waves", response=list[WaveOut])
@needs(Right.SEE_PARCEL)
def list_waves(request: HttpRequest) -> list[dict[str, Any]]:
    """List open waves, newest first."""
    return [_wave(wave) for wave in open_waves(request.who)]


@router.post("/waves", response=WaveOut)
@needs(Right.PACK)
def make_wave(request: HttpRequest, told: WaveIn) -> dict[str, Any]:
    """Gather the most urgent labelled parcels for picking."""
    wave = actions.make_wave(by=request.who, now=clock.now(), kind=told.kind, limit=told.limit)
    return _wave(wave_view(wave.wave_id).wave)


@router.get("/waves/{wave_id}", response=WaveDetailOut)
@needs(Right.SEE_PARCEL)
def get_wave(request: HttpRequest, wave_id: str) -> dict[str, Any]:
    """Show a wave with its pick list, in the order of the bins."""
    return _wave_detail(wave_view(wave_id, who=request.who))


@router.post("/waves/{wave_id}/pick", response=PickOut)
@needs(Right.PACK)
def pick_item(request: HttpRequest, wave_id: str, told: PickIn) -> dict[str, Any]:
    """Count units taken from a bin."""
    wave_view(wave_id, who=request.who)
    return _pick(actions.pick_item(wave_id, told.code, quantity=told.quantity, by=request.who, now=clock.now()))


@router.post("/waves/{wave_id}/close", response=WaveOut)
@needs(Right.PACK)
def close_wave(request: HttpRequest, wave_id: str) -> dict[str, Any]:
    """End the picking of a wave."""
    wave_view(wave_id, who=request.who)
    actions.close_wave(wave_id, by=request.who, now=clock.now())
    return _wave(wave_view(wave_id).wave)


def _shown(parcel: Parcel) -> dict[str, Any]:
    whole = with_orders(parcels_seen_by(None)).get(pk=parcel.pk)
    expected = expected_weight(whole)
    return {**show_parcel(whole), "expected_weight_g": expected.grams if expected else None}


def show_parcel(parcel: Parcel) -> dict[str, Any]:
    """Return a parcel read `with_orders` as the API tells it."""
    orders = [link.order for link in parcel.parcel_orders.all()]
    lines = parcel.parcel_lines.all()
    return {
        "parcel_id": parcel.parcel_id,
        "shop": parcel.shop.shop_id,
        "state": parcel.parcel_state,
        "state_since": parcel.state_since,
        "orders": [order.order_id for order in orders],
        "package_id": parcel.package_id,
        "tracking_number": parcel.tracking_number,
        "carrier": parcel.carrier_name,
        "warehouse": parcel.warehouse.code,
        "units": sum(line.quantity for line in lines),
        "weight_g": parcel.weight_g,
        "expected_weight_g": parcel.expected_weight_g,
        "due_at": min((order.next_due_at for order in orders if order.next_due_at), default=None),
        "trouble": parcel.trouble,
        "lines": [_line(line) for line in lines],
    }


def _line(line: Any) -> dict[str, Any]:
    codes = [code for code in (line.item.barcode, line.item.sku, line.line.seller_sku) if code]
    return {
        "sku": line.item.sku,
        "codes": list(dict.fromkeys(codes)),
        "title": line.item.name_zh or line.line.title,
        "variant": line.line.variant,
        "bin": line.bin,
        "quantity": line.quantity,
        "checked": line.checked,
    }


def _wave(wave: Wave) -> dict[str, Any]:
    told = ("wave_id", "kind", "parcels", "units", "made_at", "due_at", "closed_at")
    return {**{name: getattr(wave, name) for name in told}, "warehouse": wave.warehouse.code}


def _wave_detail(view: WaveView) -> dict[str, Any]:
    picks = [_pick(pick) for pick in view.picks]
    return {**_wave(view.wave), "picks": picks, "parcel_ids": [one.parcel.parcel_id for one in view.parcels]}


def _pick(pick: Any) -> dict[str, Any]:
    codes = [code for code in (pick.item.barcode, pick.item.sku) if code]
    return {
        "key": pick.pk,
        "bin": pick.bin,
        "sku": pick.item.sku,
        "codes": codes,
        "quantity": pick.quantity,
        "picked": pick.picked,
    }
