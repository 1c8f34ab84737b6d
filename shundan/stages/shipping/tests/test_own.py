"""Parcels that go with the seller's own carrier, and the carriers the platform accepts."""

from __future__ import annotations

import pytest

from shundan.core.errors import Conflict, NotFound, Refused
from shundan.core.states import ParcelState
from shundan.edges.carriers.actions import add_carrier, learn_providers
from shundan.edges.carriers.models import Carrier
from shundan.edges.outbox.models import Call
from shundan.ground.lib.blobs import get_blob
from shundan.ground.lib.tests.paper import pages_of
from shundan.stages.orders.models import Address, Line, Order
from shundan.stages.packing.actions import plan_orders
from shundan.stages.packing.models import Parcel
from shundan.stages.packing.tests.cast import (
    CLERK,
    NOW,
    make_item,
    make_order,
    make_parcel,
    make_shop,
    order_of,
    stop_order,
)
from shundan.stages.shipping.actions import own, ship_by_seller
from shundan.stages.shipping.models import Label
from shundan.stages.shipping.steps import apply_label_answers, request_next_labels

pytestmark = pytest.mark.django_db
P = ParcelState


@pytest.fixture
def parcel() -> Parcel:
    """A planned parcel the seller ships, and a carrier with an id of the platform."""
    add_carrier("wayfare", "Wayfare Express", provider_ids={"US": "7117"}, by=CLERK, now=NOW)
    made = make_parcel(make_shop(), {make_item("MUG"): 2})
    Parcel.objects.update(shipping_by_platform=False)
    made.refresh_from_db()
    return made


def test_the_number_is_told_to_the_platform_and_our_label_is_drawn(parcel: Parcel) -> None:
    ship_by_seller(parcel.pk, carrier="wayfare", number="WF12345678", by=CLERK, now=NOW)
    call, label = Call.objects.get(), Label.objects.get()
    assert (call.kind, call.idempotency_key) == ("ship_by_seller", f"seller:{parcel.pk}:1")
    assert (call.request["provider_id"], call.request["tracking_number"]) == ("7117", "WF12345678")
    assert (label.source, label.content_type, bool(label.blob)) == ("own", "application/pdf", True)
    parcel.refresh_from_db()
    assert (parcel.parcel_state, parcel.carrier_name) == (P.REQUESTED, "Wayfare Express")
    Call.objects.update(call_state="ANSWERED", answer={"package_id": "made", "tracking_number": "WF12345678"})
    apply_label_answers()
    parcel.refresh_from_db()
    assert (parcel.parcel_state, parcel.tracking_number) == (P.LABELLED, "WF12345678")


def test_a_refused_number_leaves_the_parcel_planned_with_trouble(parcel: Parcel) -> None:
    ship_by_seller(parcel.pk, carrier="wayfare", number="WF12345678", by=CLERK, now=NOW)
    Call.objects.update(call_state="FAILED", error_code="11028006", error="cannot be matched to any carrier")
    apply_label_answers()
    parcel.refresh_from_db()
    assert (parcel.parcel_state, parcel.trouble) == (P.PLANNED, "cannot be matched to any carrier")
    ship_by_seller(parcel.pk, carrier="wayfare", number="WF99999999", by=CLERK, now=NOW)
    assert Call.objects.count() == 2


@pytest.mark.parametrize("number", ["", "AB 12", "WF-1234567", "x" * 41, "abc", "单号12345678"])
def test_a_number_that_no_carrier_has_is_refused(parcel: Parcel, number: str) -> None:
    with pytest.raises(Refused):
        ship_by_seller(parcel.pk, carrier="wayfare", number=number, by=CLERK, now=NOW)
    assert (Call.objects.count(), Label.objects.count()) == (0, 0)


