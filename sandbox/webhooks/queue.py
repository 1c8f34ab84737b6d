"""The queue of notices: who gets one, what stands in it, when it is tried again, what is kept of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from sandbox.box import Box
from sandbox.webhooks.types import KINDS, Kind

DELAYS = (120, 1800, 10800, 43200)
KEPT = 2000


def address_for(box: Box, shop_id: str, event: str) -> str:
    """Return where this shop's event goes: its own subscription, or the app's default address."""
    row = box.store.get("subscription", f"{shop_id}/{event}")
    return row["address"] if row else box.app.get("webhook_url", "")


def tell(box: Box, shop_id: str, event: str, **news: Any) -> str:
    """Queue one notice and return its number; empty when nobody listens, and while history is written."""
    return tell_later(box, shop_id, event, lambda: news)


def tell_later(box: Box, shop_id: str, event: str, news: Callable[[], dict[str, Any]]) -> str:
    """Queue one notice whose `data` is only worked out when somebody listens."""
    if box.hush:
        return ""
    address = address_for(box, shop_id, event)
    if not address or not authorised(box, shop_id):
        return ""
    number = box.ids.new("notification")
    body = write_body(box, shop_id, KINDS[event], number=number, news=news())
    box.outgoing.append(number)
    row = {"id": number, "address": address, "event": event, "shop_id": shop_id, "due": box.now(), "attempts": 0,
           "state": "WAITING", "answer": "", "created": box.now(), "body": body}  # fmt: skip
    box.store.put("delivery", number, row)
    return number


def write_body(box: Box, shop_id: str, kind: Kind, *, number: str, news: dict[str, Any]) -> dict[str, Any]:
    """Return the whole body: the envelope names the shop, its seller or a creator, as the kind wants it."""
    owners = {"shop_id": shop_id, "seller_open_id": box.shop(shop_id)["open_id"], "creator_open_id": creator(shop_id)}
    return {
        "type": kind.type,
        "tts_notification_id": number,
        kind.owner: owners[kind.owner],
        "timestamp": box.now(),
        "data": news,
    }


def creator(shop_id: str) -> str:
    """Return the open id of the one creator who posts about a shop."""
    return "ctr_" + hashlib.sha256(shop_id.encode()).hexdigest()[:28]


def authorised(box: Box, shop_id: str) -> bool:
    return any(shop_id in row["shops"] for row in box.store.table("grant").values())


def settle(box: Box, delivery: dict[str, Any], *, ok: bool, answer: str) -> None:
    """Write down what an attempt brought: done, another try later, or given up after the fifth."""
    delivery["attempts"] += 1
    delivery["answer"] = answer
    if ok:
        delivery["state"] = "DELIVERED"
    elif delivery["attempts"] > len(DELAYS):
        delivery["state"] = "GIVEN_UP"
    else:
        delivery["due"] = box.clock.now() + DELAYS[delivery["attempts"] - 1]
    box.store.put("delivery", delivery["id"], delivery)


def tidy(box: Box) -> None:
    """Keep only the newest finished deliveries."""
    rows = box.store.table("delivery")
    finished = [key for key, row in rows.items() if row["state"] != "WAITING"]
    for key in finished[: max(0, len(finished) - KEPT)]:
        box.store.drop("delivery", key)
