from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shundan.core.actors import PLATFORM
from shundan.core.facts import AddressFacts
from shundan.core.moves import OrderMove as M
from shundan.core.states import FulfilledBy
from shundan.ground.journal.models import Entry, Erasable
from shundan.ground.rulebook.models import Deadline
from shundan.stages.orders.actions import move_orders, store_orders
from shundan.stages.orders.models import Address, Buyer, Hold, Line, Order, Stop, Surprise
from shundan.stages.orders.tests.made import EMMA, T0, facts, later, line, make_shop, store, told

pytestmark = pytest.mark.django_db


def test_a_paid_order_of_ours_is_received_with_its_lines_address_buyer_and_journal():
    shop = make_shop()
    one = facts(lines=(line(quantity=2), line("1729000000000000002", price=500)))
    [order] = store(shop, one)
    assert (order.order_state, order.units, order.line_count, order.total_minor) == ("RECEIVED", 3, 2, 4480)
    assert [(row.quantity, row.live) for row in Line.objects.order_by("pk")] == [(2, 2), (1, 1)]
    assert Address.objects.get(order=order).phone_hash != ""
    assert Buyer.objects.get().nickname == "emma"
    assert list(Entry.objects.values_list("verb", "to_state")) == [("store", "RECEIVED")]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("UNPAID", "WAITING"),
        ("ON_HOLD", "WAITING"),
        ("AWAITING_COLLECTION", "WATCHED"),
        ("IN_TRANSIT", "SHIPPED"),
        ("DELIVERED", "DELIVERED"),
        ("COMPLETED", "COMPLETED"),
        ("CANCELLED", "CANCELLED"),
        ("CANCEL", "CANCELLED"),
    ],
)
def test_first_sight_maps_by_platform_status(status, state):
    [order] = store(make_shop(), facts(status=status))
    assert order.order_state == state


def test_older_news_and_the_same_news_change_nothing():
    shop = make_shop()
    one = facts(buyer_note="new")
    store(shop, one)
    old = told(shop, later(one, -5, platform_status="CANCELLED"))
    same = told(shop, one)
    assert store_orders([old], by=PLATFORM, now=T0) == {old[0].pk: "older"}
    assert store_orders([same], by=PLATFORM, now=T0) == {same[0].pk: "same"}
    assert Order.objects.get().order_state == "RECEIVED"
    assert Entry.objects.count() == 1


def test_of_two_snapshots_with_one_update_time_the_later_request_wins():
    shop = make_shop()
    one = facts(status="ON_HOLD")
    first = told(shop, one, asked_at=T0)
    second = told(shop, facts(status="AWAITING_SHIPMENT"), asked_at=T0 + timedelta(seconds=1))
    assert store_orders([second, first], by=PLATFORM, now=T0) == {second[0].pk: "applied", first[0].pk: "older"}
    assert Order.objects.get().order_state == "RECEIVED"


def test_a_masked_value_never_replaces_a_full_one():
    shop = make_shop()
    one = facts()
    store(shop, one)
    masked = AddressFacts(name="E*** S***", phone="***", region="US", postal_code="9****", lines=("****",), masked=True)
    store(shop, later(one, address=masked))
    address = Address.objects.get()
    assert (address.name, address.phone, address.lines, address.masked) == (
        EMMA.name,
        EMMA.phone,
        ["12 Rose Street"],
        False,
    )


def test_a_full_value_replaces_a_masked_one_without_being_a_change_of_address():
    shop = make_shop()
    one = facts(address=AddressFacts(name="E***", phone="***", postal_code="9****", lines=("****",), masked=True))
    [order] = store(shop, one)
    move_orders([(order.pk, M.APPROVE)], by=PLATFORM, at=T0)
    store(shop, later(one, address=EMMA))
    assert Address.objects.get().name == "Emma Stone"
    assert Order.objects.get().order_state == "APPROVED"


def test_a_file_fills_blanks_and_never_overrules_the_channel():
    shop = make_shop()
    one = facts(seller_note="", tracking_number="")
    store(shop, one)
    row = told(shop, later(one, 60, platform_status="COMPLETED", tracking_number="TRK1", seller_note="gift wrap",
                           buyer_note="ring twice"), source="file")  # fmt: skip
    assert store_orders([row], by=PLATFORM, now=T0) == {row[0].pk: "filled"}
    order = Order.objects.get()
    assert (order.order_state, order.platform_status) == ("RECEIVED", "AWAITING_SHIPMENT")
    assert (order.tracking_number, order.seller_note, order.updated_at) == ("TRK1", "gift wrap", T0)


def test_an_order_known_only_from_files_follows_newer_files_and_yields_to_the_channel():
    shop = make_shop()
    one = facts()
    store_orders([told(shop, one, source="file")], by=PLATFORM, now=T0)
    store_orders([told(shop, later(one, 5, platform_status="IN_TRANSIT"), source="file")], by=PLATFORM, now=T0)
    assert Order.objects.get().order_state == "SHIPPED"
    store_orders([told(shop, later(one, 1, platform_status="DELIVERED"))], by=PLATFORM, now=T0)
    order = Order.objects.get()
    assert (order.order_state, order.source) == ("DELIVERED", "api")


