"""Holds, for programs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema

from shundan.core.errors import NotFound
from shundan.core.rights import Right
from shundan.desk.holds import actions
from shundan.desk.holds.queries import choices_of
from shundan.desk.orderbook.queries.words import hold_sentence
from shundan.ground.lib import clock
from shundan.ground.staff.logins import needs
from shundan.stages.orders.queries import hold_by_key, holds_in_scope

router = Router(tags=["holds"])


class Settle(Schema):
    """`choice` is one of the hold's `choices`; the other fields are what that choice asks for."""

    choice: str
    why: str = ""
    reason: str = ""
    sku_id: str = ""
    item: str = ""
    name: str = ""
    phone: str = ""
    postal_code: str = ""
    state: str = ""
    city: str = ""
    district: str = ""
    lines: str = ""


@router.get("")
@needs(Right.SEE_ORDER)
def list_holds(
    request: HttpRequest, shop: str = "", kind: str = "", waits_for: str = "", limit: int = 100, after: int = 0
) -> dict[str, Any]:
    """Return open holds, oldest first; send `next` back as `after`."""
    rows = holds_in_scope(request.who).filter(pk__gt=after).order_by("pk")
    rows = rows.filter(shop__shop_id=shop) if shop else rows
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(waits_for=waits_for) if waits_for else rows
    limit = min(max(limit, 1), 200)
    found = list(rows[: limit + 1])
    items = [
        {"hold": row.pk, "shop": row.order.shop.shop_id,
         "order_id": row.order.order_id, "kind": row.kind, "waits_for": row.waits_for, "facts": row.facts,
         "sentence": hold_sentence(row.kind, row.facts), "opened_at": row.opened_at, "due_at": row.order.next_due_at,
         "choices": [way.key for way in choices_of(row, row.order) if request.who.may(way.right)]}
        for row in found[:limit]
    ]  # fmt: skip
    return {"items": items, "next": found[limit - 1].pk if len(found) > limit else None}


@router.post("/{hold}/settle")
@needs(Right.HOLD)
def settle_hold(request: HttpRequest, hold: int, body: Settle) -> dict[str, Any]:
    """End a hold by one of its choices."""
    row = hold_by_key(hold)
    if row is None or not request.who.sees_shop(row.shop_id):
        raise NotFound(_("There is no such hold."), field="hold", remedy=_("Read /api/v1/holds."))
    actions.settle(row, body.choice, body.dict(), by=request.who, now=clock.now())
    again = hold_by_key(hold)
    return {
        "hold": hold,
        "closed_at": again.closed_at if again else None,
        "state": again.order.order_state if again else "",
    }
