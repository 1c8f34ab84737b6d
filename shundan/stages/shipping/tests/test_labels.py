"""Labels asked for, answered, refused, fetched and printed."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from pypdf import PdfReader, PdfWriter

from shundan.core.calls import CallState
from shundan.core.errors import Conflict, NotFound, OutsideRefused, OutsideUnavailable, Refused
from shundan.core.states import ParcelState
from shundan.edges.channels.tiktok.shipping import LabelFile
from shundan.edges.inbox.models import Want
from shundan.edges.outbox.actions import drop_calls
from shundan.edges.outbox.models import Call
from shundan.ground.jobs.models import Snag
from shundan.ground.journal.models import Entry
from shundan.ground.lib import clock
from shundan.ground.lib.blobs import get_blob
from shundan.stages.orders.models import Order
from shundan.stages.packing.models import Parcel
from shundan.stages.packing.queries import Stopped
from shundan.stages.packing.tests.cast import (
    CLERK,
    NOW,
    STEP,
    make_item,
    make_order,
    make_parcel,
    make_shop,
    order_of,
    stop_order,
    walk,
)
from shundan.stages.shipping.actions import fetching, print_labels, printing, requests, retry_labels
from shundan.stages.shipping.models import Label, LabelPrint
from shundan.stages.shipping.steps import (
    apply_label_answers,
    erase_old_labels,
    fetch_next_labels,
    request_next_labels,
)

pytestmark = pytest.mark.django_db
P = ParcelState


def page(marks: int = 1) -> bytes:
    writer = PdfWriter()
    for _ in range(marks):
        writer.add_blank_page(283, 425)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def answer(state: CallState, **told) -> None:
    Call.objects.filter(call_state="QUEUED").update(call_state=state, **told)


def labelled(shop, item) -> Parcel:
    """A parcel whose label has gone the whole way."""
    parcel = make_parcel(shop, {item: 1})
    request_next_labels()
    answer(CallState.ANSWERED, answer={"package_id": parcel.package_id, "tracking_number": f"T{parcel.pk}"})
    apply_label_answers()
    fetch_next_labels()
    parcel.refresh_from_db()
    assert parcel.parcel_state == P.LABELLED
    return parcel


@pytest.fixture
def platform(monkeypatch):
    """What the platform gives for a label: bytes, or an error to raise."""
    gives: list = [page()]

    def fetch(shop_key: int, package_id: str) -> LabelFile:
        if isinstance(gives[0], Exception):
            raise gives[0]
        return LabelFile(gives[0], "application/pdf", "")

    monkeypatch.setattr(fetching, "fetch_label_file", fetch)
    return gives


def test_a_planned_parcel_is_asked_for_once_with_its_call_in_the_same_transaction() -> None:
    parcel = make_parcel(make_shop(), {make_item("MUG"): 2})
    order = order_of(parcel)
    assert request_next_labels() == 1
    assert request_next_labels() == 0
    call = Call.objects.get()
    assert (call.kind, call.subject_key, call.order_keys, call.idempotency_key) == (
        "request_label",
        parcel.pk,
        [order.pk],
        f"label:{parcel.pk}:1",
    )
    assert call.request == {
        "package_id": parcel.package_id,
        "order_ids": [order.order_id],
        "is_part": False,
        "channel_line_ids": order.lines.get().channel_line_ids,
    }
    parcel.refresh_from_db()
    order.refresh_from_db()
    assert (parcel.parcel_state, order.arranged_at is not None) == (P.REQUESTED, True)


def test_a_stopped_or_paused_or_seller_shipped_parcel_is_not_asked_for() -> None:
    mug = make_item("MUG")
    stop_order(order_of(make_parcel(make_shop(), {mug: 1})))
    paused = make_shop()
    make_parcel(paused, {mug: 1})
    paused.paused_at = NOW
    paused.save()
    own = make_parcel(make_shop(), {mug: 1})
    Parcel.objects.filter(pk=own.pk).update(shipping_by_platform=False)
    assert request_next_labels() == 0
    assert (Call.objects.count(), set(Parcel.objects.values_list("parcel_state", flat=True))) == (0, {"PLANNED"})


def test_the_answer_brings_numbers_and_the_file_makes_it_labelled(platform) -> None:
    parcel = labelled(make_shop(), make_item("MUG"))
    label = Label.objects.get()
    assert (parcel.tracking_number, parcel.arranged_at is not None) == (f"T{parcel.pk}", True)
    assert (label.content_type, label.fetched_at is not None, label.printed) == ("application/pdf", True, 0)
    assert Call.objects.get().call_state == CallState.APPLIED


def test_a_refused_request_goes_back_with_trouble_and_is_asked_again_only_when_a_person_says_so() -> None:
    parcel = make_parcel(make_shop(), {make_item("MUG"): 1})
    request_next_labels()
    answer(CallState.FAILED, error_code="11021014", error="product oversize")
    assert apply_label_answers() == 1
    parcel.refresh_from_db()
    assert (parcel.parcel_state, parcel.trouble, Label.objects.get().ended_why) == (
        P.PLANNED,
        "product oversize",
        "11021014",
    )
    assert request_next_labels() == 0
    assert retry_labels([parcel.pk], by=CLERK, now=NOW) == 1
    with pytest.raises(Conflict):
        retry_labels([parcel.pk], by=CLERK, now=NOW)
    assert request_next_labels() == 1
    keys = list(Call.objects.order_by("pk").values_list("idempotency_key", flat=True))
    assert keys == [f"label:{parcel.pk}:1", f"label:{parcel.pk}:2"]


def test_a_label_that_is_still_being_made_is_tried_later(platform) -> None:
    platform[0] = OutsideUnavailable("still being generated", service="TikTok Shop", retry_after=2)
    parcel = make_parcel(make_shop(), {make_item("MUG"): 1})
    request_next_labels()
    answer(CallState.ANSWERED, answer={})
    apply_label_answers()
    assert fetch_next_labels() == 0
    label = Label.objects.get()
    assert (label.attempts, label.error) == (1, "still being generated")
    assert fetch_next_labels() == 0
    assert Label.objects.get().attempts == 1  # not before its time
    platform[0] = page()
    Label.objects.update(next_try_at=label.next_try_at - timedelta(minutes=1))
    assert fetch_next_labels() == 1
    parcel.refresh_from_db()
    assert (parcel.parcel_state, Label.objects.get().error) == (P.LABELLED, "")


def test_a_label_the_platform_will_not_give_becomes_trouble_after_three_tries(platform) -> None:
    platform[0] = OutsideRefused("couldn't process your order", service="TikTok Shop", outside_code=21042067)
    parcel = make_parcel(make_shop(), {make_item("MUG"): 1})
    request_next_labels()
    answer(CallState.ANSWERED, answer={})
    apply_label_answers()
    for _ in range(3):
        Label.objects.update(next_try_at=NOW - timedelta(days=999))
        fetch_next_labels()
    parcel.refresh_from_db()
    assert (parcel.parcel_state, parcel.trouble) == (P.PLANNED, "couldn't process your order")
    assert Label.objects.get().ended_why == "21042067"
    assert [(want.kind, want.outside_id) for want in Want.objects.all()] == [("package", parcel.package_id)]


def test_an_answer_to_an_older_request_is_taken_in_without_effect() -> None:
    parcel = make_parcel(make_shop(), {make_item("MUG"): 1})
    request_next_labels()
    walk(parcel, "REJECT")
    fetch_next_labels()  # ends the idle label
    request_next_labels()
    Call.objects.filter(idempotency_key__endswith=":1").update(call_state="FAILED", error="too late")
    assert apply_label_answers() == 1
    parcel.refresh_from_db()
    assert (parcel.parcel_state, parcel.trouble) == (P.REQUESTED, "")


def test_a_label_arranged_by_another_tool_is_only_fetched(platform) -> None:
    parcel = walk(make_parcel(make_shop(), {make_item("MUG"): 1}), "REQUEST")
    assert fetch_next_labels() == 2  # a label row, and its file
    parcel.refresh_from_db()
    assert (parcel.parcel_state, Call.objects.count()) == (P.LABELLED, 0)


def test_labels_are_printed_as_one_file_and_each_print_is_logged(platform) -> None:
    shop, mug = make_shop(), make_item("MUG")
    first = labelled(shop, mug)
    platform[0] = page(2)
    second = labelled(shop, mug)
    pdf = print_labels([second.pk, first.pk], by=CLERK, now=NOW)
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 3
    assert set(Label.objects.values_list("printed", flat=True)) == {1}
    assert list(LabelPrint.objects.values_list("by", "number", "reason")) == [("person:3", 1, "")] * 2
    assert Entry.objects.filter(verb="print_label").count() == 2


def test_printing_again_asks_why(platform) -> None:
    parcel = labelled(make_shop(), make_item("MUG"))
    print_labels([parcel.pk], by=CLERK, now=NOW)
    with pytest.raises(Refused) as caught:
        print_labels([parcel.pk], by=CLERK, now=NOW)
    assert (caught.value.code, LabelPrint.objects.count()) == ("printed_before", 1)
    print_labels([parcel.pk], by=CLERK, now=NOW, reason="jammed")
    assert LabelPrint.objects.order_by("-pk").values_list("number", "reason")[0] == (2, "jammed")


def test_a_stop_or_a_missing_label_prints_nothing_of_the_whole_batch(platform) -> None:
    shop, mug = make_shop(), make_item("MUG")
    ready, waiting = labelled(shop, mug), make_parcel(shop, {mug: 1})
    with pytest.raises(Conflict):
        print_labels([ready.pk, waiting.pk], by=CLERK, now=NOW)
    stop_order(order_of(ready))
    with pytest.raises(Stopped):
        print_labels([ready.pk], by=CLERK, now=NOW)
    assert (LabelPrint.objects.count(), Label.objects.filter(printed__gt=0).count()) == (0, 0)


def test_labels_that_cannot_be_joined_were_not_printed(platform) -> None:
    shop, mug = make_shop(), make_item("MUG")
    good = labelled(shop, mug)
    platform[0] = b"^XA^XZ"  # what a printer reads, and nobody joins
    odd, old = labelled(shop, mug), labelled(shop, mug)
    with pytest.raises(Refused) as caught:
        print_labels([good.pk, odd.pk], by=CLERK, now=NOW)
    assert caught.value.code == "bad_label"
    Label.objects.filter(parcel=old).update(blob="0" * 64)
    with pytest.raises(NotFound):
        print_labels([old.pk], by=CLERK, now=NOW)
    logged = Entry.objects.filter(verb="print_label").count()
    assert (LabelPrint.objects.count(), Label.objects.filter(printed__gt=0).count(), logged) == (0, 0, 0)


def test_a_label_that_was_replaced_while_the_file_was_drawn_is_not_handed_out(platform, monkeypatch) -> None:
    parcel = labelled(make_shop(), make_item("MUG"))
    join = printing.join_files

    def replace(files: list[bytes]) -> bytes:
        Label.objects.update(ended_at=NOW)
        label = Label.objects.get()
        Label.objects.create(shop=label.shop, parcel=parcel, number=2, asked_at=NOW, blob=label.blob, fetched_at=NOW)
        return join(files)

    monkeypatch.setattr(printing, "join_files", replace)
    with pytest.raises(Conflict):
        print_labels([parcel.pk], by=CLERK, now=NOW)
    assert (LabelPrint.objects.count(), Entry.objects.filter(verb="print_label").count()) == (0, 0)


def test_an_order_without_a_told_package_is_asked_for_by_its_lines() -> None:
    shop, mug = make_shop(), make_item("MUG")
    order = make_order(shop, {mug: 1}, packages=())
    from shundan.stages.packing.actions import plan_orders

    plan_orders([order], by=STEP, now=NOW)
    request_next_labels()
    assert Call.objects.get().request["package_id"] == ""
    answer(CallState.ANSWERED, answer={"package_id": "made", "tracking_number": "T1"})
    apply_label_answers()
    assert Parcel.objects.get().package_id == "made"
    assert Order.objects.get().arranged_at is not None


def test_label_files_are_erased_when_their_time_is_up_and_shared_ones_with_the_last(platform) -> None:
    shop, mug = make_shop(), make_item("MUG")
    old, young = labelled(shop, mug), labelled(shop, mug)
    blob = Label.objects.get(parcel=old).blob
    assert Label.objects.get(parcel=young).blob == blob
    Label.objects.filter(parcel=old).update(fetched_at=clock.now() - timedelta(days=91))
    assert (erase_old_labels(), erase_old_labels()) == (1, 0)
    assert get_blob(blob).startswith(b"%PDF")
    Label.objects.update(fetched_at=clock.now() - timedelta(days=91))
    assert erase_old_labels() == 1
    with pytest.raises(NotFound):
        get_blob(blob)


def test_who_dies_while_a_label_file_is_erased_leaves_it_to_the_next(platform, monkeypatch) -> None:
    parcel = labelled(make_shop(), make_item("MUG"))
    Label.objects.update(fetched_at=clock.now() - timedelta(days=91))

    def die(name: str) -> None:
        raise SystemExit

    monkeypatch.setattr(fetching, "erase_blob", die)
    with pytest.raises(SystemExit):
        erase_old_labels()
    assert Label.objects.get(parcel=parcel).blob != ""


def test_one_label_that_breaks_is_a_snag_and_its_neighbour_comes(platform, monkeypatch) -> None:
    shop, mug = make_shop(), make_item("MUG")
    bad, good = make_parcel(shop, {mug: 1}), make_parcel(shop, {mug: 1})
    request_next_labels()
    answer(CallState.ANSWERED, answer={})
    apply_label_answers()

    def fetch(shop_key: int, package_id: str) -> LabelFile:
        if package_id == bad.package_id:
            raise OSError("No space left on device")
        return LabelFile(page(), "application/pdf", "")

    monkeypatch.setattr(fetching, "fetch_label_file", fetch)
    assert fetch_next_labels() == 1
    good.refresh_from_db()
    label = Label.objects.get(parcel=bad)
    assert (good.parcel_state, label.error, label.attempts) == (P.LABELLED, "No space left on device", 1)
    assert Snag.objects.get().subject_name == bad.parcel_id


def test_an_answer_that_breaks_is_a_snag_and_its_neighbour_is_taken_in(monkeypatch) -> None:
    from shundan.stages.shipping import steps

    shop, mug = make_shop(), make_item("MUG")
    bad, good = make_parcel(shop, {mug: 1}), make_parcel(shop, {mug: 1})
    request_next_labels()
    answer(CallState.ANSWERED, answer={})
    take_in = steps.apply_answer

    def apply(call, **rest) -> None:
        if call.subject_key == bad.pk:
            raise ValueError("unreadable")
        take_in(call, **rest)

    monkeypatch.setattr(steps, "apply_answer", apply)
    apply_label_answers()
    assert Call.objects.get(subject_key=good.pk).call_state == CallState.APPLIED
    assert Call.objects.get(subject_key=bad.pk).call_state == CallState.ANSWERED
    assert (Snag.objects.get().subject_name, apply_label_answers()) == (bad.parcel_id, 0)


def test_a_label_request_that_was_called_off_does_not_leave_its_parcel_waiting() -> None:
    parcel = make_parcel(make_shop(), {make_item("MUG"): 1})
    request_next_labels()
    assert drop_calls("parcel", [parcel.pk]) == 1
    assert apply_label_answers() == 1
    parcel.refresh_from_db()
    assert (parcel.parcel_state, parcel.trouble) == (P.PLANNED, "called off")
    assert Label.objects.get().ended_why == "called_off"
    retry_labels([parcel.pk], by=CLERK, now=NOW)
    assert request_next_labels() == 1


@pytest.mark.parametrize("state", [P.REQUESTED, P.PACKED, P.HANDED_OVER])
def test_units_that_the_platform_put_into_another_parcels_package_wait_for_a_person(state) -> None:
    shop, mug = make_shop(), make_item("MUG")
    other, parcel = make_parcel(shop, {mug: 1}, state), make_parcel(shop, {mug: 1})
    request_next_labels()
    answer(CallState.ANSWERED, answer={"package_id": other.package_id, "tracking_number": "T1", "found": True})
    assert apply_label_answers() == 1
    parcel.refresh_from_db()
    assert (parcel.parcel_state, parcel.trouble) == ("PLANNED", requests.ELSEWHERE)
    assert parcel.package_id != other.package_id
    facts = Entry.objects.get(verb="REJECT", subject_key=parcel.pk).facts
    assert (facts["code"], facts["parcel"]) == ("package_elsewhere", other.parcel_id)
    assert Want.objects.get(kind="package").outside_id == other.package_id
    assert request_next_labels() == 0
    assert not Snag.objects.exists()


def test_a_refusal_that_comes_after_the_label_takes_nothing_back(platform) -> None:
    parcel = make_parcel(make_shop(), {make_item("MUG"): 1})
    request_next_labels()
    answer(CallState.ANSWERED, answer={})
    apply_label_answers()
    Label.objects.update(attempts=2)
    chosen = list(Label.objects.select_related("parcel", "shop"))
    assert fetch_next_labels() == 1  # another worker is given the file meanwhile
    platform[0] = OutsideRefused("couldn't process your order", service="TikTok Shop", outside_code=21042067)
    fetching.fetch_labels(chosen, by=STEP, now=NOW)
    parcel.refresh_from_db()
    label = Label.objects.get()
    assert (parcel.parcel_state, parcel.trouble, label.ended_at, label.error) == (P.LABELLED, "", None, "")


def test_a_refusal_of_an_older_label_does_not_end_the_one_asked_for_since(platform) -> None:
    parcel = make_parcel(make_shop(), {make_item("MUG"): 1})
    request_next_labels()
    answer(CallState.ANSWERED, answer={})
    apply_label_answers()
    Label.objects.update(attempts=2)
    older = list(Label.objects.select_related("parcel", "shop"))
    walk(parcel, "REJECT")
    fetch_next_labels()  # ends the idle label
    request_next_labels()
    platform[0] = OutsideRefused("couldn't process your order", service="TikTok Shop", outside_code=21042067)
    fetching.fetch_labels(older, by=STEP, now=NOW)
    parcel.refresh_from_db()
    assert (parcel.parcel_state, parcel.trouble, Label.objects.get(ended_at=None).number) == (P.REQUESTED, "", 2)


def test_a_parcel_the_seller_ships_is_not_said_to_be_asked_for_again() -> None:
    parcel = make_parcel(make_shop(), {make_item("MUG"): 1})
    Parcel.objects.filter(pk=parcel.pk).update(shipping_by_platform=False, trouble="cannot be matched to any carrier")
    with pytest.raises(Conflict):
        retry_labels([parcel.pk], by=CLERK, now=NOW)
    parcel.refresh_from_db()
    assert (parcel.trouble, Entry.objects.filter(verb="retry_label").count()) == ("cannot be matched to any carrier", 0)


@pytest.mark.parametrize("why", ["cancelled", "refused"])
def test_what_came_between_choosing_a_parcel_and_asking_for_its_label_keeps_it_back(why: str) -> None:
    parcel = make_parcel(make_shop(), {make_item("MUG"): 1})
    if why == "cancelled":
        Order.objects.update(order_state="CANCELLED")  # its parcel is voided a moment later
    else:
        Parcel.objects.update(trouble="product oversize")  # asked for by another worker, and refused
    assert requests.request_labels([parcel], by=STEP, now=NOW) == 0
    parcel.refresh_from_db()
    assert (parcel.parcel_state, Call.objects.count()) == (P.PLANNED, 0)
