"""Webhooks by hand: send one of any kind, see what became of those that were sent, take a consent back."""

from __future__ import annotations

from typing import Any

from sandbox.box import Box
from sandbox.control.deeds import find_shop, whole
from sandbox.errors import ControlRefusal
from sandbox.grants import revoke
from sandbox.webhooks.examples import plausible
from sandbox.webhooks.queue import tell_later
from sandbox.webhooks.types import BY_TYPE, KINDS, Kind

STATES = ("WAITING", "DELIVERED", "GIVEN_UP", "LOST")
SHOWN = 200
MOST = 2000


def find_kind(wanted: Any) -> Kind:
    """Return the kind of a number or of a name."""
    text = str(wanted)
    kind = BY_TYPE.get(int(text)) if text.isdigit() and len(text) < 4 else KINDS.get(text)
    if kind is None:
        raise ControlRefusal("type must be the number or the name of a webhook: GET /sandbox/webhooks lists them.")
    return kind


def list_kinds(box: Box, given: dict[str, Any]) -> dict[str, Any]:
    """Return every kind of webhook with data as `POST /sandbox/webhooks` would send it."""
    shops = box.shops()
    example = (lambda type_: plausible(box, shops[0]["id"], type_)) if shops else lambda type_: None
    return {
        "webhooks": [
            {"type": row.type, "event": row.event, "envelope": row.owner, "subscribable": row.subscribable,
             "data": example(row.type)}
            for row in BY_TYPE.values()
        ]
    }  # fmt: skip


def send_webhook(box: Box, given: dict[str, Any]) -> dict[str, Any]:
    """Queue one webhook of any kind, as if its cause had happened; `data` replaces fields of the example."""
    kind = find_kind(given.get("type", ""))
    shop = find_shop(box, str(given.get("shop", "any")), box.luck("webhook by hand", box.now()))
    extra = given.get("data") or {}
    if not isinstance(extra, dict):
        raise ControlRefusal("data must be an object.")
    number = tell_later(box, shop["id"], kind.event, lambda: {**plausible(box, shop["id"], kind.type), **extra})
    if not number:
        raise ControlRefusal(
            "Nobody listens: no app is authorised for this shop, or it has neither subscribed to this event nor "
            "set an address of its own (POST /sandbox/app).",
            http=409,
        )
    return box.store.table("delivery")[number]


def list_deliveries(box: Box, given: dict[str, Any]) -> dict[str, Any]:
    """Return the newest deliveries, what was answered, and how many are in each state."""
    state, shop = str(given.get("state", "")).upper(), str(given.get("shop", ""))
    if state and state not in STATES:
        raise ControlRefusal(f"state must be one of {', '.join(STATES)}.")
    limit = str(given.get("limit", SHOWN))
    if not limit.isdigit():
        raise ControlRefusal("limit must be a whole number.")
    event = find_kind(given["type"]).event if given.get("type") else ""
    count = whole({"limit": int(limit)}, "limit", SHOWN, high=MOST)
    chosen: list[dict[str, Any]] = []
    counts = dict.fromkeys(STATES, 0)
    for row in reversed(box.store.table("delivery").values()):
        if shop in ("", row["shop_id"]) and event in ("", row["event"]):
            counts[row["state"]] += 1
            if state in ("", row["state"]) and len(chosen) < count:
                chosen.append(row)
    return {"deliveries": chosen, "counts": counts}


def seller_revokes(box: Box, given: dict[str, Any]) -> dict[str, Any]:
    """Let the seller take back his consent for a shop; the app hears of it with its last webhook."""
    if not given.get("shop"):
        raise ControlRefusal("Name the shop.")
    shop = find_shop(box, str(given["shop"]), box.luck("revoke"))
    revoke(box, shop["id"])
    return {"shop": shop["id"]}
