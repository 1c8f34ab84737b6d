"""Analytics: days are YYYY-MM-DD, the end day is not included."""

from __future__ import annotations

from collections.abc import Iterator

from shundan.edges.channels.tiktok.client import call, pages
from shundan.edges.channels.tiktok.groups.answers import Reached, Row


def _days(since: str, until: str) -> Row:
    return {"start_date_ge": since, "end_date_lt": until}


def shop_performance(shop: Reached, *, since: str, until: str, granularity: str = "ALL") -> Row:
    query = _days(since, until) | {"granularity": granularity}
    return dict(call(shop, "shop.performance", query=query).get("performance") or {})


def shop_performance_by_hour(shop: Reached, day: str) -> Row:
    return dict(call(shop, "shop.performance_by_hour", path={"date": day}).get("performance") or {})


def product_performances(shop: Reached, *, since: str, until: str) -> Iterator[Row]:
    query = _days(since, until) | {"page_size": 100}
    return pages(shop, "product.performances", "products", query=query)


def product_performance(shop: Reached, product_id: str, *, since: str, until: str) -> Row:
    """Return sales of a product and how many buyers gave how many stars."""
    told = call(shop, "product.performance", path={"product_id": product_id}, query=_days(since, until))
    return dict(told.get("performance") or {})


def sku_performances(shop: Reached, *, since: str, until: str) -> Iterator[Row]:
    return pages(shop, "sku.performances", "skus", query=_days(since, until) | {"page_size": 100})


def sku_performance(shop: Reached, sku_id: str, *, since: str, until: str) -> Row:
    told = call(shop, "sku.performance", path={"sku_id": sku_id}, query=_days(since, until))
    return dict(told.get("performance") or {})
