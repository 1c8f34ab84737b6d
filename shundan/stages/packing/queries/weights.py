"""What a parcel should weigh: learned from parcels with the same content, else reckoned from its items."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from django.db.models import Count

from shundan.stages.packing.models import Parcel, ParcelLine

_LOOK_AT = 20
_ENOUGH = 3


@dataclass(frozen=True)
class Expected:
    """Grams, and how far off a scale may be before somebody looks; `seen`: parcels it was learned from."""

    grams: int
    tolerance: int
    seen: int = 0


def expected_weight(parcel: Parcel) -> Expected | None:
    """Return what the parcel should weigh, or None when nobody knows."""
    learned = _learned(parcel)
    if learned:
        grams = round(median(learned))
        return Expected(grams, max(15, round(grams * 0.04)), len(learned))
    if parcel.expected_weight_g:
        return Expected(parcel.expected_weight_g, max(30, round(parcel.expected_weight_g * 0.15)))
    return None


def fits(weight_g: int, expected: Expected) -> bool:
    """Say whether a scale's answer is near enough."""
    return abs(weight_g - expected.grams) <= expected.tolerance


def _learned(parcel: Parcel) -> list[int]:
    """Weights of the latest parcels with the same single line; parcels with more than one line are reckoned."""
    lines = list(ParcelLine.objects.filter(parcel=parcel)[:2])
    if len(lines) != 1:
        return []
    alike = (
        Parcel.objects.filter(
            parcel_lines__item_id=lines[0].item_id,
            parcel_lines__quantity=lines[0].quantity,
            weight_g__isnull=False,
        )
        .exclude(pk=parcel.pk)
        .annotate(kinds=Count("parcel_lines"))
        .filter(kinds=1)
        .order_by("-pk")
    )
    weights = [grams for grams in alike.values_list("weight_g", flat=True)[:_LOOK_AT] if grams]
    return weights if len(weights) >= _ENOUGH else []
