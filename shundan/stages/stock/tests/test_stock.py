from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from shundan.core.actors import PLATFORM, step
from shundan.core.errors import Conflict, NotFound, Refused
from shundan.core.moves import OrderMove as M
from shundan.edges.inbox.actions import SnapshotDraft, store_snapshots
from shundan.edges.inbox.models import Want
from shundan.edges.outbox.models import Call
from shundan.ground.jobs.models import Snag
from shundan.ground.journal.models import Entry
from shundan.stages.orders.actions import close_holds, move_orders
from shundan.stages.orders.models import Hold, Line, Order
from shundan.stages.orders.tests.made import CLERK, T0, facts, later, line, make_shop, store
from shundan.stages.stock.actions import (
    apply_push_answers,
    count_bin,
    end_stock_holds,
    leave,
    listings_to_push,
    orders_to_settle,
    push_listings,
    receive_units,
    return_units,
    settle_stock,
    write_off,
)
from shundan.stages.stock.models import Item, LedgerRow, Level, Listing, Reservation
from shundan.stages.stock.queries import available
from shundan.stages.stock.steps import apply_next_listings, push_next_stock
from shundan.stages.stock.tests.made import SKU, expect, level, listing, reserve, review, store_listing

pytestmark = pytest.mark.django_db
STEP = step("test")


def test_a_listing_makes_its_item_and_an_opening_count_once():
    shop, other = make_shop(), make_shop("7490000000000000002", "GB")
    item = store_listing(shop, listing(stock=10))
    assert store_listing(other, listing("1729000000000000091", stock=7, seller_sku="CUP-1")) == item
    store_listing(shop, listing(stock=4), minutes=5)
    assert level(item) == (10, 0, 0)
    assert Entry.objects.filter(verb="opening_count").count() == 1
    assert Listing.objects.filter(item=item).count() == 2


def test_what_was_sold_before_the_opening_count_stands_on_the_shelf_too():
    shop = make_shop()
    store(shop, facts(lines=(line(quantity=2),), placed_at=T0 - timedelta(days=3)))
    item = store_listing(shop, listing(stock=10))
    expect()
    assert level(item) == (12, 0, 2)
    assert available([item.pk])[item.pk].available == 10


def test_a_sold_line_is_expected_at_once_and_only_once():
    shop = make_shop()
    item = store_listing(shop, listing(stock=10))
    store(shop, facts(status="ON_HOLD", lines=(line(quantity=3),)))
    assert (expect(), expect()) == (1, 0)
    assert level(item) == (10, 0, 3)
    assert available([item.pk])[item.pk].available == 7


def test_an_order_is_reserved_whole_or_held_whole():
    shop = make_shop()
    cup = store_listing(shop, listing(stock=5))
    lamp = store_listing(shop, listing("1729000000000000002", stock=0))
    [order] = store(shop, facts(lines=(line(quantity=2), line("1729000000000000002"))))
    move_orders([(order.pk, M.APPROVE)], by=STEP, at=T0)
    expect()
    assert reserve() == 0
    assert (level(cup), level(lamp)) == ((5, 0, 2), (0, 0, 1))
    hold = Hold.objects.get()
    assert (hold.kind, hold.waits_for, hold.facts) == (
        "missing_stock",
        "stock",
        {"lacks": [{"sku": "CUP-2", "units": 1}]},
    )


def test_a_stock_hold_ends_by_itself_when_goods_arrive_oldest_order_first():
    shop = make_shop()
    item = store_listing(shop, listing(stock=0))
    one, two = facts("577000000000000001", lines=(line(quantity=2),)), facts("577000000000000002", buyer_id="b2")
    first, second = store(shop, one, two)
    review()
    assert set(Hold.objects.values_list("kind", flat=True)) == {"missing_stock"}
    receive_units(item, 2, warehouse="MAIN", by=CLERK, now=T0)
    assert end_stock_holds(list(Hold.objects.order_by("order_id")), by=STEP, now=T0) == 1
    expect()
    assert (review(), reserve()) == (1, 1)
    assert Order.objects.get(pk=first.pk).order_state == "RESERVED"
    assert Order.objects.get(pk=second.pk).order_state == "HELD"
    assert level(item) == (2, 2, 1)


