"""Money, for programs."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from shundan.core.rights import Right
from shundan.ground.lib import clock
from shundan.ground.look.queries.keyset import Sort, page_of
from shundan.ground.staff.api import Limit
from shundan.ground.staff.logins import needs
from shundan.stages.money import actions, queries

router = Router(tags=["money"])
NEWEST = Sort("newest", "", "at", descending=True)


class RateIn(Schema):
    day: date
    currency: str
    rate: str


@router.get("/statements")
@needs(Right.SEE_MONEY)
def list_statements(request: HttpRequest, shop: str = "", limit: Limit = 50, after: str = "") -> dict[str, Any]:
    """Return statements, newest first; amounts in minor units of `currency`. Send `next` back as `after`."""
    rows = queries.statements_seen_by(request.who)
    if shop:
        rows = rows.filter(shop__shop_id=shop)
    found, following = page_of(rows, NEWEST, after=after, limit=limit)
    return {
        "items": [
            {"statement_id": row.statement_id, "shop": row.shop.shop_id, "at": row.at, "currency": row.currency,
             "settled_minor": row.settled_minor, "revenue_minor": row.revenue_minor, "fee_minor": row.fee_minor,
             "adjustment_minor": row.adjustment_minor, "payment_status": row.payment_status}
            for row in found
        ],
        "next": following,
    }  # fmt: skip


@router.get("/rates")
@needs(Right.SEE_MONEY)
def list_rates(request: HttpRequest) -> dict[str, Any]:
    """Return the newest 200 rates: home units per unit of `currency`, as exact decimal text."""
    return {
        "home_currency": queries.Rates().home, "missing": queries.missing_rates(request.who),
        "items": [{"day": r.day, "currency": r.currency, "rate": str(r.rate), "source": r.source}
                  for r in queries.rates()[:200]],
    }  # fmt: skip


@router.post("/rates")
@needs(Right.MONEY)
def set_rate(request: HttpRequest, rate: RateIn) -> dict[str, Any]:
    """Set a rate from a day on."""
    row = actions.set_rate(rate.day, rate.currency, rate.rate, by=request.who, now=clock.now())
    return {"day": row.day, "currency": row.currency, "home_currency": row.home, "rate": str(row.rate)}
