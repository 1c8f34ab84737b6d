"""The pages of insight: the figures of a period, and what was sold."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format

from shundan.core.money import exponent
from shundan.core.rights import Right
from shundan.ground.lib.sheets import write_csv
from shundan.ground.look.queries.shell import chosen_shop_id
from shundan.ground.shops.queries import shops_seen_by
from shundan.ground.staff.logins import needs
from shundan.stages.insight.forms import SPANS, Asked, read_asked, today
from shundan.stages.insight.queries import Period, read_items, read_period


@needs(Right.SEE_INSIGHT)
def overview(request: HttpRequest) -> HttpResponse:
    """Show the figures of a period beside those of the period before it."""
    asked = _asked(request)
    period = read_period(request.who, asked.first, asked.last, shop_id=asked.shop_id)
    if request.GET.get("export") == "csv":
        return _export(period)
    items = read_items(request.who, asked.first, asked.last, shop_id=asked.shop_id, limit=8)
    return render(request, "insight/overview.html", _context(request, asked) | _figures(period) | {"items": items})


@needs(Right.SEE_INSIGHT)
def products(request: HttpRequest) -> HttpResponse:
    """Show what was sold in a period, most units first."""
    asked = _asked(request)
    items = read_items(request.who, asked.first, asked.last, shop_id=asked.shop_id, limit=200)
    return render(request, "insight/products.html", _context(request, asked) | {"items": items})


def _asked(request: HttpRequest) -> Asked:
    query = request.GET.dict()
    if "shop" not in query and (chosen := chosen_shop_id(request)):
        query["shop"] = next((s.shop_id for s in shops_seen_by(request.who) if s.pk == chosen), "")
    return read_asked(query, today=today())


def _context(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    return {"asked": asked, "spans": SPANS, "shops": shops_seen_by(request.who)}


def _figures(period: Period) -> dict[str, Any]:
    scale = 10 ** exponent(period.home)
    counts = period.totals
    names = [row.shop.name for row in period.shops]
    return {
        "period": period,
        "labels": [date_format(row.day, "m-d") for row in period.days],
        "orders_by_day": [row.counts["orders"] for row in period.days],
        "sales_by_day": [(row.home_minor or 0) / scale for row in period.days],
        "late_by_day": [row.counts["late"] for row in period.days],
        "shop_names": names,
        "by_shop": [
            {"label": row.shop.name, "value": row.counts["orders"], "text": row.counts["orders"]}
            for row in sorted(period.shops, key=lambda row: -row.counts["orders"])
        ],
        "deltas": {name: _delta(counts[name], period.before[name]) for name in counts},
        "home_delta": _delta(period.home_minor or 0, period.home_before or 0),
        "late_percent": None if period.late_rate is None else period.late_rate * 100,
        "returning_percent": None if period.returning_rate is None else period.returning_rate * 100,
    }


def _delta(now: int, before: int) -> dict[str, Any]:
    """Return the change in words and whether it went up; nothing to compare with gives nothing."""
    if not before:
        return {"text": "", "up": None}
    change = (now - before) / before * 100
    return {"text": f"{change:+.1f}\u202f%", "up": change > 0 if abs(change) >= 0.05 else None}


def _export(period: Period) -> HttpResponse:
    head = ["day", *period.totals, f"sales_{period.home}_minor"]
    rows = [
        [row.day.isoformat(), *(str(row.counts[name]) for name in period.totals), str(row.home_minor or "")]
        for row in period.days
    ]
    answer = HttpResponse(write_csv(rows, header=head), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="insight-{period.first}-{period.last}.csv"'
    return answer