def test_an_unlinked_sku_is_held_and_freed_when_its_listing_arrives():
    shop = make_shop()
    store(shop, facts(lines=(line(product_id="1720000000000000001"),)))
    review()
    assert Hold.objects.get().kind == "unknown_sku"
    assert end_stock_holds(list(Hold.objects.all()), by=STEP, now=T0) == 0
    assert Want.objects.filter(kind="listing", outside_id="1720000000000000001").update(closed_at=T0) == 1
    assert end_stock_holds(list(Hold.objects.all()), by=STEP, now=T0) == 0
    assert Want.objects.count() == 1  # it is asked for once, not for ever
    store_listing(shop, listing(stock=3))
    assert end_stock_holds(list(Hold.objects.all()), by=STEP, now=T0) == 1
    assert (review(), reserve()) == (1, 1)


def test_reserved_units_are_kept_while_an_order_is_held():
    shop = make_shop()
    item = store_listing(shop, listing(stock=3))
    one = facts(lines=(line(quantity=2),))
    [order] = store(shop, one)
    expect()
    review()
    reserve()
    store(shop, later(one, cancel_requested=True))
    assert (Order.objects.get().order_state, level(item)) == ("HELD", (3, 2, 0))
    store(shop, later(one, 2))
    close_holds(Hold.objects.values_list("pk", flat=True), "withdrawn", by=STEP, now=T0)
    assert (review(), reserve()) == (1, 1)
    assert (level(item), Reservation.objects.count()) == ((3, 2, 0), 1)


@pytest.mark.parametrize("state", ["WAITING", "RESERVED"])
def test_a_cancelled_order_gives_back_what_it_holds(state):
    shop = make_shop()
    item = store_listing(shop, listing(stock=3))
    one = facts(status="ON_HOLD" if state == "WAITING" else "AWAITING_SHIPMENT", lines=(line(quantity=2),))
    store(shop, one)
    expect()
    review()
    reserve()
    assert Order.objects.get().order_state == state
    store(shop, later(one, platform_status="CANCELLED"))
    assert settle_stock(list(orders_to_settle()), by=STEP, now=T0) == 1
    assert level(item) == (3, 0, 0)
    assert not orders_to_settle().exists()


def test_cancelled_units_of_a_reserved_order_are_given_back():
    shop = make_shop()
    item = store_listing(shop, listing(stock=5))
    one = facts(lines=(line(quantity=3),))
    store(shop, one)
    expect()
    review()
    reserve()
    store(shop, later(one, lines=(line(quantity=3, cancelled=2),)))
    settle_stock(list(orders_to_settle()), by=STEP, now=T0)
    assert level(item) == (5, 1, 0)


def test_goods_leave_once_and_nothing_gives_them_back():
    shop = make_shop()
    item = store_listing(shop, listing(stock=5))
    one = facts(lines=(line(quantity=2),))
    [order] = store(shop, one)
    expect()
    review()
    reserve()
    keys = [Line.objects.get().pk]
    assert (leave(keys, by=STEP, now=T0), leave(keys, by=STEP, now=T0)) == (1, 0)
    assert level(item) == (3, 0, 0)
    move_orders([(order.pk, M.CANCEL)], by=PLATFORM, at=T0)
    settle_stock(list(orders_to_settle()), by=STEP, now=T0)
    assert level(item) == (3, 0, 0)
    assert return_units(keys[0], 1, key="return:1", by=CLERK, now=T0) is True
    assert return_units(keys[0], 1, key="return:1", by=CLERK, now=T0) is False
    assert level(item) == (4, 0, 0)


def test_part_of_a_line_may_leave_with_one_parcel():
    shop = make_shop()
    item = store_listing(shop, listing(stock=5))
    store(shop, facts(lines=(line(quantity=3),)))
    expect()
    review()
    reserve()
    key = Line.objects.get().pk
    leave([key], by=STEP, now=T0, units_of={key: 1}, name="P1")
    assert level(item) == (4, 2, 0)
    leave([key], by=STEP, now=T0)
    assert level(item) == (2, 0, 0)


def test_news_that_jumps_to_shipped_books_what_was_reserved():
    shop = make_shop()
    item = store_listing(shop, listing(stock=5))
    one = facts(lines=(line(quantity=2),))
    store(shop, one)
    expect()
    review()
    reserve()
    store(shop, later(one, platform_status="IN_TRANSIT"))
    settle_stock(list(orders_to_settle()), by=STEP, now=T0)
    assert level(item) == (3, 0, 0)


