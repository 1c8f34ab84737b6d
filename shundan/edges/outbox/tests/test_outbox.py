from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from shundan.core.actors import step
from shundan.core.calls import CallKind, CallState
from shundan.core.errors import Conflict, OutsideUnavailable
from shundan.edges.channels import models
from shundan.edges.channels.queries import unsubscribed_shops
from shundan.edges.channels.tests.gateway import OWNER, Gateway, connect, envelope, gateway
from shundan.edges.inbox.topics import SUBSCRIBED
from shundan.edges.outbox import steps
from shundan.edges.outbox.actions import (
    CallDraft,
    apply_call,
    ask_unsure_calls,
    asking,
    decide_call,
    drop_calls,
    give_back_expired_leases,
    queue_call,
    repeat_call,
    send_next_calls,
    sending,
)
from shundan.edges.outbox.models import Call
from shundan.edges.outbox.queries import answered, open_call, stuck_calls
from shundan.ground.lib import clock, http
from shundan.ground.shops.actions import pause_shop, resume_shop
from shundan.ground.shops.queries import Shop

__all__ = ["gateway"]
pytestmark = pytest.mark.django_db
S, K = CallState, CallKind
LOST = OutsideUnavailable("the answer was lost", service="TikTok Shop", unsure=True)
NOT_SENT = OutsideUnavailable("no connection", service="TikTok Shop", unsure=False)


def package(status: str = "PROCESSING") -> dict[str, Any]:
    return {
        "package_id": "P1", "package_status": status, "tracking_number": "TN1" if status != "TO_FULFILL" else "",
        "shipping_provider_id": "71", "shipping_provider_name": "Larkline", "update_time": 1763808000,
    }  # fmt: skip


def queue(
    shop: Shop, kind: CallKind = K.REQUEST_LABEL, *, subject: int = 7, key: str = "label:7:1", **request: Any
) -> Call:
    told = request or {"package_id": "P1", "channel_line_ids": ["11"], "number": 1}
    draft = CallDraft(shop.pk, kind, "parcel", subject, f"parcel {subject}", [subject], key, told)
    return Call.objects.get(pk=queue_call(draft, by=step("test"), now=clock.now()))


def state(call: Call) -> str:
    return str(Call.objects.get(pk=call.pk).call_state)


def due_now() -> None:
    Call.objects.update(not_before=clock.wall())


def test_a_call_is_saved_once_per_idempotency_key() -> None:
    shop = connect()
    first, again = queue(shop), queue(shop, subject=7)
    assert first.pk == again.pk
    assert Call.objects.count() == 1
    assert queue(connect("7495000000000000002")).pk != first.pk


def test_a_label_is_asked_for_and_the_answer_saved_with_number_and_carrier(gateway: Gateway) -> None:
    gateway.replies |= {"package.ship": {}, "package.detail": package()}
    call = queue(connect())
    assert send_next_calls() == 1
    call.refresh_from_db()
    assert (call.call_state, call.attempts, call.lease_until) == (S.ANSWERED, 1, None)
    assert call.answer == {
        "package_id": "P1",
        "tracking_number": "TN1",
        "carrier_id": "71",
        "carrier_name": "Larkline",
        "status": "PROCESSING",
    }
    assert [row.pk for row in answered(K.REQUEST_LABEL)] == [call.pk]
    assert send_next_calls() == 0
    assert apply_call(call.pk)
    assert not apply_call(call.pk)
    assert not answered(K.REQUEST_LABEL).exists()


def test_sending_is_on_record_before_the_wire(gateway: Gateway) -> None:
    call = queue(connect())

    def ship(request: http.Request) -> dict[str, Any]:
        row = Call.objects.get(pk=call.pk)
        assert (row.call_state, row.attempts) == (S.SENDING, 1)
        assert row.lease_until is not None and row.lease_until > clock.wall()
        return {}

    gateway.replies |= {"package.ship": ship, "package.detail": package()}
    send_next_calls()
    assert state(call) == S.ANSWERED


