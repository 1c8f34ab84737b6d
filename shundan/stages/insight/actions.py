"""Writes of insight: days are counted anew from the orders whenever the sealed journal tells of one of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, Min, Q, QuerySet, Sum

from shundan.core.clocks import DeadlineKind
from shundan.core.facts import OrderType
from shundan.core.states import OrderState
from shundan.ground.journal.queries import sealed_after
from shundan.ground.lib import clock
from shundan.ground.rulebook.queries import count_missed
from shundan.ground.shops.queries import Shop, all_shops
from shundan.stages.aftersales.queries import count_cases
from shundan.stages.insight.models import DayFigure, ItemDay, Watermark
from shundan.stages.orders.queries import (
    Order,
    count_buyers_seen_before,
    homes_of,
    orders_placed_between,
    units_sold,
)

# Not sales: nobody paid for them, or they repeat an order that was counted.
NOT_SALES = {OrderType.SAMPLE, OrderType.GIFT, OrderType.REPLACEMENT, OrderType.EXCHANGE, OrderType.LOCAL}
DISPATCH = (DeadlineKind.SHIP_BY, DeadlineKind.FIRST_SCAN_BY)
_LEFT = {OrderState.SHIPPED, OrderState.DELIVERED, OrderState.COMPLETED}


def count_next_entries(*, limit: int = 5000) -> int:
    """Count the days that the next sealed entries of each shop tell of; return how many entries were read."""
    return sum(_read_shop(shop, limit=limit) for shop in all_shops())


def _read_shop(shop: Shop, *, limit: int) -> int:
    mark, _ = Watermark.objects.get_or_create(shop=shop)
    entries = sealed_after(shop.pk, mark.position, limit=limit)
    if not entries:
        return 0
    keys = {entry.subject_key for entry in entries if entry.subject_kind == "order"}
    days = {shop_day(placed_at, shop) for _, _, placed_at in homes_of(keys).values()}
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
    placed = orders_placed_between(shop.pk, *day_bounds(day, shop))
    sold = placed.exclude(order_type__in=NOT_SALES).exclude(platform_status="UNPAID").order_by()
    live = sold.exclude(order_state=OrderState.CANCELLED)
    figure, items = _figure(shop, sold, live), _items(shop, day, live)
    with transaction.atomic():
        DayFigure.objects.update_or_create(shop=shop, day=day, defaults=figure | {"counted_at": clock.wall()})
        ItemDay.objects.filter(shop=shop, day=day).delete()
        ItemDay.objects.bulk_create(items)


def _figure(shop: Shop, sold: QuerySet[Order], live: QuerySet[Order]) -> dict[str, object]:
    """Count in the database: a day of a live may have tens of thousands of orders."""
    counted = live.aggregate(
        orders=Count("pk"), units=Sum("units", default=0), sales=Sum("total_minor", default=0),
        buyers=Count("buyer", distinct=True), first=Min("placed_at"),
        shipped=Count("pk", filter=Q(order_state__in=_LEFT)), delivered=Count("delivered_at"),
    )  # fmt: skip
    every = sold.aggregate(orders=Count("pk"), sales=Sum("total_minor", default=0))
    return {
        "currency": shop.currency,
        "orders": every["orders"],
        "cancelled": every["orders"] - counted["orders"],
        "units": counted["units"],
        "sales_minor": counted["sales"],
        "cancelled_minor": every["sales"] - counted["sales"],
        "buyers": counted["buyers"],
        "returning_buyers": count_buyers_seen_before(live, counted["first"]) if counted["first"] else 0,
        "shipped": counted["shipped"],
        "late": count_missed("order", sold.values("pk"), DISPATCH),
        "delivered": counted["delivered"],
        "cases": count_cases(sold.values("pk")),
    }


def _items(shop: Shop, day: date, live: QuerySet[Order]) -> list[ItemDay]:
    return [
        ItemDay(shop=shop, day=day, sku_id=row.sku_id, seller_sku=row.seller_sku, title=row.title, units=row.units,
                sales_minor=row.sales_minor, currency=shop.currency)
        for row in units_sold(live) if row.units
    ]  # fmt: skip
