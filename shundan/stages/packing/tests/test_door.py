"""The parcel's door: every state and every move, with journal row, orders, stock and clocks."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from shundan.core.parcel_moves import LEFT_US, PARCEL_MOVES, ParcelMove
from shundan.core.states import OrderState, ParcelState
from shundan.edges.outbox.models import Call
from shundan.ground.journal.models import Entry
from shundan.ground.rulebook.actions import DeadlineDraft, set_deadlines
from shundan.stages.orders.models import Order
from shundan.stages.packing.actions import move_parcels, plan_orders
from shundan.stages.packing.actions.door import order_move
from shundan.stages.packing.models import Parcel
from shundan.stages.packing.steps import plan_next_orders
from shundan.stages.packing.tests.cast import NOW, STEP, make_item, make_order, make_parcel, make_shop, order_of
from shundan.stages.shipping.actions import apply_answer, request_labels
from shundan.stages.stock.models import LedgerRow, Level

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("state", "move"), list(product(ParcelState, ParcelMove)))
def test_a_parcel_moves_only_as_the_table_says_and_leaves_one_journal_row(state: ParcelState, move: ParcelMove) -> None:
    parcel = make_parcel(make_shop(), {make_item("MUG"): 2}, state)
    before = Entry.objects.filter(subject_kind="parcel", subject_key=parcel.pk).count()
    moved = move_parcels([(parcel.pk, move)], by=STEP, at=NOW)
    parcel.refresh_from_db()
    entries = Entry.objects.filter(subject_kind="parcel", subject_key=parcel.pk)
    target = PARCEL_MOVES.get((state, move))
    if target is None:
        assert (moved, parcel.parcel_state, entries.count()) == ({}, state, before)
    else:
        assert (moved, parcel.parcel_state) == ({parcel.pk: target}, target)
        last = entries.order_by("-pk")[0]
        assert (entries.count(), last.verb, last.from_state, last.to_state) == (before + 1, move, state, target)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (["VOIDED"], "UNPLAN"),
        (["PLANNED"], None),
        (["PLANNED", "VOIDED"], None),
        (["HANDED_OVER"], "SHIP"),
        (["HANDED_OVER", "IN_TRANSIT"], "SHIP"),
        (["HANDED_OVER", "PACKED"], None),
        (["DELIVERED"], "DELIVER"),
        (["DELIVERED", "VOIDED"], "DELIVER"),
        (["DELIVERED", "IN_TRANSIT"], "SHIP"),
        (["LOST"], "SHIP"),
        (["RETURNED", "DELIVERED"], "SHIP"),
    ],
)
def test_an_order_follows_when_all_its_live_parcels_say_so(states: list[str], expected: str | None) -> None:
    assert order_move([ParcelState(state) for state in states]) == expected


def test_an_order_of_two_parcels_is_shipped_when_the_second_one_leaves() -> None:
    shop, mug, lamp = make_shop(), make_item("MUG"), make_item("LAMP")
    order = make_order(shop, {mug: 1, lamp: 1}, packages=("one", "two"))
    for line, package in zip(order.lines.order_by("pk"), ("one", "two"), strict=True):
        order.lines.filter(pk=line.pk).update(package_ids=[package])
    plan_orders([order], by=STEP, now=NOW)
    first, second = Parcel.objects.order_by("pk")
    assert {first.package_id, second.package_id} == {"one", "two"}
    Parcel.objects.update(parcel_state=ParcelState.PACKED)
    move_parcels([(first.pk, ParcelMove.HAND_OVER)], by=STEP, at=NOW)
    order.refresh_from_db()
    assert order.order_state == OrderState.FULFILLING
    move_parcels([(second.pk, ParcelMove.HAND_OVER)], by=STEP, at=NOW)
    order.refresh_from_db()
    assert order.order_state == OrderState.SHIPPED
    move_parcels([(key, ParcelMove.DELIVER) for key in (first.pk, second.pk)], by=STEP, at=NOW)
    order.refresh_from_db()
    assert order.order_state == OrderState.DELIVERED


def test_a_void_parcel_unplans_its_order_and_the_next_round_plans_it_again() -> None:
    shop, mug = make_shop(), make_item("MUG")
    parcel = make_parcel(shop, {mug: 1}, ParcelState.LABELLED)
    order = order_of(parcel)
    move_parcels([(parcel.pk, ParcelMove.VOID)], by=STEP, at=NOW)
    order.refresh_from_db()
    assert order.order_state == OrderState.RESERVED
    assert plan_orders([order], by=STEP, now=NOW) == 1
    order.refresh_from_db()
    assert order.order_state == OrderState.FULFILLING
    assert list(Parcel.objects.order_by("pk").values_list("parcel_state", flat=True)) == ["VOIDED", "PLANNED"]


def test_an_order_is_not_planned_anew_when_units_of_it_have_left() -> None:
    shop, mug, lamp = make_shop(), make_item("MUG"), make_item("LAMP")
    order = make_order(shop, {mug: 1, lamp: 1}, packages=("one", "two"))
    for line, package in zip(order.lines.order_by("pk"), ("one", "two"), strict=True):
        order.lines.filter(pk=line.pk).update(package_ids=[package])
    plan_orders([order], by=STEP, now=NOW)
    first, second = Parcel.objects.order_by("pk")
    Parcel.objects.update(parcel_state=ParcelState.PACKED)
    move_parcels([(first.pk, ParcelMove.HAND_OVER)], by=STEP, at=NOW)
    move_parcels([(first.pk, ParcelMove.VOID), (second.pk, ParcelMove.VOID)], by=STEP, at=NOW)
    order.refresh_from_db()
    assert order.order_state == OrderState.FULFILLING
    assert plan_next_orders() == 0
    assert set(Parcel.objects.values_list("parcel_state", flat=True)) == {"VOIDED"}


def test_a_void_parcel_calls_off_the_label_that_was_not_asked_for_yet() -> None:
    parcel = make_parcel(make_shop(), {make_item("MUG"): 1})
    request_labels([parcel], by=STEP, now=NOW)
    move_parcels([(parcel.pk, ParcelMove.VOID)], by=STEP, at=NOW)
    call = Call.objects.get(kind="request_label", subject_key=parcel.pk)
    assert (call.call_state, call.error_code) == ("FAILED", "called_off")
    apply_answer(call, by=STEP, now=NOW)
    call.refresh_from_db()
    parcel.refresh_from_db()
    assert (call.call_state, parcel.parcel_state) == ("APPLIED", "VOIDED")


def test_stock_falls_once_however_often_a_parcel_leaves_and_comes_back() -> None:
    mug = make_item("MUG", on_hand=10)
    parcel = make_parcel(make_shop(), {mug: 3}, ParcelState.PACKED)
    moves = [ParcelMove.HAND_OVER, ParcelMove.TAKE_BACK, ParcelMove.HAND_OVER, ParcelMove.SCAN, ParcelMove.DELIVER]
    move_parcels([(parcel.pk, move) for move in moves], by=STEP, at=NOW)
    level = Level.objects.get(item=mug)
    assert (level.on_hand, level.reserved) == (7, 0)
    assert LedgerRow.objects.filter(item=mug, reason="leave").count() == 1
    parcel.refresh_from_db()
    assert parcel.parcel_state == ParcelState.DELIVERED


@pytest.mark.parametrize("state", [one for one in ParcelState if one not in LEFT_US and one != ParcelState.VOIDED])
def test_the_carriers_first_scan_wins_from_every_state_and_is_the_proof_that_the_goods_left(state: ParcelState) -> None:
    mug = make_item("MUG", on_hand=10)
    parcel = make_parcel(make_shop(), {mug: 2}, state)
    move_parcels([(parcel.pk, ParcelMove.SCAN)], by=STEP, at=NOW)
    parcel.refresh_from_db()
    assert (parcel.parcel_state, parcel.scanned_at) == (ParcelState.IN_TRANSIT, NOW)
    assert Level.objects.get(item=mug).on_hand == 8
    assert Order.objects.get().order_state == OrderState.SHIPPED


def test_a_batch_takes_the_same_number_of_queries_for_one_parcel_and_for_thirty(django_assert_max_num_queries) -> None:
    shop, mug = make_shop(), make_item("MUG", on_hand=500)
    parcels = [make_parcel(shop, {mug: 1}, ParcelState.PACKED) for _ in range(30)]
    with django_assert_max_num_queries(45):
        moved = move_parcels([(parcel.pk, ParcelMove.HAND_OVER) for parcel in parcels], by=STEP, at=NOW)
    assert set(moved.values()) == {ParcelState.HANDED_OVER}


def test_columns_are_written_beside_the_state_and_the_state_never_by_them() -> None:
    parcel = make_parcel(make_shop(), {make_item("MUG"): 1}, ParcelState.REQUESTED)
    move_parcels([(parcel.pk, ParcelMove.LABEL)], by=STEP, at=NOW, columns={parcel.pk: {"tracking_number": "T1"}})
    parcel.refresh_from_db()
    assert (parcel.tracking_number, parcel.labelled_at) == ("T1", NOW)
    with pytest.raises(AssertionError):
        move_parcels([(parcel.pk, ParcelMove.PACK)], by=STEP, at=NOW, columns={parcel.pk: {"parcel_state": "LOST"}})


def test_clocks_are_met_by_the_label_the_first_scan_and_the_arrival_and_the_order_shows_the_next_one() -> None:
    parcel = make_parcel(make_shop(), {make_item("MUG"): 1}, ParcelState.REQUESTED)
    order = order_of(parcel)
    kinds = ("ship_by", "first_scan_by", "deliver_by")
    set_deadlines(
        DeadlineDraft(order.shop_id, "order", order.pk, kind, NOW + timedelta(hours=place))
        for place, kind in enumerate(kinds, start=1)
    )
    for move, then in (("LABEL", "first_scan_by"), ("SCAN", "deliver_by"), ("DELIVER", "")):
        move_parcels([(parcel.pk, ParcelMove(move))], by=STEP, at=NOW)
        order.refresh_from_db()
        assert order.next_due_kind == then