def test_people_receive_count_and_write_off_and_cannot_go_below_what_is_reserved():
    shop = make_shop()
    item = store_listing(shop, listing(stock=3))
    store(shop, facts(lines=(line(quantity=2),)))
    expect()
    review()
    reserve()
    receive_units(item, 4, warehouse="MAIN", by=CLERK, now=T0, key="DN-1")
    with pytest.raises(Conflict, match="DN-1"):
        receive_units(item, 4, warehouse="MAIN", by=CLERK, now=T0, key="DN-1")
    assert count_bin(item, 6, warehouse="MAIN", by=CLERK, now=T0, bin="A-03") == -1
    with pytest.raises(Conflict):
        count_bin(item, 1, warehouse="MAIN", by=CLERK, now=T0 + timedelta(seconds=1))
    with pytest.raises(Conflict):
        write_off(item, 5, warehouse="MAIN", by=CLERK, now=T0, note="broken")
    with pytest.raises(Refused):
        write_off(item, 1, warehouse="MAIN", by=CLERK, now=T0, note=" ")
    assert level(item) == (6, 2, 0)
    assert Level.objects.get().bin == "A-03"
    assert sum(LedgerRow.objects.values_list("on_hand_change", flat=True)) == 6
    assert sum(LedgerRow.objects.values_list("reserved_change", flat=True)) == 2