def test_a_masked_address_a_stop_and_an_unknown_carrier_are_refused(parcel: Parcel) -> None:
    with pytest.raises(NotFound):
        ship_by_seller(parcel.pk, carrier="nobody", number="WF12345678", by=CLERK, now=NOW)
    stop = stop_order(order_of(parcel))
    with pytest.raises(Refused) as caught:
        ship_by_seller(parcel.pk, carrier="wayfare", number="WF12345678", by=CLERK, now=NOW)
    assert caught.value.code == "stopped"
    stop.delete()
    Address.objects.update(name="E*** S***")
    with pytest.raises(Refused) as caught:
        ship_by_seller(parcel.pk, carrier="wayfare", number="WF12345678", by=CLERK, now=NOW)
    assert (caught.value.code, Call.objects.count()) == ("masked_recipient", 0)


def test_a_parcel_the_platform_ships_and_one_with_a_label_are_refused(parcel: Parcel) -> None:
    ship_by_seller(parcel.pk, carrier="wayfare", number="WF12345678", by=CLERK, now=NOW)
    with pytest.raises(Conflict):
        ship_by_seller(parcel.pk, carrier="wayfare", number="WF87654321", by=CLERK, now=NOW)
    Parcel.objects.update(shipping_by_platform=True)
    with pytest.raises(Refused) as caught:
        ship_by_seller(parcel.pk, carrier="wayfare", number="WF12345678", by=CLERK, now=NOW)
    assert caught.value.code == "platform_ships"


def test_a_local_order_is_told_to_nobody(parcel: Parcel) -> None:
    shop = parcel.shop
    shop.channel = "local"
    shop.save()
    ship_by_seller(parcel.pk, carrier="wayfare", number="WF12345678", by=CLERK, now=NOW)
    parcel.refresh_from_db()
    assert (parcel.parcel_state, Call.objects.count()) == (P.LABELLED, 0)


def test_what_is_paid_at_the_door_stands_on_the_label_of_the_first_parcel_alone() -> None:
    add_carrier("wayfare", "Wayfare Express", provider_ids={"US": "7117"}, by=CLERK, now=NOW)
    order = make_order(make_shop(), {make_item("MUG"): 1, make_item("CUP"): 1}, packages=("A", "B"))
    Order.objects.update(order_type="COD", total_minor=3980, shipping_by_platform=False)
    Line.objects.filter(line_key="MUG").update(package_ids=["A"])
    Line.objects.filter(line_key="CUP").update(package_ids=["B"])
    order.refresh_from_db()
    plan_orders([order], by=CLERK, now=NOW)
    first, second = Parcel.objects.order_by("pk")
    for number, parcel in enumerate((first, second)):
        ship_by_seller(parcel.pk, carrier="wayfare", number=f"WF1234567{number}", by=CLERK, now=NOW)
    texts = [pages_of(get_blob(Label.objects.get(parcel=one).blob))[0] for one in (first, second)]
    assert ["USD 39.80" in text for text in texts] == [True, False]


def test_the_carriers_a_market_accepts_are_learned_when_a_parcel_waits_for_one(monkeypatch) -> None:
    asked = []

    def providers(shop_key: int, option: str) -> list[dict[str, str]]:
        asked.append(option)
        return [{"id": "9001", "name": "Puffin & Sons"}]

    monkeypatch.setattr(own, "shipping_providers", providers)
    monkeypatch.setattr(own, "_asked", {})
    make_parcel(make_shop(), {make_item("MUG"): 1})
    Parcel.objects.update(shipping_by_platform=False)
    Order.objects.update(delivery_option_id="opt-2")
    request_next_labels()
    request_next_labels()
    carrier = Carrier.objects.get()
    assert (asked, carrier.key, carrier.provider_ids) == (["opt-2"], "puffin-sons", {"US": "9001"})


def test_a_carrier_keeps_its_ids_of_other_markets() -> None:
    learn_providers("GB", [{"id": "1", "name": "Puffin"}], now=NOW)
    learn_providers("US", [{"id": "2", "name": "Puffin"}, {"id": "", "name": "Nameless"}], now=NOW)
    assert Carrier.objects.get().provider_ids == {"GB": "1", "US": "2"}
