"""Orders by span of time, those that are closed, and what is known of buyers."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, F, Max, Q, QuerySet, Sum

from shundan.stages.orders.models import Buyer, Line, Order


def orders_placed_between(shop_key: int, start: datetime, end: datetime) -> QuerySet[Order]:
    """Return a shop's orders placed from `start` up to (not including) `end`, without those that were withdrawn."""
    rows = Order.objects.filter(shop_id=shop_key, placed_at__gte=start, placed_at__lt=end)
    return rows.exclude(cancelled_by="WITHDRAWN").order_by("placed_at", "pk")


def count_buyers_seen_before(placed: QuerySet[Order], moment: datetime) -> int:
    """Return how many buyers of these orders had placed an order before the moment."""
    rows = Order.objects.filter(buyer__in=placed.values("buyer"), placed_at__lt=moment)
    return rows.aggregate(n=Count("buyer", distinct=True))["n"]


class Sold(NamedTuple):
    """What was sold of one SKU: live units and what the buyers pay for them."""

    sku_id: str
    seller_sku: str
    title: str
    units: int
    sales_minor: int


def units_sold(placed: QuerySet[Order]) -> list[Sold]:
    """Return what these orders sold of each SKU, counted in the database."""
    live = F("quantity") - F("cancelled")
    rows = Line.objects.filter(order__in=placed.values("pk")).values("sku_id").annotate(
        told=Max("seller_sku"), named=Max("title"), units=Sum(live), sales=Sum(live * F("unit_price_minor"))
    )  # fmt: skip
    return [Sold(*row) for row in rows.order_by("sku_id").values_list("sku_id", "told", "named", "units", "sales")]


def buyer_of(order: Order) -> Buyer | None:
    """Return the buyer of an order, when the platform told one."""
    return Buyer.objects.filter(pk=order.buyer_id).first() if order.buyer_id else None


def buyers_named(beginning: str, *, limit: int = 100) -> list[int]:
    """Return the keys of buyers whose nickname begins so, whatever the case."""
    return list(Buyer.objects.filter(nickname__istartswith=beginning).order_by().values_list("pk", flat=True)[:limit])


def closed_before(moment: datetime) -> Q:
    """Return the condition for orders that were closed before a moment."""
    return Q(order_state="COMPLETED", completed_at__lt=moment) | Q(order_state="CANCELLED", cancelled_at__lt=moment)


def closed_orders(moment: datetime) -> QuerySet[Order]:
    """Return the orders that were closed before a moment."""
    return Order.objects.filter(closed_before(moment))


def stored_orders() -> QuerySet[Order]:
    """Return every order, closed or not."""
    return Order.objects.all()
