"""Waves: what can be picked, and how far a wave is."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, F, Min, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.errors import NotFound
from shundan.core.states import ParcelState
from shundan.stages.packing.documents.pick_lists import bin_order
from shundan.stages.packing.models import Parcel, ParcelLine, ParcelOrder, Pick, Wave, WaveParcel
from shundan.stages.packing.queries.parcels import parcels_seen_by


@dataclass(frozen=True)
class WaveView:
    """A wave, its picks in the order of the bins, and its parcels in the order of their totes."""

    wave: Wave
    picks: tuple[Pick, ...]
    parcels: tuple[WaveParcel, ...]
    totes: dict[int, tuple[tuple[int, int], ...]]  # pick key -> (tote, units)

    @property
    def picked(self) -> int:
        return sum(pick.picked for pick in self.picks)

    @property
    def units(self) -> int:
        return sum(pick.quantity for pick in self.picks)

    @property
    def percent(self) -> int:
        return self.picked * 100 // self.units if self.units else 100

    @property
    def current_totes(self) -> tuple[tuple[int, int], ...]:
        """Where the units of the current bin go, at most three."""
        return self.totes[self.current.pk][:3] if self.current else ()

    @property
    def current(self) -> Pick | None:
        """The next bin to walk to: skipped ones come last, short ones never."""
        left = [pick for pick in self.picks if pick.left and not pick.short_at]
        return next((pick for pick in left if not pick.skipped_at), left[0] if left else None)

    @property
    def ahead(self) -> list[Pick]:
        """What follows the current bin."""
        current = self.current
        return [pick for pick in self.picks if pick is not current and pick.left and not pick.short_at]


def pickable_parcels(who: Who | None, *, kind: str = "mixed") -> QuerySet[Parcel]:
    """Return labelled parcels in no wave, the most urgent first."""
    units = ParcelLine.objects.filter(parcel=OuterRef("pk")).values("parcel").annotate(n=Sum("quantity")).values("n")
    due = (
        ParcelOrder.objects.filter(parcel=OuterRef("pk"))
        .values("parcel")
        .annotate(n=Min("order__next_due_at"))
        .values("n")
    )
    rows = parcels_seen_by(who).filter(parcel_state=ParcelState.LABELLED, waveparcel=None)
    rows = rows.annotate(unit_count=Coalesce(Subquery(units), 0), due_at=Subquery(due))
    if kind == "single":
        rows = rows.filter(unit_count=1)
    elif kind == "multi":
        rows = rows.filter(unit_count__gt=1)
    return rows.order_by(F("due_at").asc(nulls_last=True), "pk")


def open_waves(who: Who | None, *, limit: int = 20) -> list[Wave]:
    """Return waves with parcels still to pack, the newest first, with how many units were picked (`taken`)."""
    waiting = WaveParcel.objects.filter(wave=OuterRef("pk"), parcel__parcel_state=ParcelState.LABELLED)
    rows = Wave.objects.filter(Exists(waiting), closed_at=None).select_related("warehouse")
    if who is not None and who.warehouses is not None:
        rows = rows.filter(warehouse__code__in=who.warehouses)
    return list(rows.annotate(taken=Coalesce(Sum("picks__picked"), 0)).order_by("-pk")[:limit])


def wave_view(wave_id: str, *, who: Who | None = None) -> WaveView:
    """Return a wave with everything its pages show; raise NotFound outside the scope."""
    wave = Wave.objects.filter(wave_id=wave_id).select_related("warehouse").first()
    if wave is None or (who is not None and who.warehouses is not None and wave.warehouse.code not in who.warehouses):
        raise NotFound(_("There is no wave %(wave)s.") % {"wave": wave_id})
    picks = sorted(
        Pick.objects.filter(wave=wave).select_related("item"),
        key=lambda pick: (bin_order(pick.bin), pick.item.sku),
    )
    parcels = list(WaveParcel.objects.filter(wave=wave).select_related("parcel__shop").order_by("position"))
    return WaveView(wave, tuple(picks), tuple(parcels), _totes(picks, parcels))


def _totes(picks: list[Pick], parcels: list[WaveParcel]) -> dict[int, tuple[tuple[int, int], ...]]:
    place = {one.parcel_id: one.position for one in parcels}
    by_bin: dict[tuple[int, str], list[tuple[int, int]]] = {}
    for line in ParcelLine.objects.filter(parcel_id__in=place).order_by("pk"):
        by_bin.setdefault((line.item_id, line.bin), []).append((place[line.parcel_id], line.quantity))
    return {pick.pk: tuple(sorted(by_bin.get((pick.item_id, pick.bin), []))) for pick in picks}
