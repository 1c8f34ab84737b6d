"""Waves: parcels picked together, bin after bin, on paper or on a phone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import F, Min
from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.errors import Conflict, NotFound, Refused
from shundan.ground.lib.db import claim, in_transaction, lock
from shundan.stages.packing.models import Parcel, ParcelLine, Pick, Wave, WaveParcel
from shundan.stages.packing.queries.waves import pickable_parcels

LARGEST = 100


def make_wave(
    *, by: Who, now: datetime, kind: str = "mixed", limit: int = 30, parcel_keys: Iterable[int] | None = None
) -> Wave:
    """Gather the most urgent parcels that wait to be picked, of one warehouse; return the wave.

    `kind`: single (parcels of one unit), multi, or mixed. `parcel_keys` chooses among a hundred of these parcels
    at the most, however small `limit` is. Raises Refused when nothing waits.
    """
    if kind not in ("single", "multi", "mixed"):
        raise Refused(_("A wave is single, multi or mixed."), field="kind")
    size = max(1, min(limit, LARGEST)) if parcel_keys is None else LARGEST
    return in_transaction(lambda: _make(by, now, kind, size, parcel_keys))


def _make(by: Who, now: datetime, kind: str, limit: int, parcel_keys: Iterable[int] | None) -> Wave:
    rows = pickable_parcels(by, kind=kind)
    if parcel_keys is not None:
        rows = rows.filter(pk__in=list(parcel_keys))
    first = rows.first()
    parcels = claim(rows.filter(warehouse_id=first.warehouse_id), limit=limit) if first else []
    if not first or not parcels:
        raise Refused(
            _("No parcel waits to be picked."),
            code="nothing_to_pick",
            remedy=_("Wait until labels are ready."),
        )
    zone = ZoneInfo(first.warehouse.zone)
    wave = Wave.objects.create(
        wave_id=f"~{now.timestamp()}-{first.pk}",
        kind=kind,
        warehouse_id=first.warehouse_id,
        made_at=now,
        made_by=by.named,
        parcels=len(parcels),
        due_at=_soonest(parcels),
    )
    wave.wave_id = f"W-{now.astimezone(zone):%m%d}-{wave.pk:02d}"
    WaveParcel.objects.bulk_create(
        [WaveParcel(wave=wave, parcel=parcel, position=place) for place, parcel in enumerate(parcels, start=1)]
    )
    units: Counter[tuple[int, str]] = Counter()
    for line in ParcelLine.objects.filter(parcel__in=parcels):
        units[(line.item_id, line.bin)] += line.quantity
    Pick.objects.bulk_create(
        [Pick(wave=wave, item_id=item, bin=bin_name, quantity=count) for (item, bin_name), count in units.items()]
    )
    wave.units = sum(units.values())
    wave.save(update_fields=["wave_id", "units"])
    return wave


def _soonest(parcels: list[Parcel]) -> datetime | None:
    due: datetime | None = Parcel.objects.filter(pk__in=[one.pk for one in parcels]).aggregate(
        due=Min("parcel_orders__order__next_due_at")
    )["due"]
    return due


def pick_item(wave_id: str, code: str, *, by: Who, now: datetime, quantity: int = 1) -> Pick:
    """Count units taken, by the item's barcode or SKU, or by the bin when only one item lies there."""

    def count() -> Pick:
        picks = lock(Pick.objects.filter(wave__wave_id=wave_id).select_related("item"))
        pick = _match(picks, code.strip().casefold())
        pick.picked += min(max(quantity, 1), pick.left)
        pick.picked_at, pick.picked_by, pick.skipped_at = now, by.named, None
        pick.save(update_fields=["picked", "picked_at", "picked_by", "skipped_at"])
        return pick

    return in_transaction(count)


def skip_pick(wave_id: str, pick_key: int, *, short: bool, by: Who, now: datetime) -> None:
    """Leave one bin of a wave for later, or say that it holds too few."""
    stamp = {"short_at": now} if short else {"skipped_at": now}
    rows = Pick.objects.filter(pk=pick_key, wave__wave_id=wave_id, picked__lt=F("quantity"))
    if not rows.update(**stamp, picked_by=by.named):
        raise Conflict(_("This bin is done already."), remedy=_("Reload the page."))


def close_wave(wave_id: str, *, by: Who, now: datetime) -> None:
    """End the picking of a wave."""
    if not Wave.objects.filter(wave_id=wave_id, closed_at=None).update(closed_at=now):
        raise Conflict(_("This wave is closed already."), remedy=_("Reload the page."))


def note_printed(wave_id: str, *, now: datetime) -> None:
    """Remember that the pick list was printed."""
    Wave.objects.filter(wave_id=wave_id).update(printed_at=now)


def _match(picks: list[Pick], code: str) -> Pick:
    if not picks:
        raise NotFound(_("There is no such wave, or nothing to pick in it."))
    open_picks = [pick for pick in picks if pick.left]
    by_item = [pick for pick in open_picks if code in {pick.item.barcode.casefold(), pick.item.sku.casefold()} and code]
    by_bin = [pick for pick in open_picks if pick.bin.casefold() == code and code]
    if by_item:
        return by_item[0]
    if len(by_bin) == 1:
        return by_bin[0]
    if len(by_bin) > 1:
        raise Refused(_("Several items lie in %(bin)s: scan the item.") % {"bin": code.upper()}, code="scan_item")
    known = any(code in {pick.item.barcode.casefold(), pick.item.sku.casefold(), pick.bin.casefold()} for pick in picks)
    if known:
        raise Refused(_("There are enough of %(code)s.") % {"code": code.upper()}, code="too_many")
    raise Refused(_("%(code)s is not on this pick list.") % {"code": code.upper()}, code="wrong_item")