def test_a_refusal_fails_the_call_with_the_platforms_code(gateway: Gateway) -> None:
    gateway.replies["package.ship"] = envelope(21011007, "Package item has after-sale request")
    call = queue(connect())
    send_next_calls()
    call.refresh_from_db()
    assert (call.call_state, call.error_code, call.request_id) == (S.FAILED, "21011007", "REQ1")
    assert "after-sale request" in call.error
    assert [row.pk for row in answered(K.REQUEST_LABEL)] == [call.pk]


def test_what_was_never_sent_is_sent_again_later(gateway: Gateway) -> None:
    gateway.replies |= {"package.ship": [NOT_SENT, {}], "package.detail": package()}
    call = queue(connect())
    send_next_calls()
    call.refresh_from_db()
    assert (call.call_state, call.error) == (S.QUEUED, "no connection")
    assert call.not_before > clock.wall()
    assert send_next_calls() == 0
    due_now()
    send_next_calls()
    assert state(call) == S.ANSWERED


def test_a_limit_waits_as_long_as_it_was_told(gateway: Gateway) -> None:
    gateway.replies["package.ship"] = envelope(36009002, "Too many requests", status=429, retry_after="33")
    call = queue(connect())
    send_next_calls()
    call.refresh_from_db()
    assert call.call_state == S.QUEUED
    assert call.not_before - clock.wall() > timedelta(seconds=30)


def test_a_lost_answer_is_asked_after_and_never_blindly_repeated(gateway: Gateway) -> None:
    gateway.replies |= {"package.ship": LOST, "package.detail": package()}
    call = queue(connect())
    send_next_calls()
    assert state(call) == S.UNSURE
    due_now()
    assert send_next_calls() == 0
    assert ask_unsure_calls() == 1
    call.refresh_from_db()
    assert (call.call_state, call.answer["tracking_number"], call.error) == (S.ANSWERED, "TN1", "")  # type: ignore[index]
    assert gateway.names() == ["package.ship", "package.detail"]


def test_what_did_not_happen_is_sent_again_after_two_noes(gateway: Gateway) -> None:
    gateway.replies |= {"package.ship": [LOST, {}], "package.detail": package("TO_FULFILL")}
    call = queue(connect())
    send_next_calls()
    due_now()
    assert ask_unsure_calls() == 0
    assert state(call) == S.UNSURE
    due_now()
    assert ask_unsure_calls() == 1
    assert state(call) == S.QUEUED
    assert gateway.names() == ["package.ship", "package.detail", "package.detail"]


def test_a_platform_that_cannot_be_asked_counts_as_no_answer(gateway: Gateway) -> None:
    gateway.replies |= {"package.ship": LOST, "package.detail": NOT_SENT}
    call = queue(connect())
    send_next_calls()
    for _ in range(4):
        due_now()
        ask_unsure_calls()
    call.refresh_from_db()
    assert (call.call_state, call.asks) == (S.UNSURE, 0)


def test_death_between_sending_and_the_answer_is_unsure(gateway: Gateway) -> None:
    """The sender died after it had committed SENDING: nobody knows whether the request went out."""
    gateway.replies |= {"package.detail": package()}
    call = queue(connect())
    Call.objects.update(
        call_state=S.SENDING, attempts=1, lease_until=clock.wall() + timedelta(seconds=60), sent_at=clock.now()
    )
    assert give_back_expired_leases() == 0
    assert send_next_calls() == 0
    Call.objects.update(lease_until=clock.wall() - timedelta(seconds=1))
    assert give_back_expired_leases() == 1
    assert state(call) == S.UNSURE
    assert ask_unsure_calls() == 1
    assert state(call) == S.ANSWERED
    assert "package.ship" not in gateway.names()


def test_an_answer_that_comes_after_the_lease_ran_out_still_counts() -> None:
    call = queue(connect())
    Call.objects.update(call_state=S.UNSURE, attempts=1)
    call.attempts = 1
    assert sending.note(call, S.ANSWERED, answer={"package_id": "P1"})
    assert state(call) == S.ANSWERED


