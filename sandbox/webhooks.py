"""Telling apps what happened: each notice becomes one stored delivery per address, and waits for its turn."""

from __future__ import annotations

from typing import Any

from sandbox.box import Box

TYPES = {
    "ORDER_STATUS_CHANGE": 1,
    "REVERSE_STATUS_UPDATE": 2,
    "RECIPIENT_ADDRESS_UPDATE": 3,
    "PACKAGE_UPDATE": 4,
    "PRODUCT_STATUS_CHANGE": 5,
    "SELLER_DEAUTHORIZATION": 6,
    "UPCOMING_AUTHORIZATION_EXPIRATION": 7,
    "CANCELLATION_STATUS_CHANGE": 11,
    "RETURN_STATUS_CHANGE": 12,
    "NEW_CONVERSATION": 13,
    "NEW_MESSAGE": 14,
    "PRODUCT_INFORMATION_CHANGE": 15,
    "PRODUCT_CREATION": 16,
    "PRODUCT_CATEGORY_CHANGE": 18,
    "NEW_MESSAGE_LISTENER": 33,
    "INVOICE_STATUS_CHANGE": 36,
    "PRODUCT_AUDIT_STATUS_CHANGE": 37,
}
DELAYS = (120, 1800, 10800, 43200)
KEPT = 500


def address_for(box: Box, shop_id: str, event: str) -> str:
    """Return where this shop's event goes: its own subscription, or the app's default address."""
    row = box.store.get("subscription", f"{shop_id}/{event}")
    return row["address"] if row else box.app.get("webhook_url", "")


def tell(box: Box, shop_id: str, event: str, **news: Any) -> None:
    """Queue one notice. Nothing is queued for an event nobody listens to, nor while history is written."""
    if box.hush:
        return
    address = address_for(box, shop_id, event)
    if not address or not authorised(box, shop_id):
        return
    number = box.ids.new("notification")
    now = box.now()
    box.outgoing.append(number)
    box.store.put(
        "delivery",
        number,
        {
            "id": number,
            "address": address,
            "event": event,
            "shop_id": shop_id,
            "due": now,
            "attempts": 0,
            "state": "WAITING",
            "answer": "",
            "created": now,
            "body": {
                "type": TYPES[event],
                "tts_notification_id": number,
                "shop_id": shop_id,
                "timestamp": now,
                "data": news,
            },
        },
    )


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
