"""A carrier's rate table: pure choice of a price by region, weight and day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Band:
    """One row of a rate table: grams from (included) and to (excluded), valid from a day on."""

    region: str
    from_g: int
    to_g: int
    price_minor: int
    currency: str
    valid_from: date
    service: str = ""
    days: int | None = None


def price_of(bands: Iterable[Band], *, region: str, grams: int, on: date, service: str = "") -> Band | None:
    """Return the newest band that holds on that day for that weight, or None when the carrier does not go there."""
    fitting = [
        band
        for band in bands
        if band.region == region
        and band.service == service
        and band.from_g <= grams < band.to_g
        and band.valid_from <= on
    ]
    return max(fitting, key=lambda band: band.valid_from, default=None)