def test_an_answer_of_an_older_attempt_changes_nothing() -> None:
    call = queue(connect())
    Call.objects.update(call_state=S.SENDING, attempts=2)
    call.attempts = 1
    assert not sending.note(call, S.FAILED, error="old")
    assert state(call) == S.SENDING


def test_two_workers_send_a_call_once(gateway: Gateway) -> None:
    gateway.replies |= {"package.ship": {}, "package.detail": package()}
    first = queue(connect())
    second = Call.objects.get(pk=first.pk)
    assert sending.send_call(first)
    assert not sending.send_call(second)
    assert gateway.names().count("package.ship") == 1


@pytest.mark.parametrize("code", [21011040, 21042056, 21011027, 21008042])
def test_shipped_already_is_taken_as_our_own_lost_answer(gateway: Gateway, code: int) -> None:
    gateway.replies |= {
        "package.ship": envelope(code, "Package has already been shipped."),
        "package.detail": package(),
    }
    call = queue(connect())
    send_next_calls()
    call.refresh_from_db()
    assert (call.call_state, call.answer["package_id"]) == (S.ANSWERED, "P1")  # type: ignore[index]


def test_a_dead_authorisation_makes_calls_wait_instead_of_failing(gateway: Gateway) -> None:
    gateway.replies |= {
        "package.ship": [envelope(105002, "expired", status=401), {}], "package.detail": package(),
        "token/refresh": envelope(36004004, "Invalid refresh_token"),
    }  # fmt: skip
    shop = connect()
    call = queue(shop)
    send_next_calls()
    call.refresh_from_db()
    assert (call.call_state, call.error_code) == (S.QUEUED, "unauthorised")
    due_now()
    assert send_next_calls() == 0


def test_a_paused_shop_sends_nothing_until_it_goes_on(gateway: Gateway) -> None:
    gateway.replies |= {"package.ship": {}, "package.detail": package()}
    shop = connect()
    call = queue(shop)
    pause_shop(shop, by=OWNER, now=clock.now())
    assert send_next_calls() == 0
    resume_shop(shop, by=OWNER, now=clock.now())
    assert send_next_calls() == 1
    assert state(call) == S.ANSWERED


def test_a_cancel_waits_until_the_label_request_before_it_has_ended(gateway: Gateway) -> None:
    gateway.replies |= {
        "package.ship": LOST,
        "package.detail": package(),
        "cancellation.create": {"cancel_id": "C1", "cancel_status": "X"},
    }
    shop = connect()
    label = queue(shop)
    cancel = queue(
        shop, K.CANCEL_ORDER, key="cancel:7", order_id="5", cancel_reason="seller_cancel_reason_out_of_stock"
    )
    send_next_calls()
    due_now()
    assert send_next_calls() == 0
    assert (state(label), state(cancel)) == (S.UNSURE, S.QUEUED)
    ask_unsure_calls()
    send_next_calls()
    assert (state(label), state(cancel)) == (S.ANSWERED, S.ANSWERED)


def test_calls_that_wait_for_each_other_go_in_the_order_they_were_queued(gateway: Gateway) -> None:
    gateway.replies |= {
        "package.ship": {},
        "package.detail": package(),
        "cancellation.create": {"cancel_id": "C1", "cancel_status": "X"},
    }
    shop = connect()
    queue(shop, K.CANCEL_ORDER, key="cancel:7", order_id="5", cancel_reason="r")
    queue(shop)
    send_next_calls()
    send_next_calls()
    assert [name for name in gateway.names() if name != "package.detail"] == ["cancellation.create", "package.ship"]


def test_other_orders_do_not_wait(gateway: Gateway) -> None:
    gateway.replies |= {"package.ship": LOST, "cancellation.create": {"cancel_id": "C1", "cancel_status": "X"}}
    shop = connect()
    queue(shop)
    other = queue(shop, K.CANCEL_ORDER, subject=8, key="cancel:8", order_id="6", cancel_reason="r")
    send_next_calls()
    assert state(other) == S.ANSWERED


