"""Facts and snapshots as a channel would tell them, for the tests of this and later stages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from shundan.core.actors import PLATFORM, Who
from shundan.core.facts import AddressFacts, LineFacts, OrderFacts, OrderType, PaymentFacts
from shundan.core.states import FulfilledBy
from shundan.ground.shops.actions import ShopDraft, store_shop
from shundan.ground.shops.models import Shop
from shundan.stages.orders.actions import store_orders
from shundan.stages.orders.models import Order

T0 = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
CLERK = Who("person", "7", "page", "clerk", "Lin")
PACKER = Who("person", "8", "page", "packer", "Wu")
EMMA = AddressFacts(
    name="Emma Stone", phone="+1 213 555 0102", region="US", postal_code="90001", state="California",
    city="Los Angeles", district="Los Angeles County", lines=("12 Rose Street",), full="12 Rose Street, Los Angeles",
)  # fmt: skip
_number = count(1)


@dataclass
class Told:
    """A snapshot as inbox keeps it."""

    pk: int
    shop_id: int
    outside_id: str
    updated_at: datetime
    asked_at: datetime
    source: str = "api"
    payload: Any = None


def make_shop(shop_id: str = "7490000000000000001", region: str = "US", seller_type: str = "CROSS_BORDER") -> Shop:
    return store_shop(ShopDraft(shop_id, f"Shop {region}", region, seller_type), now=T0)


def line(sku_id: str = "1729000000000000001", quantity: int = 1, price: int = 1990, **more: Any) -> LineFacts:
    ids = tuple(f"{sku_id[-4:]}{unit:04d}" for unit in range(quantity))
    words = {"seller_sku": f"CUP-{sku_id[-1]}", "title": "Travel cup", "list_price_minor": price, **more}
    return LineFacts(ids, sku_id, quantity=quantity, unit_price_minor=price, **words)


def facts(order_id: str = "577000000000000001", status: str = "AWAITING_SHIPMENT", **more: Any) -> OrderFacts:
    lines = more.pop("lines", (line(),))
    total = sum(one.unit_price_minor * one.quantity for one in lines)
    told = OrderFacts(
        order_id, status, OrderType.NORMAL, FulfilledBy.US, T0, T0, PaymentFacts("USD", total, total), lines,
        address=EMMA, paid_at=T0, buyer_id="buyer-1", buyer_nickname="emma",
    )  # fmt: skip
    return replace(told, **more)


def told(
    shop: Shop, one: OrderFacts, *, asked_at: datetime | None = None, source: str = "api"
) -> tuple[Told, OrderFacts]:
    snapshot = Told(next(_number), shop.pk, one.order_id, one.updated_at, asked_at or one.updated_at, source)
    return snapshot, one


def store(shop: Shop, *many: OrderFacts, now: datetime = T0) -> list[Order]:
    """Store orders as told by the channel and return their rows."""
    store_orders([told(shop, one) for one in many], by=PLATFORM, now=now)
    rows = {row.order_id: row for row in Order.objects.filter(shop=shop, order_id__in=[one.order_id for one in many])}
    return [rows[one.order_id] for one in many]


def later(one: OrderFacts, minutes: int = 1, **more: Any) -> OrderFacts:
    return replace(one, updated_at=one.updated_at + timedelta(minutes=minutes), **more)
