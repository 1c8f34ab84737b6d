"""The first page of the day, as people see it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shundan.core.actors import Who
from shundan.desk.today.queries import read_news
from shundan.ground.journal.actions import Draft, record
from shundan.stages.orders.tests.made import T0, facts, make_shop, store

pytestmark = pytest.mark.django_db
MEI = Who("person", "1", "owner")


def test_what_was_done_lately_names_shops_by_name_and_orders_by_tail(owner) -> None:
    shop = make_shop()
    [order] = store(shop, facts())
    record(
        [
            Draft("shop", shop.pk, "pause_shop", MEI, T0, shop.pk, shop.shop_id),
            Draft("order", order.pk, "print_label", MEI, T0, shop.pk, order.order_id),
        ]
    )
    assert [(one.subject, one.url) for one in read_news(MEI, limit=2)] == [
        ("…000 001", f"/orders/{shop.shop_id}/{order.order_id}/"),
        (shop.name, ""),
    ]
    page = owner.get("/").content.decode()
    assert f">{shop.name} " in page
    assert f'<a href="/orders/{shop.shop_id}/{order.order_id}/">…000 001</a>' in page


def test_news_costs_as_many_queries_whatever_its_length() -> None:
    shop = make_shop()
    drafts = [Draft("shop", shop.pk, "pause_shop", MEI, T0, shop.pk, shop.shop_id)]
    record(drafts)
    with CaptureQueriesContext(connection) as few:
        read_news(MEI)
    record(drafts * 9)
    with CaptureQueriesContext(connection) as many:
        assert len(read_news(MEI)) == 10
    assert len(many) == len(few) == 2
