"""Items, listings and levels for the tests of this and later stages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count

from shundan.core.actors import PLATFORM, step
from shundan.core.facts import ListingFacts
from shundan.core.states import OrderState
from shundan.ground.shops.models import Shop
from shundan.stages.orders.models import Order
from shundan.stages.orders.tests.made import T0, Told
from shundan.stages.review.actions import review_orders
from shundan.stages.stock.actions import expect_lines, reserve_orders, store_listings
from shundan.stages.stock.models import Item, Level
from shundan.stages.stock.queries import unexpected_lines

SKU = "1729000000000000001"
_number = count(1)


def listing(sku_id: str = SKU, stock: int = 10, price: int = 1990, **more: object) -> ListingFacts:
    told = ListingFacts(
        product_id="1720000000000000001", sku_id=sku_id, seller_sku=f"CUP-{sku_id[-1]}", title="Travel cup", variant="",
        status="ACTIVATE", price_minor=price, currency="USD", stock={"W1": stock}, updated_at=T0,
    )  # fmt: skip
    return replace(told, **more)


def store_listing(shop: Shop, *many: ListingFacts, minutes: int = 0) -> Item:
    """Store listings as told and return the item of the first."""
    at = T0 - timedelta(days=1) + timedelta(minutes=minutes)
    snapshot = Told(next(_number), shop.pk, "p", at, at)
    store_listings([(snapshot, many)], by=PLATFORM, now=at)
    return Item.objects.get(sku=many[0].seller_sku)


def level(item: Item) -> tuple[int, int, int]:
    row = Level.objects.get(item=item)
    return row.on_hand, row.reserved, row.expected


def expect() -> int:
    return expect_lines(list(unexpected_lines()), by=step("expect"), now=T0)


def review() -> int:
    rows = list(Order.objects.filter(order_state=OrderState.RECEIVED).order_by("pk"))
    return review_orders(rows, by=step("review"), now=T0)


def reserve() -> int:
    keys = list(Order.objects.filter(order_state=OrderState.APPROVED).order_by("pk").values_list("pk", flat=True))
    return reserve_orders(keys, by=step("reserve"), now=T0)
