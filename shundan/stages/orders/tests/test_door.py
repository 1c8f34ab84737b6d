from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from shundan.core.actors import PLATFORM
from shundan.core.errors import Conflict, NotFound, Refused
from shundan.core.moves import ORDER_MOVES
from shundan.core.moves import OrderMove as M
from shundan.core.states import OrderState as S
from shundan.ground.journal.models import Entry
from shundan.ground.rulebook.models import Deadline
from shundan.stages.orders.actions import (
    HoldDraft,
    add_note,
    block_buyer,
    close_hold,
    close_stop,
    hold_by_hand,
    look_at_address,
    mark_arranged,
    move_order,
    move_orders,
    open_hold,
    open_holds,
    open_stop,
    waive,
)
from shundan.stages.orders.models import Buyer, Hold, Order, Stop, Waiver
from shundan.stages.orders.tests.made import CLERK, PACKER, T0, facts, later, make_shop, store

pytestmark = pytest.mark.django_db
LATER = T0 + timedelta(minutes=5)


@pytest.fixture
def order() -> Order:
    return store(make_shop(), facts())[0]


def in_state(order: Order, state: S) -> Order:
    Order.objects.filter(pk=order.pk).update(order_state=state.value)
    return order


def test_a_move_writes_the_state_and_one_journal_row(order):
    assert move_orders([(order.pk, M.APPROVE)], by=CLERK, at=LATER, facts={"rule": "R1"}) == {order.pk: S.APPROVED}
    row = Order.objects.get()
    assert (row.order_state, row.state_since) == ("APPROVED", LATER)
    entry = Entry.objects.get(verb="APPROVE")
    assert (entry.from_state, entry.to_state, entry.by_kind, entry.by_key, entry.via, entry.facts) == (
        "RECEIVED", "APPROVED", "person", "7", "page", {"rule": "R1"},
    )  # fmt: skip


@pytest.mark.parametrize("state", S)
def test_the_door_refuses_every_impossible_move_and_changes_nothing(order, state):
    in_state(order, state)
    before = Entry.objects.count()
    for move in M:
        if (state, move) in ORDER_MOVES:
            continue
        assert move_orders([(order.pk, move)], by=CLERK, at=LATER) == {}
        with pytest.raises(Conflict):
            move_order(order.pk, move, by=CLERK, at=LATER)
    assert Order.objects.get().order_state == state
    assert Entry.objects.count() == before


def test_an_order_that_moved_on_is_left_out_of_its_batch(order):
    other = store(make_shop(), facts("577000000000000002", buyer_id="b2"))[0]
    in_state(other, S.SHIPPED)
    assert move_orders([(order.pk, M.APPROVE), (other.pk, M.APPROVE)], by=CLERK, at=LATER) == {order.pk: S.APPROVED}
    assert Entry.objects.filter(verb="APPROVE").count() == 1


def test_fifty_orders_are_moved_by_as_many_queries_as_one():
    shop = make_shop()
    rows = store(shop, *(facts(f"5770000000000{n:05d}", buyer_id=f"b{n}") for n in range(51)))
    with CaptureQueriesContext(connection) as one:
        move_orders([(rows[0].pk, M.APPROVE)], by=CLERK, at=LATER)
    with CaptureQueriesContext(connection) as fifty:
        move_orders([(row.pk, M.APPROVE) for row in rows[1:]], by=CLERK, at=LATER)
    assert len(fifty) == len(one)


def test_an_order_that_does_not_exist_is_not_found():
    with pytest.raises(NotFound):
        move_order(999, M.APPROVE, by=CLERK, at=LATER)


def test_a_failed_transaction_leaves_neither_state_nor_journal(order):
    before = Entry.objects.count()
    with pytest.raises(IntegrityError), transaction.atomic():
        move_order(order.pk, M.APPROVE, by=CLERK, at=LATER)
        Order.objects.filter(pk=order.pk).update(order_state="NOWHERE")
    assert (Order.objects.get().order_state, Entry.objects.count()) == ("RECEIVED", before)


def test_the_first_of_several_holds_moves_the_order_and_the_last_one_frees_it(order):
    open_holds([(order.pk, HoldDraft("price")), (order.pk, HoldDraft("address"))], by=CLERK, now=LATER)
    open_hold(order.pk, HoldDraft("duplicate"), by=CLERK, now=LATER)
    assert Entry.objects.filter(verb="HOLD").get().facts == {"holds": ["price", "address"]}
    assert Entry.objects.filter(verb="open_hold").count() == 1
    first, second, third = Hold.objects.order_by("pk")
    assert not close_hold(first.pk, "fixed", by=CLERK, now=LATER)
    assert not close_hold(second.pk, "fixed", by=CLERK, now=LATER)
    assert Order.objects.get().order_state == "HELD"
    assert close_hold(third.pk, "fixed", by=CLERK, now=LATER)
    assert Order.objects.get().order_state == "RECEIVED"
    with pytest.raises(Conflict):
        close_hold(third.pk, "fixed", by=CLERK, now=LATER)


def test_holding_for_the_same_reason_again_keeps_one_hold_with_the_newer_facts(order):
    open_hold(order.pk, HoldDraft("price", facts={"limit_percent": 50}), by=CLERK, now=LATER)
    open_hold(order.pk, HoldDraft("price", facts={"limit_percent": 40}), by=CLERK, now=LATER)
    assert Hold.objects.get().facts == {"limit_percent": 40}
    assert Entry.objects.filter(verb="HOLD").count() == 1