def test_a_changed_address_holds_a_checked_order_and_keeps_old_and_new_erasable():
    shop = make_shop()
    one = facts()
    [order] = store(shop, one)
    move_orders([(order.pk, M.APPROVE)], by=PLATFORM, at=T0)
    store(shop, later(one, address=AddressFacts(name="Emma Stone", postal_code="94110", lines=("9 Elm Street",))))
    assert Order.objects.get().order_state == "HELD"
    assert Hold.objects.get().kind == "address_changed"
    personal = Erasable.objects.get().values
    assert (personal["old_postal_code"], personal["new_postal_code"]) == ("90001", "94110")
    assert "94110" not in str(list(Entry.objects.values_list("facts", flat=True)))


def test_a_cancel_request_holds_before_parcels_and_stops_from_then_on():
    shop = make_shop()
    one, two = facts("577000000000000001"), facts("577000000000000002")
    first, second = store(shop, one, two)
    for move in (M.APPROVE, M.RESERVE, M.PLAN):
        move_orders([(second.pk, move)], by=PLATFORM, at=T0)
    store(shop, later(one, cancel_requested=True), later(two, cancel_requested=True))
    assert Hold.objects.get().order_id == first.pk
    assert Stop.objects.get().order_id == second.pk
    store(shop, later(one, 2, cancel_requested=False), later(two, 2, cancel_requested=False))
    assert Order.objects.get(pk=first.pk).order_state == "RECEIVED"
    assert Stop.objects.get().outcome == "withdrawn"


def test_cancelled_units_and_vanished_lines_are_counted_as_cancelled():
    shop = make_shop()
    cup, lamp = line(quantity=3), line("1729000000000000002", price=500)
    one = facts(lines=(cup, lamp))
    store(shop, one)
    store(shop, later(one, lines=(line(quantity=2),)))
    assert list(Line.objects.order_by("pk").values_list("quantity", "cancelled")) == [(3, 1), (1, 1)]
    assert Order.objects.get().units == 2


def test_an_order_without_a_live_unit_is_cancelled():
    shop = make_shop()
    one = facts(lines=(line(quantity=2),))
    store(shop, one)
    store(shop, later(one, lines=(line(quantity=2, cancelled=2),)))
    assert Order.objects.get().order_state == "CANCELLED"


def test_what_cannot_happen_is_recorded_and_counted():
    shop = make_shop()
    one = facts(status="DELIVERED")
    store(shop, one)
    store(shop, later(one, 1, platform_status="ON_HOLD"))
    store(shop, later(one, 2, platform_status="ON_HOLD"))
    row = Surprise.objects.get()
    assert (row.code, row.count, row.facts["state"]) == ("status_went_back", 2, "DELIVERED")
    assert Order.objects.get().order_state == "DELIVERED"


def test_an_order_shipped_by_the_platform_is_watched():
    [order] = store(make_shop(), facts(fulfilled_by=FulfilledBy.PLATFORM))
    assert order.order_state == "WATCHED"


def test_the_orders_own_clocks_win_and_a_differing_rule_is_a_surprise():
    due = T0 + timedelta(hours=9)
    [order] = store(make_shop(), facts(deadlines={"first_scan_by": due, "ship_by": due - timedelta(hours=1)}))
    assert (order.next_due_at, order.next_due_kind) == (due - timedelta(hours=1), "ship_by")
    assert Surprise.objects.get(code="deadline_differs").subject_name == "us-dispatch_sla_first_scan-001"


def test_fifty_orders_cost_hardly_more_queries_than_five():
    shop = make_shop()
    for start, size in ((100, 5), (200, 50)):
        many = [facts(f"5770000000000{n:05d}", buyer_id=f"b{n}") for n in range(start, start + size)]
        with CaptureQueriesContext(connection) as first:
            store_orders([told(shop, one) for one in many], by=PLATFORM, now=T0)
        again = [later(one, platform_status="IN_TRANSIT", buyer_note="x") for one in many]
        with CaptureQueriesContext(connection) as second:
            store_orders([told(shop, one) for one in again], by=PLATFORM, now=T0)
        assert len(first) <= 22  # SQLite splits an insert of 50 wide rows into a few
        assert len(second) <= 28
    assert Order.objects.filter(order_state="SHIPPED").count() == 55


def test_an_unpaid_order_has_no_clocks_and_a_paid_one_its_own():
    shop, pay_by = make_shop(), T0 + timedelta(hours=48)
    unpaid = facts(status="UNPAID", deadlines={"auto_cancel": pay_by})
    [order] = store(shop, unpaid)
    assert (Deadline.objects.count(), order.next_due_at) == (0, None)
    store(shop, later(unpaid, 1, platform_status="ON_HOLD", deadlines={}))
    clock = Deadline.objects.get(kind="auto_cancel")
    assert clock.due_at > pay_by + timedelta(days=3) and clock.source == "rulebook"
    assert Order.objects.get().next_due_at is not None
