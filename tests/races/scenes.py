"""The scenes. Each makes a shop of its own, lets several act at once, and says what must be true afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

from django.db import connection, transaction

from shundan.core.actors import SYSTEM
from shundan.core.errors import Conflict, Refused
from shundan.core.moves import OrderMove
from shundan.core.states import OrderState, ParcelState
from shundan.edges.inbox.models import Snapshot
from shundan.edges.outbox.models import Call
from shundan.ground.jobs.models import Snag
from shundan.ground.journal.models import Entry
from shundan.ground.journal.queries import broken_at
from shundan.ground.journal.steps import seal_next_entries
from shundan.ground.shops.models import Shop
from shundan.ground.staff.actions import do_once
from shundan.stages.aftersales.actions import open_local_case
from shundan.stages.aftersales.models import Case
from shundan.stages.aftersales.steps import apply_next_cancellations
from shundan.stages.orders import actions as orders
from shundan.stages.orders.models import Hold, Line, Order
from shundan.stages.orders.tests import made
from shundan.stages.orders.tests.made import CLERK, T0, facts, later
from shundan.stages.packing.actions import make_wave, pick_item
from shundan.stages.packing.models import Parcel, ParcelLine, WaveParcel
from shundan.stages.packing.steps import plan_next_orders, void_stopped_parcels
from shundan.stages.packing.tests import cast
from shundan.stages.review.actions import cancel_order
from shundan.stages.review.steps import review_next_orders
from shundan.stages.shipping.actions import end_idle_labels, request_labels
from shundan.stages.shipping.models import Label
from shundan.stages.shipping.steps import request_next_labels
from shundan.stages.stock.actions import receive_units
from shundan.stages.stock.models import Item, Level, Listing, Reservation
from shundan.stages.stock.steps import (
    end_next_stock_holds,
    expect_next_lines,
    push_next_stock,
    release_cancelled_orders,
    reserve_next_orders,
)
from shundan.stages.stock.tests.made import listing, store_listing
from tests.races.stage import at_once, until_idle

_number = count(1)
STOCK_STEPS = (expect_next_lines, review_next_orders, reserve_next_orders, plan_next_orders)


def new_shop(*, stock: int = 50) -> tuple[Shop, str]:
    """Make a shop that sells one SKU of its own."""
    number = next(_number)
    shop = made.make_shop(f"74900000000{number:08d}")
    sku = f"17290000000{number:08d}"
    with transaction.atomic():
        store_listing(shop, replace(listing(sku, stock=stock), seller_sku=f"CUP-{number}"))
    return shop, sku


def new_orders(shop: Shop, sku: str, units: int, how_many: int) -> list[Order]:
    told = []
    for _ in range(how_many):
        number = next(_number)
        lines = (made.line(sku, quantity=units, seller_sku=Listing.objects.get(sku_id=sku).seller_sku),)
        told.append(facts(f"577{number:015d}", buyer_id=f"buyer-{number}", lines=lines))
    return made.store(shop, *told)


def nothing_failed(results: list[Any], *allowed: type[Exception]) -> None:
    for one in results:
        assert not isinstance(one, Exception) or isinstance(one, allowed), repr(one)
    assert list(Snag.objects.values_list("step", "error")) == []


def journal_leads_on(order: Order) -> list[str]:
    """Check that each move began where the one before ended, and the last one ended where the order stands."""
    at, verbs = "", []
    for row in Entry.objects.filter(subject_kind="order", subject_key=order.pk).order_by("pk"):
        verbs.append(row.verb)
        assert not row.from_state or at in ("", row.from_state), (row.verb, row.from_state, at)
        at = row.to_state or at
    order.refresh_from_db()
    assert at in ("", order.order_state), (at, order.order_state)
    return verbs


def levels_add_up(item: Item) -> Level:
    level = Level.objects.get(item=item)
    open_units = sum(Reservation.objects.filter(item=item, ended_at=None).values_list("quantity", flat=True))
    assert level.reserved == open_units <= level.on_hand
    return level


def deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def click(*works: Callable[[], Any]) -> None:
    """Do what a person does at a page: what is refused is read and left."""
    for work in works:
        try:
            work()
        except Refused:
            continue


def two_workers_and_a_click_at_one_order_end_in_one_journal() -> None:
    shop, sku = new_shop()
    rows = new_orders(shop, sku, 1, 6)
    clicks = [partial(orders.hold_by_hand, row.pk, "let me look", by=CLERK, now=T0) for row in rows]
    results = at_once(
        partial(until_idle, *STOCK_STEPS), partial(until_idle, *STOCK_STEPS), partial(click, *clicks, *reversed(clicks))
    )
    nothing_failed(results)
    held = Hold.objects.filter(order__in=rows, closed_at=None)
    orders.close_holds(list(held.values_list("pk", flat=True)), "fixed", by=CLERK, now=T0)
    until_idle(*STOCK_STEPS)
    for row in rows:
        verbs = journal_leads_on(row)
        assert (row.order_state, verbs.count("PLAN"), verbs.count("RESERVE") - verbs.count("RELEASE")) == (
            OrderState.FULFILLING, 1, 1 + verbs.count("UNHOLD") * ("RESERVE" in verbs[: verbs.index("UNHOLD")])
            if "UNHOLD" in verbs else 1,
        )  # fmt: skip
        assert Parcel.objects.filter(parcel_orders__order=row).count() == 1
    item = Item.objects.get(listing__sku_id=sku)
    assert levels_add_up(item).reserved == 6


def news_and_workers_at_one_order_end_where_the_platform_says() -> None:
    shop, sku = new_shop()
    rows = new_orders(shop, sku, 1, 6)
    ends = ["IN_TRANSIT", "DELIVERED", "CANCELLED", "COMPLETED", "IN_TRANSIT", "CANCELLED"]
    told = {
        row.order_id: facts(row.order_id, buyer_id=f"b{row.pk}", lines=(made.line(sku),), status=end)
        for row, end in zip(rows, ends, strict=True)
    }
    news = [partial(made.store, shop, later(one, number)) for number, one in enumerate(told.values(), start=1)]

    def tell() -> None:
        for one in news:
            one()

    steps = (*STOCK_STEPS, release_cancelled_orders, void_stopped_parcels)
    before = deadlocks()
    nothing_failed(at_once(partial(until_idle, *steps), tell, partial(until_idle, *steps), tell))
    assert deadlocks() == before
    until_idle(*steps)
    states = {"IN_TRANSIT": "SHIPPED"}
    for row, end in zip(rows, ends, strict=True):
        journal_leads_on(row)
        assert row.order_state == states.get(end, end)
    levels_add_up(Item.objects.get(listing__sku_id=sku))
    assert not Reservation.objects.filter(order__in=rows, ended_at=None).exists()


def one_order_told_twice_to_two_workers_is_one_order_told_last() -> None:
    shop, sku = new_shop()
    number = next(_number)
    first = facts(f"577{number:015d}", buyer_id=f"buyer-{number}", lines=(made.line(sku),))
    last = later(first, 5, seller_note="the newest")
    tells = [partial(made.store, shop, one) for one in (first, last, later(first, 2, seller_note="older"))]
    results = at_once(*tells)
    assert sum(not isinstance(one, Exception) for one in results) >= 1, results
    for tell in tells:
        tell()  # the step takes what failed once more
    [order] = Order.objects.filter(shop=shop)
    assert (order.seller_note, Line.objects.filter(order=order).count()) == ("the newest", 1)
    assert journal_leads_on(order).count("store") == 1


def two_waves_share_no_parcel() -> None:
    shop = cast.make_shop()
    mug = cast.make_item(f"MUG-{next(_number)}")
    Parcel.objects.filter(parcel_state=ParcelState.LABELLED).update(parcel_state=ParcelState.PACKED)
    for _ in range(6):
        cast.make_parcel(shop, {mug: 1}, ParcelState.LABELLED)
    before = WaveParcel.objects.count()
    results = at_once(*[partial(make_wave, by=cast.PACKER, now=cast.NOW, limit=6)] * 3)
    nothing_failed(results, Refused)
    assert WaveParcel.objects.count() - before == 6
    assert sum(one.parcels for one in results if not isinstance(one, Exception)) == 6


def the_last_unit_of_a_bin_is_picked_once() -> None:
    mug = cast.make_item(f"MUG-{next(_number)}")
    parcel = cast.make_parcel(cast.make_shop(), {mug: 1}, ParcelState.LABELLED)
    wave = make_wave(by=cast.PACKER, now=cast.NOW, parcel_keys=[parcel.pk])
    results = at_once(*[partial(pick_item, wave.wave_id, mug.sku, by=cast.PACKER, now=cast.NOW)] * 2)
    nothing_failed(results, Refused)
    assert sorted(isinstance(one, Refused) for one in results) == [False, True]


def two_orders_of_one_package_planned_at_once_make_one_parcel() -> None:
    shop = cast.make_shop()
    mug = cast.make_item(f"MUG-{next(_number)}")
    package = f"1199{next(_number):06d}"
    pair = [cast.make_order(shop, {mug: 1}, packages=(package,)) for _ in range(2)]
    results = at_once(partial(plan_next_orders, limit=1), partial(plan_next_orders, limit=1))
    nothing_failed(results)
    until_idle(plan_next_orders)
    [parcel] = Parcel.objects.filter(package_id=package)
    assert ParcelLine.objects.filter(parcel=parcel).count() == 2
    for order in pair:
        assert journal_leads_on(order).count("PLAN") == 1


def an_order_cancelled_by_two_clerks_is_asked_for_once() -> None:
    shop, sku = new_shop()
    [order] = new_orders(shop, sku, 1, 1)
    reasons = ("seller_cancel_reason_out_of_stock", "seller_cancel_reason_wrong_price")
    results = at_once(*(
        partial(cancel_order, order.pk, reason, by=CLERK, now=T0 + timedelta(seconds=place))
        for place, reason in enumerate(reasons)
    ))  # fmt: skip
    assert sum(isinstance(one, Conflict) for one in results) == 1, results
    assert [one for one in results if not isinstance(one, Exception)] == ["asked"]
    assert Call.objects.filter(kind="cancel_order", subject_key=order.pk).count() == 1


def a_label_asked_for_again_is_not_ended_as_idle() -> None:
    shop = cast.make_shop()
    parcel = cast.make_parcel(shop, {cast.make_item(f"MUG-{next(_number)}"): 1})
    old = Label.objects.create(shop=shop, parcel=parcel, number=1, asked_at=cast.NOW)
    results = at_once(
        partial(end_idle_labels, now=cast.NOW), partial(request_labels, [parcel], by=SYSTEM, now=cast.NOW),
        partial(end_idle_labels, now=cast.NOW), partial(request_labels, [parcel], by=SYSTEM, now=cast.NOW),
    )  # fmt: skip
    nothing_failed(results)
    old.refresh_from_db()
    assert old.ended_at is not None
    assert list(Label.objects.filter(parcel=parcel, ended_at=None).values_list("number", flat=True)) == [2]
    assert Call.objects.filter(kind="request_label", subject_key=parcel.pk).count() == 1


def cancellation(shop: Shop, order: Order, case_id: str, status: str, minutes: int) -> Snapshot:
    told = T0 + timedelta(minutes=minutes)
    payload = {
        "cancel_id": case_id, "order_id": order.order_id, "cancel_status": status, "cancel_type": "BUYER_CANCEL",
        "create_time": int(T0.timestamp()), "update_time": int(told.timestamp()), "role": "BUYER",
    }  # fmt: skip
    return Snapshot.objects.create(
        shop=shop,
        kind="cancellation",
        outside_id=case_id,
        updated_at=told,
        asked_at=told,
        source="api",
        payload=payload,
    )


def two_workers_take_in_news_of_one_case() -> None:
    shop, sku = new_shop()
    [order] = new_orders(shop, sku, 1, 1)
    case_id = f"40{next(_number):010d}"
    cancellation(shop, order, case_id, "CANCELLATION_REQUEST_PENDING", 1)
    cancellation(shop, order, case_id, "CANCELLATION_REQUEST_SUCCESS", 3)
    cancellation(shop, order, case_id, "CANCELLATION_REQUEST_PENDING", 2)
    results = at_once(*[partial(apply_next_cancellations, limit=1)] * 3)
    nothing_failed(results)
    until_idle(apply_next_cancellations)
    [case] = Case.objects.filter(shop=shop)
    assert case.platform_status == "CANCELLATION_REQUEST_SUCCESS"
    assert Entry.objects.filter(subject_kind="case", subject_key=case.pk, verb="open_case").count() == 1


def what_is_offered_follows_what_is_reserved_meanwhile() -> None:
    shop, sku = new_shop(stock=30)
    item = Item.objects.get(listing__sku_id=sku)
    rows = new_orders(shop, sku, 2, 8)
    until_idle(expect_next_lines)
    orders.move_orders([(row.pk, OrderMove.APPROVE) for row in rows], by=SYSTEM, at=T0)
    results = at_once(
        partial(until_idle, partial(reserve_next_orders, limit=2)),
        partial(until_idle, push_next_stock),
        partial(until_idle, push_next_stock),
        partial(until_idle, partial(reserve_next_orders, limit=2)),
    )
    nothing_failed(results)
    until_idle(push_next_stock)
    level = levels_add_up(item)
    told = Listing.objects.get(sku_id=sku)
    assert (level.reserved, level.expected, told.dirty_at) == (16, 0, None)
    assert told.wanted_stock in (None, level.on_hand - level.reserved)
    newest = Call.objects.filter(kind="push_stock", subject_key=told.pk, call_state="QUEUED")
    assert newest.count() <= 1


def a_form_sent_twice_at_once_is_done_once() -> None:
    shop, sku = new_shop(stock=30)
    item = Item.objects.get(listing__sku_id=sku)
    key = f"form {next(_number)}"
    place = Level.objects.get(item=item).warehouse.code
    book = partial(receive_units, item, 5, warehouse=place, by=CLERK, now=T0)
    results = at_once(*[partial(do_once, CLERK, key, book)] * 3)
    assert sum(isinstance(one, Conflict) for one in results) == 2, results
    assert levels_add_up(item).on_hand == 35


def three_people_open_a_case_of_one_order_and_each_has_its_own() -> None:
    shop, sku = new_shop()
    [row] = new_orders(shop, sku, 1, 1)
    results = at_once(*[partial(open_local_case, row.pk, "REPAIR", "The lid", by=CLERK, now=T0)] * 3)
    nothing_failed(results)
    assert len(set(Case.objects.filter(order=row).values_list("case_id", flat=True))) == 3


def the_journal_is_sealed_by_two_while_others_write() -> None:
    shop, sku = new_shop()
    rows = new_orders(shop, sku, 1, 10)
    seal = partial(until_idle, partial(seal_next_entries, limit=7))
    results = at_once(seal, partial(until_idle, *STOCK_STEPS), seal, partial(until_idle, *STOCK_STEPS), seal)
    nothing_failed(results)
    until_idle(seal_next_entries)
    assert broken_at(shop.pk) is None and broken_at(None) is None
    assert not Entry.objects.filter(position=None).exists()
    assert all(journal_leads_on(row) for row in rows)


def steps_and_news_lock_in_one_order() -> None:
    """Orders, parcels, cases, stock levels: who locks them in another order meets another who waits for him."""
    shop, sku = new_shop(stock=40)
    rows = new_orders(shop, sku, 1, 12)
    until_idle(*STOCK_STEPS)
    before = deadlocks()
    keys = [row.pk for row in rows]

    def cancel() -> None:
        for row in rows:
            orders.move_orders([(row.pk, OrderMove.CANCEL)], by=SYSTEM, at=T0)

    steps = (request_next_labels, void_stopped_parcels, release_cancelled_orders, end_next_stock_holds)
    results = at_once(partial(until_idle, *steps), cancel, partial(until_idle, *reversed(steps)))
    nothing_failed(results)
    until_idle(*steps)
    assert deadlocks() == before
    assert set(Parcel.objects.filter(parcel_orders__order__in=keys).values_list("parcel_state", flat=True)) == {
        "VOIDED"
    }
    assert not Reservation.objects.filter(order__in=keys, ended_at=None).exists()


SCENES: tuple[Callable[[], None], ...] = (
    two_workers_and_a_click_at_one_order_end_in_one_journal,
    news_and_workers_at_one_order_end_where_the_platform_says,
    one_order_told_twice_to_two_workers_is_one_order_told_last,
    two_waves_share_no_parcel,
    the_last_unit_of_a_bin_is_picked_once,
    two_orders_of_one_package_planned_at_once_make_one_parcel,
    an_order_cancelled_by_two_clerks_is_asked_for_once,
    a_label_asked_for_again_is_not_ended_as_idle,
    two_workers_take_in_news_of_one_case,
    what_is_offered_follows_what_is_reserved_meanwhile,
    a_form_sent_twice_at_once_is_done_once,
    three_people_open_a_case_of_one_order_and_each_has_its_own,
    the_journal_is_sealed_by_two_while_others_write,
    steps_and_news_lock_in_one_order,
)
