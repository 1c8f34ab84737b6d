"""Days are counted anew from the orders: the same orders always give the same figures."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from shundan.core.actors import SYSTEM
from shundan.core.facts import OrderType
from shundan.ground.journal.actions import seal_next_entries
from shundan.stages.insight import actions, queries
from shundan.stages.insight.models import DayFigure, ItemDay, Watermark
from shundan.stages.money.actions import set_rate
from shundan.stages.orders.tests.made import CLERK, T0, facts, later, line, make_shop, store

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)  # T0 is 8:00 UTC: midnight in Los Angeles, the first moment of this day there


def count() -> int:
    seal_next_entries()
    return actions.count_next_entries()


def test_sales_are_counted_and_what_is_no_sale_is_not() -> None:
    shop = make_shop()
    store(
        shop,
        facts("577000000000000001", lines=(line(quantity=2),)),
        facts("577000000000000002", buyer_id="buyer-2", lines=(line("1729000000000000002"),)),
        facts("577000000000000003", status="CANCELLED"),
        facts("577000000000000004", order_type=OrderType.SAMPLE),
        facts("577000000000000005", status="UNPAID"),
    )
    assert count() > 0
    figure = DayFigure.objects.get(shop=shop, day=DAY)
    assert (figure.orders, figure.cancelled, figure.units, figure.buyers) == (3, 1, 3, 2)
    assert (figure.sales_minor, figure.cancelled_minor) == (3 * 1990, 1990)
    assert {row.seller_sku: row.units for row in ItemDay.objects.filter(day=DAY)} == {"CUP-1": 2, "CUP-2": 1}


def test_a_day_is_the_day_of_the_shop() -> None:
    shop = make_shop()
    store(shop, facts("577000000000000001", placed_at=datetime(2026, 11, 23, 7, 59, tzinfo=UTC)))
    count()
    assert [row.day for row in DayFigure.objects.all()] == [date(2026, 11, 22)]


def test_a_later_cancellation_changes_its_own_day() -> None:
    shop = make_shop()
    first = facts("577000000000000001")
    store(shop, first)
    count()
    assert DayFigure.objects.get().sales_minor == 1990
    store(shop, later(first, platform_status="CANCELLED"), now=T0 + timedelta(days=2))
    count()
    figure = DayFigure.objects.get()
    assert (figure.day, figure.sales_minor, figure.cancelled) == (DAY, 0, 1)


def test_counting_everything_again_gives_the_same() -> None:
    shop = make_shop()
    store(shop, facts("577000000000000001"), facts("577000000000000002", buyer_id="buyer-2"))
    count()
    before = list(DayFigure.objects.values("day", "orders", "sales_minor", "buyers", "units"))
    assert count() == 0
    Watermark.objects.all().delete()
    DayFigure.objects.all().delete()
    count()
    assert list(DayFigure.objects.values("day", "orders", "sales_minor", "buyers", "units")) == before


def test_a_buyer_who_comes_back_is_seen() -> None:
    shop = make_shop()
    store(shop, facts("577000000000000001", placed_at=T0 - timedelta(days=9)), facts("577000000000000002"))
    count()
    assert DayFigure.objects.get(day=DAY).returning_buyers == 1


def test_sales_in_the_home_currency_are_shown_only_with_a_rate() -> None:
    shop = make_shop()
    store(shop, facts("577000000000000001"))
    count()
    period = queries.read_period(SYSTEM, DAY - timedelta(days=6), DAY)
    assert (period.home_minor, period.missing_rates, period.totals["orders"]) == (None, ("USD",), 1)
    set_rate(DAY, "USD", "7", by=CLERK, now=T0)
    period = queries.read_period(SYSTEM, DAY - timedelta(days=6), DAY)
    assert period.home_minor == 13930 and len(period.days) == 7
    assert [(item.seller_sku, item.units, item.home_minor) for item in queries.read_items(SYSTEM, DAY, DAY)] == [
        ("CUP-1", 1, 13930)
    ]
