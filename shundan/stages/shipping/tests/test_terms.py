"""Refused labels asked for again on other terms: what is offered, taken, refused, kept and sent."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from shundan.core.errors import Conflict, Refused
from shundan.core.rights import Role
from shundan.edges.channels.tiktok.mapping.offers import Handover, Service, Slot
from shundan.edges.channels.tiktok.shipping import Offers
from shundan.edges.outbox.models import Call
from shundan.ground.journal.models import Entry
from shundan.ground.lib import clock
from shundan.ground.staff.actions import issue_token
from shundan.stages.orders.models import Line
from shundan.stages.packing.actions import plan_orders
from shundan.stages.packing.models import Parcel
from shundan.stages.packing.tests.cast import CLERK, NOW, STEP, make_item, make_order, make_parcel, make_shop, walk
from shundan.stages.shipping.actions import change_label, retry_labels
from shundan.stages.shipping.models import LabelTerms
from shundan.stages.shipping.queries import Terms, cure_for, terms
from shundan.stages.shipping.steps import request_next_labels
from tests.people import sign_in

pytestmark = pytest.mark.django_db
SLOT = Slot(NOW + timedelta(hours=3), NOW + timedelta(hours=7))
START, END = int(SLOT.starts_at.timestamp()), int(SLOT.ends_at.timestamp())
SERVICES = (
    Service("S1", "Yun Standard", "Yun", 540, "USD", 3, 6, True),
    Service("S2", "Hai Express", "Hai", 890, "USD", 1, 2, False),
)
OFFERS = Offers(SERVICES, Handover(("DROP_OFF", "PICKUP"), (SLOT,)), "900 GRAM, 30 × 20 × 12 CM")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list:
    """What the platform was asked, after what it answers."""
    told: list = [OFFERS]

    def read(shop_key: int, **asked: object) -> Offers:
        told.append(asked)
        return told[0]

    monkeypatch.setattr(terms, "read_offers", read)
    return told


def refused(trouble: str = "The carrier does not serve this area.", sku: str = "MUG") -> Parcel:
    parcel = make_parcel(make_shop(), {make_item(sku): 2})
    Parcel.objects.filter(pk=parcel.pk).update(trouble=trouble)
    parcel.refresh_from_db()
    return parcel


def change(parcel: Parcel, **wanted) -> Terms:
    return change_label(parcel.pk, Terms(**wanted), by=CLERK, now=NOW)


def sent(parcel: Parcel) -> dict:
    """Ask for the label and return what its call says beside the package."""
    request_next_labels()
    request = Call.objects.filter(subject_key=parcel.pk).latest("pk").request
    known = {"package_id", "order_ids", "is_part", "channel_line_ids"}
    return {name: value for name, value in request.items() if name not in known}


WAYS = [
    ({"service_id": "S2"}, {"shipping_service_id": "S2"}),
    ({"handover_method": "DROP_OFF"}, {"handover_method": "DROP_OFF"}),
    (
        {"handover_method": "PICKUP", "pickup_at": START},
        {"handover_method": "PICKUP", "pickup_slot": {"start_time": START, "end_time": END}},
    ),
    (
        {"weight_g": 900, "size_cm": (30, 20, 10)},
        {
            "weight": {"value": "900", "unit": "GRAM"},
            "dimension": {"length": "30", "width": "20", "height": "10", "unit": "CM"},
        },
    ),
]


@pytest.mark.parametrize(("wanted", "said"), WAYS)
def test_what_was_chosen_is_kept_journaled_and_said_to_the_platform(asked, monkeypatch, wanted, said) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    parcel = refused()
    chosen = change(parcel, **wanted)
    parcel.refresh_from_db()
    kept = LabelTerms.objects.get()
    assert (parcel.trouble, kept.chosen_by, Terms.read(kept.terms)) == ("", "person:3", chosen)
    entry = Entry.objects.get(verb="change_label")
    assert (entry.by_key, entry.facts) == ("3", kept.terms)
    assert sent(parcel) == said


def test_terms_stay_until_others_are_chosen_and_a_slot_that_is_over_is_left_out(asked, monkeypatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    parcel = refused()
    change(parcel, handover_method="PICKUP", pickup_at=START)
    assert "pickup_slot" in sent(parcel)
    Parcel.objects.filter(pk=walk(parcel, "REJECT").pk).update(trouble="no pick-up")
    retry_labels([parcel.pk], by=CLERK, now=NOW)
    monkeypatch.setattr(clock, "now", lambda: SLOT.ends_at)
    assert sent(parcel) == {"handover_method": "PICKUP"}
    Parcel.objects.filter(pk=walk(parcel, "REJECT").pk).update(trouble="no pick-up")
    change(parcel)  # everything is left to the platform again
    assert sent(parcel) == {}


BAD = [
    ({"service_id": "S9"}, "not_offered", "service_id"),
    ({"handover_method": "VAN"}, "not_offered", "handover_method"),
    ({"handover_method": "PICKUP", "pickup_at": START + 1}, "not_offered", "pickup_at"),
    ({"handover_method": "DROP_OFF", "pickup_at": START}, "not_offered", "pickup_at"),
    ({"handover_method": "DROP_OFF", "service_id": "S2"}, "refused", "handover_method"),
    ({"weight_g": -1}, "refused", "weight_g"),
    ({"weight_g": 200_001}, "refused", "weight_g"),
    ({"size_cm": (30, 0, 10)}, "refused", "width_cm"),
    ({}, "refused", ""),
]


@pytest.mark.parametrize(("wanted", "code", "field"), BAD)
def test_what_is_not_offered_or_no_measure_names_its_field_and_changes_nothing(asked, wanted, code, field) -> None:
    parcel = refused()
    with pytest.raises(Refused) as caught:
        change(parcel, **wanted)
    parcel.refresh_from_db()
    assert (caught.value.code, caught.value.field, bool(caught.value.remedy)) == (code, field, True)
    assert (bool(parcel.trouble), LabelTerms.objects.count()) == (True, 0)


def test_only_a_refused_label_of_the_platform_is_changed_and_only_once(asked) -> None:
    parcel = refused()
    change(parcel, weight_g=900)
    own = refused(sku="CUP")
    Parcel.objects.filter(pk=own.pk).update(shipping_by_platform=False)
    for one in (parcel, own):
        with pytest.raises(Conflict):
            change(one, weight_g=800)
    assert LabelTerms.objects.count() == 1


def test_while_the_platform_is_silent_a_weight_can_be_told_and_a_service_cannot(asked) -> None:
    asked[0] = Offers(silent="TikTok Shop did not answer.")
    parcel = refused()
    with pytest.raises(Refused) as caught:
        change(parcel, service_id="S2")
    assert caught.value.code == "offers_unknown"
    assert change(parcel, weight_g=900) == Terms(weight_g=900)


def test_the_platform_is_asked_about_the_units_that_lie_in_the_package(asked) -> None:
    order = make_order(make_shop(), {make_item("MUG"): 3}, packages=("A", "B"))
    line = Line.objects.get(order=order)
    Line.objects.filter(pk=line.pk).update(package_ids=["A", "B", "A"])
    plan_orders([order], by=STEP, now=NOW)
    parcel = Parcel.objects.get(package_id="A")
    Parcel.objects.filter(pk=parcel.pk).update(trouble="refused")
    change(parcel, service_id="S2", weight_g=900)
    units = [line.channel_line_ids[0], line.channel_line_ids[2]]
    assert asked[1] == {
        "order_id": order.order_id, "package_id": "A", "pieces": units, "weight_g": 900, "size_cm": (),
    }  # fmt: skip
    request_next_labels()
    request = Call.objects.get(subject_key=parcel.pk).request
    assert (request["is_part"], request["channel_line_ids"]) == (True, units)


@pytest.mark.parametrize(
    ("trouble", "word"),
    [
        ("Fail to ship package because the package is overweight", "split it in Seller Center"),
        ("product oversize", "split it in Seller Center"),
        ("No available shipping services for this request due to missing pick-up time slot.", "drop the parcel off"),
        ("The shipment failed due to an invalid postal code.", "correct the address"),
        ("The carrier has no capacity on this lane today. Recreate the label later.", "in a few hours"),
        ("The carrier takes no batteries or liquids by this service.", "another shipping service"),
        ("couldn't process your order", "Say what is to be different"),
    ],
)
def test_a_refusal_says_what_to_do_next(trouble: str, word: str) -> None:
    with translation.override("en"):
        assert word in cure_for(trouble)


def page_of(parcel: Parcel) -> str:
    return reverse("shipping:change", args=[parcel.shop.shop_id, parcel.parcel_id])


def test_the_page_shows_the_offers_takes_a_choice_and_the_parcels_page_tells_it(asked) -> None:
    parcel, clerk = refused(), sign_in("clerk", "clerk")
    where = reverse("tracking:parcel", args=[parcel.shop.shop_id, parcel.parcel_id])
    assert page_of(parcel) in clerk.get(where).content.decode()
    assert page_of(parcel) in clerk.get(reverse("shipping:labels")).content.decode()
    page = clerk.get(page_of(parcel)).content.decode()
    assert all(word in page for word in ("Yun Standard", "Hai Express", "$8.90", f"PICKUP {START}", "900 GRAM"))
    assert clerk.post(page_of(parcel), {"service_id": "S2", "weight_g": "900"}).url == where
    assert Terms.read(LabelTerms.objects.get().terms) == Terms("S2", "Hai Express", weight_g=900)
    for address in (where, reverse("shipping:labels")):
        assert "Hai Express · 900 g" in clerk.get(address).content.decode()
    assert clerk.get(page_of(parcel)).status_code == 409  # it is no longer refused


def test_bad_input_is_shown_again_with_its_sentence(asked) -> None:
    parcel, clerk = refused(), sign_in("clerk", "clerk")
    answer = clerk.post(page_of(parcel), {"service_id": "S2", "weight_g": "heavy", "length_cm": "30"})
    page = answer.content.decode()
    assert (answer.status_code, LabelTerms.objects.count()) == (422, 0)
    assert "200000" in page and 'value="heavy"' in page and 'aria-invalid="true"' in page
    assert asked[1]["weight_g"] == 0


def test_a_silent_platform_is_told_and_plain_asking_again_stays(asked) -> None:
    asked[0] = Offers(silent="TikTok Shop did not answer.")
    parcel = refused()
    page = sign_in("clerk", "clerk").get(page_of(parcel)).content.decode()
    assert "TikTok Shop did not answer." in page and reverse("shipping:retry") in page and 'name="weight_g"' in page


def test_a_platform_that_was_silent_to_a_choice_is_not_waited_for_twice(asked) -> None:
    asked[0] = Offers(silent="TikTok Shop did not answer.")
    answer = sign_in("clerk", "clerk").post(page_of(refused()), {"service_id": "S2"})
    page = answer.content.decode()
    assert (answer.status_code, len(asked[1:])) == (422, 1)
    assert "TikTok Shop did not answer." in page and "Try again in a minute" in page and 'name="weight_g"' in page


def test_a_packer_chooses_without_seeing_prices_and_a_viewer_does_not_choose(asked) -> None:
    parcel = refused()
    page = sign_in("packer", "packer").get(page_of(parcel)).content.decode()
    assert "Hai Express" in page and "8.90" not in page
    viewer = sign_in("viewer", "viewer")
    assert viewer.get(page_of(parcel)).status_code == 403
    assert page_of(parcel) not in viewer.get(reverse("shipping:labels")).content.decode()


def test_programs_have_the_same_offers_words_and_refusals(asked) -> None:
    parcel, token = refused(), issue_token(Role.CLERK.value, name="erp")
    client = Client(headers={"authorization": f"Bearer {token}", "accept-language": "en"})
    root = f"/api/v1/shipping/parcels/{parcel.shop.shop_id}/{parcel.parcel_id}/label"
    offers = client.get(f"{root}/offers").json()
    assert [one["service_id"] for one in offers["services"]] == ["S1", "S2"]
    assert (offers["services"][1]["price_minor"], offers["handover_methods"]) == (890, ["DROP_OFF", "PICKUP"])
    assert offers["help"] == "Choose another shipping service."

    def post(**told) -> tuple[int, dict]:
        answer = client.post(root, json.dumps(told), content_type="application/json")
        return answer.status_code, answer.json()

    status, told = post(service_id="S9")
    assert (status, told["error"]["field"], told["error"]["code"]) == (422, "service_id", "not_offered")
    status, told = post(pickup_at=offers["pickup_slots"][0]["starts_at"])
    assert (status, told["label"], told["terms"]["handover_method"]) == (200, "waiting", "PICKUP")
    assert told["terms"]["pickup_until"] == "2026-11-24T13:30:00Z"
