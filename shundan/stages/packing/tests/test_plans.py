"""Parcels planned from orders, and news of the platform's packages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shundan.core.facts import PackageFacts
from shundan.core.states import OrderState, ParcelState
from shundan.edges.inbox.models import Snapshot
from shundan.ground.journal.models import Entry
from shundan.stages.orders.models import Line, Order
from shundan.stages.packing.actions import News, apply_package, plan_orders
from shundan.stages.packing.models import Parcel, ParcelLine, ParcelOrder
from shundan.stages.packing.steps import apply_next_packages, plan_next_orders, void_stopped_parcels
from shundan.stages.packing.tests.cast import (
    NOW,
    STEP,
    make_item,
    make_order,
    make_parcel,
    make_shop,
    order_of,
    stop_order,
)

pytestmark = pytest.mark.django_db
P = ParcelState


def facts(package_id: str, status: str, *order_ids: str, tracking: str = "", later: int = 60) -> PackageFacts:
    return PackageFacts(
        package_id, status, "", tuple(order_ids), (), NOW + timedelta(seconds=later), tracking_number=tracking
    )


def tell(shop, told: PackageFacts) -> str:
    return apply_package(News(shop.pk, told, NOW + timedelta(seconds=90)), by=STEP, now=NOW + timedelta(minutes=5))


def test_a_reserved_order_gets_one_parcel_with_its_package_units_bins_and_weight() -> None:
    shop, mug, lamp = make_shop(), make_item("MUG", weight_g=300), make_item("LAMP", weight_g=500)
    order = make_order(shop, {mug: 2, lamp: 1})
    assert plan_next_orders() == 1
    parcel = Parcel.objects.get()
    assert parcel.parcel_id == f"P{10_000_000 + parcel.pk}"
    assert (parcel.package_id, parcel.expected_weight_g) == (order.package_ids[0], 2 * 300 + 500 + 40)
    lines = ParcelLine.objects.order_by("pk").values_list("item__sku", "quantity", "bin", "checked")
    assert list(lines) == [("MUG", 2, "A-03-2", 0), ("LAMP", 1, "A-03-2", 0)]
    order.refresh_from_db()
    assert order.order_state == OrderState.FULFILLING
    assert plan_next_orders() == 0
    assert Entry.objects.filter(subject_kind="parcel", verb="plan").count() == 1


def test_orders_that_share_a_package_share_a_parcel() -> None:
    shop, mug = make_shop(), make_item("MUG")
    first = make_order(shop, {mug: 1}, packages=("together",))
    second = make_order(shop, {mug: 2}, packages=("together",))
    plan_orders([first, second], by=STEP, now=NOW)
    parcel = Parcel.objects.get()
    assert set(ParcelOrder.objects.values_list("order_id", flat=True)) == {first.pk, second.pk}
    assert sorted(parcel.parcel_lines.values_list("quantity", flat=True)) == [1, 2]


def test_an_order_that_comes_later_joins_the_parcel_of_its_package() -> None:
    shop, mug = make_shop(), make_item("MUG")
    plan_orders([make_order(shop, {mug: 1}, packages=("together",))], by=STEP, now=NOW)
    plan_orders([make_order(shop, {mug: 1}, packages=("together",))], by=STEP, now=NOW)
    assert (Parcel.objects.count(), ParcelOrder.objects.count()) == (1, 2)


def test_a_stopped_order_is_not_planned() -> None:
    order = make_order(make_shop(), {make_item("MUG"): 1})
    stop_order(order)
    assert plan_next_orders() == 0
    assert Parcel.objects.count() == 0


def test_an_order_without_reserved_units_stays_where_it_is() -> None:
    order = make_order(make_shop(), {make_item("MUG"): 1})
    order.reservation_set.update(ended_at=NOW)
    plan_orders([order], by=STEP, now=NOW)
    order.refresh_from_db()
    assert (order.order_state, Parcel.objects.count()) == (OrderState.RESERVED, 0)


def test_the_first_scan_told_by_the_platform_moves_the_parcel_and_ships_the_order() -> None:
    shop = make_shop()
    parcel = make_parcel(shop, {make_item("MUG"): 1}, P.HANDED_OVER)
    order = order_of(parcel)
    assert tell(shop, facts(parcel.package_id, "FULFILLING", order.order_id, tracking="T9")) == "applied"
    parcel.refresh_from_db()
    order.refresh_from_db()
    assert (parcel.parcel_state, parcel.tracking_number, order.order_state) == ("IN_TRANSIT", "T9", "SHIPPED")


def test_older_news_of_a_package_changes_nothing() -> None:
    shop = make_shop()
    parcel = make_parcel(shop, {make_item("MUG"): 1}, P.HANDED_OVER)
    order_id = order_of(parcel).order_id
    tell(shop, facts(parcel.package_id, "FULFILLING", order_id, later=60))
    assert tell(shop, facts(parcel.package_id, "COMPLETED", order_id, later=30)) == "older"
    parcel.refresh_from_db()
    assert parcel.parcel_state == P.IN_TRANSIT


def test_a_label_the_carrier_refused_sends_the_parcel_back_with_trouble_but_older_news_does_not() -> None:
    shop = make_shop()
    parcel = make_parcel(shop, {make_item("MUG"): 1}, P.REQUESTED)
    told = facts(parcel.package_id, "TO_FULFILL", order_of(parcel).order_id)
    tell(shop, told)
    parcel.refresh_from_db()
    assert parcel.parcel_state == P.REQUESTED  # asked before the platform heard us
    Parcel.objects.update(arranged_at=NOW, package_updated_at=None)
    refused = PackageFacts(**{**told.__dict__, "trouble": "The postal code does not belong to the city."})
    tell(shop, refused)
    parcel.refresh_from_db()
    assert (parcel.parcel_state, parcel.trouble) == ("PLANNED", "The postal code does not belong to the city.")


def test_a_combined_package_voids_the_loose_parcels_and_plans_one_for_both_orders() -> None:
    shop, mug = make_shop(), make_item("MUG")
    first, second = make_parcel(shop, {mug: 1}), make_parcel(shop, {mug: 1})
    orders = [order_of(first), order_of(second)]
    for order in orders:
        Order.objects.filter(pk=order.pk).update(package_ids=[first.package_id])
    told = facts(first.package_id, "TO_FULFILL", *(order.order_id for order in orders))
    assert tell(shop, told) == "regrouped"
    assert plan_next_orders() == 2
    live = Parcel.objects.exclude(parcel_state=P.VOIDED).get()
    assert (live.package_id, live.parcel_orders.count()) == (first.package_id, 2)
    assert tell(shop, facts(first.package_id, "PROCESSING", *(o.order_id for o in orders), later=120)) == "applied"
    live.refresh_from_db()
    assert live.parcel_state == P.REQUESTED


def test_a_package_regrouped_after_packing_is_a_surprise_and_no_box_is_opened_for_it() -> None:
    shop, mug = make_shop(), make_item("MUG")
    packed, loose = make_parcel(shop, {mug: 1}, P.PACKED), make_parcel(shop, {mug: 1})
    ids = [order_of(one).order_id for one in (packed, loose)]
    told = facts(packed.package_id, "PROCESSING", *ids, tracking="T9")
    assert tell(shop, told) == "surprise: regrouped_after_packing"
    assert Entry.objects.get(verb="surprise").subject_key == packed.pk
    for parcel, state in ((packed, P.PACKED), (loose, P.PLANNED)):
        parcel.refresh_from_db()
        assert parcel.parcel_state == state
    assert packed.tracking_number == "T9"
    assert tell(shop, facts(packed.package_id, "FULFILLING", *ids, later=120)) == "applied"
    packed.refresh_from_db()
    assert packed.parcel_state == P.IN_TRANSIT


def test_a_new_package_id_of_the_same_order_is_taken_over() -> None:
    shop = make_shop()
    parcel = make_parcel(shop, {make_item("MUG"): 1})
    assert tell(shop, facts("renewed", "TO_FULFILL", order_of(parcel).order_id)) == "applied"
    parcel.refresh_from_db()
    assert parcel.package_id == "renewed"


@pytest.mark.parametrize("state", [P.PLANNED, P.REQUESTED, P.LABELLED, P.PACKED])
def test_parcels_of_a_cancelled_order_become_void(state: ParcelState) -> None:
    parcel = make_parcel(make_shop(), {make_item("MUG"): 1}, state)
    Order.objects.update(order_state=OrderState.CANCELLED)
    assert void_stopped_parcels() == 1
    parcel.refresh_from_db()
    assert parcel.parcel_state == P.VOIDED
    assert Order.objects.get().order_state == OrderState.CANCELLED
    assert void_stopped_parcels() == 0


def test_a_parcel_whose_package_vanished_is_voided_however_many_others_keep_theirs() -> None:
    shop, mug = make_shop(), make_item("MUG")
    kept, gone, untold = (make_parcel(shop, {mug: 1}) for _ in range(3))
    Order.objects.filter(parcelorder__parcel__in=[kept, gone]).update(asked_at=NOW + timedelta(days=400))
    Order.objects.filter(parcelorder__parcel__in=[gone, untold]).update(package_ids=["another"])
    assert void_stopped_parcels(limit=1) == 1
    assert [one.parcel_state for one in Parcel.objects.order_by("pk")] == [P.PLANNED, P.VOIDED, P.PLANNED]
    assert void_stopped_parcels(limit=1) == 0


def test_a_cancel_inside_a_combined_parcel_sets_the_other_order_free_to_be_planned_again() -> None:
    shop, mug = make_shop(), make_item("MUG")
    first = make_order(shop, {mug: 1}, packages=("together",))
    second = make_order(shop, {mug: 1}, packages=("together",))
    plan_orders([first, second], by=STEP, now=NOW)
    Order.objects.filter(pk=first.pk).update(order_state=OrderState.CANCELLED)
    void_stopped_parcels()
    second.refresh_from_db()
    assert second.order_state == OrderState.RESERVED
    plan_next_orders()
    live = Parcel.objects.exclude(parcel_state=P.VOIDED).get()
    assert list(live.parcel_orders.values_list("order_id", flat=True)) == [second.pk]


def test_snapshots_of_packages_are_applied_settled_or_wait_for_their_order() -> None:
    shop = make_shop()
    parcel = make_parcel(shop, {make_item("MUG"): 1}, P.HANDED_OVER)
    known = order_of(parcel).order_id
    for package, order_id in ((parcel.package_id, known), ("strange", "577104862999999999")):
        Snapshot.objects.create(
            shop=shop,
            kind="package",
            outside_id=package,
            updated_at=NOW,
            asked_at=NOW,
            source="api",
            payload={
                "package_id": package,
                "package_status": "FULFILLING",
                "orders": [{"id": order_id}],
                "update_time": int(NOW.timestamp()),
            },
        )
    assert apply_next_packages() == 2
    parcel.refresh_from_db()
    assert parcel.parcel_state == P.IN_TRANSIT
    rows = Snapshot.objects.order_by("pk").values_list("outcome", "waits_for")
    assert list(rows) == [("applied", ""), ("waits", "577104862999999999")]
    assert apply_next_packages() == 0


def test_a_package_that_is_split_before_its_label_becomes_two_parcels() -> None:
    shop, mug, lamp = make_shop(), make_item("MUG"), make_item("LAMP")
    order = make_order(shop, {mug: 1, lamp: 2}, packages=("whole",))
    plan_next_orders()
    first, second = order.lines.order_by("pk")
    Order.objects.filter(pk=order.pk).update(package_ids=["part-1", "part-2"], asked_at=NOW + timedelta(days=400))
    Line.objects.filter(pk=first.pk).update(package_ids=["part-1"])
    Line.objects.filter(pk=second.pk).update(package_ids=["part-2", "part-2"])
    for part in ("part-1", "part-2"):  # whichever is told first takes the parcel over: it holds too much for it
        tell(shop, facts(part, "TO_FULFILL", order.order_id))
    void_stopped_parcels()
    plan_next_orders()
    live = Parcel.objects.exclude(parcel_state="VOIDED").order_by("package_id")
    assert [(one.package_id, one.parcel_lines.get().line_id) for one in live] == [
        ("part-1", first.pk), ("part-2", second.pk),
    ]  # fmt: skip
    order.refresh_from_db()
    assert order.order_state == "FULFILLING"


def test_units_of_one_line_lie_in_the_packages_the_platform_put_them_in() -> None:
    shop, mug, lamp = make_shop(), make_item("MUG"), make_item("LAMP")
    order = make_order(shop, {mug: 3, lamp: 2}, packages=("one", "two"))
    mugs, lamps = order.lines.order_by("pk")
    Line.objects.filter(pk=mugs.pk).update(package_ids=["one", "two", "two"])
    Line.objects.filter(pk=lamps.pk).update(package_ids=["two", ""])
    plan_next_orders()
    held = ParcelLine.objects.order_by("parcel__package_id", "line_id")
    assert list(held.values_list("parcel__package_id", "line_id", "quantity")) == [
        ("one", mugs.pk, 1), ("two", mugs.pk, 2), ("two", lamps.pk, 2),
    ]  # fmt: skip


def test_a_line_that_is_split_before_its_label_leaves_the_parcel_it_was_planned_for() -> None:
    shop, mug = make_shop(), make_item("MUG")
    order = make_order(shop, {mug: 3}, packages=("whole",))
    Line.objects.update(package_ids=["whole"] * 3)
    plan_next_orders()
    assert void_stopped_parcels() == 0
    Order.objects.update(package_ids=["whole", "part"], asked_at=NOW + timedelta(days=400))
    Line.objects.update(package_ids=["whole", "part", "part"])
    assert void_stopped_parcels() == 1
    plan_next_orders()
    live = ParcelLine.objects.exclude(parcel__parcel_state=P.VOIDED).order_by("quantity")
    assert list(live.values_list("parcel__package_id", "quantity")) == [("whole", 1), ("part", 2)]
    assert order.lines.get().live == 3
