"""Today, for programs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from shundan.core.rights import Right
from shundan.desk.today.queries import SPANS, read_today
from shundan.ground.lib import clock
from shundan.ground.staff.logins import needs

router = Router(tags=["today"])


@router.get("")
@needs(Right.SEE_DESK)
def today(request: HttpRequest) -> dict[str, Any]:
    """Return the moves to make, soonest first, and each shop's clocks and completeness."""
    found = read_today(request.who, now=clock.now())
    return {
        "now": clock.now(),
        "next_due_at": found.next_due,
        "moves": [
            {"title": str(one.title), "count": one.count, "due_at": one.due_at, "why": str(one.why), "url": one.url}
            for one in found.moves
        ],
        "shops": [
            {
                "shop": lane.shop.shop_id, "name": lane.shop.name,
                "complete_to": lane.complete.complete_to if lane.complete else None,
                "behind": bool(lane.complete and lane.complete.is_behind),
                "token_days": lane.token_days,
                "clocks": {
                    key: [{"kind": pill.kind, "count": pill.count, "due_at": pill.due_at} for pill in lane.spans[key]]
                    for key, *_rest in SPANS
                },
            }
            for lane in found.lanes
        ],
    }  # fmt: skip
