"""Following parcels: what carriers say, who is silent, troubles that end by themselves or with a cause."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shundan.core.errors import Conflict, Refused
from shundan.core.facts import TrackingEventFacts
from shundan.core.parcel_moves import BY_HAND, ParcelMove
from shundan.core.states import OrderState, ParcelState
from shundan.edges.conversations.models import Message
from shundan.edges.inbox.models import Snapshot, Want
from shundan.ground.lib import clock
from shundan.stages.orders.models import Buyer, Order
from shundan.stages.packing.models import Parcel
from shundan.stages.packing.tests.cast import CLERK, NOW, STEP, make_item, make_parcel, make_shop, order_of
from shundan.stages.stock.models import Level
from shundan.stages.tracking.actions import apply_tracking, close_trouble, move_by_hand, open_trouble, tell_buyer
from shundan.stages.tracking.models import Follow, TrackingEvent, Trouble
from shundan.stages.tracking.steps import apply_next_tracking, follow_next_parcels, notice_silent_parcels

pytestmark = pytest.mark.django_db
P = ParcelState


def event(code: str, text: str, *, hours: int = 0) -> TrackingEventFacts:
    return TrackingEventFacts(NOW + timedelta(hours=hours), code, text)


@pytest.fixture
def handed_over() -> Parcel:
    parcel = make_parcel(make_shop(), {make_item("MUG", on_hand=10): 2}, P.HANDED_OVER)
    Parcel.objects.update(handed_over_at=NOW)
    return parcel


def test_a_parcel_that_left_is_asked_after_at_its_interval(handed_over: Parcel) -> None:
    assert follow_next_parcels() == 1
    want = Want.objects.get()
    assert (want.kind, want.outside_id) == ("tracking", order_of(handed_over).order_id)
    follow = Follow.objects.get()
    assert follow.next_at - follow.asked_at == timedelta(hours=2)
    assert follow_next_parcels() == 0
    Follow.objects.update(next_at=clock.now() - timedelta(seconds=1))
    assert follow_next_parcels() == 1


@pytest.mark.parametrize("state", [P.PLANNED, P.REQUESTED, P.DELIVERED, P.RETURNED, P.VOIDED])
def test_a_parcel_that_is_here_or_arrived_is_not_asked_after(state: P) -> None:
    make_parcel(make_shop(), {make_item("MUG"): 1}, state)
    assert follow_next_parcels() == 0


def test_events_move_the_parcel_and_its_order_at_the_carriers_own_moment(handed_over: Parcel) -> None:
    told = [
        event("SCAN", "Picked up", hours=1),
        event("MOVE", "Left hub", hours=5),
        event("DELIVER", "Delivered", hours=30),
    ]
    later = NOW + timedelta(days=2)
    assert apply_tracking([handed_over], told, by=STEP, now=later) == 3
    assert apply_tracking([handed_over], told, by=STEP, now=later) == 0
    handed_over.refresh_from_db()
    assert (handed_over.parcel_state, handed_over.scanned_at, handed_over.delivered_at) == (
        P.DELIVERED,
        NOW + timedelta(hours=1),
        NOW + timedelta(hours=30),
    )
    assert order_of(handed_over).order_state == OrderState.DELIVERED
    assert (TrackingEvent.objects.count(), Follow.objects.get().last_code) == (3, "DELIVER")


def test_a_label_event_alone_moves_nothing(handed_over: Parcel) -> None:
    apply_tracking([handed_over], [event("LABEL", "Label created")], by=STEP, now=NOW)
    handed_over.refresh_from_db()
    assert handed_over.parcel_state == P.HANDED_OVER


def test_a_failed_delivery_is_a_trouble_that_ends_when_the_parcel_arrives(handed_over: Parcel) -> None:
    later = NOW + timedelta(days=3)
    apply_tracking([handed_over], [event("SCAN", "in"), event("FAIL", "nobody home", hours=9)], by=STEP, now=later)
    trouble = Trouble.objects.get()
    assert (trouble.kind, trouble.closed_at) == ("delivery_failed", None)
    apply_tracking([handed_over], [event("DELIVER", "Delivered", hours=30)], by=STEP, now=later)
    trouble.refresh_from_db()
    assert (trouble.outcome, trouble.closed_by) == ("arrived", "step:test")


def test_a_return_and_a_loss_are_troubles_too(handed_over: Parcel) -> None:
    later = NOW + timedelta(days=3)
    apply_tracking([handed_over], [event("SCAN", "in"), event("LOSE", "missing", hours=9)], by=STEP, now=later)
    handed_over.refresh_from_db()
    assert handed_over.parcel_state == P.LOST
    apply_tracking([handed_over], [event("RETURN", "Returned to sender", hours=20)], by=STEP, now=later)
    handed_over.refresh_from_db()
    assert (handed_over.parcel_state, set(Trouble.objects.values_list("kind", flat=True))) == (
        P.RETURNED,
        {"lost", "returning"},
    )


def test_the_first_event_of_a_parcel_we_never_handed_over_takes_the_goods_off_the_shelf() -> None:
    mug = make_item("MUG", on_hand=10)
    parcel = make_parcel(make_shop(), {mug: 2}, P.LABELLED)
    apply_tracking([parcel], [event("SCAN", "Picked up")], by=STEP, now=NOW)
    assert Level.objects.get(item=mug).on_hand == 8


def test_snapshots_of_tracking_are_applied_by_order_or_wait_for_it(handed_over: Parcel) -> None:
    known = order_of(handed_over).order_id
    payload = {"tracking": [{"description": "Package picked up", "update_time_millis": int(NOW.timestamp() * 1000)}]}
    for order_id in (known, "577100000000000000"):
        Snapshot.objects.create(
            shop=handed_over.shop,
            kind="tracking",
            outside_id=order_id,
            updated_at=NOW,
            asked_at=NOW,
            source="api",
            payload=payload,
        )
    assert apply_next_tracking() == 2
    assert apply_next_tracking() == 0
    handed_over.refresh_from_db()
    assert handed_over.parcel_state == P.IN_TRANSIT
    rows = list(Snapshot.objects.order_by("pk").values_list("outcome", "waits_for"))
    assert rows == [("applied", ""), ("waits", "577100000000000000")]


def test_a_parcel_without_its_first_scan_for_a_day_becomes_a_trouble_once(handed_over: Parcel) -> None:
    Parcel.objects.update(handed_over_at=clock.now() - timedelta(hours=23))
    assert (notice_silent_parcels(), Trouble.objects.count()) == (0, 0)
    Parcel.objects.update(handed_over_at=clock.now() - timedelta(hours=25))
    assert notice_silent_parcels() == 1
    assert Trouble.objects.get().kind == "no_first_scan"
    assert notice_silent_parcels() == 0
    apply_tracking([handed_over], [event("SCAN", "Picked up")], by=STEP, now=NOW)
    assert Trouble.objects.get().outcome == "moved_again"


def test_a_parcel_without_movement_for_three_days_becomes_a_trouble(handed_over: Parcel) -> None:
    long_ago = clock.now() - timedelta(days=4)
    Parcel.objects.update(parcel_state=P.IN_TRANSIT, state_since=long_ago)
    Follow.objects.create(shop=handed_over.shop, parcel=handed_over, last_event_at=clock.now() - timedelta(days=1))
    assert notice_silent_parcels() == 0
    Follow.objects.update(last_event_at=long_ago)
    assert notice_silent_parcels() == 1
    assert Trouble.objects.get().kind == "no_movement"


def test_a_trouble_ends_with_a_cause_of_the_tree_and_once(handed_over: Parcel) -> None:
    open_trouble(handed_over, "by_hand", by=CLERK, now=NOW)
    assert open_trouble(handed_over, "by_hand", by=CLERK, now=NOW) is False
    key = Trouble.objects.get().pk
    for cause, outcome in (("nothing", "closed"), ("carrier.lost", "vanished")):
        with pytest.raises(Refused):
            close_trouble(key, cause=cause, outcome=outcome, by=CLERK, now=NOW)
    close_trouble(key, cause="carrier.lost", outcome="claimed", by=CLERK, now=NOW)
    with pytest.raises(Conflict):
        close_trouble(key, cause="carrier.lost", outcome="claimed", by=CLERK, now=NOW)
    trouble = Trouble.objects.get()
    assert (trouble.cause, trouble.outcome, trouble.closed_by) == ("carrier.lost", "claimed", "person:3")


def test_the_buyer_is_told_by_a_message_that_is_saved_and_remembered(handed_over: Parcel) -> None:
    buyer = Buyer.objects.create(shop=handed_over.shop, channel_buyer_id="b1", nickname="Emma", first_seen_at=NOW)
    Order.objects.update(buyer=buyer)
    open_trouble(handed_over, "no_first_scan", by=STEP, now=NOW)
    tell_buyer(Trouble.objects.get().pk, "Your parcel is late; we asked the carrier.", by=CLERK, now=NOW)
    assert Message.objects.get().text == "Your parcel is late; we asked the carrier."
    assert Trouble.objects.get().told_buyer_at == NOW


def test_events_of_an_order_with_two_parcels_are_kept_but_move_neither(handed_over: Parcel) -> None:
    other = make_parcel(handed_over.shop, {make_item("LAMP"): 1}, P.HANDED_OVER)
    assert apply_tracking([handed_over, other], [event("SCAN", "Picked up")], by=STEP, now=NOW) == 2
    assert set(Parcel.objects.values_list("parcel_state", flat=True)) == {P.HANDED_OVER}


@pytest.mark.parametrize("move", sorted(set(ParcelMove) - set(BY_HAND)))
def test_what_has_checks_of_its_own_is_not_said_by_hand(move: ParcelMove) -> None:
    parcel = make_parcel(make_shop(), {make_item("MUG"): 1}, P.LABELLED)
    with pytest.raises(Refused):
        move_by_hand(parcel.pk, move, why="", by=CLERK, now=NOW)
    parcel.refresh_from_db()
    assert parcel.parcel_state == P.LABELLED
