"""Orders by span of time, and what is known of buyers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from shundan.stages.orders.models import Buyer, Order


def orders_placed_between(shop_key: int, start: datetime, end: datetime) -> QuerySet[Order]:
    """Return a shop's orders placed from `start` up to (not including) `end`, without those that were withdrawn."""
    rows = Order.objects.filter(shop_id=shop_key, placed_at__gte=start, placed_at__lt=end)
    return rows.exclude(cancelled_by="WITHDRAWN").order_by("placed_at", "pk")


def buyers_seen_before(buyer_keys: Iterable[int], moment: datetime) -> set[int]:
    """Return those of the buyers who had placed an order before the moment."""
    rows = Order.objects.filter(buyer_id__in=list(buyer_keys), placed_at__lt=moment).values_list("buyer_id", flat=True)
    return {key for key in rows.distinct() if key is not None}


def buyer_of(order: Order) -> Buyer | None:
    """Return the buyer of an order, when the platform told one."""
    return Buyer.objects.filter(pk=order.buyer_id).first() if order.buyer_id else None


def buyers_named(beginning: str, *, limit: int = 100) -> list[int]:
    """Return the keys of buyers whose nickname begins so, whatever the case."""
    return list(Buyer.objects.filter(nickname__istartswith=beginning).order_by().values_list("pk", flat=True)[:limit])
