"""What the platform changes at an order on its way: statuses that jump, lines that go, come and are replaced."""

from __future__ import annotations

from itertools import product

import pytest

from shundan.core.actors import SYSTEM
from shundan.core.moves import OrderMove as M
from shundan.core.news import PLATFORM_STATUSES, order_news
from shundan.core.states import FulfilledBy, OrderState
from shundan.ground.journal.models import Entry
from shundan.stages.orders.actions import move_orders
from shundan.stages.orders.models import Hold, Line, Order, Stop
from shundan.stages.orders.tests.made import T0, facts, later, line, make_shop, store

pytestmark = pytest.mark.django_db
LAMP = "1729000000000000002"
TO = {
    "RECEIVED": (),
    "APPROVED": (M.APPROVE,),
    "RESERVED": (M.APPROVE, M.RESERVE),
    "FULFILLING": (M.APPROVE, M.RESERVE, M.PLAN),
}
ENDS = {"IN_TRANSIT": "SHIPPED", "DELIVERED": "DELIVERED", "COMPLETED": "COMPLETED", "CANCELLED": "CANCELLED"}


def bring(order: Order, state: str) -> None:
    for move in TO[state]:
        move_orders([(order.pk, move)], by=SYSTEM, at=T0)


@pytest.mark.parametrize(("state", "status"), list(product(TO, ENDS)))
def test_a_status_that_jumps_over_steps_ends_in_its_state_by_one_move(state, status):
    shop = make_shop()
    [order] = store(shop, facts())
    bring(order, state)
    before = Entry.objects.exclude(from_state="").count()
    [order] = store(shop, later(facts(), platform_status=status))
    assert (order.order_state, order.platform_status) == (ENDS[status], status)
    assert Entry.objects.exclude(from_state="").count() == before + 1


@pytest.mark.parametrize(("first", "status"), list(product(("UNPAID", "ON_HOLD"), ENDS)))
def test_an_order_that_waited_may_jump_too(first, status):
    shop = make_shop()
    store(shop, facts(status=first))
    [order] = store(shop, later(facts(), platform_status=status))
    assert order.order_state == ENDS[status]


def test_the_map_of_news_is_total():
    for state, status, who, ours in product(OrderState, (*PLATFORM_STATUSES, "NEW_WORD"), FulfilledBy, (True, False)):
        moves, surprise = order_news(state, status, fulfilled_by=who, arranged_by_us=ours)
        assert isinstance(moves, tuple) and isinstance(surprise, str), (state, status)


@pytest.mark.parametrize("state", ["RECEIVED", "APPROVED", "RESERVED"])
def test_a_line_that_is_replaced_by_another_leaves_the_other_to_be_shipped(state):
    shop = make_shop()
    [order] = store(shop, facts(lines=(line(quantity=2),)))
    bring(order, state)
    [order] = store(shop, later(facts(lines=(line(LAMP, quantity=1, price=500),))))
    cup, lamp = Line.objects.order_by("pk")
    assert [(cup.quantity, cup.live), (lamp.quantity, lamp.live)] == [(2, 0), (1, 1)]
    assert (order.units, order.order_state in ("RECEIVED", "HELD")) == (1, True)
    assert (order.order_state == "HELD") == (state != "RECEIVED")
    assert list(Hold.objects.values_list("kind", flat=True)) == (["lines_changed"] if state != "RECEIVED" else [])


def test_a_line_that_comes_back_is_shipped_again():
    shop = make_shop()
    both = facts(lines=(line(), line(LAMP, price=500)))
    store(shop, both)
    store(shop, later(both, 1, lines=(line(),)))
    [order] = store(shop, later(both, 2))
    assert [(row.quantity, row.live) for row in Line.objects.order_by("pk")] == [(1, 1), (1, 1)]
    assert order.units == 2


def test_lines_that_change_while_parcels_exist_stop_what_must_not_leave():
    shop = make_shop()
    [order] = store(shop, facts(lines=(line(quantity=2),)))
    bring(order, "FULFILLING")
    [order] = store(shop, later(facts(lines=(line(quantity=2), line(LAMP, price=500)))))
    assert order.order_state == "FULFILLING"
    assert list(Stop.objects.filter(order=order, closed_at=None).values_list("kind", flat=True)) == ["lines_changed"]
