"""Conversations and their messages. A message's content is a JSON text inside the JSON, its shape named by its type."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shundan.core.facts import MessageFacts
from shundan.edges.channels.tiktok.mapping.reading import (
    Payload,
    child,
    first_moment,
    flag,
    moment,
    named,
    rows,
    text,
    whole,
)

_SENDERS = {"BUYER": "BUYER", "SHOP": "SHOP", "CUSTOMER_SERVICE": "SHOP", "ROBOT": "SHOP", "SYSTEM": "SYSTEM"}


@dataclass(frozen=True)
class ThreadFacts:
    conversation_id: str
    buyer_id: str
    buyer_name: str
    unread: int
    can_send: bool
    updated_at: datetime


def map_thread(row: Payload) -> ThreadFacts:
    """Return a conversation's facts; `row` is a snapshot's payload ({conversation, messages}) or the bare object."""
    told = child(row, "conversation") or row
    buyer = next((part for part in rows(told, "participants") if text(part, "role") == "BUYER"), {})
    newest = max((event.at for event in map_conversation(row)), default=None)
    latest = moment(child(told, "latest_message"), "create_time")
    moments = [at for at in (newest, latest, first_moment(told, "create_time")) if at]
    return ThreadFacts(
        conversation_id=text(told, "id"),
        buyer_id=text(buyer, "user_id"),
        buyer_name=text(buyer, "nickname"),
        unread=whole(told, "unread_count"),
        can_send="can_send_message" not in told or flag(told, "can_send_message"),
        updated_at=max(moments),
    )


def map_conversation(row: Payload) -> list[MessageFacts]:
    """Return the visible messages of a conversation snapshot ({conversation, messages}), oldest first."""
    conversation_id = text(child(row, "conversation"), "id")
    buyer = next(
        (part for part in rows(child(row, "conversation"), "participants") if text(part, "role") == "BUYER"),
        {},
    )
    told = [part for part in rows(row, "messages") if "is_visible" not in part or flag(part, "is_visible")]
    told.sort(key=lambda part: (first_moment(part, "create_time"), _number(text(part, "index"))))
    return [_message(part, conversation_id, text(buyer, "user_id")) for part in told]


def _message(row: Payload, conversation_id: str, buyer_id: str) -> MessageFacts:
    content = _content(row)
    words = next((said for name in ("content", "text", "url", "title") if (said := text(content, name))), "")
    return MessageFacts(
        conversation_id=conversation_id or text(row, "conversation_id"),
        message_id=named(row, "id", "message_id"),
        at=first_moment(row, "create_time"),
        sender=_SENDERS.get(text(child(row, "sender"), "role"), "SYSTEM"),
        kind=text(row, "type") or "OTHER",
        text=words,
        buyer_id=buyer_id,
        order_id=text(content, "order_id"),
    )


def _content(row: Payload) -> Mapping[str, Any]:
    """Return the inner object; a bare text is taken as the words themselves."""
    raw = row.get("content")
    if isinstance(raw, Mapping):
        return raw
    try:
        inner = json.loads(str(raw or "{}"))
    except (ValueError, RecursionError):
        return {"content": str(raw)}
    return inner if isinstance(inner, Mapping) else {"content": str(raw)}


def _number(told: str) -> int:
    return int(told) if told.isascii() and told.isdigit() and len(told) < 40 else 0
