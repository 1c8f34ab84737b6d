"""Cases: news opens and moves them, answers are saved calls, goods come back once, each ends with its cause."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from shundan.core.actors import SYSTEM, Who
from shundan.core.calls import CallKind
from shundan.core.errors import Conflict, Refused
from shundan.core.facts import CaseFacts
from shundan.core.states import CaseKind, CaseState, GoodsState, ParcelState
from shundan.edges.outbox.queries import Call
from shundan.ground.journal.queries import entries_of
from shundan.stages.aftersales import actions, queries
from shundan.stages.aftersales.actions import news
from shundan.stages.aftersales.models import Case, CaseLine
from shundan.stages.orders.models import Order
from shundan.stages.orders.tests.made import CLERK, PACKER, T0, facts, line, make_shop, store
from shundan.stages.packing.tests.cast import make_item, make_parcel, order_of
from shundan.stages.packing.tests.cast import make_shop as packing_shop

SERVICE = Who("person", "9", "page", "service", "Su")
pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    return store(make_shop(), facts(status="DELIVERED", lines=(line(quantity=2),)))[0]


def told(order: Order, status: str, **more: Any) -> CaseFacts:
    first = CaseFacts(
        "4035000000000000001", CaseKind.RETURN, order.order_id, status, "BUYER", T0, created_at=T0, currency="USD",
        refund_minor=1990, reason_text="Arrived broken", answer_by=T0 + timedelta(hours=24),
        actions=("SELLER_RESPOND_RETURN",),
    )  # fmt: skip
    return replace(first, **more)


def take(order: Order, one: CaseFacts, minutes: int = 0) -> str:
    at = T0 + timedelta(minutes=minutes)
    return news._take(order, replace(one, updated_at=at), asked_at=at)


def opened(order: Order, **more: Any) -> Case:
    take(order, told(order, "RETURN_OR_REFUND_REQUEST_PENDING", **more))
    return Case.objects.select_related("order", "shop").get(order=order)


def test_a_request_opens_one_case_with_its_clock_and_lines(order: Order) -> None:
    case = opened(order)
    assert (case.case_state, case.asked_minor, case.answer_by) == ("OPENED", 1990, T0 + timedelta(hours=24))
    assert [row.quantity for row in case.case_lines.all()] == [2]
    assert [entry.verb for entry in entries_of([("case", case.pk)])] == ["open_case"]
    assert take(order, told(order, "RETURN_OR_REFUND_REQUEST_PENDING")) == "older"
    assert Case.objects.count() == 1


def test_news_moves_the_case_and_older_news_does_not(order: Order) -> None:
    case = opened(order)
    take(order, told(order, "AWAITING_BUYER_SHIP", answer_by=None, actions=()), minutes=5)
    case.refresh_from_db()
    assert (case.case_state, case.goods_state, case.answer_by) == ("AGREED", "EXPECTED", None)
    assert take(order, told(order, "RETURN_OR_REFUND_REQUEST_PENDING"), minutes=1) == "older"
    case.refresh_from_db()
    assert case.case_state == "AGREED"


def test_money_paid_back_waits_for_the_goods_before_the_case_is_closed(order: Order) -> None:
    case = opened(order)
    take(order, told(order, "BUYER_SHIPPED_ITEM", answer_by=None), minutes=5)
    take(order, told(order, "RETURN_OR_REFUND_REQUEST_COMPLETE", answer_by=None), minutes=9)
    case.refresh_from_db()
    assert (case.case_state, case.refunded_minor) == ("AGREED", 1990)
    assert case.refunded_at == T0 + timedelta(minutes=9)


def test_an_unknown_status_is_a_surprise_and_changes_nothing(order: Order) -> None:
    case = opened(order)
    take(order, told(order, "A_NEW_STATUS"), minutes=5)
    case.refresh_from_db()
    assert (case.case_state, case.platform_status) == ("OPENED", "A_NEW_STATUS")


def test_saying_yes_saves_exactly_one_call(order: Order) -> None:
    case = opened(order)
    actions.approve_case(case.pk, by=SERVICE, now=T0)
    call = Call.objects.get(subject_kind="case")
    assert (call.kind, call.request) == (
        CallKind.APPROVE_RETURN, {"return_id": case.case_id, "decision": "APPROVE_RETURN"},
    )  # fmt: skip
    with pytest.raises(Conflict):
        actions.approve_case(case.pk, by=SERVICE, now=T0)
    assert Call.objects.filter(subject_kind="case").count() == 1


def test_a_decision_the_platform_does_not_take_now_is_refused(order: Order) -> None:
    case = opened(order)
    with pytest.raises(Refused) as refusal:
        actions.approve_case(case.pk, by=SERVICE, now=T0, decision="APPROVE_REPLACEMENT")
    assert "APPROVE_RETURN" in refusal.value.remedy
    assert not Call.objects.filter(subject_kind="case").exists()


def test_paying_back_needs_the_right_to_refund(order: Order) -> None:
    case = opened(order, kind=CaseKind.REFUND, actions=("SELLER_RESPOND_REFUND",))
    with pytest.raises(Refused):
        actions.approve_case(case.pk, by=CLERK, now=T0)
    assert not Call.objects.filter(subject_kind="case").exists()
    actions.approve_case(case.pk, by=SERVICE, now=T0)
    assert Call.objects.get(subject_kind="case").request["decision"] == "APPROVE_REFUND"


@pytest.mark.parametrize("amount", [0, 1990, 5000])
def test_an_offer_lies_between_nothing_and_all(order: Order, amount: int) -> None:
    case = opened(order)
    with pytest.raises(Refused):
        actions.offer_refund(case.pk, amount, by=SERVICE, now=T0)
    actions.offer_refund(case.pk, 500, by=SERVICE, now=T0)
    assert Call.objects.get(subject_kind="case").request["partial_refund"] == {"currency": "USD", "amount": "5.00"}


def test_saying_no_needs_the_platforms_reason(order: Order) -> None:
    case = opened(order)
    with pytest.raises(Refused):
        actions.reject_case(case.pk, "", by=SERVICE, now=T0)
    actions.reject_case(case.pk, "reverse_reject_request_reason_4", by=SERVICE, now=T0)
    assert Call.objects.get(subject_kind="case").request["decision"] == "REJECT_RETURN"


@pytest.mark.parametrize(("state", "expected"), [("ANSWERED", "AGREED"), ("FAILED", "OPENED")])
def test_the_platforms_answer_moves_the_case_or_says_why_not(order: Order, state: str, expected: str) -> None:
    case = opened(order)
    actions.approve_case(case.pk, by=SERVICE, now=T0)
    Call.objects.filter(subject_kind="case").update(call_state=state, error_code="25020004")
    assert actions.apply_case_answers() == 1
    case.refresh_from_db()
    assert case.case_state == expected
    assert actions.apply_case_answers() == 0


def test_goods_come_back_graded_once_and_the_case_ends_with_its_cause(order: Order) -> None:
    case = opened(order)
    take(order, told(order, "BUYER_SHIPPED_ITEM", answer_by=None), minutes=5)
    actions.receive_goods(case.pk, by=PACKER, now=T0)
    row = CaseLine.objects.get(case=case)
    with pytest.raises(Refused):
        actions.inspect_goods(case.pk, [actions.Grade(row.pk, 3, "sellable")], warehouse="", by=PACKER, now=T0)
    actions.inspect_goods(case.pk, [actions.Grade(row.pk, 1, "damaged")], warehouse="", by=PACKER, now=T0)
    with pytest.raises(Conflict):
        actions.inspect_goods(case.pk, [actions.Grade(row.pk, 1, "damaged")], warehouse="", by=PACKER, now=T0)
    with pytest.raises(Refused):
        actions.close_case(case.pk, "no.such.cause", by=SERVICE, now=T0)
    with pytest.raises(Refused):  # the buyer was not paid yet
        actions.close_case(case.pk, "goods.damaged", by=SERVICE, now=T0)
    take(order, told(order, "RETURN_OR_REFUND_REQUEST_COMPLETE", answer_by=None), minutes=9)
    case.refresh_from_db()
    assert case.case_state == CaseState.CLOSED
    actions.close_case(case.pk, "goods.damaged", by=SERVICE, now=T0)
    case.refresh_from_db()
    assert (case.case_state, case.goods_state, case.cause) == ("CLOSED", GoodsState.INSPECTED, "goods.damaged")


def test_a_repair_is_a_case_of_our_own(order: Order) -> None:
    case = actions.open_local_case(order.pk, "REPAIR", "The lid does not close", by=SERVICE, now=T0)
    assert (case.case_id[0], case.opened_by, case.goods_state) == ("L", "US", "EXPECTED")
    with pytest.raises(Refused):
        actions.open_local_case(order.pk, "RETURN", "", by=SERVICE, now=T0)


def test_the_bench_finds_a_case_by_what_stands_on_the_parcel(order: Order) -> None:
    case = opened(order, tracking_number="RT123456")
    for code in ("RT123456", case.case_id, order.order_id, order.order_id[-6:]):
        assert queries.cases_by_code(code, who=SYSTEM) == [case]
    assert queries.cases_by_code("nothing", who=SYSTEM) == []


def test_a_program_without_the_right_to_refund_cannot_pay_back_either(order: Order) -> None:
    case = opened(order, kind=CaseKind.REFUND, actions=("SELLER_RESPOND_REFUND",))
    with pytest.raises(Refused) as refusal:
        actions.approve_case(case.pk, by=replace(CLERK, kind="token", via="api"), now=T0)
    assert (refusal.value.code, Call.objects.filter(subject_kind="case").count()) == ("not_allowed", 0)


@pytest.mark.parametrize("ended", ["FAILED", "DROPPED"])
def test_an_answer_after_one_that_did_not_reach_the_platform_is_a_call_of_its_own(order: Order, ended: str) -> None:
    case = opened(order)
    actions.reject_case(case.pk, "reason_1", by=SERVICE, now=T0)
    Call.objects.filter(subject_kind="case").update(call_state=ended, error_code="25020004")
    actions.apply_case_answers()
    actions.reject_case(case.pk, "reason_2", by=SERVICE, now=T0)
    queued = Call.objects.get(subject_kind="case", call_state="QUEUED")
    assert queued.request["reject_reason"] == "reason_2"


def test_what_the_buyer_wrote_leaves_with_the_closed_order_and_nothing_else_does(order: Order) -> None:
    case = opened(order, note="It is broken, call Emma")
    day = T0 + timedelta(days=181)
    assert actions.erase_cases(now=day) == 0  # the order is open
    Order.objects.update(order_state="COMPLETED", completed_at=T0)
    assert actions.erase_cases(now=T0 + timedelta(days=179)) == 0
    assert [actions.erase_cases(now=day), actions.erase_cases(now=day)] == [1, 0]
    case.refresh_from_db()
    assert (case.buyer_note, case.reason_text) == ("", "Arrived broken")
    take(order, told(order, "RETURN_OR_REFUND_REQUEST_SUCCESS", note="It is broken, call Emma"), minutes=9)
    case.refresh_from_db()
    assert (case.buyer_note, case.platform_status) == ("", "RETURN_OR_REFUND_REQUEST_SUCCESS")


@pytest.mark.parametrize(("state", "out"), [("PACKED", False), ("HANDED_OVER", True), ("RETURNED", False)])
def test_a_parcel_that_has_left_is_named_before_anybody_says_yes(state: ParcelState, out: bool) -> None:
    parcel = make_parcel(packing_shop(), {make_item("MUG"): 1}, ParcelState(state))
    case = opened(order_of(parcel), kind=CaseKind.CANCELLATION)
    with translation.override("en"):
        page = render_to_string("aftersales/case.html", queries.case_page(case) | {"case": case, "kind_label": "x"})
    assert (f"Parcel {parcel.parcel_id}" in page, "stopped and voided" in page) == (out, not out)


def test_two_cases_of_one_order_each_have_a_number_and_a_form_sent_twice_opens_one(order: Order, clerk: Any) -> None:
    first, second = (actions.open_local_case(order.pk, "REPAIR", "The lid", by=SERVICE, now=T0) for _ in range(2))
    assert first.case_id != second.case_id
    form = {"shop": order.shop.shop_id, "order_id": order.order_id, "kind": "CLAIM", "note": "Crushed", "once": "a"}
    answers = [clerk.post("/cases/open/", form) for _ in range(2)]
    claim = Case.objects.get(kind="CLAIM")
    page = f"/orders/{order.shop.shop_id}/{order.order_id}/"
    assert [one.url for one in answers] == [f"/cases/{order.shop.shop_id}/{claim.case_id}/", page]
    assert "This form was sent already." in clerk.get(page).content.decode()
    assert [row.quantity for row in claim.case_lines.all()] == [2]


def test_a_program_that_repeats_its_request_opens_one_case(order: Order, clerk: Any) -> None:
    body = {"shop": order.shop.shop_id, "order_id": order.order_id, "kind": "REPAIR", "note": "The lid"}
    sent = {"content_type": "application/json", "headers": {"Idempotency-Key": "repair 1"}}
    answers = [clerk.post("/api/v1/cases", body, **sent) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].json()["case_id"] == answers[1].json()["case_id"] == Case.objects.get().case_id


def test_programs_list_cases_by_cursor_newest_opened_first(order: Order, clerk: Any) -> None:
    for minute in (2, 0, 1, 1):
        actions.open_local_case(order.pk, "REPAIR", f"minute {minute}", by=SERVICE, now=T0 + timedelta(minutes=minute))
    take(order, told(order, "RETURN_OR_REFUND_REQUEST_PENDING"))
    seen, after = [], ""
    while after is not None:
        page = clerk.get(f"/api/v1/cases?kind=REPAIR&limit=2&after={after}").json()
        seen += [row["reason"] for row in page["items"]]
        after = page["next"]
    assert seen == ["minute 2", "minute 1", "minute 1", "minute 0"]
    assert [clerk.get(f"/api/v1/cases?{wrong}").status_code for wrong in ("limit=201", "after=x")] == [422, 422]
