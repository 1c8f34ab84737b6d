"""Which parcels no longer fit their orders, and which orders have no parcel though they should."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from shundan.core.parcel_moves import HERE
from shundan.core.states import ParcelState
from shundan.stages.packing.models import Parcel, ParcelLine, ParcelOrder

P = ParcelState
_COUNTS = ~Q(parcel__parcel_state=P.VOIDED) | Q(parcel__handed_over_at__isnull=False)


def misfit_parcels() -> QuerySet[Parcel]:
    """Return parcels still here that hold more units of a line than are reserved for it, after some were cancelled."""
    held = Coalesce(Sum("line__reservation__quantity", filter=Q(line__reservation__ended_at=None)), 0)
    lines = ParcelLine.objects.filter(parcel=OuterRef("pk"), line__cancelled__gt=0)
    counted = lines.values("pk").annotate(held=held, ever=Count("line__reservation"))
    odd = counted.filter(quantity__gt=F("held"), ever__gt=0)  # an adopted line never had a reservation
    return Parcel.objects.filter(Exists(odd), parcel_state__in=HERE).order_by("pk")


def reserved_units(line_keys: Iterable[int]) -> dict[int, int]:
    """Map order lines to the units still reserved for them; a line without any is left out."""
    rows = ParcelLine.objects.filter(line_id__in=list(line_keys), line__reservation__ended_at=None)
    told = rows.values_list("line_id", "line__reservation__pk", "line__reservation__quantity").distinct()
    found: dict[int, int] = {}
    for line_key, reservation, quantity in told:
        if reservation is not None:
            found[line_key] = found.get(line_key, 0) + quantity
    return found


def live_orders(order_keys: Iterable[int]) -> set[int]:
    """Return those of these orders that have a live parcel, or had one that left us."""
    links = ParcelOrder.objects.filter(_COUNTS, order_id__in=list(order_keys))
    return set(links.values_list("order_id", flat=True))


def without_parcels(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Keep the orders that have no live parcel, and of which none has left us."""
    live = ParcelOrder.objects.filter(_COUNTS, order=OuterRef("pk"))
    return rows.filter(~Exists(live))
