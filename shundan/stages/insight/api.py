"""The figures, for programs: the same as on the pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from shundan.core.rights import Right
from shundan.ground.staff.logins import needs
from shundan.stages.insight.forms import read_asked, today
from shundan.stages.insight.queries import read_items, read_period

router = Router(tags=["insight"])


@router.get("/days")
@needs(Right.SEE_INSIGHT)
def list_days(request: HttpRequest, first: str = "", last: str = "", days: int = 30, shop: str = "") -> dict[str, Any]:
    """Return the counts of each day and their totals; sales in minor units of the home currency (null: no rate)."""
    asked = read_asked({"first": first, "last": last, "days": str(days), "shop": shop}, today=today())
    period = read_period(request.who, asked.first, asked.last, shop_id=asked.shop_id)
    return {
        "first": period.first, "last": period.last, "home_currency": period.home, "totals": period.totals,
        "before": period.before, "home_minor": period.home_minor, "missing_rates": list(period.missing_rates),
        "items": [{"day": row.day, "home_minor": row.home_minor, **row.counts} for row in period.days],
        "shops": [
            {"shop": row.shop.shop_id, "currency": row.shop.currency, "sales_minor": row.sales_minor,
             "home_minor": row.home_minor, **row.counts}
            for row in period.shops
        ],
    }  # fmt: skip


@router.get("/products")
@needs(Right.SEE_INSIGHT)
def list_products(
    request: HttpRequest, first: str = "", last: str = "", days: int = 30, shop: str = "", limit: int = 50
) -> dict[str, Any]:
    """Return units and sales by seller SKU, most units first."""
    asked = read_asked({"first": first, "last": last, "days": str(days), "shop": shop}, today=today())
    items = read_items(request.who, asked.first, asked.last, shop_id=asked.shop_id, limit=min(max(limit, 1), 200))
    return {
        "items": [
            {"seller_sku": one.seller_sku, "sku_id": one.sku_id, "title": one.title, "units": one.units,
             "sales_minor": one.by_currency, "home_minor": one.home_minor}
            for one in items
        ]
    }  # fmt: skip