def test_only_the_newest_stock_push_counts(gateway: Gateway) -> None:
    gateway.replies["inventory.update"] = {}
    shop = connect()
    told = {"product_id": "PR1", "sku_id": "S1"}
    old = queue(shop, K.PUSH_STOCK, key="stock:1", **told, stock={"W1": 5})
    new = queue(shop, K.PUSH_STOCK, key="stock:2", **told, stock={"W1": 3})
    assert (state(old), state(new)) == (S.DROPPED, S.QUEUED)
    send_next_calls()
    assert gateway.bodies("inventory.update") == [
        {"skus": [{"id": "S1", "inventory": [{"warehouse_id": "W1", "quantity": 3}]}]}
    ]


def test_a_push_whose_answer_was_lost_is_simply_sent_again(gateway: Gateway) -> None:
    gateway.replies["inventory.update"] = [LOST, {}]
    call = queue(connect(), K.PUSH_STOCK, key="s", product_id="PR1", sku_id="S1", stock={"W1": 5})
    send_next_calls()
    assert state(call) == S.QUEUED
    due_now()
    send_next_calls()
    assert state(call) == S.ANSWERED


def test_a_success_that_refuses_the_sku_is_a_refusal(gateway: Gateway) -> None:
    gateway.replies["inventory.update"] = {"errors": [{"code": 12052900, "message": "out of range"}]}
    call = queue(connect(), K.PUSH_STOCK, key="s", product_id="PR1", sku_id="S1", stock={"W1": 5})
    send_next_calls()
    call.refresh_from_db()
    assert (call.call_state, call.error_code) == (S.FAILED, "12052900")


def test_no_more_is_offered_than_the_platform_takes(gateway: Gateway) -> None:
    gateway.replies["inventory.update"] = {}
    queue(connect(), K.PUSH_STOCK, key="s", product_id="PR1", sku_id="S1", stock={"W1": 120_000, "W2": 7})
    send_next_calls()
    offered = gateway.bodies("inventory.update")[0]["skus"][0]["inventory"]
    assert [place["quantity"] for place in offered] == [99_999, 7]


def test_a_message_opens_its_conversation_and_is_found_again(gateway: Gateway) -> None:
    said = {"id": "M1", "type": "TEXT", "content": json.dumps({"content": "Hello!"}), "sender": {"role": "SHOP"},
            "create_time": int(clock.now().timestamp())}  # fmt: skip
    gateway.replies |= {
        "conversation.create": {"conversation_id": "V1"},
        "message.send": LOST,
        "message.list": {"messages": [said]},
    }
    call = queue(
        connect(), K.SEND_MESSAGE, key="m", conversation_id="", buyer_user_id="B1", text="Hello!", written_at=1
    )
    send_next_calls()
    assert gateway.bodies("message.send") == [{"type": "TEXT", "content": '{"content": "Hello!"}'}]
    due_now()
    ask_unsure_calls()
    call.refresh_from_db()
    assert (call.call_state, call.answer) == (S.ANSWERED, {"conversation_id": "V1", "message_id": "M1"})


def test_a_message_is_found_again_where_our_clock_is_wrong(gateway: Gateway) -> None:
    said = {"id": "M1", "type": "TEXT", "content": json.dumps({"content": "Hello!"}), "sender": {"role": "SHOP"},
            "create_time": int(clock.now().timestamp()) - 900}  # fmt: skip
    gateway.replies |= {"message.send": LOST, "message.list": {"messages": [said]}}
    shop = connect()
    models.App.objects.update(clock_offset=-900.0)
    call = queue(shop, K.SEND_MESSAGE, key="m", conversation_id="V1", text="Hello! ", written_at=1)
    send_next_calls()
    due_now()
    ask_unsure_calls()
    assert state(call) == S.ANSWERED
    asked = dict(next(request for name, request in gateway.asked if name == "message.list").query)
    assert (asked["sort_field"], asked["sort_order"]) == ("create_time", "DESC")


