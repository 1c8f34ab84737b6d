"""Following parcels: whom to ask after next, and what their carriers said, as events and moves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.errors import Conflict, Refused
from shundan.core.facts import TrackingEventFacts
from shundan.core.parcel_moves import BY_HAND, ParcelMove
from shundan.core.states import ParcelState
from shundan.edges.inbox.actions import want
from shundan.ground.lib.db import in_transaction
from shundan.stages.packing.actions import lock_parcels, move_parcels
from shundan.stages.packing.queries import order_ids_of
from shundan.stages.tracking.actions.troubles import open_trouble, settle_troubles
from shundan.stages.tracking.models import Follow, TrackingEvent

P, M = ParcelState, ParcelMove
# How long until we ask again, in story time, by where the parcel stands.
ASK_EVERY = {
    P.LABELLED: timedelta(hours=12),
    P.PACKED: timedelta(hours=6),
    P.HANDED_OVER: timedelta(hours=2),
    P.IN_TRANSIT: timedelta(hours=6),
    P.FAILED: timedelta(hours=6),
    P.LOST: timedelta(hours=24),
}
_MOVES: dict[str, ParcelMove] = {
    "SCAN": M.SCAN,
    "MOVE": M.SCAN,
    "OUT": M.SCAN,
    "DELIVER": M.DELIVER,
    "FAIL": M.FAIL,
    "RETURN": M.RETURN,
    "LOSE": M.LOSE,
}
_TROUBLES = {"FAIL": "delivery_failed", "RETURN": "returning", "LOSE": "lost"}


def follow_parcels(parcels: Sequence[Any], *, now: datetime) -> int:
    """Want the news of these parcels and say when to ask again; return how many were asked after."""

    def work() -> int:
        orders, asked = order_ids_of([parcel.pk for parcel in parcels]), defaultdict[int, list[str]](list)
        for parcel in parcels:
            if parcel.shop.channel == "tiktok":
                asked[parcel.shop_id] += orders[parcel.pk][:1]
        for shop_key, order_ids in asked.items():
            want(shop_key, "tracking", order_ids, reason="followed")
        rows = [
            Follow(shop_id=one.shop_id, parcel_id=one.pk, next_at=now + ASK_EVERY[P(one.parcel_state)], asked_at=now)
            for one in parcels
        ]
        Follow.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["parcel"], update_fields=["next_at", "asked_at"]
        )
        return len(parcels)

    return in_transaction(work)


def apply_tracking(parcels: Iterable[Any], events: Sequence[TrackingEventFacts], *, by: Who, now: datetime) -> int:
    """Store a carrier's events of an order for its parcels, and move them; return how many events were new.

    The platform tells an order's events without naming the package: where there are several parcels, the events are
    kept with each, and only the packages' own news moves them.
    """
    told = list(parcels)
    return in_transaction(lambda: sum(_apply(one, events, moves=len(told) == 1, by=by, now=now) for one in told))


def _apply(parcel: Any, events: Sequence[TrackingEventFacts], *, moves: bool, by: Who, now: datetime) -> int:
    told = sorted(events, key=lambda event: event.at)
    lock_parcels([parcel.pk])
    known = set(TrackingEvent.objects.filter(parcel_id=parcel.pk).values_list("at", "code", "text"))
    fresh = [event for event in told if (event.at, event.code, event.text[:300]) not in known]
    TrackingEvent.objects.bulk_create(
        [
            TrackingEvent(
                shop_id=parcel.shop_id,
                parcel_id=parcel.pk,
                at=event.at,
                code=event.code,
                text=event.text[:300],
                place=event.place[:120],
                told_at=now,
            )
            for event in fresh
        ],
        ignore_conflicts=True,
    )
    if not told:
        return 0
    latest = told[-1]
    Follow.objects.update_or_create(
        parcel_id=parcel.pk,
        defaults={
            "shop_id": parcel.shop_id,
            "last_event_at": latest.at,
            "last_code": latest.code,
            "last_text": latest.text[:300],
        },
    )
    for event in fresh if moves else ():
        _move(parcel, event, by=by, now=now)
    return len(fresh)


def _move(parcel: Any, event: TrackingEventFacts, *, by: Who, now: datetime) -> None:
    move = _MOVES.get(event.code)
    if move is None:
        return
    moved = move_parcels([(parcel.pk, move)], by=by, at=min(event.at, now), facts={parcel.pk: {"event": event.code}})
    if moved:
        settle_troubles(parcel.pk, moved[parcel.pk], by=by, now=now)
    if event.code in _TROUBLES and (moved or event.code == "RETURN"):
        open_trouble(parcel, _TROUBLES[event.code], by=by, now=now, facts={"event": event.code})


def move_by_hand(parcel_key: int, move: ParcelMove, *, why: str, by: Who, now: datetime) -> None:
    """Move a parcel on its way because a person knows: found, lost, returned, delivered.

    Packing, handing over and voiding have their own doors, with their own checks: they are refused here.
    """
    if move not in BY_HAND:
        raise Refused(_("Choose what happened."), field="move", remedy=", ".join(BY_HAND))

    def work() -> None:
        moved = move_parcels([(parcel_key, move)], by=by, at=now, facts={parcel_key: {"why": why.strip()[:120]}})
        if parcel_key not in moved:
            raise Conflict(
                _("This parcel cannot %(move)s.") % {"move": move},
                code="impossible_move",
                remedy=_("Reload the parcel."),
            )
        settle_troubles(parcel_key, moved[parcel_key], by=by, now=now)

    in_transaction(work)
