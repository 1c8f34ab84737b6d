"""Writes of conversations: what buyers said, what we answer, and which answers the platform took."""

from __future__ import annotations

import string
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext

from shundan.core.actors import Who
from shundan.core.calls import CallKind
from shundan.core.clocks import DeadlineKind
from shundan.core.errors import Conflict, Refused
from shundan.core.facts import MessageFacts
from shundan.edges.conversations.models import Message, Template, Thread
from shundan.edges.outbox.actions import CallDraft, queue_call
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib.db import in_transaction
from shundan.ground.rulebook.actions import DeadlineDraft, meet_deadlines, set_deadlines

TEXT_LIMIT = 2000
# Hours to answer a buyer, by market: 24 in the Americas and Europe, 12 in South-East Asia (rulebook: chat answer).
ANSWER_HOURS = dict.fromkeys(("ID", "TH", "VN", "MY", "PH", "SG"), 12)


@dataclass(frozen=True)
class Recipient:
    """Whom to write to: the order it is about and its buyer, as the channel names them."""

    shop_key: int
    order_id: str
    order_key: int | None = None
    channel_buyer_id: str = ""
    buyer_name: str = ""


def write_to_buyer(recipient: Recipient, text: str, *, by: Who, now: datetime, why: str = "") -> Thread:
    """Write to the buyer of an order: in their thread if there is one, else in a new one. Saved, then sent."""

    def work() -> Thread:
        thread = _thread_of(recipient) or Thread.objects.create(
            shop_id=recipient.shop_key, channel_buyer_id=recipient.channel_buyer_id, buyer_name=recipient.buyer_name,
            order_id=recipient.order_id, opened_at=now, last_message_at=now,
        )  # fmt: skip
        _queue_message(thread, text, by=by, now=now, why=why, order_key=recipient.order_key)
        return thread

    return in_transaction(work)


def _thread_of(recipient: Recipient) -> Thread | None:
    threads = Thread.objects.filter(shop_id=recipient.shop_key, done_at=None).order_by("-last_message_at")
    if recipient.channel_buyer_id:
        found = threads.filter(channel_buyer_id=recipient.channel_buyer_id).first()
        if found:
            return found
    return threads.filter(order_id=recipient.order_id).first()


def send_message(thread_key: int, text: str, *, by: Who, now: datetime) -> Message:
    """Answer in a thread. The message is saved first and marked as sent when the platform took it."""

    def work() -> Message:
        thread = Thread.objects.select_for_update().get(pk=thread_key)
        return _queue_message(thread, text, by=by, now=now)

    return in_transaction(work)


def _queue_message(
    thread: Thread, text: str, *, by: Who, now: datetime, why: str = "", order_key: int | None = None
) -> Message:
    text = text.strip()
    if not text:
        raise Refused(
            gettext("The message is empty."), field="text", remedy=gettext("Write a text or choose a template.")
        )
    if len(text) > TEXT_LIMIT:
        raise Refused(
            gettext("The message has %(value)s characters; %(most)s are allowed.")
            % {"value": len(text), "most": TEXT_LIMIT},
            field="text",
            remedy=gettext("Shorten it, or send it in two parts."),
        )
    if not (thread.channel_conversation_id or thread.channel_buyer_id):
        raise Refused(gettext("The platform has not told who the buyer is."), field="thread",
                      remedy=gettext("Wait for the order's details, or write in Seller Center."))  # fmt: skip
    message = Message.objects.create(thread=thread, sender="SHOP", text=text, at=now, by=by.named)
    message.call_key = queue_call(
        CallDraft(
            shop_key=thread.shop_id, kind=CallKind.SEND_MESSAGE, subject_kind="message", subject_key=message.pk,
            subject_name=thread.order_id, order_keys=[order_key] if order_key else [],
            idempotency_key=f"message:{message.pk}",
            request={
                "conversation_id": thread.channel_conversation_id, "buyer_user_id": thread.channel_buyer_id,
                "text": text, "written_at": int(now.timestamp()),
            },
        ),
        by=by, now=now,
    )  # fmt: skip
    message.save(update_fields=["call_key"])
    Thread.objects.filter(pk=thread.pk).update(
        last_message_at=now, last_sender="SHOP", last_text=text, unread=0, answer_by=None, done_at=None,
        erased_at=None,
    )  # fmt: skip
    meet_deadlines([("thread", thread.pk, DeadlineKind.ANSWER_CHAT_BY)], at=now)
    record([
        Draft("order" if order_key else "thread", order_key or thread.pk, "write_to_buyer", by, now,
              shop_key=thread.shop_id, subject_name=thread.order_id, facts={"why": why, "message": message.pk})
    ])  # fmt: skip
    return message


def take_messages(shop_key: int, region: str, told: Iterable[MessageFacts]) -> int:
    """Store what the platform told of one shop's conversations; idempotent. Returns how many were new."""
    new = 0
    for facts in sorted(told, key=lambda message: message.at):
        thread = _told_thread(shop_key, facts)
        new += _take_message(thread, facts, region=region)
    return new


def _told_thread(shop_key: int, facts: MessageFacts) -> Thread:
    thread = Thread.objects.filter(shop_id=shop_key, channel_conversation_id=facts.conversation_id).first()
    if thread is None and facts.buyer_id:
        # We opened it ourselves: the platform now tells its id for the first time.
        thread = (
            Thread.objects.filter(shop_id=shop_key, channel_conversation_id="", channel_buyer_id=facts.buyer_id)
            .order_by("-pk").first()
        )  # fmt: skip
    if thread is None:
        return Thread.objects.create(
            shop_id=shop_key, channel_conversation_id=facts.conversation_id, channel_buyer_id=facts.buyer_id,
            order_id=facts.order_id, opened_at=facts.at, last_message_at=facts.at,
        )  # fmt: skip
    changed = []
    for name, value in (
        ("channel_conversation_id", facts.conversation_id),
        ("channel_buyer_id", facts.buyer_id),
        ("order_id", facts.order_id),
    ):
        if value and not getattr(thread, name):
            setattr(thread, name, value)
            changed.append(name)
    if changed:
        thread.save(update_fields=changed)
    return thread