def test_messages_of_one_conversation_keep_their_order(gateway: Gateway) -> None:
    lost = [LOST]

    def answer(request: http.Request) -> Any:  # the first one's answer is lost, whichever goes out first
        return lost.pop() if lost and "/V1/" in request.url else {"message_id": "M2"}

    gateway.replies |= {"message.send": answer, "message.list": {"messages": []}}
    shop = connect()
    first = queue(shop, K.SEND_MESSAGE, subject=1, key="m1", conversation_id="V1", text="First")
    second = queue(shop, K.SEND_MESSAGE, subject=2, key="m2", conversation_id="V1", text="Second")
    other = queue(shop, K.SEND_MESSAGE, subject=3, key="m3", conversation_id="V2", text="Elsewhere")
    send_next_calls()
    due_now()
    send_next_calls()
    assert (state(first), state(second), state(other)) == (S.UNSURE, S.QUEUED, S.ANSWERED)
    Call.objects.filter(pk=first.pk).update(call_state=S.ANSWERED)
    send_next_calls()
    assert state(second) == S.ANSWERED


def test_the_same_words_said_earlier_are_not_this_message(gateway: Gateway) -> None:
    said = {"id": "M0", "type": "TEXT", "content": json.dumps({"content": "Hello!"}), "sender": {"role": "SHOP"},
            "create_time": int(clock.now().timestamp()) - 3600}  # fmt: skip
    gateway.replies |= {"message.send": LOST, "message.list": {"messages": [said]}}
    call = queue(connect(), K.SEND_MESSAGE, key="m", conversation_id="V1", text="Hello!", written_at=1)
    send_next_calls()
    for _ in range(2):
        due_now()
        ask_unsure_calls()
    assert state(call) == S.QUEUED


@pytest.mark.parametrize(
    ("kind", "request_", "search", "found", "happened"),
    [
        (K.APPROVE_CANCELLATION, {"cancel_id": "C1"}, "cancellation.search",
         {"cancellations": [{"cancel_id": "C1", "cancel_status": "CANCELLATION_REQUEST_SUCCESS"}]}, True),
        (K.REJECT_CANCELLATION, {"cancel_id": "C1", "reject_reason": "r"}, "cancellation.search",
         {"cancellations": [{"cancel_id": "C1", "cancel_status": "CANCELLATION_REQUEST_PENDING"}]}, False),
        (K.APPROVE_RETURN, {"return_id": "R1", "decision": "APPROVE_RETURN"}, "return.search",
         {"return_orders": [{"return_id": "R1", "return_status": "AWAITING_BUYER_SHIP"}]}, True),
        (K.APPROVE_RETURN, {"return_id": "R1", "decision": "APPROVE_RECEIVED_PACKAGE"}, "return.search",
         {"return_orders": [{"return_id": "R1", "return_status": "BUYER_SHIPPED_ITEM"}]}, False),
        (K.REJECT_RETURN, {"return_id": "R1", "decision": "REJECT_REFUND", "reject_reason": "r"}, "return.search",
         {"return_orders": [{"return_id": "R1", "return_status": "REFUND_OR_RETURN_REQUEST_REJECT"}]}, True),
        (K.CANCEL_ORDER, {"order_id": "5", "cancel_reason": "r"}, "order.detail",
         {"orders": [{"id": "5", "status": "CANCELLED"}]}, True),
        (K.CANCEL_ORDER, {"order_id": "5", "cancel_reason": "r"}, "order.detail",
         {"orders": [{"id": "5", "status": "AWAITING_SHIPMENT", "line_items": []}]}, False),
        (K.SHIP_BY_SELLER, {"order_id": "5", "tracking_number": "T9", "provider_id": "71"}, "order.detail",
         {"orders": [{"id": "5", "line_items": [{"id": "1", "tracking_number": "T9", "package_id": "P9"}]}]}, True),
        (K.UPDATE_TRACKING, {"order_id": "5", "tracking_number": "T9", "provider_id": "71"}, "order.detail",
         {"orders": [{"id": "5", "line_items": [{"id": "1", "tracking_number": "T8"}]}]}, False),
    ],
)  # fmt: skip
def test_every_kind_finds_out_whether_it_happened(
    gateway: Gateway, kind: CallKind, request_: dict[str, Any], search: str, found: dict[str, Any], happened: bool
) -> None:
    sent = {
        K.APPROVE_CANCELLATION: "cancellation.approve", K.REJECT_CANCELLATION: "cancellation.reject",
        K.APPROVE_RETURN: "return.approve", K.REJECT_RETURN: "return.reject", K.CANCEL_ORDER: "cancellation.create",
        K.SHIP_BY_SELLER: "order.mark_shipped", K.UPDATE_TRACKING: "order.update_tracking",
    }[kind]  # fmt: skip
    gateway.replies |= {sent: LOST, search: found}
    call = queue(connect(), kind, key="k", **request_)
    send_next_calls()
    assert state(call) == S.UNSURE
    for _ in range(2):
        due_now()
        ask_unsure_calls()
    assert state(call) == (S.ANSWERED if happened else S.QUEUED)
    assert gateway.names().count(sent) == 1


