"""Reads of carriers and their rates."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from shundan.core.errors import NotFound
from shundan.edges.carriers.models import Carrier, Rate
from shundan.edges.carriers.table import Band, price_of


def carriers() -> list[Carrier]:
    """Return the carriers in use, by name."""
    return list(Carrier.objects.filter(retired_at=None).order_by("name"))


def find_carrier(key: str) -> Carrier:
    """Return a carrier in use by its key; raise NotFound."""
    carrier = Carrier.objects.filter(key=key, retired_at=None).first()
    if carrier is None:
        raise NotFound(
            _("There is no carrier %(key)s.") % {"key": key},
            field="carrier",
            remedy=_("Add it under Shipping › Carriers."),
        )
    return carrier


def bands_of(carrier: Carrier) -> list[Band]:
    """Return a carrier's rate table."""
    rows = Rate.objects.filter(carrier=carrier).order_by("region", "from_g", "-valid_from")
    return [
        Band(
            row.region,
            row.from_g,
            row.to_g,
            row.price_minor,
            row.currency,
            row.valid_from,
            row.service,
            row.days,
        )
        for row in rows
    ]


def quotes(*, region: str, grams: int, on: date) -> list[tuple[Carrier, Band]]:
    """Return what each carrier with a rate table would take, the cheapest first."""
    found = []
    for carrier in carriers():
        if carrier.way == "table":
            band = price_of(bands_of(carrier), region=region, grams=grams, on=on)
            if band:
                found.append((carrier, band))
    return sorted(found, key=lambda pair: pair[1].price_minor)
