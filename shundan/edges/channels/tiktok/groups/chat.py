"""Customer service."""

from __future__ import annotations

import json
from collections.abc import Iterator

from shundan.edges.channels.tiktok.client import File, call, pages
from shundan.edges.channels.tiktok.groups.answers import Reached, Row, said

# The order is said: nothing tells which one the platform takes by itself, and only the newest messages are read.
NEWEST_FIRST = {"page_size": 10, "sort_field": "create_time", "sort_order": "DESC"}


def conversations(shop: Reached) -> Iterator[Row]:
    return pages(shop, "conversation.list", "conversations", query={"page_size": 20})


def conversation(shop: Reached, conversation_id: str) -> Row:
    told = call(shop, "conversation.detail", path={"conversation_id": conversation_id})
    return dict(told.get("conversation") or {})


def open_conversation(shop: Reached, buyer_user_id: str) -> str:
    """Return the id of the conversation with a buyer, opened if there is none."""
    return str(call(shop, "conversation.create", body={"buyer_user_id": buyer_user_id})["conversation_id"])


def messages(shop: Reached, conversation_id: str, *, most: int = 40) -> Iterator[Row]:
    """Yield the newest messages, up to `most` of them."""
    path = {"conversation_id": conversation_id}
    return pages(shop, "message.list", "messages", path=path, query=NEWEST_FIRST, limit=max(most // 10, 1))


def send(shop: Reached, conversation_id: str, *, kind: str, content: Row) -> str:
    """Send a message of any kind (TEXT: {content}, IMAGE: {url, width, height}, ORDER_CARD: {order_id} …)."""
    body = {"type": kind, "content": json.dumps(content, ensure_ascii=False)}
    told = call(shop, "message.send", path={"conversation_id": conversation_id}, body=body)
    return str(told.get("message_id") or "")


def mark_read(shop: Reached, conversation_id: str) -> None:
    call(shop, "message.read", path={"conversation_id": conversation_id})


def upload_image(shop: Reached, file: File) -> Row:
    """Store a picture to be sent; returns {url, width, height}."""
    return call(shop, "message.upload_image", file=file)


def sessions(shop: Reached, *, since: int, until: int, buyer_nickname: str = "") -> Iterator[Row]:
    """Yield sessions with their satisfaction and first response."""
    body = {"begin_time_ge": since, "begin_time_lt": until} | said(buyer_nickname=buyer_nickname)
    return pages(shop, "session.search", "sessions", query={"page_size": 100}, body=body)


def end_session(shop: Reached, conversation_id: str, session_id: str) -> None:
    call(shop, "session.end", path={"conversation_id": conversation_id, "session_id": session_id})


def agent_settings(shop: Reached) -> Row:
    """Return {can_accept_chat}."""
    return call(shop, "agent.settings")


def accept_chats(shop: Reached, accepts: bool) -> None:
    call(shop, "agent.change_settings", body={"can_accept_chat": accepts})


def performance(shop: Reached, *, since: str, until: str) -> Row:
    """Return how the shop answers between two days (YYYY-MM-DD): response, satisfaction."""
    query = {"support_date_ge": since, "support_date_lt": until}
    return dict(call(shop, "service.performance", query=query).get("performance") or {})