def test_from_fulfilling_on_there_is_no_hold_only_a_stop(order):
    in_state(order, S.FULFILLING)
    with pytest.raises(Conflict) as refused:
        open_hold(order.pk, HoldDraft("price"), by=CLERK, now=LATER)
    assert refused.value.remedy
    hold_by_hand(order.pk, "wrong colour", by=CLERK, now=LATER)
    stop = Stop.objects.get()
    assert (stop.kind, stop.facts, Hold.objects.count()) == ("by_hand", {"why": "wrong colour"}, 0)
    assert not open_stop(order.pk, "by_hand", by=CLERK, now=LATER)
    close_stop(stop.pk, "fixed", by=CLERK, now=LATER)
    with pytest.raises(Conflict):
        close_stop(stop.pk, "fixed", by=CLERK, now=LATER)


def test_a_cancelled_order_ends_its_holds_and_stops_the_parcels_it_has(order):
    open_hold(order.pk, HoldDraft("price"), by=CLERK, now=LATER)
    move_order(order.pk, M.CANCEL, by=PLATFORM, at=LATER)
    assert Hold.objects.get().outcome == "cancelled"
    assert not Stop.objects.exists()
    other = in_state(store(make_shop(), facts("577000000000000002", buyer_id="b2"))[0], S.FULFILLING)
    move_order(other.pk, M.CANCEL, by=PLATFORM, at=LATER)
    assert Stop.objects.get().kind == "cancelled"


def test_goods_that_left_end_their_stops(order):
    in_state(order, S.FULFILLING)
    open_stop(order.pk, "cancel_request", by=PLATFORM, now=LATER)
    move_order(order.pk, M.SHIP, by=PLATFORM, at=LATER)
    assert Stop.objects.get().outcome == "moved_on"


def test_clocks_are_met_by_moves_and_dropped_by_a_cancel():
    shop = make_shop()
    due = {"ship_by": T0 + timedelta(hours=1), "first_scan_by": T0 + timedelta(days=2)}
    shipped = in_state(store(shop, facts(deadlines=due))[0], S.FULFILLING)
    gone = store(shop, facts("577000000000000002", buyer_id="b2", deadlines=due))[0]
    assert Order.objects.get(pk=shipped.pk).next_due_kind == "ship_by"
    move_order(shipped.pk, M.SHIP, by=PLATFORM, at=T0 + timedelta(hours=3))
    met = Deadline.objects.get(subject_key=shipped.pk, kind="ship_by")
    assert (met.met_at, met.missed_at) == (T0 + timedelta(hours=3), T0 + timedelta(hours=1))
    assert Order.objects.get(pk=shipped.pk).next_due_kind == "first_scan_by"
    move_order(gone.pk, M.CANCEL, by=PLATFORM, at=LATER)
    assert not Deadline.objects.filter(subject_key=gone.pk, dropped_at=None).exists()
    assert Order.objects.get(pk=gone.pk).next_due_at is None


def test_what_we_arranged_ourselves_is_not_watched(order):
    in_state(order, S.RESERVED)
    mark_arranged([order.pk], at=LATER)
    store(order.shop, later(facts(), platform_status="AWAITING_COLLECTION"))
    assert Order.objects.get().order_state == "RESERVED"
    in_state(order, S.RESERVED)
    Order.objects.update(arranged_at=None)
    store(order.shop, later(facts(), 2, platform_status="AWAITING_COLLECTION"))
    assert Order.objects.get().order_state == "WATCHED"


def test_a_waiver_needs_an_open_hold_and_a_reason_and_is_kept(order):
    open_hold(order.pk, HoldDraft("price", inputs_hash="abc"), by=CLERK, now=LATER)
    with pytest.raises(Refused):
        waive(order.pk, "price", " ", by=CLERK, now=LATER)
    with pytest.raises(Conflict):
        waive(order.pk, "address", "fine", by=CLERK, now=LATER)
    with pytest.raises(Refused) as refused:
        waive(order.pk, "missing_stock", "fine", by=CLERK, now=LATER)
    assert refused.value.code == "never_waived"
    assert waive(order.pk, "price", "flash sale", by=CLERK, now=LATER)
    assert Waiver.objects.get().inputs_hash == "abc"
    assert Entry.objects.get(verb="waive").facts["check"] == "price"
    assert "flash" not in str(Entry.objects.get(verb="waive").facts)


def test_a_look_needs_the_right_and_leaves_a_row(order):
    with pytest.raises(Refused):
        look_at_address(order.pk, "label", by=PACKER, now=LATER)
    assert not Entry.objects.filter(verb="look_at_buyer").exists()
    assert look_at_address(order.pk, "label", by=CLERK, now=LATER).name == "Emma Stone"
    assert Entry.objects.filter(verb="look_at_buyer").count() == 1


def test_empty_words_are_refused(order):
    for act in (
        lambda: add_note(order.pk, " ", by=CLERK, now=LATER),
        lambda: hold_by_hand(order.pk, "", by=CLERK, now=LATER),
        lambda: block_buyer(Buyer.objects.get().pk, "", by=CLERK, now=LATER),
    ):
        with pytest.raises(Refused):
            act()
    assert Order.objects.get().order_state == "RECEIVED"
