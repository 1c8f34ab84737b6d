"""Feedback, for programs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from shundan.core.rights import Right
from shundan.ground.lib import clock
from shundan.ground.look.queries.keyset import Sort, page_of
from shundan.ground.shops.queries import find_shop
from shundan.ground.staff.api import Limit
from shundan.ground.staff.logins import needs
from shundan.stages.feedback import actions, queries

router = Router(tags=["feedback"])
NEWEST = Sort("newest", "", "at", descending=True)


class ProblemIn(Schema):
    title: str
    cause: str
    note: str = ""
    shop: str = ""
    kind: str = ""
    name: str = ""


class Text(Schema):
    text: str


@router.get("/ratings")
@needs(Right.RATE)
def list_ratings(
    request: HttpRequest, shop: str = "", most_stars: int = 5, limit: Limit = 50, after: str = ""
) -> dict[str, Any]:
    """Return ratings with at most so many stars, newest first; send `next` back as `after`."""
    rows = queries.ratings_seen_by(request.who).filter(stars__lte=most_stars)
    if shop:
        rows = rows.filter(shop__shop_id=shop)
    found, following = page_of(rows, NEWEST, after=after, limit=limit)
    return {
        "items": [
            {"rating": row.pk, "shop": row.shop.shop_id, "order_id": row.order_id, "stars": row.stars, "text": row.text,
             "at": row.at, "cause": row.cause}
            for row in found
        ],
        "next": following,
    }  # fmt: skip


@router.get("/scores")
@needs(Right.RATE)
def list_scores(request: HttpRequest) -> dict[str, Any]:
    """Return star counts (1 to 5) and mean of products, the worst first."""
    return {"items": [row | {"shop": row["shop"].shop_id} for row in queries.score_rows(request.who)]}


@router.get("/problems")
@needs(Right.RATE)
def list_problems(request: HttpRequest) -> dict[str, Any]:
    """Return problems with their cause and how often each was seen."""
    return {
        "items": [
            {"problem": row.pk, "title": row.title, "cause": row.cause, "seen": getattr(row, "seen", 0),
             "opened_at": row.opened_at,
             "closed_at": row.closed_at}
            for row in queries.problems()[:200]
        ]
    }  # fmt: skip


@router.post("/problems")
@needs(Right.RATE)
def note_problem(request: HttpRequest, body: ProblemIn) -> dict[str, Any]:
    """Note a problem with its cause and where it was seen (kind: order, case, parcel or rating)."""
    shop = find_shop(body.shop, who=request.who) if body.shop else None
    made = actions.note_problem(
        body.title, body.cause, by=request.who, now=clock.now(), note=body.note, shop_key=shop.pk if shop else None,
        subject_kind=body.kind, subject_name=body.name,
    )  # fmt: skip
    return {"problem": made.pk, "title": made.title, "cause": made.cause}


@router.post("/problems/{key}/improvements")
@needs(Right.RATE)
def add_improvement(request: HttpRequest, key: int, body: Text) -> dict[str, Any]:
    """Say what is done about a problem."""
    return {"improvement": actions.add_improvement(key, body.text, by=request.who, now=clock.now()).pk}