def test_decisions_about_a_case_carry_their_idempotency_key(gateway: Gateway) -> None:
    gateway.replies["return.approve"] = {}
    refund = {"currency": "USD", "amount": "3.00"}
    queue(
        connect(), K.APPROVE_RETURN, key="once", return_id="R1", decision="OFFER_PARTIAL_REFUND", partial_refund=refund
    )
    send_next_calls()
    assert dict(gateway.asked[0][1].query)["idempotency_key"] == "once"
    assert gateway.bodies("return.approve") == [{"decision": "OFFER_PARTIAL_REFUND", "partial_refund": refund}]


@pytest.mark.parametrize(
    ("orders", "units", "body"),
    [
        (["5"], ["11", "12"], {"ship_type": "1", "order_id": "5"}),
        (["5"], ["11"], {"ship_type": "2", "order_id": "5", "order_line_item": [{"order_line_id": "11"}]}),
        (["5", "6"], ["11", "12"], {"ship_type": "3", "order_list_ids": ["5", "6"]}),
    ],
)
def test_a_parcel_without_a_package_id_is_made_from_its_orders(
    gateway: Gateway, orders: list[str], units: list[str], body: dict[str, Any]
) -> None:
    statuses = {"11": "AWAITING_SHIPMENT", "12": "AWAITING_SHIPMENT", "13": "CANCELLED"}
    lines = [{"id": key, "display_status": status} for key, status in statuses.items()]
    gateway.replies |= {
        "order.detail": {"orders": [{"id": "5", "line_items": lines}]},
        "package.create": {"package_id": "P1"},
        "package.detail": package(),
    }
    call = queue(connect(), package_id="", order_ids=orders, channel_line_ids=units, number=1)
    send_next_calls()
    assert gateway.bodies("package.create") == [body]
    assert (Call.objects.get(pk=call.pk).answer or {})["tracking_number"] == "TN1"


def test_a_request_that_makes_no_sense_is_failed_after_a_few_tries(gateway: Gateway) -> None:
    call = queue(connect(), K.SEND_MESSAGE, key="m", nonsense=1)
    for _ in range(sending.TRIES_OF_A_BROKEN_CALL):
        Call.objects.update(call_state=S.QUEUED, not_before=clock.wall())
        send_next_calls()
    call.refresh_from_db()
    assert (call.call_state, call.error_code) == (S.FAILED, "broken")
    assert gateway.names() == []


