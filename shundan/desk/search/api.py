"""Search for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from shundan.core.rights import Right
from shundan.desk.search.queries import find_hits
from shundan.ground.staff.logins import needs

router = Router(tags=["search"])


class HitOut(Schema):
    kind: str
    title: str
    note: str
    url: str
    shop: str
    state: str
    exact: bool


class Found(Schema):
    items: list[HitOut]


@router.get("", response=Found)
@needs(Right.SEE_DESK)
def search(
    request: HttpRequest, q: str, limit: Annotated[int, Query(ge=1, le=50)] = 20
) -> dict[str, list[dict[str, Any]]]:
    """Return orders, parcels, cases and items that the words may mean."""
    return {"items": [asdict(hit) for hit in find_hits(q, request.who, limit=limit)]}