def test_the_database_itself_refuses_to_promise_what_is_not_there():
    item = store_listing(make_shop(), listing(stock=3))
    with pytest.raises(IntegrityError), transaction.atomic():
        Level.objects.filter(item=item).update(reserved=F("on_hand") + 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Level.objects.filter(item=item).update(on_hand=-1)


def push() -> int:
    return push_listings(list(listings_to_push()), by=STEP, now=T0)


def test_stock_is_pushed_when_it_differs_and_only_after_every_sold_line_is_counted():
    shop = make_shop()
    store_listing(shop, listing(stock=10))
    assert push() == 0
    store(shop, facts(lines=(line(quantity=3),)))
    Listing.objects.update(dirty_at=T0)
    assert not listings_to_push().exists()
    expect()
    assert push() == 1
    call = Call.objects.get()
    assert call.request == {"product_id": "1720000000000000001", "sku_id": SKU, "stock": {"W1": 7}}
    Listing.objects.update(dirty_at=T0)
    assert push() == 0
    Call.objects.update(call_state="ANSWERED")
    apply_push_answers(list(Call.objects.all()), by=STEP, now=T0)
    assert Listing.objects.get().channel_stock == {"W1": 7}
    assert Call.objects.get().call_state == "APPLIED"


def test_a_newer_push_replaces_the_older_and_short_stock_is_pushed_as_none():
    shop = make_shop()
    item = store_listing(shop, listing(stock=2))
    store(shop, facts(lines=(line(quantity=1),)))
    expect()
    push()
    store(shop, facts("577000000000000009", lines=(line(quantity=4),)))
    expect()
    assert push_listings(list(listings_to_push()), by=STEP, now=T0 + timedelta(seconds=9)) == 1
    assert list(Call.objects.order_by("pk").values_list("call_state", flat=True)) == ["DROPPED", "QUEUED"]
    assert Call.objects.latest("pk").request["stock"] == {"W1": 0}
    assert available([item.pk])[item.pk].available == -3


def refuse_none_left() -> Listing:
    """Sell out a listing whose shop then refuses the stock of 0."""
    shop = make_shop()
    item = store_listing(shop, listing(stock=2))
    count_bin(item, 0, warehouse="MAIN", by=CLERK, now=T0)
    push()
    Call.objects.update(call_state="FAILED", error_code="12052055", error="must be within allowed limits")
    push_next_stock()
    return Listing.objects.get()


def test_a_refused_stock_is_a_trouble_until_the_shop_takes_one():
    row = refuse_none_left()
    assert (row.refused_stock, row.refused_why, row.channel_stock) == (0, "must be within allowed limits", {"W1": 2})
    assert row.refused_at is not None
    entry = Entry.objects.get(verb="stock_refused")
    assert entry.facts == {"sku_id": SKU, "offered": 2, "to": 0, "code": "12052055"}
    count_bin(row.item, 1, warehouse="MAIN", by=CLERK, now=T0 + timedelta(minutes=1))
    push_next_stock()
    Call.objects.filter(call_state="QUEUED").update(call_state="ANSWERED")
    push_next_stock()
    healed = Listing.objects.get()
    assert (healed.refused_at, healed.refused_stock, healed.refused_why) == (None, None, "")
    assert healed.channel_stock == {"W1": 1}


@pytest.mark.parametrize(
    "mended", [listing(stock=2, status="SELLER_DEACTIVATED"), listing(stock=0)], ids=["off sale", "set by hand"]
)
def test_a_refused_stock_that_was_put_right_in_the_shop_is_no_trouble(mended):
    row = refuse_none_left()
    store_listing(row.shop, mended, minutes=5)
    assert Listing.objects.get().refused_at is None


def test_an_adopted_order_leaves_the_shelf_though_it_was_never_reserved():
    shop = make_shop()
    item = store_listing(shop, listing(stock=5))
    store(shop, facts(status="AWAITING_COLLECTION", lines=(line(quantity=2),)))
    keys = [Line.objects.get().pk]
    leave(keys, by=STEP, now=T0)
    leave(keys, by=STEP, now=T0)
    assert level(item) == (3, 0, 0)


def test_what_is_still_here_of_an_adopted_order_stays_expected():
    shop = make_shop()
    item = store_listing(shop, listing(stock=5), listing("1729000000000000002", stock=5))
    store(shop, facts(lines=(line(quantity=2), line("1729000000000000002", quantity=3))))
    expect()
    first, second = Line.objects.order_by("sku_id")
    leave([first.pk], by=STEP, now=T0)
    other = Item.objects.get(sku="CUP-2")
    assert (level(item), level(other)) == ((3, 0, 0), (5, 0, 3))
    leave([second.pk], by=STEP, now=T0)
    assert level(other) == (2, 0, 0)


def test_an_adopted_order_whose_reservation_was_released_leaves_the_shelf_once():
    shop = make_shop()
    item = store_listing(shop, listing(stock=5))
    [order] = store(shop, facts(lines=(line(quantity=2),)))
    move_orders([(order.pk, M.APPROVE)], by=STEP, at=T0)
    reserve()
    move_orders([(order.pk, M.WATCH)], by=STEP, at=T0)
    settle_stock(list(orders_to_settle()), by=STEP, now=T0)
    assert level(item) == (5, 0, 0)
    keys = [Line.objects.get().pk]
    leave(keys, by=STEP, now=T0)
    leave(keys, by=STEP, now=T0)
    assert level(item) == (3, 0, 0)
    assert return_units(keys[0], 1, key="return:adopted", by=CLERK, now=T0) is True
    assert level(item) == (4, 0, 0)


def test_sold_sets_come_back_as_the_units_they_hold_and_only_after_they_left():
    shop = make_shop()
    item = store_listing(shop, listing(stock=12))
    Listing.objects.update(units_per_sale=3)
    [order] = store(shop, facts(lines=(line(quantity=2),)))
    move_orders([(order.pk, M.APPROVE)], by=STEP, at=T0)
    reserve()
    key = Line.objects.get().pk
    with pytest.raises(NotFound):
        return_units(key, 1, key="return:early", by=CLERK, now=T0)
    leave([key], by=STEP, now=T0)
    assert level(item) == (6, 0, 0)
    return_units(key, 1, key="return:1", by=CLERK, now=T0)
    assert level(item) == (9, 0, 0)


def test_an_answer_that_cannot_be_taken_in_does_not_keep_the_others_from_being_pushed():
    shop = make_shop()
    item = store_listing(shop, listing(stock=5))
    count_bin(item, 4, warehouse="MAIN", by=CLERK, now=T0)
    push()
    Call.objects.update(call_state="ANSWERED", request={})
    count_bin(item, 3, warehouse="MAIN", by=CLERK, now=T0 + timedelta(minutes=1))
    push_next_stock()
    assert Call.objects.latest("pk").request["stock"] == {"W1": 3}
    assert Snag.objects.get().subject_kind == "call"


def test_a_shop_ships_from_its_first_warehouse():
    shop = make_shop()
    address = {"state": "São Paulo", "city": "Cajamar"}
    other = {"id": "W2", "name": "Other", "type": "SALES_WAREHOUSE", "address": {"state": "Bahia"}}
    first = {"id": "W1", "name": "First", "type": "SALES_WAREHOUSE", "is_default": True, "address": address}
    store_snapshots([SnapshotDraft(shop.pk, "warehouse", "all", T0, T0, {"warehouses": [other, first]})])
    apply_next_listings()
    shop.refresh_from_db()
    assert shop.ships_from == "São Paulo/Cajamar"
