"""What the platform offers for a label, and what may end a refusal of one: read from its words, written in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shundan.edges.channels.tiktok.mapping.reading import (
    Payload,
    child,
    currency_in,
    flag,
    minor,
    moment,
    rows,
    text,
    whole,
)

METHODS = ("DROP_OFF", "PICKUP")
_SIDES = ("length", "width", "height")
# What a carrier has against a parcel is told in a sentence only. The first that fits: a missing slot is also told as
# "no available shipping services".
_CURES = (
    ("handover", r"pick-?up|time slot"),
    ("wait", r"capacity"),
    ("address", r"address|postal|post ?code|phone"),
    ("size", r"weight|over-?size|dimension|circumference|number of items"),
    ("service", r"service|carrier|batter|liquid|dangerous"),
)


@dataclass(frozen=True)
class Service:
    """One shipping service; days are until delivery, 0 where the platform does not tell."""

    service_id: str
    name: str
    carrier_name: str
    price_minor: int
    currency: str
    earliest_days: int
    latest_days: int
    is_default: bool


@dataclass(frozen=True)
class Slot:
    """One time at which the carrier can come."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Handover:
    """How the carrier gets the package: the methods it takes, and when it can come."""

    methods: tuple[str, ...] = ()
    slots: tuple[Slot, ...] = ()


def map_services(told: Payload) -> tuple[Service, ...]:
    """Read the services that can carry a package, the platform's own choice first; one without an id is none."""
    found = [_service(row) for row in rows(told, "shipping_services") if text(row, "id")]
    return tuple(sorted(found, key=lambda service: not service.is_default))


def _service(row: Payload) -> Service:
    currency = currency_in(row)
    return Service(
        service_id=text(row, "id"),
        name=text(row, "name") or text(row, "shipping_provider_name") or text(row, "id"),
        carrier_name=text(row, "shipping_provider_name"),
        price_minor=minor(row, "price", currency),
        currency=currency,
        earliest_days=whole(row, "earliest_delivery_days"),
        latest_days=whole(row, "latest_delivery_days"),
        is_default=flag(row, "is_default"),
    )


def map_reckoned(told: Payload) -> str:
    """Say with which weight and size the platform reckons, in its own units: "900 GRAM, 30 × 20 × 12 CM"."""
    weight, size = child(told, "weight"), child(told, "dimension")
    sides = [text(size, side) for side in _SIDES]
    parts = [f"{text(weight, 'value')} {text(weight, 'unit')}"] if text(weight, "value") else []
    parts += [f"{' × '.join(sides)} {text(size, 'unit')}"] if all(sides) else []
    return ", ".join(part.strip() for part in parts)


def map_handover(told: Payload) -> Handover:
    """Read the methods a package can be handed over by, and the slots that are free, soonest first."""
    methods = tuple(name for name, key in zip(METHODS, ("can_drop_off", "can_pickup"), strict=True) if flag(told, key))
    slots = [
        Slot(starts_at, ends_at)
        for row in rows(told, "pickup_slots")
        # The platform's spelling; a slot that says nothing of it is free.
        if flag(row, "avaliable") or "avaliable" not in row
        if (starts_at := moment(row, "start_time")) and (ends_at := moment(row, "end_time"))
    ]
    return Handover(methods, tuple(sorted(slots, key=lambda slot: slot.starts_at)) if "PICKUP" in methods else ())


def spell_measures(weight_g: int, size_cm: tuple[int, ...]) -> dict[str, Any]:
    """Write weight and size as the platform takes them; 0 and () say nothing."""
    weight: Mapping[str, str] = {"value": str(weight_g), "unit": "GRAM"}
    size = {side: str(length) for side, length in zip(_SIDES, size_cm, strict=False)} | {"unit": "CM"}
    return ({"weight": weight} if weight_g else {}) | ({"dimension": size} if size_cm else {})


def cure_of(trouble: str) -> str:
    """Return what may end a refusal: handover, wait, address, size, service, or "" where its words do not tell."""
    return next((cure for cure, words in _CURES if re.search(words, trouble, re.IGNORECASE)), "")
