"""Writes of insight: days are counted anew from the orders whenever the sealed journal tells of one of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from django.db import transaction

from shundan.core.clocks import DeadlineKind
from shundan.core.facts import OrderType
from shundan.core.states import OrderState
from shundan.ground.journal.queries import sealed_after
from shundan.ground.lib import clock
from shundan.ground.rulebook.queries import missed_keys
from shundan.ground.shops.queries import Shop, all_shops
from shundan.stages.aftersales.queries import cases_of
from shundan.stages.insight.models import DayFigure, ItemDay, Watermark
from shundan.stages.orders.queries import (
    Order,
    buyers_seen_before,
    lines_of,
    orders_by_key,
    orders_placed_between,
)

# Not sales: nobody paid for them, or they repeat an order that was counted.
NOT_SALES = {OrderType.SAMPLE, OrderType.GIFT, OrderType.REPLACEMENT, OrderType.EXCHANGE, OrderType.LOCAL}
DISPATCH = (DeadlineKind.SHIP_BY, DeadlineKind.FIRST_SCAN_BY)
_LEFT = {OrderState.SHIPPED, OrderState.DELIVERED, OrderState.COMPLETED}


def count_next_entries(*, limit: int = 500) -> int:
    """Count the days that the next sealed entries of each shop tell of; return how many entries were read."""
    return sum(_read_shop(shop, limit=limit) for shop in all_shops())


def _read_shop(shop: Shop, *, limit: int) -> int:
    mark, _ = Watermark.objects.get_or_create(shop=shop)
    entries = sealed_after(shop.pk, mark.position, limit=limit)
    if not entries:
        return 0
    keys = {entry.subject_key for entry in entries if entry.subject_kind == "order"}
    days = {shop_day(order.placed_at, shop) for order in orders_by_key(keys).values()}
    for day in sorted(days):
        count_day(shop, day)
    Watermark.objects.filter(pk=mark.pk).update(position=entries[-1].position, read_at=clock.wall())
    return len(entries)


def shop_day(moment: datetime, shop: Shop) -> date:
    """Return the day of a moment in the shop's own zone."""
    return moment.astimezone(ZoneInfo(shop.zone)).date()


def day_bounds(day: date, shop: Shop) -> tuple[datetime, datetime]:
    """Return the first moment of the day and of the next one, in UTC."""
    zone = ZoneInfo(shop.zone)
    start = datetime.combine(day, time.min, zone)
    return start.astimezone(UTC), datetime.combine(day + timedelta(days=1), time.min, zone).astimezone(UTC)


def count_day(shop: Shop, day: date) -> None:
    """Count one day of one shop from its orders; the same orders always give the same figures."""
    orders = list(orders_placed_between(shop.pk, *day_bounds(day, shop)))
    sold = [order for order in orders if order.order_type not in NOT_SALES and order.platform_status != "UNPAID"]
    live = [order for order in sold if order.order_state != OrderState.CANCELLED]
    figure = _figure(shop, sold, live)
    with transaction.atomic():
        DayFigure.objects.update_or_create(shop=shop, day=day, defaults=figure | {"counted_at": clock.wall()})
        ItemDay.objects.filter(shop=shop, day=day).delete()
        ItemDay.objects.bulk_create(_items(shop, day, live))


def _figure(shop: Shop, sold: list[Order], live: list[Order]) -> dict[str, object]:
    keys = [order.pk for order in sold]
    buyers = {order.buyer_id for order in live if order.buyer_id}
    first = min((order.placed_at for order in live), default=None)
    return {
        "currency": shop.currency,
        "orders": len(sold),
        "cancelled": len(sold) - len(live),
        "units": sum(order.units for order in live),
        "sales_minor": sum(order.total_minor for order in live),
        "cancelled_minor": sum(order.total_minor for order in sold) - sum(order.total_minor for order in live),
        "buyers": len(buyers),
        "returning_buyers": len(buyers_seen_before(buyers, first)) if first else 0,
        "shipped": sum(order.order_state in _LEFT for order in live),
        "late": len(missed_keys("order", keys, DISPATCH)),
        "delivered": sum(order.delivered_at is not None for order in live),
        "cases": len(cases_of(keys)),
    }


def _items(shop: Shop, day: date, live: list[Order]) -> list[ItemDay]:
    units: Counter[str] = Counter()
    sales: Counter[str] = Counter()
    told: dict[str, tuple[str, str]] = defaultdict(lambda: ("", ""))
    for line in chain.from_iterable(lines_of([order.pk for order in live]).values()):
        units[line.sku_id] += line.live
        sales[line.sku_id] += line.live * line.unit_price_minor
        told[line.sku_id] = (line.seller_sku, line.title)
    return [
        ItemDay(shop=shop, day=day, sku_id=sku, seller_sku=told[sku][0], title=told[sku][1], units=count,
                sales_minor=sales[sku], currency=shop.currency)
        for sku, count in units.items() if count
    ]  # fmt: skip
