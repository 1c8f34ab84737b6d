"""Messages are stored once, ours come back as ours, and the answer clock runs while the buyer waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shundan.core.actors import Who
from shundan.core.errors import Refused
from shundan.core.facts import MessageFacts
from shundan.edges.conversations import actions
from shundan.edges.conversations.actions import Recipient
from shundan.edges.conversations.models import Message, Template, Thread
from shundan.edges.conversations.queries import templates_for
from shundan.edges.outbox.queries import Call
from shundan.ground.rulebook.queries import deadlines_of
from shundan.ground.shops.actions import ShopDraft, store_shop
from shundan.ground.shops.models import Shop

T0 = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SERVICE = Who("person", "9", "page", "service", "Su")
pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return store_shop(ShopDraft("7490000000000000001", "Lantern Home US", "US"), now=T0)


def said(number: int, sender: str = "BUYER", minutes: int = 0, text: str = "Where is it?") -> MessageFacts:
    at = T0 + timedelta(minutes=minutes)
    return MessageFacts("c1", f"m{number}", at, sender, "TEXT", text, buyer_id="buyer-1", order_id="577000000000000001")


def write(shop: Shop, text: str = "Is the house number right?") -> Thread:
    return actions.write_to_buyer(
        Recipient(shop.pk, "577000000000000001", None, "buyer-1", "emma"), text, by=SERVICE, now=T0
    )


def test_the_same_messages_told_twice_are_stored_once(shop: Shop) -> None:
    assert actions.take_messages(shop.pk, "US", [said(1), said(2, minutes=1)]) == 2
    assert actions.take_messages(shop.pk, "US", [said(1), said(2, minutes=1)]) == 0
    assert Thread.objects.get().unread == 2


@pytest.mark.parametrize(("region", "hours"), [("US", 24), ("ID", 12)])
def test_the_answer_clock_runs_from_the_first_unanswered_message(shop: Shop, region: str, hours: int) -> None:
    actions.take_messages(shop.pk, region, [said(1), said(2, minutes=30)])
    thread = Thread.objects.get()
    assert thread.answer_by == T0 + timedelta(hours=hours)
    (clock,) = deadlines_of("thread", [thread.pk])[thread.pk]
    assert (clock.kind, clock.due_at, clock.is_open) == ("answer_chat_by", thread.answer_by, True)
    actions.send_message(thread.pk, "Tomorrow.", by=SERVICE, now=T0 + timedelta(hours=1))
    thread.refresh_from_db()
    (clock,) = deadlines_of("thread", [thread.pk])[thread.pk]
    assert not (thread.answer_by or thread.unread or clock.is_open)


def test_a_message_is_saved_with_its_call_before_it_is_sent(shop: Shop) -> None:
    thread = write(shop)
    call = Call.objects.get()
    assert (call.kind, call.request["buyer_user_id"], call.request["conversation_id"]) == (
        "send_message",
        "buyer-1",
        "",
    )
    assert Message.objects.get(thread=thread).call_key == call.pk


def test_our_own_message_coming_back_is_not_a_second_one(shop: Shop) -> None:
    thread = write(shop, "Hello")
    actions.take_messages(shop.pk, "US", [said(7, "SHOP", 1, "Hello"), said(8, "BUYER", 2, "Yes")])
    assert Thread.objects.count() == 1
    thread.refresh_from_db()
    assert thread.channel_conversation_id == "c1"
    assert list(Message.objects.order_by("at").values_list("sender", "channel_message_id")) == [
        ("SHOP", "m7"), ("BUYER", "m8"),
    ]  # fmt: skip
    ours = Message.objects.get(sender="SHOP")
    actions.settle_message(ours.pk, conversation_id="c1", message_id="m7")
    assert Message.objects.count() == 2


def test_a_webhook_faster_than_our_answer_ends_in_one_thread(shop: Shop) -> None:
    write(shop, "Hello")
    Thread.objects.update(channel_buyer_id="")
    actions.take_messages(shop.pk, "US", [said(7, "SHOP", 1, "Hello")])
    ours = Message.objects.get(channel_message_id="")
    actions.settle_message(ours.pk, conversation_id="c1", message_id="m7")
    assert Message.objects.filter(channel_message_id="m7").count() == 1


def test_a_refused_message_says_why(shop: Shop) -> None:
    write(shop)
    ours = Message.objects.get()
    actions.settle_message(ours.pk, conversation_id="", message_id="", failed="The buyer has blocked the shop.")
    ours.refresh_from_db()
    assert ours.failed == "The buyer has blocked the shop."


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_an_empty_or_endless_message_is_refused(shop: Shop, text: str) -> None:
    with pytest.raises(Refused):
        write(shop, text)
    assert not Message.objects.exists() and not Call.objects.exists()


def test_a_template_is_sent_only_when_every_variable_has_a_value(shop: Shop) -> None:
    template = Template(reason="delay", language="en", title="Late", text="Parcel {tracking} of {order_id} is late.")
    assert actions.fill_template(template, {"tracking": "T1", "order_id": "5"}) == "Parcel T1 of 5 is late."
    with pytest.raises(Refused) as refusal:
        actions.fill_template(template, {"order_id": "5"})
    assert refusal.value.field == "tracking"


def test_templates_exist_in_the_buyers_language_or_in_english(shop: Shop) -> None:
    assert {one.language for one in templates_for("address", language="id")} == {"id"}
    assert {one.language for one in templates_for("address", language="th")} == {"en"}
