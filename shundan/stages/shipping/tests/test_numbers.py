"""Another number for a parcel of our own carrier: told once, taken or refused, never believed before."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from shundan.core.errors import Conflict, Refused
from shundan.core.rights import Role
from shundan.core.states import ParcelState
from shundan.edges.carriers.actions import add_carrier
from shundan.edges.inbox.models import Want
from shundan.edges.outbox.models import Call
from shundan.ground.journal.models import Entry
from shundan.ground.lib import clock
from shundan.ground.staff.actions import issue_token
from shundan.stages.packing.models import Parcel
from shundan.stages.packing.tests.cast import CLERK, NOW, make_item, make_parcel, make_shop, walk
from shundan.stages.shipping.actions import edit_tracking, print_labels, ship_by_seller
from shundan.stages.shipping.models import Label
from shundan.stages.shipping.queries import NumberEdit, number_edit
from shundan.stages.shipping.queries.numbers import NUMBERED, WITHIN
from shundan.stages.shipping.steps import apply_label_answers
from tests.people import sign_in

pytestmark = pytest.mark.django_db
P = ParcelState
OLD, NEW = "WF12345678", "WF00000001"


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def parcel() -> Parcel:
    """A labelled parcel of our own carrier, whose first number the platform took."""
    add_carrier("wayfare", "Wayfare Express", provider_ids={"US": "7117"}, by=CLERK, now=NOW)
    add_carrier("puffin", "Puffin Post", provider_ids={"US": "7118"}, by=CLERK, now=NOW)
    add_carrier("islander", "Islander", provider_ids={"GB": "1"}, by=CLERK, now=NOW)
    made = make_parcel(make_shop(), {make_item("MUG"): 2})
    Parcel.objects.update(shipping_by_platform=False)
    ship_by_seller(made.pk, carrier="wayfare", number=OLD, by=CLERK, now=NOW)
    Call.objects.update(call_state="ANSWERED", answer={"package_id": made.package_id, "tracking_number": OLD})
    apply_label_answers()
    made.refresh_from_db()
    assert made.parcel_state == P.LABELLED
    return made


def edit(parcel: Parcel, number: str = NEW, carrier: str = "wayfare") -> Call:
    edit_tracking(parcel.pk, carrier=carrier, number=number, by=CLERK, now=NOW)
    return Call.objects.latest("pk")


def answer(call: Call, state: str = "ANSWERED", **told) -> None:
    Call.objects.filter(pk=call.pk).update(call_state=state, **told)
    apply_label_answers()


def standing(parcel: Parcel) -> NumberEdit:
    return number_edit(Parcel.objects.get(pk=parcel.pk), now=NOW)


def code_of(parcel: Parcel) -> str:
    refusal = standing(parcel).refusal
    return refusal.code if refusal else ""


def numbers(parcel: Parcel) -> tuple[str, str]:
    parcel.refresh_from_db()
    return parcel.tracking_number, parcel.carrier_name


def words_of(pdf: bytes) -> str:
    return PdfReader(io.BytesIO(pdf)).pages[0].extract_text()


def test_the_parcel_keeps_its_number_until_the_platform_has_taken_the_other_one(parcel: Parcel) -> None:
    call = edit(parcel, carrier="puffin")
    assert (call.kind, call.idempotency_key) == ("update_tracking", f"tracking:{parcel.pk}:1")
    assert (call.request["tracking_number"], call.request["provider_id"]) == (NEW, "7118")
    assert (numbers(parcel), standing(parcel).standing) == ((OLD, "Wayfare Express"), "telling")
    answer(call, answer={"package_id": parcel.package_id, "tracking_number": NEW})
    assert (numbers(parcel), standing(parcel).standing) == ((NEW, "Puffin Post"), "told")
    assert Want.objects.get(kind="package").outside_id == parcel.package_id
    verbs = ["edit_tracking", "number_taken"]
    entries = list(Entry.objects.filter(subject_kind="parcel", verb__in=verbs).order_by("pk"))
    assert [(one.verb, one.by_key) for one in entries] == [(verbs[0], "3"), (verbs[1], "apply_label_answers")]
    assert entries[0].facts == {"from": OLD, "to": NEW, "carrier": "puffin"}


def test_a_parcel_that_is_still_here_gets_a_new_label_that_waits_to_be_printed(parcel: Parcel) -> None:
    assert OLD in words_of(print_labels([parcel.pk], by=CLERK, now=NOW))
    call = edit(parcel)
    assert OLD in words_of(print_labels([parcel.pk], by=CLERK, now=NOW, reason="jammed"))  # not taken yet
    answer(call)
    label = Label.objects.get(ended_at=None)
    assert (label.number, label.printed, label.arranged_at is not None) == (2, 0, True)
    assert NEW in words_of(print_labels([parcel.pk], by=CLERK, now=NOW))
    assert Label.objects.get(number=1).ended_why == "number_changed"


def test_a_parcel_that_left_gets_no_new_label(parcel: Parcel) -> None:
    call = edit(parcel)
    walk(parcel, "PACK", "HAND_OVER")
    answer(call)
    assert (numbers(parcel)[0], Label.objects.get(ended_at=None).number) == (NEW, 1)


def test_a_refused_number_leaves_everything_as_it_was_and_says_what_to_do(parcel: Parcel) -> None:
    answer(edit(parcel), "FAILED", error_code="21011022", error="Invalid tracking number or provider ID.")
    told = standing(parcel)
    assert (told.standing, told.number, told.error) == ("refused", NEW, "Invalid tracking number or provider ID.")
    assert (numbers(parcel)[0], Label.objects.get(ended_at=None).number, code_of(parcel)) == (OLD, 1, "")
    assert Entry.objects.get(verb="number_refused").facts["code"] == "21011022"
    second = edit(parcel, "WF00000002")
    assert second.idempotency_key == f"tracking:{parcel.pk}:2"
    answer(second)
    assert (numbers(parcel)[0], Label.objects.get(ended_at=None).number) == ("WF00000002", 3)


@pytest.mark.parametrize("code", ["21011049", "21011050", "21011051", "21011052", "21011030", "21011042"])
def test_a_refusal_that_is_final_closes_the_form(parcel: Parcel, code: str) -> None:
    answer(edit(parcel), "FAILED", error_code=code, error="no")
    assert code_of(parcel) == "number_final"
    with pytest.raises(Conflict):
        edit(parcel, "WF00000002")


@pytest.mark.parametrize(
    ("state", "standing_", "code"),
    [("QUEUED", "telling", "being_told"), ("SENDING", "telling", "being_told"), ("UNSURE", "asking", "being_told"),
     ("ANSWERED", "telling", "being_told"), ("APPLIED", "told", "changed_before")],
)  # fmt: skip
def test_while_one_is_being_told_or_was_taken_no_other_is_told(
    parcel: Parcel, state: str, standing_: str, code: str
) -> None:
    Call.objects.filter(pk=edit(parcel).pk).update(call_state=state)
    assert (standing(parcel).standing, code_of(parcel)) == (standing_, code)
    with pytest.raises(Conflict) as caught:
        edit(parcel, "WF00000002")
    assert (caught.value.code, bool(caught.value.remedy)) == (code, True)
    assert Call.objects.filter(kind="update_tracking").count() == 1


@pytest.mark.parametrize("state", sorted(set(P) - NUMBERED))
def test_a_parcel_without_a_number_or_at_its_end_is_given_none(parcel: Parcel, state: ParcelState) -> None:
    Parcel.objects.update(parcel_state=state)
    with pytest.raises(Conflict):
        edit(parcel)
    assert (numbers(parcel)[0], Call.objects.filter(kind="update_tracking").count()) == (OLD, 0)


def test_after_72_hours_and_for_the_platforms_own_parcels_nothing_is_told(parcel: Parcel) -> None:
    Parcel.objects.update(arranged_at=NOW - WITHIN)
    assert code_of(parcel) == ""
    Parcel.objects.update(arranged_at=NOW - WITHIN - timedelta(seconds=1))
    assert code_of(parcel) == "too_late"
    Parcel.objects.update(shipping_by_platform=True)
    assert code_of(parcel) == "platform_ships"


WRONG = [
    ("AB 12", "wayfare", "number", "refused"),
    (OLD, "wayfare", "number", "same_number"),
    (NEW, "islander", "carrier", "no_provider"),
    (NEW, "nobody", "carrier", "not_found"),
]


@pytest.mark.parametrize(("number", "carrier", "field", "code"), WRONG)
def test_what_is_wrong_names_its_field_and_tells_nothing(parcel, number, carrier, field, code) -> None:
    with pytest.raises(Refused) as caught:
        edit(parcel, number, carrier)
    assert (caught.value.field, caught.value.code, Call.objects.count()) == (field, code, 1)


def test_the_same_number_with_another_carrier_is_a_change(parcel: Parcel) -> None:
    answer(edit(parcel, OLD, "puffin"))
    assert numbers(parcel) == (OLD, "Puffin Post")


def test_the_number_of_a_local_order_changes_at_once_and_as_often_as_needed(parcel: Parcel) -> None:
    parcel.shop.channel = "local"
    parcel.shop.save()
    for number in (NEW, "WF00000002"):
        edit(parcel, number)
        assert numbers(parcel)[0] == number
    assert (Call.objects.filter(kind="update_tracking").count(), Want.objects.count()) == (0, 0)
    assert Label.objects.get(ended_at=None).number == 3


def page_of(parcel: Parcel) -> str:
    return reverse("shipping:number", args=[parcel.shop.shop_id, parcel.parcel_id])


def parcels_page(parcel: Parcel) -> str:
    return reverse("tracking:parcel", args=[parcel.shop.shop_id, parcel.parcel_id])


def test_the_parcels_page_has_the_form_and_tells_how_it_stands(parcel: Parcel) -> None:
    packer = sign_in("bao", "packer")
    page = packer.get(parcels_page(parcel)).content.decode()
    assert page_of(parcel) in page and 'name="number"' in page and "until" in page
    answered = packer.post(page_of(parcel), {"carrier": "wayfare", "number": NEW})
    assert (answered.status_code, answered.url) == (302, parcels_page(parcel))
    page = packer.get(parcels_page(parcel)).content.decode()
    assert f"The platform is being told {NEW}." in page and 'name="number"' not in page
    answer(Call.objects.latest("pk"), "FAILED", error_code="21011025", error="Duplicate tracking number.")
    page = packer.get(parcels_page(parcel)).content.decode()
    assert all(one in page for one in (f"did not take {NEW}", "Duplicate tracking number.", "tell it again", "name="))
    edit(parcel, "WF00000002")
    answer(Call.objects.latest("pk"))
    page = packer.get(parcels_page(parcel)).content.decode()
    assert (
        f"The platform took {'WF00000002'}" in page and "If it is wrong, write the right number to the buyer." in page
    )


def test_what_was_filled_in_wrongly_is_shown_again_with_its_sentence(parcel: Parcel) -> None:
    packer = sign_in("bao", "packer", language="zh-hans")
    told = {"carrier": "puffin", "number": "AB 12"}
    answered = packer.post(page_of(parcel), told)
    page = answered.content.decode()
    assert answered.status_code == 422 and 'value="AB 12"' in page and 'value="puffin" selected' in page
    part = packer.post(page_of(parcel), told, headers={"HX-Request": "true", "HX-Target": "number"})
    assert part.status_code == 422 and part.content.decode().startswith('<section class="section" id="number"')
    part = packer.post(page_of(parcel), told | {"number": NEW}, headers={"HX-Request": "true", "HX-Target": "number"})
    assert (part.status_code, 'hx-trigger="every 5s"' in part.content.decode()) == (200, True)
    assert Call.objects.filter(kind="update_tracking").count() == 1


def test_a_viewer_sees_how_it_stands_and_has_no_form(parcel: Parcel) -> None:
    edit(parcel)
    viewer = sign_in("wei", "viewer")
    page = viewer.get(parcels_page(parcel)).content.decode()
    assert f"The platform is being told {NEW}." in page and page_of(parcel) not in page
    assert viewer.post(page_of(parcel), {"carrier": "wayfare", "number": NEW}).status_code == 403


def test_programs_have_the_same_words_and_refusals(parcel: Parcel) -> None:
    token = issue_token(Role.PACKER.value, name="erp")
    client = Client(headers={"authorization": f"Bearer {token}", "accept-language": "en"})
    root = f"/api/v1/shipping/parcels/{parcel.shop.shop_id}/{parcel.parcel_id}/number"

    def post(key: str, **told) -> tuple[int, dict]:
        headers = {"Idempotency-Key": key}
        answer = client.post(root, json.dumps(told), content_type="application/json", headers=headers)
        return answer.status_code, answer.json()

    assert client.get(root).json()["can_change"] is True
    status, told = post("a", carrier="wayfare", number="AB 12")
    assert (status, told["error"]["field"]) == (422, "number")
    first = post("b", carrier="wayfare", number=NEW)
    assert (first[0], first[1]["standing"], first[1]["tracking_number"]) == (200, "telling", OLD)
    assert post("b", carrier="wayfare", number=NEW) == first
    status, told = post("c", carrier="wayfare", number=NEW)
    assert (status, told["error"]["code"]) == (409, "being_told")
    answer(Call.objects.latest("pk"), "FAILED", error_code="21011022", error="Invalid.")
    told = client.get(root).json()
    assert (told["standing"], told["error"], told["can_change"]) == ("refused", "Invalid.", True)
    assert told["remedy"] == "Check number and carrier, then tell it again."
