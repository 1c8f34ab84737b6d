from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shundan.core.errors import OutsideUnavailable
from shundan.edges.channels.actions import budgets
from shundan.edges.channels.models import Access, Budget
from shundan.edges.channels.queries import access_of
from shundan.edges.channels.tests.gateway import Gateway, connect, envelope, gateway
from shundan.edges.channels.tiktok.client import call
from shundan.ground.lib import clock

__all__ = ["gateway"]
pytestmark = pytest.mark.django_db
LIMITED = envelope(36009002, "Too many requests", status=429, retry_after="7")


def key_of(access: Access, group: str = "order") -> budgets.Key:
    return access_of(access.shop_id).app_pk, access.shop_id, group


def another_worker() -> None:
    """What the other process saw is not what this one saw."""
    budgets.forget_budgets()


def test_a_limit_that_one_worker_met_holds_for_the_others(gateway: Gateway) -> None:
    gateway.replies["order.search"] = [LIMITED, {"orders": []}]
    shop = connect()
    with pytest.raises(OutsideUnavailable):
        call(shop, "order.search")
    another_worker()
    with pytest.raises(OutsideUnavailable) as caught:
        call(shop, "order.search")
    assert gateway.names() == ["order.search"]
    assert caught.value.retry_after is not None and 7 <= caught.value.retry_after + 0.5 <= 11


def test_calls_within_a_narrow_budget_are_spread_over_all_workers(gateway: Gateway) -> None:
    key = key_of(Access.objects.get(shop_id=connect().pk))
    start = clock.wall() + timedelta(seconds=300)  # far ahead, so that a slow machine changes nothing
    Budget.objects.create(app_id=key[0], shop_id=key[1], group="order", interval=0.2, free_at=start)
    for _ in range(3):
        another_worker()
        assert 200 < budgets.take_turn(key, patience=400.0) < 301
    assert Budget.objects.get().free_at == start + timedelta(seconds=0.6)
    with pytest.raises(OutsideUnavailable) as caught:
        budgets.take_turn(key)
    assert caught.value.retry_after is not None and caught.value.retry_after > 200
    assert budgets.take_turn((key[0], key[1], "package")) == 0.0


def test_of_many_calls_refused_together_one_counts(gateway: Gateway) -> None:
    key = key_of(Access.objects.get(shop_id=connect().pk))
    asked_at = clock.wall()
    for _ in range(16):
        budgets.narrow(key, retry_after=None, asked_at=asked_at - timedelta(milliseconds=1))
    assert Budget.objects.get().interval == budgets.FIRST_PAUSE
    budgets.narrow(key, retry_after=None, asked_at=clock.wall() + timedelta(seconds=1))
    assert Budget.objects.get().interval == 2 * budgets.FIRST_PAUSE


def test_a_budget_opens_again_with_every_call_that_was_taken(gateway: Gateway) -> None:
    gateway.replies["order.search"] = {"orders": []}
    shop = connect()
    key = key_of(Access.objects.get(shop_id=shop.pk))
    Budget.objects.create(app_id=key[0], shop_id=key[1], group="order", interval=0.021, free_at=clock.wall())
    call(shop, "order.search")
    assert Budget.objects.get().interval == pytest.approx(0.021 * budgets.RECOVERY)
    call(shop, "order.search")
    assert Budget.objects.get().interval == 0.0
    assert not budgets.is_known_narrow(key)


def test_who_was_never_limited_pays_one_query_a_second(gateway: Gateway) -> None:
    gateway.replies["order.search"] = {"orders": []}
    access = access_of(connect())
    with CaptureQueriesContext(connection) as seen:
        for _ in range(20):
            call(access, "order.search")
    assert len(seen) == 1
