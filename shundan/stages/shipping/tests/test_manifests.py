"""Hand-over: scanned out one by one, closed once, taken back before the scan."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from shundan.core.actors import Who
from shundan.core.errors import Conflict, NotFound, Refused
from shundan.core.parcel_moves import ParcelMove
from shundan.core.rights import Role
from shundan.core.states import OrderState, ParcelState
from shundan.ground.journal.models import Entry
from shundan.ground.lib import clock
from shundan.ground.staff.actions import create_person, issue_token
from shundan.stages.orders.models import Order
from shundan.stages.packing.actions import move_parcels
from shundan.stages.packing.queries import Stopped
from shundan.stages.packing.tests.cast import (
    NOW,
    PACKER,
    STEP,
    make_item,
    make_parcel,
    make_shop,
    make_warehouse,
    order_of,
    stop_order,
)
from shundan.stages.shipping.actions import close_manifest, open_manifest, scan_out, take_back, take_out
from shundan.stages.shipping.documents import render_manifest
from shundan.stages.shipping.models import Manifest, ManifestParcel
from shundan.stages.shipping.queries import find_manifest, manifest_facts
from shundan.stages.stock.models import LedgerRow, Level
from tests.people import sign_in

pytestmark = pytest.mark.django_db
P = ParcelState


@pytest.fixture
def ready():
    """An open manifest, an item and two packed parcels of it."""
    mug = make_item("MUG", on_hand=10)
    shop = make_shop()
    parcels = [make_parcel(shop, {mug: 1}, P.PACKED) for _ in range(2)]
    return open_manifest(by=PACKER, now=NOW), mug, parcels


def test_parcels_are_scanned_out_and_handed_over_when_the_manifest_closes(ready) -> None:
    manifest, mug, parcels = ready
    for parcel in parcels:
        scan_out(manifest.pk, parcel.pk, by=PACKER, now=NOW)
    scan_out(manifest.pk, parcels[0].pk, by=PACKER, now=NOW)  # the same again
    assert close_manifest(manifest.pk, by=PACKER, now=NOW, vehicle="GD 1234", counted=2) == 2
    manifest.refresh_from_db()
    assert (manifest.parcels, manifest.closed_by, manifest.counted) == (2, "person:7", 2)
    for parcel in parcels:
        parcel.refresh_from_db()
        assert (parcel.parcel_state, parcel.handed_over_at) == (P.HANDED_OVER, NOW)
        assert order_of(parcel).order_state == OrderState.SHIPPED
    level = Level.objects.get(item=mug)
    assert (level.on_hand, level.reserved) == (8, 0)
    facts = manifest_facts(find_manifest(manifest.manifest_id), made_at=NOW)
    assert [one.parcel for one in facts.parcels] == [parcel.parcel_id for parcel in parcels]
    assert render_manifest(facts).startswith(b"%PDF")


def test_a_manifest_is_closed_once_and_takes_nothing_afterwards(ready) -> None:
    manifest, mug, (first, second) = ready
    scan_out(manifest.pk, first.pk, by=PACKER, now=NOW)
    close_manifest(manifest.pk, by=PACKER, now=NOW)
    for late in (
        lambda: close_manifest(manifest.pk, by=PACKER, now=NOW),
        lambda: scan_out(manifest.pk, second.pk, by=PACKER, now=NOW),
        lambda: take_out(manifest.pk, first.pk, by=PACKER, now=NOW),
    ):
        with pytest.raises(Conflict):
            late()
    assert LedgerRow.objects.filter(item=mug, reason="leave").count() == 1
    assert Entry.objects.filter(verb="close_manifest").count() == 1


def test_an_empty_manifest_is_not_closed(ready) -> None:
    with pytest.raises(Refused) as caught:
        close_manifest(ready[0].pk, by=PACKER, now=NOW)
    assert caught.value.code == "empty_manifest"
    assert Manifest.objects.get().closed_at is None


@pytest.mark.parametrize("state", [P.PLANNED, P.REQUESTED, P.LABELLED, P.HANDED_OVER, P.IN_TRANSIT])
def test_only_packed_parcels_go_onto_a_manifest(state: ParcelState) -> None:
    parcel = make_parcel(make_shop(), {make_item("MUG"): 1}, state)
    manifest = open_manifest(by=PACKER, now=NOW)
    with pytest.raises(Conflict):
        scan_out(manifest.pk, parcel.pk, by=PACKER, now=NOW)
    assert ManifestParcel.objects.count() == 0


def test_a_stop_refuses_the_scan_and_later_the_closing_until_the_parcel_is_taken_out(ready) -> None:
    manifest, mug, (first, second) = ready
    scan_out(manifest.pk, first.pk, by=PACKER, now=NOW)
    scan_out(manifest.pk, second.pk, by=PACKER, now=NOW)
    stop_order(order_of(first))
    with pytest.raises(Stopped) as caught:
        close_manifest(manifest.pk, by=PACKER, now=NOW)
    assert caught.value.parcel_key == first.pk
    second.refresh_from_db()
    assert (second.parcel_state, Level.objects.get(item=mug).on_hand) == (P.PACKED, 10)
    take_out(manifest.pk, first.pk, by=PACKER, now=NOW)
    with pytest.raises(Stopped):
        scan_out(manifest.pk, first.pk, by=PACKER, now=NOW)
    assert close_manifest(manifest.pk, by=PACKER, now=NOW) == 1
    first.refresh_from_db()
    assert first.parcel_state == P.PACKED


def test_a_parcel_is_on_one_manifest_at_a_time(ready) -> None:
    manifest, _, (first, _) = ready
    scan_out(manifest.pk, first.pk, by=PACKER, now=NOW)
    other = open_manifest(by=PACKER, now=NOW)
    with pytest.raises(Conflict) as caught:
        scan_out(other.pk, first.pk, by=PACKER, now=NOW)
    assert caught.value.code == "on_another"


def test_a_parcel_the_carrier_scanned_before_the_closing_is_left_as_it_is(ready) -> None:
    from shundan.core.parcel_moves import ParcelMove

    manifest, mug, (first, second) = ready
    for parcel in (first, second):
        scan_out(manifest.pk, parcel.pk, by=PACKER, now=NOW)
    move_parcels([(first.pk, ParcelMove.SCAN)], by=STEP, at=NOW)
    assert close_manifest(manifest.pk, by=PACKER, now=NOW) == 2
    first.refresh_from_db()
    assert (first.parcel_state, Level.objects.get(item=mug).on_hand) == (P.IN_TRANSIT, 8)


def test_a_manifest_of_one_carrier_and_warehouse_refuses_others(ready) -> None:
    _, _, (first, _) = ready
    type(first).objects.filter(pk=first.pk).update(carrier_name="UniUni")
    other = open_manifest(carrier="USPS", by=PACKER, now=NOW)
    with pytest.raises(Refused) as caught:
        scan_out(other.pk, first.pk, by=PACKER, now=NOW)
    assert caught.value.code == "other_carrier"
    make_warehouse("YW")
    elsewhere = open_manifest(warehouse="YW", by=PACKER, now=NOW)
    with pytest.raises(Refused) as caught:
        scan_out(elsewhere.pk, first.pk, by=PACKER, now=NOW)
    assert caught.value.code == "other_warehouse"
    with pytest.raises(NotFound):
        open_manifest(warehouse="NO", by=PACKER, now=NOW)


def test_a_parcel_comes_back_before_the_scan_only_and_its_units_stay_off_the_books(ready) -> None:
    manifest, mug, (first, _) = ready
    scan_out(manifest.pk, first.pk, by=PACKER, now=NOW)
    close_manifest(manifest.pk, by=PACKER, now=NOW)
    with pytest.raises(Refused):
        take_back(first.pk, why="", by=PACKER, now=NOW)
    take_back(first.pk, why="the van was full", by=PACKER, now=NOW)
    first.refresh_from_db()
    assert (first.parcel_state, Level.objects.get(item=mug).on_hand) == (P.PACKED, 9)
    again = open_manifest(by=PACKER, now=NOW)
    scan_out(again.pk, first.pk, by=PACKER, now=NOW)
    close_manifest(again.pk, by=PACKER, now=NOW)
    assert Level.objects.get(item=mug).on_hand == 9
    type(first).objects.filter(pk=first.pk).update(parcel_state=P.IN_TRANSIT)
    with pytest.raises(Conflict):
        take_back(first.pk, why="too late", by=PACKER, now=NOW)


def test_a_hand_over_is_begun_only_where_one_works(ready) -> None:
    make_warehouse("YW")
    limited = replace(PACKER, warehouses=frozenset({"YW"}))
    assert open_manifest(by=limited, now=NOW).warehouse.code == "YW"
    with pytest.raises(NotFound):
        open_manifest(warehouse="DG", by=limited, now=NOW)


def test_a_parcel_of_a_cancelled_order_is_stopped_even_before_anybody_opened_a_stop(ready) -> None:
    manifest, _, (first, _) = ready
    Order.objects.filter(pk=order_of(first).pk).update(order_state=OrderState.CANCELLED)
    with pytest.raises(Stopped) as caught:
        scan_out(manifest.pk, first.pk, by=PACKER, now=NOW)
    assert (caught.value.parcel_key, ManifestParcel.objects.count()) == (first.pk, 0)


def test_what_was_opened_after_it_was_scanned_out_is_named_when_the_manifest_closes(ready) -> None:
    manifest, _, parcels = ready
    for parcel in parcels:
        scan_out(manifest.pk, parcel.pk, by=PACKER, now=NOW)
    move_parcels([(parcels[1].pk, ParcelMove.UNPACK)], by=STEP, at=NOW)
    client = sign_in("bao", "packer")
    client.post(reverse("shipping:close_manifest", args=[manifest.manifest_id]), {})
    page = client.get(reverse("shipping:manifest", args=[manifest.manifest_id])).content.decode()
    assert f"Not handed over: {parcels[1].parcel_id}<" in page and "Take them back from the carrier." in page
    take_back(parcels[0].pk, why="wrong van", by=PACKER, now=clock.now())
    token = issue_token(Role.PACKER.value, name="erp")
    answer = Client(headers={"authorization": f"Bearer {token}"}).get(
        f"/api/v1/shipping/manifests/{manifest.manifest_id}"
    )
    assert (answer.json()["left_out"], answer.json()["parcel_ids"]) == ([parcels[1].parcel_id], [])


def test_the_paper_of_a_closed_manifest_names_who_handed_over(ready) -> None:
    manifest, _, parcels = ready
    person = create_person("chen", role="packer", by=PACKER, now=NOW)
    scan_out(manifest.pk, parcels[0].pk, by=PACKER, now=NOW)
    assert manifest_facts(find_manifest(manifest.manifest_id), made_at=NOW).handed_over_by == ""
    close_manifest(manifest.pk, by=Who("person", str(person.pk), "page", role=Role.PACKER), now=NOW)
    assert manifest_facts(find_manifest(manifest.manifest_id), made_at=NOW).handed_over_by == "chen"
