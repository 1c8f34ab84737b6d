"""Conversations, for programs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from shundan.core.rights import Right
from shundan.desk.threads import queries
from shundan.edges.conversations import actions
from shundan.edges.conversations.queries import Thread, messages_of, templates_for, thread_by_key
from shundan.ground.lib import clock
from shundan.ground.staff.logins import needs

router = Router(tags=["conversations"])


class Text(Schema):
    text: str


@router.get("")
@needs(Right.SEE_CONVERSATION)
def list_conversations(request: HttpRequest, tab: str = "") -> dict[str, Any]:
    """Return up to 60 conversations, those that wait for us first; `tab`: waiting or done."""
    return {"items": [_row(one) for one in queries.thread_queue(request.who, tab=tab)]}


@router.get("/templates")
@needs(Right.SEE_CONVERSATION)
def list_templates(request: HttpRequest, reason: str = "", language: str = "") -> dict[str, Any]:
    """Return the templates of a reason in a language."""
    rows = templates_for(reason, language=language)
    return {"items": [{"reason": r.reason, "language": r.language, "title": r.title, "text": r.text} for r in rows]}


@router.get("/{key}")
@needs(Right.SEE_CONVERSATION)
def read_conversation(request: HttpRequest, key: int) -> dict[str, Any]:
    """Return one conversation with its messages, oldest first."""
    found = thread_by_key(key, who=request.who)
    told = [
        {"sender": one.sender, "kind": one.kind, "text": one.text, "at": one.at, "sent": bool(one.channel_message_id),
         "failed": one.failed}
        for one in messages_of(found.pk)
    ]  # fmt: skip
    return _row(found) | {"messages": told}


@router.post("/{key}/messages")
@needs(Right.ANSWER)
def send_message(request: HttpRequest, key: int, body: Text) -> dict[str, Any]:
    """Answer; the message is saved and sent to the platform."""
    found = thread_by_key(key, who=request.who)
    sent = actions.send_message(found.pk, body.text, by=request.who, now=clock.now())
    return {"message": sent.pk, "call": sent.call_key}


@router.post("/{key}/done")
@needs(Right.ANSWER)
def mark_done(request: HttpRequest, key: int) -> dict[str, Any]:
    """Put a conversation away."""
    actions.mark_done(thread_by_key(key, who=request.who).pk, by=request.who, now=clock.now())
    return _row(thread_by_key(key, who=request.who))


def _row(row: Thread) -> dict[str, Any]:
    return {
        "conversation": row.pk, "shop": row.shop.shop_id, "order_id": row.order_id, "unread": row.unread,
        "answer_by": row.answer_by, "last_message_at": row.last_message_at, "last_sender": row.last_sender,
        "done": row.done_at is not None,
    }  # fmt: skip
