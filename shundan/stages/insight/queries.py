"""Questions over the counted days: by day, shop and product, in the shop's and the home currency."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Sum

from shundan.core.actors import Who
from shundan.ground.shops.queries import Shop, shops_seen_by
from shundan.stages.insight.models import DayFigure, ItemDay
from shundan.stages.money.queries import Rates

COUNTS = ("orders", "cancelled", "units", "buyers", "returning_buyers", "shipped", "late", "delivered", "cases")


@dataclass(frozen=True)
class DayRow:
    """One day over the chosen shops. `home_minor` is None when a rate is missing."""

    day: date
    counts: dict[str, int]
    home_minor: int | None
    by_shop: dict[str, int] = field(default_factory=dict)  # shop name -> sales in its own currency


@dataclass(frozen=True)
class ShopRow:
    shop: Shop
    counts: dict[str, int]
    sales_minor: int
    home_minor: int | None


@dataclass(frozen=True)
class Period:
    """A span of days over the chosen shops, with the span of the same length before it."""

    first: date
    last: date
    home: str
    days: tuple[DayRow, ...]
    shops: tuple[ShopRow, ...]
    totals: dict[str, int]
    before: dict[str, int]
    home_minor: int | None
    home_before: int | None
    missing_rates: tuple[str, ...]

    @property
    def late_rate(self) -> float | None:
        """Late orders per shipped order, or None without any."""
        return self.totals["late"] / self.totals["orders"] if self.totals["orders"] else None

    @property
    def returning_rate(self) -> float | None:
        return self.totals["returning_buyers"] / self.totals["buyers"] if self.totals["buyers"] else None


@dataclass(frozen=True)
class ItemRow:
    sku_id: str
    seller_sku: str
    title: str
    units: int
    by_currency: dict[str, int]
    home_minor: int | None


def read_period(who: Who, first: date, last: date, *, shop_id: str = "") -> Period:
    """Return the figures of days `first` to `last` (both included) for the shops in scope, in constant queries."""
    shops = [shop for shop in shops_seen_by(who) if not shop_id or shop.shop_id == shop_id]
    span = (last - first).days + 1
    rates = Rates()
    rows = list(
        DayFigure.objects.filter(shop__in=shops, day__gte=first - timedelta(days=span), day__lte=last).order_by("day")
    )
    now, before = [r for r in rows if r.day >= first], [r for r in rows if r.day < first]
    return Period(
        first=first, last=last, home=rates.home, days=tuple(_days(now, shops, first, last, rates)),
        shops=tuple(_shop_row(shop, [r for r in now if r.shop_id == shop.pk], rates) for shop in shops),
        totals=_counts(now), before=_counts(before), home_minor=_home(now, rates), home_before=_home(before, rates),
        missing_rates=tuple(rates.missing({shop.currency for shop in shops})),
    )  # fmt: skip


def _counts(rows: Iterable[DayFigure]) -> dict[str, int]:
    rows = list(rows)
    return {name: sum(getattr(row, name) for row in rows) for name in COUNTS}


def _home(rows: Iterable[DayFigure], rates: Rates) -> int | None:
    """Return sales in the home currency; None when a rate is missing: no guess is shown."""
    amounts = [rates.home_minor(row.sales_minor, row.currency, row.day) for row in rows if row.sales_minor]
    return None if any(amount is None for amount in amounts) else sum(a for a in amounts if a is not None)


def _days(rows: list[DayFigure], shops: list[Shop], first: date, last: date, rates: Rates) -> Iterable[DayRow]:
    names = {shop.pk: shop.name for shop in shops}
    by_day: dict[date, list[DayFigure]] = {}
    for row in rows:
        by_day.setdefault(row.day, []).append(row)
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        found = by_day.get(day, [])
        yield DayRow(day, _counts(found), _home(found, rates), {names[r.shop_id]: r.sales_minor for r in found})


def _shop_row(shop: Shop, rows: list[DayFigure], rates: Rates) -> ShopRow:
    return ShopRow(shop, _counts(rows), sum(row.sales_minor for row in rows), _home(rows, rates))


def read_items(who: Who, first: date, last: date, *, shop_id: str = "", limit: int = 50) -> list[ItemRow]:
    """Return units and sales by seller SKU over the days, most units first."""
    shops = [shop for shop in shops_seen_by(who) if not shop_id or shop.shop_id == shop_id]
    rates = Rates()
    rows = (
        ItemDay.objects.filter(shop__in=shops, day__gte=first, day__lte=last)
        .values("seller_sku", "sku_id", "title", "currency", "day")
        .annotate(total=Sum("units"), sales=Sum("sales_minor"))
    )
    found: dict[str, ItemRow] = {}
    for row in rows:
        key = row["seller_sku"] or row["sku_id"]
        home = rates.home_minor(row["sales"], row["currency"], row["day"])
        old = found.get(key) or ItemRow(row["sku_id"], row["seller_sku"], row["title"], 0, {}, 0)
        by_currency = dict(old.by_currency)
        by_currency[row["currency"]] = by_currency.get(row["currency"], 0) + row["sales"]
        both = None if old.home_minor is None or home is None else old.home_minor + home
        found[key] = ItemRow(old.sku_id, old.seller_sku, old.title, old.units + row["total"], by_currency, both)
    return sorted(found.values(), key=lambda item: -item.units)[:limit]
