"""Lists are read along their index on both databases, at the first page and far down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shundan.ground.look.queries.keyset import Cursor, Sort, slice_rows
from shundan.stages.orders.models import Order
from shundan.stages.orders.tests.made import facts, make_shop, store

pytestmark = pytest.mark.django_db
T0 = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
NEWEST = Sort("placed", "", "placed_at", descending=True)


def plan_of(cursor: Cursor | None) -> str:
    """Return how the database would read one page; small tables are not read as a whole for being small."""
    with CaptureQueriesContext(connection) as asked:
        slice_rows(Order.objects.all(), NEWEST, cursor, 50)
    explain = "EXPLAIN QUERY PLAN "
    with connection.cursor() as database:
        if connection.vendor == "postgresql":
            database.execute("SET LOCAL enable_seqscan = off")
            database.execute("SET LOCAL enable_bitmapscan = off")
            explain = "EXPLAIN "
        database.execute(explain + asked[0]["sql"])
        return "\n".join(str(row[-1]) for row in database.fetchall())


@pytest.mark.parametrize("cursor", [None, Cursor(T0, 7), Cursor(T0, 7, back=True)], ids=["first", "down", "back"])
def test_the_list_of_orders_is_read_along_its_index(cursor: Cursor | None) -> None:
    plan = plan_of(cursor)
    assert "orders_newest" in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan
    bounded = "Index Cond" in plan or "SEARCH" in plan
    assert bounded == (cursor is not None)


def test_pages_follow_each_other_through_orders_of_the_same_moment() -> None:
    shop = make_shop()
    store(shop, *[facts(f"57700000000000{n:04d}", placed_at=T0 - timedelta(minutes=n // 3)) for n in range(10)])
    expected = [row.pk for row in Order.objects.order_by("-placed_at", "-pk")]
    seen: list[int] = []
    cursor = None
    while True:
        rows, _before, after = slice_rows(Order.objects.all(), NEWEST, cursor, 4)
        seen += [row.pk for row in rows]
        if not after:
            break
        cursor = Cursor(rows[-1].placed_at, rows[-1].pk)
    assert seen == expected
    rows, _before, after = slice_rows(
        Order.objects.all(), NEWEST, Cursor(Order.objects.get(pk=seen[5]).placed_at, seen[5], back=True), 3
    )
    assert [row.pk for row in rows] == seen[2:5]
    assert after
