"""Writes of carriers and their rates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.utils.translation import gettext

from shundan.core.actors import Who
from shundan.core.errors import Conflict, Refused
from shundan.edges.carriers.models import Carrier, Rate
from shundan.edges.carriers.table import Band
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib.db import in_transaction


def add_carrier(
    key: str,
    name: str,
    *,
    by: Who,
    now: datetime,
    provider_ids: dict[str, str] | None = None,
    tracking_url: str = "",
) -> Carrier:
    """Add a carrier under a short key; raise Conflict when the key is taken."""
    key, name = key.strip().lower(), name.strip()
    if not re.fullmatch(r"[a-z0-9-]{2,40}", key):
        raise Refused(gettext("A carrier's key is 2 to 40 small letters, digits and dashes."), field="key")
    if not name:
        raise Refused(gettext("A carrier needs a name."), field="name")

    def work() -> Carrier:
        carrier, made = Carrier.objects.get_or_create(
            key=key,
            defaults={
                "name": name[:80],
                "provider_ids": provider_ids or {},
                "tracking_url": tracking_url[:200],
                "created_at": now,
            },
        )
        if not made:
            raise Conflict(
                gettext("The key %(key)s is taken.") % {"key": key}, field="key", remedy=gettext("Choose another key.")
            )
        record([Draft("carrier", carrier.pk, "add_carrier", by, now, subject_name=key)])
        return carrier

    return in_transaction(work)


def learn_providers(region: str, named: Iterable[Mapping[str, str]], *, now: datetime) -> int:
    """Keep the carriers a platform accepts in a market, with its ids for them; returns how many it named.

    A carrier of the same name gets the market's id; a retired one stays retired.
    """

    def work() -> int:
        count = 0
        for row in named:
            name, provider = str(row.get("name") or "").strip(), str(row.get("id") or "")
            key = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40]
            if len(key) < 2 or not provider:
                continue
            carrier, _ = Carrier.objects.get_or_create(key=key, defaults={"name": name[:80], "created_at": now})
            if carrier.provider_ids.get(region) != provider:
                carrier.provider_ids = {**carrier.provider_ids, region: provider}
                carrier.save(update_fields=["provider_ids"])
            count += 1
        return count

    return in_transaction(work)


def store_rates(carrier: Carrier, bands: Iterable[Band], *, by: Who, now: datetime) -> int:
    """Add rows to a carrier's table; a row of the same band and day is replaced. Returns how many."""
    wanted = list(bands)

    def work() -> int:
        for band in wanted:
            Rate.objects.update_or_create(
                carrier=carrier,
                service=band.service,
                region=band.region,
                from_g=band.from_g,
                valid_from=band.valid_from,
                defaults={
                    "to_g": band.to_g,
                    "price_minor": band.price_minor,
                    "currency": band.currency,
                    "days": band.days,
                },
            )
        Carrier.objects.filter(pk=carrier.pk).update(way="table")
        record(
            [
                Draft(
                    "carrier",
                    carrier.pk,
                    "store_rates",
                    by,
                    now,
                    subject_name=carrier.key,
                    facts={"rows": len(wanted)},
                )
            ]
        )
        return len(wanted)

    return in_transaction(work)


def retire_carrier(carrier: Carrier, *, by: Who, now: datetime) -> None:
    """Take a carrier out of use; parcels that went with it keep its name."""
    if not Carrier.objects.filter(pk=carrier.pk, retired_at=None).update(retired_at=now):
        raise Conflict(gettext("This carrier is retired already."))
