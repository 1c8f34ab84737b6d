"""Finding orders by the platform's ids across shops, by span of time, and what is known of buyers and causes."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from shundan.stages.orders.models import Buyer, Cause, Order


def orders_by_ids(pairs: Iterable[tuple[int, str]]) -> dict[tuple[int, str], Order]:
    """Return (shop key, order id) -> order for those that are stored, with their shop; one query."""
    by_shop: dict[int, set[str]] = {}
    for shop_key, order_id in pairs:
        by_shop.setdefault(shop_key, set()).add(order_id)
    wanted = Q(pk__in=[])
    for shop_key, ids in by_shop.items():
        wanted |= Q(shop_id=shop_key, order_id__in=ids)
    return {(row.shop_id, row.order_id): row for row in Order.objects.select_related("shop").filter(wanted)}


def order_by_key(key: int) -> Order:
    """Return one order by its key, with shop and buyer."""
    return Order.objects.select_related("shop", "buyer").get(pk=key)


def orders_placed_between(shop_key: int, start: datetime, end: datetime) -> QuerySet[Order]:
    """Return a shop's orders placed from `start` up to (not including) `end`."""
    return Order.objects.filter(shop_id=shop_key, placed_at__gte=start, placed_at__lt=end).order_by("placed_at", "pk")


def buyers_seen_before(buyer_keys: Iterable[int], moment: datetime) -> set[int]:
    """Return those of the buyers who had placed an order before the moment."""
    rows = Order.objects.filter(buyer_id__in=list(buyer_keys), placed_at__lt=moment).values_list("buyer_id", flat=True)
    return {key for key in rows.distinct() if key is not None}


def buyer_of(order: Order) -> Buyer | None:
    """Return the buyer of an order, when the platform told one."""
    return Buyer.objects.filter(pk=order.buyer_id).first() if order.buyer_id else None


def known_cause(key: str) -> bool:
    """Return whether the key is a cause of the tree that is still in use."""
    return Cause.objects.filter(key=key, retired_at=None).exists()
