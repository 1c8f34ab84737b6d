"""Messages to buyers, stock pushed to listings, and what the platform shall tell us."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from shundan.core.errors import OutsideRefused
from shundan.edges.channels.queries import Access
from shundan.edges.channels.tiktok.client import call, pages
from shundan.edges.channels.tiktok.mapping import map_conversation
from shundan.edges.channels.tiktok.refusals import SERVICE

BEFORE = timedelta(minutes=2)  # how far the platform's stamp may lie before ours


def send_message(access: Access, request: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Send a text; a conversation is opened first where there is none. Returns {conversation_id, message_id}."""
    conversation_id = _conversation(access, request)
    body = {"type": "TEXT", "content": json.dumps({"content": request["text"]}, ensure_ascii=False)}
    told = call(access, "message.send", path={"conversation_id": conversation_id}, body=body)
    return {"conversation_id": conversation_id, "message_id": str(told.get("message_id") or "")}


def _conversation(access: Access, request: Mapping[str, Any]) -> str:
    """Return the conversation's id; opening one that exists already gives that one again."""
    if request.get("conversation_id"):
        return str(request["conversation_id"])
    told = call(access, "conversation.create", body={"buyer_user_id": str(request["buyer_user_id"])})
    return str(told["conversation_id"])


def find_message(access: Access, request: Mapping[str, Any], asked_for: datetime) -> dict[str, Any] | None:
    """Return {conversation_id, message_id} when our text stands in the conversation since it was sent."""
    conversation_id = _conversation(access, request)
    rows = pages(
        access,
        "message.list",
        "messages",
        path={"conversation_id": conversation_id},
        query={"page_size": 10},
        limit=3,
    )
    said = map_conversation({"conversation": {"id": conversation_id}, "messages": list(rows)})
    for message in reversed(said):
        if message.sender == "SHOP" and message.text == request["text"] and message.at >= asked_for - BEFORE:
            return {"conversation_id": conversation_id, "message_id": message.message_id}
    return None


def push_stock(access: Access, request: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Set the quantities of one SKU: {product_id, sku_id, stock: {platform warehouse id: quantity}}."""
    inventory = [{"warehouse_id": place, "quantity": units} for place, units in sorted(request["stock"].items())]
    body = {"skus": [{"id": str(request["sku_id"]), "inventory": inventory}]}
    told = call(access, "inventory.update", path={"product_id": str(request["product_id"])}, body=body)
    for error in told.get("errors") or []:  # a success of the call may still refuse the SKU
        raise OutsideRefused(
            f"{SERVICE}: {error.get('message')}",
            service=SERVICE,
            status=200,
            outside_code=int(error.get("code") or 0),
        )
    return {"stock": dict(request["stock"])}


def subscribe_webhooks(access: Access, request: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Have the shop's events sent to our address: {address, events}. Setting one again changes nothing."""
    for event in request["events"]:
        call(access, "webhook.put", body={"address": request["address"], "event_type": event})
    return {"events": list(request["events"])}
