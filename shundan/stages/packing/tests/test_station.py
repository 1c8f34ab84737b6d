"""The pack station: right and wrong scans, stops, weights, two packers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shundan.core.errors import Conflict, Refused
from shundan.core.states import ParcelState
from shundan.stages.packing.actions import pack_parcel, scan_item, unpack_parcel
from shundan.stages.packing.models import PackScan, Parcel, ParcelLine
from shundan.stages.packing.queries import Stopped
from shundan.stages.packing.queries.station import day_of
from shundan.stages.packing.tests.cast import (
    NOW,
    PACKER,
    SECOND_PACKER,
    make_item,
    make_parcel,
    make_shop,
    make_warehouse,
    order_of,
    stop_order,
)
from shundan.stages.stock.models import Warehouse

pytestmark = pytest.mark.django_db
LABELLED = ParcelState.LABELLED


def refusal(work) -> str:
    with pytest.raises(Refused) as caught:
        work()
    return caught.value.code


def test_every_unit_is_scanned_and_then_the_box_is_closed() -> None:
    mug, lamp = make_item("MUG", barcode="6971482003318"), make_item("LAMP")
    parcel = make_parcel(make_shop(), {mug: 2, lamp: 1}, LABELLED)
    first = scan_item(parcel.pk, "6971482003318", by=PACKER, now=NOW)
    assert (first.checked, first.quantity, first.left) == (1, 2, 2)
    scan_item(parcel.pk, "mug", by=PACKER, now=NOW)
    assert refusal(lambda: pack_parcel(parcel.pk, by=PACKER, now=NOW)) == "not_checked"
    assert scan_item(parcel.pk, "SELLER-LAMP", by=PACKER, now=NOW).left == 0
    pack_parcel(parcel.pk, by=PACKER, now=NOW, weight_g=640)
    parcel.refresh_from_db()
    assert (parcel.parcel_state, parcel.weight_g, parcel.packed_by, parcel.packed_at) == (
        "PACKED",
        640,
        "person:7",
        NOW,
    )
    assert list(PackScan.objects.order_by("pk").values_list("result", flat=True)) == ["right"] * 3 + ["done"]


def test_a_wrong_item_and_one_too_many_are_refused_and_counted_nowhere() -> None:
    mug, lamp = make_item("MUG"), make_item("LAMP")
    parcel = make_parcel(make_shop(), {mug: 1}, LABELLED)
    assert refusal(lambda: scan_item(parcel.pk, lamp.sku, by=PACKER, now=NOW)) == "wrong_item"
    assert refusal(lambda: scan_item(parcel.pk, "", by=PACKER, now=NOW)) == "wrong_item"
    scan_item(parcel.pk, mug.sku, by=PACKER, now=NOW)
    assert refusal(lambda: scan_item(parcel.pk, mug.sku, by=PACKER, now=NOW)) == "too_many"
    assert ParcelLine.objects.get().checked == 1
    results = list(PackScan.objects.order_by("pk").values_list("result", flat=True))
    assert results == ["wrong_item", "wrong_item", "right", "too_many"]


def test_a_stop_refuses_the_scan_and_the_closing_and_names_the_shelf() -> None:
    mug = make_item("MUG")
    parcel = make_parcel(make_shop(), {mug: 1}, LABELLED)
    scan_item(parcel.pk, mug.sku, by=PACKER, now=NOW)
    stop = stop_order(order_of(parcel))
    with pytest.raises(Stopped) as caught:
        pack_parcel(parcel.pk, by=PACKER, now=NOW)
    assert (caught.value.shelf, caught.value.parcel_key, caught.value.status) == ("R-1", parcel.pk, 409)
    assert refusal(lambda: scan_item(parcel.pk, mug.sku, by=PACKER, now=NOW)) == "stopped"
    parcel.refresh_from_db()
    assert parcel.parcel_state == LABELLED
    stop.closed_at = NOW
    stop.save()
    pack_parcel(parcel.pk, by=PACKER, now=NOW)


def test_a_void_parcel_is_stopped_too() -> None:
    parcel = make_parcel(make_shop(), {make_item("MUG"): 1}, ParcelState.VOIDED)
    assert refusal(lambda: scan_item(parcel.pk, "MUG", by=PACKER, now=NOW)) == "stopped"


def test_two_packers_at_one_parcel_pack_it_once() -> None:
    mug = make_item("MUG")
    parcel = make_parcel(make_shop(), {mug: 2}, LABELLED)
    scan_item(parcel.pk, mug.sku, by=PACKER, now=NOW)
    scan_item(parcel.pk, mug.sku, by=SECOND_PACKER, now=NOW)
    pack_parcel(parcel.pk, by=PACKER, now=NOW)
    with pytest.raises(Conflict):
        pack_parcel(parcel.pk, by=SECOND_PACKER, now=NOW)
    parcel.refresh_from_db()
    assert (parcel.packed_by, PackScan.objects.filter(result="done").count()) == ("person:7", 1)


@pytest.mark.parametrize("state", [one for one in ParcelState if one not in (LABELLED, ParcelState.VOIDED)])
def test_only_a_labelled_parcel_is_packed(state: ParcelState) -> None:
    parcel = make_parcel(make_shop(), {make_item("MUG"): 1}, state)
    with pytest.raises(Conflict):
        scan_item(parcel.pk, "MUG", by=PACKER, now=NOW)
    assert ParcelLine.objects.get().checked == 0


def test_an_odd_weight_needs_a_reason() -> None:
    mug = make_item("MUG", weight_g=300)
    parcel = make_parcel(make_shop(), {mug: 1}, LABELLED)
    scan_item(parcel.pk, mug.sku, by=PACKER, now=NOW)
    assert refusal(lambda: pack_parcel(parcel.pk, by=PACKER, now=NOW, weight_g=900)) == "weight_differs"
    assert refusal(lambda: pack_parcel(parcel.pk, by=PACKER, now=NOW, weight_g=0)) == "bad_weight"
    pack_parcel(parcel.pk, by=PACKER, now=NOW, weight_g=900, accept_weight="with a wooden box")
    parcel.refresh_from_db()
    assert parcel.weight_g == 900


def test_the_weight_of_a_parcel_is_learned_from_parcels_with_the_same_content() -> None:
    shop, mug = make_shop(), make_item("MUG", weight_g=300)
    for grams in (410, 420, 415):
        done = make_parcel(shop, {mug: 1}, ParcelState.PACKED)
        Parcel.objects.filter(pk=done.pk).update(weight_g=grams)
    parcel = make_parcel(shop, {mug: 1}, LABELLED)
    scan_item(parcel.pk, mug.sku, by=PACKER, now=NOW)
    assert refusal(lambda: pack_parcel(parcel.pk, by=PACKER, now=NOW, weight_g=340)) == "weight_differs"
    pack_parcel(parcel.pk, by=PACKER, now=NOW, weight_g=418)


def test_unpacking_needs_a_reason_and_begins_the_scans_anew() -> None:
    mug = make_item("MUG")
    parcel = make_parcel(make_shop(), {mug: 1}, LABELLED)
    scan_item(parcel.pk, mug.sku, by=PACKER, now=NOW)
    pack_parcel(parcel.pk, by=PACKER, now=NOW)
    assert refusal(lambda: unpack_parcel(parcel.pk, why=" ", by=PACKER, now=NOW)) == "refused"
    unpack_parcel(parcel.pk, why="forgot the card", by=PACKER, now=NOW + timedelta(minutes=1))
    parcel.refresh_from_db()
    assert (parcel.parcel_state, parcel.packed_at, parcel.packed_by) == ("LABELLED", None, "")
    assert ParcelLine.objects.get().checked == 0


def test_a_packers_day_begins_at_midnight_of_the_warehouse() -> None:
    Warehouse.objects.filter(pk=make_warehouse().pk).update(zone="America/New_York")
    parcel = make_parcel(make_shop(), {make_item("MUG"): 1}, LABELLED)
    evening = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)  # half an hour before midnight in New York
    PackScan.objects.create(parcel=parcel, result="done", at=evening, by=PACKER.named)
    assert day_of(PACKER, now=evening + timedelta(minutes=20)).today == 1
    assert day_of(PACKER, now=evening + timedelta(minutes=40)).today == 0
