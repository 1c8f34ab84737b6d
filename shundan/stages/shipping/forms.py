"""The terms of a label as a page's form tells them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shundan.stages.shipping.queries import Terms

SIDES = ("length_cm", "width_cm", "height_cm")
_NO_NUMBER = -1  # is refused like any other number that is no measure


def read_terms(told: Mapping[str, Any]) -> Terms:
    """Read what was filled in: `handover` is a method, or a method and the second its slot begins."""
    method, _, start = str(told.get("handover", "")).partition(" ")
    sides = tuple(_whole(told.get(name, "")) for name in SIDES)
    return Terms(
        service_id=str(told.get("service_id", "")).strip(),
        handover_method=method,
        pickup_at=_whole(start),
        weight_g=_whole(told.get("weight_g", "")),
        size_cm=sides if any(sides) else (),
    )


def fill_in(terms: Terms) -> dict[str, Any]:
    """Return what the form shows for terms that are kept."""
    method = f"{terms.handover_method} {terms.pickup_at}" if terms.pickup_at else terms.handover_method
    sides = dict(zip(SIDES, terms.size_cm, strict=False))
    return {"service_id": terms.service_id, "handover": method, "weight_g": terms.weight_g or "", **sides}


def _whole(told: Any) -> int:
    """Return a count, 0 where nothing is told."""
    text = str(told).strip()
    if not text:
        return 0
    return int(text) if text.isdecimal() and len(text) <= 12 and int(text) else _NO_NUMBER
