"""Troubles of parcels."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shundan.core.actors import Who
from shundan.core.errors import NotFound
from shundan.stages.tracking.models import Trouble

OUTCOME_WORDS: dict[str, str | Promise] = {
    "moved_again": _("Moves again"),
    "arrived": _("Delivered"),
    "claimed": _("Claimed from the carrier"),
    "resent": _("Sent again"),
    "closed": _("Closed"),
}


def troubles_seen_by(who: Who | None) -> QuerySet[Trouble]:
    """Return troubles of the shops and warehouses in somebody's scope, newest first."""
    rows = Trouble.objects.select_related("shop", "parcel__shop").order_by("-opened_at", "-pk")
    if who is not None and who.shop_keys is not None:
        rows = rows.filter(shop_id__in=who.shop_keys)
    if who is not None and who.warehouses is not None:
        rows = rows.filter(parcel__warehouse__code__in=who.warehouses)
    return rows


def find_trouble(key: int, *, who: Who | None = None) -> Trouble:
    """Return a trouble; raise NotFound outside the scope."""
    trouble = troubles_seen_by(who).filter(pk=key).first()
    if trouble is None:
        raise NotFound(gettext("There is no such trouble."))
    return trouble


def open_troubles(who: Who | None = None) -> QuerySet[Trouble]:
    """Return troubles that wait for somebody, newest first."""
    return troubles_seen_by(who).filter(closed_at=None)


def troubles_of(parcel_keys: Iterable[int]) -> dict[int, list[Trouble]]:
    """Map parcels to their troubles, newest first. One query."""
    found: dict[int, list[Trouble]] = {}
    for trouble in Trouble.objects.filter(parcel_id__in=list(parcel_keys)).order_by("-pk"):
        found.setdefault(trouble.parcel_id, []).append(trouble)
    return found
