"""Whom to ask after, who is silent, and the events of parcels."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from shundan.core.parcel_moves import BY_HAND, PARCEL_MOVES, ParcelMove
from shundan.core.states import ParcelState
from shundan.stages.packing.queries import parcels_in
from shundan.stages.tracking.models import Follow, TrackingEvent, Trouble

P = ParcelState
FOLLOWED = (P.LABELLED, P.PACKED, P.HANDED_OVER, P.IN_TRANSIT, P.FAILED, P.LOST)
FIRST_SCAN_WITHIN = timedelta(hours=24)
MOVEMENT_WITHIN = timedelta(days=3)


def parcels_to_follow(now: datetime) -> QuerySet[Any]:
    """Return parcels that may have left and were not asked after lately, the longest waiting first."""
    left = Q(parcel_state__in=[P.HANDED_OVER, P.IN_TRANSIT, P.FAILED, P.LOST])
    may_have_left = Q(parcel_state__in=[P.LABELLED, P.PACKED], state_since__lt=now - FIRST_SCAN_WITHIN)
    due = Q(follow=None) | Q(follow__next_at__lte=now)
    rows = parcels_in(*FOLLOWED).select_related("shop")
    return rows.filter(left | may_have_left).filter(due).order_by(Coalesce("follow__next_at", "planned_at"), "pk")


def silent_parcels(now: datetime, kind: str) -> QuerySet[Any]:
    """Return parcels nobody has heard of for too long, without an open trouble of the kind.

    `kind`: no_first_scan (handed over, not scanned) or no_movement (on its way, nothing new).
    """
    trouble = Trouble.objects.filter(parcel=OuterRef("pk"), kind=kind, closed_at=None)
    rows = parcels_in(P.HANDED_OVER if kind == "no_first_scan" else P.IN_TRANSIT).filter(~Exists(trouble))
    if kind == "no_first_scan":
        return rows.filter(handed_over_at__lt=now - FIRST_SCAN_WITHIN)
    limit = now - MOVEMENT_WITHIN
    return rows.filter(state_since__lt=limit).filter(
        Q(follow=None) | Q(follow__last_event_at=None) | Q(follow__last_event_at__lt=limit)
    )


def arrived_follows() -> QuerySet[Follow]:
    """Return follows whose parcel needs no asking any more."""
    return Follow.objects.filter(next_at__isnull=False, parcel__parcel_state__in=[P.DELIVERED, P.RETURNED, P.VOIDED])


def events_of(parcel_keys: Iterable[int]) -> dict[int, list[TrackingEvent]]:
    """Map parcels to their carriers' events, newest first. One query."""
    found: dict[int, list[TrackingEvent]] = {}
    for event in TrackingEvent.objects.filter(parcel_id__in=list(parcel_keys)).order_by("-at", "-pk"):
        found.setdefault(event.parcel_id, []).append(event)
    return found


def possible_moves(state: str) -> list[ParcelMove]:
    """Return what a person may say of a parcel on its way."""
    return [move for move in BY_HAND if (P(state), move) in PARCEL_MOVES]
