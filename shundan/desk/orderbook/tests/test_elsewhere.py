"""A watched order's page tells who arranged it and when, as far as the platform tells."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client

from shundan.core.states import OrderState
from shundan.edges.inbox.actions import SnapshotDraft, store_snapshots
from shundan.stages.orders.models import Line, Order
from shundan.stages.orders.tests.made import facts, line, make_shop, store

pytestmark = pytest.mark.django_db
WHEN = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def told(order: Order, **more: object) -> None:
    row = {"package_id": "PK1", "package_status": "FULFILLING", "create_time": int(WHEN.timestamp()),
           "shipping_type": "SELLER", "tracking_number": "TN77", "shipping_provider_name": "Larkline",
           "handover_method": "DROP_OFF", **more}  # fmt: skip
    Line.objects.filter(order=order).update(package_ids=["PK1"])
    store_snapshots([SnapshotDraft(order.shop_id, "package", "PK1", WHEN, WHEN, row)])


def page(client: Client, order: Order) -> str:
    return client.get(f"/orders/{order.shop.shop_id}/{order.order_id}/").content.decode()


def watched(**changes: object) -> Order:
    [order] = store(make_shop(), facts(lines=(line(),)))
    Order.objects.filter(pk=order.pk).update(**{"order_state": OrderState.WATCHED, **changes})
    return Order.objects.select_related("shop").get(pk=order.pk)


def test_a_watched_orders_package_tells_number_carrier_and_since_when(owner: Client) -> None:
    order = watched()
    told(order)
    shown = page(owner, order)
    assert all(word in shown for word in ("PK1", "TN77", "Larkline", "Nov 20"))
    assert "with a carrier of their own" in shown or "使用自己的物流商" in shown


def test_the_platforms_own_warehouse_is_named(owner: Client) -> None:
    order = watched(fulfilled_by="PLATFORM")
    told(order)
    shown = page(owner, order)
    assert "the platform&#x27;s own warehouse" in shown or "平台仓库" in shown


def test_without_news_of_the_package_the_orders_own_number_is_shown(owner: Client) -> None:
    order = watched(tracking_number="TN88", carrier_name="Wayfare", shipped_at=WHEN)
    shown = page(owner, order)
    assert "TN88" in shown and "Wayfare" in shown


def test_an_order_of_ours_says_nothing_of_others(owner: Client) -> None:
    order = watched(order_state=OrderState.RECEIVED)
    told(order)
    assert "TN77" not in page(owner, order)


def test_a_package_that_cannot_be_read_spoils_no_page(owner: Client) -> None:
    order = watched()
    told(order, package_id=None, create_time="soon")
    assert "PK1" in page(owner, order)
