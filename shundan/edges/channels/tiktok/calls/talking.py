"""Messages to buyers, stock pushed to listings, and what the platform shall tell us."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from shundan.core.errors import OutsideRefused, Unauthorised
from shundan.edges.channels.queries import Access
from shundan.edges.channels.tiktok.client import call
from shundan.edges.channels.tiktok.groups.chat import messages, open_conversation, send
from shundan.edges.channels.tiktok.mapping import map_conversation
from shundan.edges.channels.tiktok.refusals import NO_SCOPE, SERVICE

BEFORE = timedelta(minutes=2)  # how far the platform's stamp may lie before ours
MOST_UNITS = 99_999


def send_message(access: Access, request: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Send a text; a conversation is opened first where there is none. Returns {conversation_id, message_id}."""
    conversation_id = _conversation(access, request)
    message_id = send(access, conversation_id, kind="TEXT", content={"content": request["text"]})
    return {"conversation_id": conversation_id, "message_id": message_id}


def _conversation(access: Access, request: Mapping[str, Any]) -> str:
    return str(request.get("conversation_id") or open_conversation(access, str(request["buyer_user_id"])))


def find_message(access: Access, request: Mapping[str, Any], asked_for: datetime) -> dict[str, Any] | None:
    """Return {conversation_id, message_id} when our text stands in the conversation since it was sent."""
    conversation_id = _conversation(access, request)
    rows = messages(access, conversation_id, most=30)
    wanted, since = str(request["text"]).strip(), asked_for + timedelta(seconds=access.door.offset) - BEFORE
    said = map_conversation({"conversation": {"id": conversation_id}, "messages": list(rows)})
    for message in reversed(said):
        if message.sender == "SHOP" and message.text == wanted and message.at >= since:
            return {"conversation_id": conversation_id, "message_id": message.message_id}
    return None


def push_stock(access: Access, request: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Set the quantities of one SKU: {product_id, sku_id, stock: {platform warehouse id: quantity}}.

    More than the platform takes for one warehouse is offered as the most it takes. Its documents give 1 as the least,
    and no other way to say that nothing is left: 0 is sent as it is, and a refusal is a refusal, never another number.
    """
    inventory = [
        {"warehouse_id": place, "quantity": min(units, MOST_UNITS)} for place, units in sorted(request["stock"].items())
    ]
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
    """Have the shop's events sent to our address: {address, events}. Setting one again changes nothing.

    One event that is refused (its scope may be missing) keeps no other from being sent; returns {events, refused}.
    """
    events: list[str] = []
    refused: dict[str, OutsideRefused] = {}
    for event in request["events"]:
        try:
            call(access, "webhook.put", body={"address": request["address"], "event_type": event})
        except OutsideRefused as error:
            if isinstance(error, Unauthorised) and error.outside_code != NO_SCOPE:
                raise
            refused[event] = error
        else:
            events.append(event)
    if refused and not events:
        raise next(iter(refused.values()))
    return {"events": events, "refused": {event: error.message for event, error in refused.items()}}
