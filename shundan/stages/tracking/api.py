"""Tracking for programs: what carriers said, who is silent, troubles."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from shundan.core.parcel_moves import ParcelMove
from shundan.core.rights import Right
from shundan.core.states import ParcelState
from shundan.ground.lib import clock
from shundan.ground.staff.logins import needs
from shundan.stages.packing.queries import find_parcel, order_ids_of
from shundan.stages.tracking import actions
from shundan.stages.tracking.models import Trouble
from shundan.stages.tracking.queries import events_of, troubles_of
from shundan.stages.tracking.queries.lists import followed_rows
from shundan.stages.tracking.queries.troubles import find_trouble, troubles_seen_by

router = Router(tags=["tracking"])


class FollowedOut(Schema):
    parcel_id: str
    shop: str
    state: str
    orders: list[str]
    tracking_number: str
    carrier: str
    handed_over_at: datetime | None
    last_event_at: datetime | None
    last_text: str


class FollowedPage(Schema):
    items: list[FollowedOut]
    next: str | None


class FollowedIn(Schema):
    """`after` is `next` of the page before."""

    shop: str = ""
    state: ParcelState | None = None
    limit: int = Field(50, ge=1, le=200)
    after: str = Field("", pattern=r"^\d*$")


class EventOut(Schema):
    at: datetime
    code: str
    text: str
    place: str


class TroubleOut(Schema):
    key: int
    parcel_id: str
    shop: str
    kind: str
    opened_at: datetime
    told_buyer_at: datetime | None
    closed_at: datetime | None
    cause: str
    outcome: str


class ParcelOut(FollowedOut):
    events: list[EventOut]
    troubles: list[TroubleOut]


class NoteIn(Schema):
    note: str = ""


class CloseIn(Schema):
    """`cause` is a key of the tree of causes; `outcome`: moved_again, arrived, claimed, resent or closed."""

    cause: str
    outcome: str = "closed"


class TextIn(Schema):
    text: str


class MoveIn(Schema):
    """What a person knows: SCAN, DELIVER, FAIL, RETURN, LOSE or FIND."""

    move: ParcelMove
    why: str


@router.get("/parcels", response=FollowedPage)
@needs(Right.SEE_PARCEL)
def list_followed(request: HttpRequest, asked: Query[FollowedIn]) -> dict[str, Any]:
    """List parcels that left us, oldest first, with their carriers' last word."""
    rows = followed_rows(request.who)
    if asked.shop:
        rows = rows.filter(shop__shop_id=asked.shop)
    if asked.state:
        rows = rows.filter(parcel_state=asked.state)
    if asked.after:
        rows = rows.filter(pk__gt=int(asked.after))
    found = list(rows.order_by("pk")[: asked.limit + 1])
    more, found = len(found) > asked.limit, found[: asked.limit]
    orders = order_ids_of([row.pk for row in found])
    items = [_followed(row, orders[row.pk]) for row in found]
    return {"items": items, "next": str(found[-1].pk) if more else None}


@router.get("/parcels/{shop}/{parcel_id}", response=ParcelOut)
@needs(Right.SEE_PARCEL)
def get_events(request: HttpRequest, shop: str, parcel_id: str) -> dict[str, Any]:
    """Show what the carrier said of one parcel, newest first, and its troubles."""
    parcel = find_parcel(shop, parcel_id, who=request.who)
    events = events_of([parcel.pk]).get(parcel.pk, [])
    told = [{"at": one.at, "code": one.code, "text": one.text, "place": one.place} for one in events]
    troubles = troubles_of([parcel.pk]).get(parcel.pk, [])
    return {
        **_followed(parcel, order_ids_of([parcel.pk])[parcel.pk]),
        "events": told,
        "troubles": [_trouble(one) for one in troubles],
        "last_event_at": told[0]["at"] if told else None,
        "last_text": told[0]["text"] if told else "",
    }


@router.post("/parcels/{shop}/{parcel_id}/move", response=FollowedOut)
@needs(Right.TRACK)
def move_parcel(request: HttpRequest, shop: str, parcel_id: str, told: MoveIn) -> dict[str, Any]:
    """Move a parcel on its way because a person knows."""
    parcel = find_parcel(shop, parcel_id, who=request.who)
    actions.move_by_hand(parcel.pk, told.move, why=told.why, by=request.who, now=clock.now())
    moved = find_parcel(shop, parcel_id, who=request.who)
    return _followed(moved, order_ids_of([moved.pk])[moved.pk])


@router.post("/parcels/{shop}/{parcel_id}/trouble", response=list[TroubleOut])
@needs(Right.TRACK)
def note_trouble(request: HttpRequest, shop: str, parcel_id: str, told: NoteIn) -> list[dict[str, Any]]:
    """Note by hand that something is wrong with a parcel."""
    parcel = find_parcel(shop, parcel_id, who=request.who)
    actions.open_trouble(parcel, "by_hand", by=request.who, now=clock.now(), facts={"note": told.note[:200]})
    return [_trouble(one) for one in troubles_of([parcel.pk]).get(parcel.pk, [])]


@router.get("/troubles", response=list[TroubleOut])
@needs(Right.SEE_PARCEL)
def list_troubles(request: HttpRequest, open: bool = True, limit: int = Query(100, ge=1, le=200)) -> list[Any]:
    """List troubles, newest first."""
    rows = troubles_seen_by(request.who).filter(closed_at__isnull=open)
    return [_trouble(row) for row in rows[:limit]]


@router.post("/troubles/{key}/close", response=TroubleOut)
@needs(Right.TRACK)
def close_trouble(request: HttpRequest, key: int, told: CloseIn) -> dict[str, Any]:
    """End a trouble with its cause."""
    find_trouble(key, who=request.who)
    actions.close_trouble(key, cause=told.cause, outcome=told.outcome, by=request.who, now=clock.now())
    return _trouble(find_trouble(key, who=request.who))


@router.post("/troubles/{key}/tell", response=TroubleOut)
@needs(Right.ANSWER)
def tell_buyer(request: HttpRequest, key: int, told: TextIn) -> dict[str, Any]:
    """Write to the buyer about a trouble."""
    find_trouble(key, who=request.who)
    actions.tell_buyer(key, told.text, by=request.who, now=clock.now())
    return _trouble(find_trouble(key, who=request.who))


def _followed(row: Any, orders: list[str]) -> dict[str, Any]:
    follow = getattr(row, "follow", None)
    return {
        "parcel_id": row.parcel_id,
        "shop": row.shop.shop_id,
        "state": row.parcel_state,
        "orders": orders,
        "tracking_number": row.tracking_number,
        "carrier": row.carrier_name,
        "handed_over_at": row.handed_over_at,
        "last_event_at": follow.last_event_at if follow else None,
        "last_text": follow.last_text if follow else "",
    }


def _trouble(row: Trouble) -> dict[str, Any]:
    told = ("kind", "opened_at", "told_buyer_at", "closed_at", "cause", "outcome")
    return {
        **{name: getattr(row, name) for name in told},
        "key": row.pk,
        "parcel_id": row.parcel.parcel_id,
        "shop": row.parcel.shop.shop_id,
    }