def test_what_a_broken_call_quotes_is_not_kept(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    def odd(*_: object) -> None:
        raise ValueError("invalid literal for int() with base 10: '12 Elm Street'")

    monkeypatch.setitem(sending.SEND, K.REQUEST_LABEL, odd)
    monkeypatch.setitem(asking.ASK, K.REQUEST_LABEL, odd)
    queue(connect())
    send_next_calls()
    assert Call.objects.get().error == "ValueError"
    due_now()
    ask_unsure_calls()
    assert (Call.objects.get().asks, Call.objects.get().error) == (1, "ValueError")


def test_a_person_may_repeat_or_confirm_and_each_word_is_journaled(gateway: Gateway) -> None:
    gateway.replies["package.ship"] = [envelope(21011007, "no"), {}]
    gateway.replies["package.detail"] = package()
    shop = connect()
    call = queue(shop)
    send_next_calls()
    repeat_call(call.pk, by=OWNER)
    assert state(call) == S.QUEUED
    send_next_calls()
    assert state(call) == S.ANSWERED
    with pytest.raises(Conflict):
        repeat_call(call.pk, by=OWNER)
    other = queue(shop, subject=9, key="label:9:1")
    Call.objects.filter(pk=other.pk).update(call_state=S.UNSURE)
    assert [row.pk for row in stuck_calls()] == [other.pk]
    decide_call(other.pk, happened=True, by=OWNER)
    assert state(other) == S.ANSWERED


def test_what_was_not_sent_yet_can_be_called_off(gateway: Gateway) -> None:
    shop = connect()
    call = queue(shop)
    assert open_call("parcel", 7) is not None
    assert drop_calls("parcel", [7], kinds=[K.SHIP_BY_SELLER]) == 0
    assert drop_calls("parcel", [7]) == 1
    assert send_next_calls() == 0
    assert (state(call), open_call("parcel", 7)) == (S.FAILED, None)
    assert [(row.pk, row.error_code) for row in answered(K.REQUEST_LABEL)] == [(call.pk, "called_off")]


def test_a_new_shops_webhooks_are_asked_for_once(gateway: Gateway, settings: Any) -> None:
    settings.PUBLIC_URL = "https://desk.example"
    gateway.replies["webhook.put"] = {}
    shop = connect()
    models.Access.objects.update(subscribed_at=None)
    assert unsubscribed_shops() == [shop.pk]
    steps.send_next_calls()
    assert {body["event_type"] for body in gateway.bodies("webhook.put")} == set(SUBSCRIBED)
    assert {body["address"] for body in gateway.bodies("webhook.put")} == {"https://desk.example/webhooks/tiktok"}
    assert unsubscribed_shops() == []
    assert steps.send_next_calls() == 0


def test_an_event_that_is_refused_keeps_no_other_from_being_told(gateway: Gateway) -> None:
    def answer(request: http.Request) -> Any:
        chat = "MESSAGE" in request.body.decode() or "CONVERSATION" in request.body.decode()
        return envelope(105005, "Access denied. The scope is missing.", status=403) if chat else {}

    gateway.replies["webhook.put"] = answer
    connect()
    models.Access.objects.update(subscribed_at=None)
    steps.send_next_calls()
    call = Call.objects.get()
    assert call.answer is not None
    assert set(call.answer["refused"]) == {"NEW_CONVERSATION", "NEW_MESSAGE"}
    assert set(call.answer["events"]) == set(SUBSCRIBED) - {"NEW_CONVERSATION", "NEW_MESSAGE"}
    assert unsubscribed_shops() == []


def test_events_that_are_all_refused_are_a_refusal(gateway: Gateway) -> None:
    gateway.replies["webhook.put"] = envelope(36009004, "The address is invalid.", status=400)
    connect()
    models.Access.objects.update(subscribed_at=None)
    steps.send_next_calls()
    assert "address is invalid" in Call.objects.get().error


def test_what_old_calls_said_is_erased_when_they_have_ended(gateway: Gateway) -> None:
    shop = connect()
    ended, waiting, young = (queue(shop, subject=n, key=f"label:{n}") for n in (1, 2, 3))
    old = clock.now() - timedelta(days=91)
    Call.objects.filter(pk=ended.pk).update(call_state=S.APPLIED, queued_at=old, answer={"tracking_number": "TN1"})
    Call.objects.filter(pk=waiting.pk).update(queued_at=old)
    Call.objects.filter(pk=young.pk).update(call_state=S.APPLIED)
    assert steps.erase_old_calls() == 1
    ended.refresh_from_db()
    assert (ended.request, ended.answer, ended.call_state) == ({}, None, S.APPLIED)
    assert Call.objects.exclude(request={}).count() == 2
    assert steps.erase_old_calls() == 0