def _take_message(thread: Thread, facts: MessageFacts, *, region: str) -> int:
    if Message.objects.filter(thread=thread, channel_message_id=facts.message_id).exists():
        return 0
    if facts.sender == "SHOP":
        ours = Message.objects.filter(thread=thread, sender="SHOP", channel_message_id="", text=facts.text).first()
        if ours:  # the answer of our own call is still on its way
            Message.objects.filter(pk=ours.pk).update(channel_message_id=facts.message_id)
            return 0
    Message.objects.create(
        thread=thread, channel_message_id=facts.message_id, sender=facts.sender, kind=facts.kind, text=facts.text,
        at=facts.at,
    )  # fmt: skip
    if thread.erased_at is not None:
        thread.erased_at = None
        thread.save(update_fields=["erased_at"])
    if facts.at < thread.last_message_at:
        return 1
    thread.last_message_at, thread.last_sender, thread.last_text = facts.at, facts.sender, facts.text
    if facts.sender == "BUYER":
        thread.unread += 1
        thread.done_at = None
        if thread.answer_by is None:
            thread.answer_by = facts.at + timedelta(hours=ANSWER_HOURS.get(region, 24))
            set_deadlines([
                DeadlineDraft(
                    shop_key=thread.shop_id, subject_kind="thread", subject_key=thread.pk, subject_name=thread.order_id,
                    kind=DeadlineKind.ANSWER_CHAT_BY, due_at=thread.answer_by, source="rulebook", rule="chat_answer",
                )
            ])  # fmt: skip
    elif facts.sender == "SHOP":
        thread.answer_by, thread.unread = None, 0
        meet_deadlines([("thread", thread.pk, DeadlineKind.ANSWER_CHAT_BY)], at=facts.at)
    thread.save()
    return 1


def settle_message(message_key: int, *, conversation_id: str, message_id: str, failed: str = "") -> None:
    """Save what became of a message of ours: the platform's ids, or why it did not take it."""
    message = Message.objects.select_related("thread").get(pk=message_key)
    if failed:
        Message.objects.filter(pk=message_key).update(failed=failed[:300])
        return
    thread_key = _join_threads(message.thread, conversation_id)
    # The platform's copy may have come by webhook meanwhile: ours stays, for it knows who wrote it.
    Message.objects.filter(thread_id=thread_key, channel_message_id=message_id).exclude(pk=message_key).delete()
    Message.objects.filter(pk=message_key).update(thread_id=thread_key, channel_message_id=message_id, failed="")


def _join_threads(thread: Thread, conversation_id: str) -> int:
    """Give our thread its conversation, or join the thread that news has made of it; return the key that stays."""
    if not conversation_id or thread.channel_conversation_id:
        return thread.pk
    told = Thread.objects.filter(shop_id=thread.shop_id, channel_conversation_id=conversation_id).first()
    if told is None:
        Thread.objects.filter(pk=thread.pk).update(channel_conversation_id=conversation_id)
        return thread.pk
    Message.objects.filter(thread=thread).update(thread=told)
    Thread.objects.filter(pk=thread.pk).delete()
    return told.pk


def mark_done(thread_key: int, *, by: Who, now: datetime) -> None:
    """Put a thread away: the buyer needs no answer from us."""
    if not Thread.objects.filter(pk=thread_key, done_at=None).update(done_at=now, answer_by=None, unread=0):
        raise Conflict(gettext("This conversation is done already."), remedy=gettext("Reload the page."))
    meet_deadlines([("thread", thread_key, DeadlineKind.ANSWER_CHAT_BY)], at=now)


def erase_threads(keys: list[int], *, now: datetime) -> int:
    """Erase what was said in these threads and the buyers' names; that, when and by whom stays. Returns how many."""
    Message.objects.filter(thread_id__in=keys).exclude(text="").update(text="")
    return Thread.objects.filter(pk__in=keys).update(buyer_name="", last_text="", erased_at=now)


def fill_template(template: Template, values: dict[str, str]) -> str:
    """Fill a template's variables; raise Refused naming the first that has no value."""
    for _text, name, _spec, _conversion in string.Formatter().parse(template.text):
        if name and not values.get(name):
            raise Refused(
                gettext("The template needs a value for {%(name)s}.") % {"name": name},
                field=name,
                remedy=gettext("Fill it in by hand."),
            )
    return template.text.format_map(values)


def store_template(reason: str, language: str, title: str, text: str, *, by: Who, now: datetime) -> Template:
    """Store a template, or change the text of the one with this reason, language and title."""
    if not (reason and language and title and text):
        raise Refused(
            gettext("A template needs a reason, a language, a title and a text."),
            field="text",
            remedy=gettext("Fill all four."),
        )
    template, _ = Template.objects.update_or_create(
        reason=reason, language=language, title=title, defaults={"text": text, "retired_at": None}
    )
    record([Draft("template", template.pk, "store_template", by, now, subject_name=title)])
    return template


def retire_template(key: int, *, by: Who, now: datetime) -> None:
    Template.objects.filter(pk=key, retired_at=None).update(retired_at=now)
    record([Draft("template", key, "retire_template", by, now)])
