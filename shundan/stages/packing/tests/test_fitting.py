"""Parcels kept true to their orders: cancelled units, adopted orders."""

from __future__ import annotations

import pytest

from shundan.core.errors import Refused
from shundan.core.moves import OrderMove
from shundan.core.states import OrderState, ParcelState
from shundan.edges.outbox.models import Call
from shundan.ground.jobs.models import Snag
from shundan.stages.orders.actions import move_orders
from shundan.stages.orders.models import Line
from shundan.stages.packing.actions import adopt_orders, pack_parcel
from shundan.stages.packing.models import Parcel, ParcelLine
from shundan.stages.packing.steps import plan_next_orders, void_stopped_parcels
from shundan.stages.packing.tests.cast import (
    NOW,
    PACKER,
    STEP,
    make_item,
    make_order,
    make_parcel,
    make_shop,
    make_warehouse,
    order_of,
)
from shundan.stages.stock.models import Listing, Reservation

pytestmark = pytest.mark.django_db
P = ParcelState


@pytest.mark.parametrize("state", [P.PLANNED, P.REQUESTED, P.LABELLED, P.PACKED])
def test_cancelled_units_leave_the_parcel_and_a_packed_box_is_opened(state: ParcelState) -> None:
    mug, lamp = make_item("MUG"), make_item("LAMP")
    parcel = make_parcel(make_shop(), {mug: 3, lamp: 1}, state)
    ParcelLine.objects.filter(item=mug).update(checked=3)
    Line.objects.filter(seller_sku="SELLER-MUG").update(cancelled=1)
    Reservation.objects.filter(item=mug).update(quantity=2)
    Line.objects.filter(seller_sku="SELLER-LAMP").update(cancelled=1)
    Reservation.objects.filter(item=lamp).update(ended_at=NOW, ended_how="released")
    assert void_stopped_parcels() == 1
    assert void_stopped_parcels() == 0
    parcel.refresh_from_db()
    assert parcel.parcel_state == (P.LABELLED if state == P.PACKED else state)
    assert list(ParcelLine.objects.values_list("item__sku", "quantity", "checked")) == [("MUG", 2, 0)]


def test_a_parcel_that_left_keeps_what_was_in_it() -> None:
    mug = make_item("MUG")
    make_parcel(make_shop(), {mug: 3}, P.HANDED_OVER)
    Line.objects.update(cancelled=1)
    Reservation.objects.update(quantity=2)
    assert void_stopped_parcels() == 0
    assert ParcelLine.objects.get().quantity == 3


def test_an_empty_parcel_is_not_packed() -> None:
    parcel = make_parcel(make_shop(), {make_item("MUG"): 1}, P.LABELLED)
    parcel.parcel_lines.all().delete()
    with pytest.raises(Refused) as caught:
        pack_parcel(parcel.pk, by=PACKER, now=NOW)
    assert caught.value.code == "nothing_inside"


def test_an_adopted_order_gets_a_parcel_whose_label_is_fetched_and_never_asked_for() -> None:
    shop, mug = make_shop(), make_item("MUG")
    make_warehouse()
    order = make_order(shop, {mug: 2}, state=OrderState.WATCHED)
    Reservation.objects.all().delete()
    Listing.objects.create(
        shop=shop,
        product_id="p",
        sku_id=f"sku-{mug.pk}",
        item=mug,
        title="Mug",
        currency="USD",
        updated_at=NOW,
        asked_at=NOW,
    )
    move_orders([(order.pk, OrderMove.ADOPT)], by=STEP, at=NOW)
    assert plan_next_orders() == 1
    assert plan_next_orders() == 0
    parcel = Parcel.objects.get()
    assert (parcel.parcel_state, parcel.package_id, order_of(parcel).pk) == (
        P.REQUESTED,
        order.package_ids[0],
        order.pk,
    )
    assert list(ParcelLine.objects.values_list("item__sku", "quantity")) == [("MUG", 2)]
    assert Call.objects.count() == 0


def test_an_adopted_order_that_nobody_can_pack_becomes_a_snag() -> None:
    order = make_order(make_shop(), {make_item("MUG"): 1}, state=OrderState.FULFILLING)
    Reservation.objects.all().delete()
    plan_next_orders()
    assert (Parcel.objects.count(), Snag.objects.get().subject_key) == (0, order.pk)
    assert plan_next_orders() == 0


def test_an_order_adopted_by_two_workers_gets_one_parcel() -> None:
    parcel = make_parcel(make_shop(), {make_item("MUG"): 1}, P.REQUESTED)
    assert adopt_orders([order_of(parcel)], by=STEP, now=NOW) == 0
    assert Parcel.objects.count() == 1
