"""Conversations: one per buyer and shop. The buyer answers by himself, in the language of his market."""

from __future__ import annotations

from typing import Any

import orjson

from sandbox.agenda import happening
from sandbox.box import Box
from sandbox.chat.sessions import hear
from sandbox.webhooks import tell

ANSWERS = {
    "en": (
        "Yes, that works for me. Thank you!",
        "Could you send it to this address instead: {address}?",
        "No, I would rather not. Please leave the order as it is.",
    ),
    "id": (
        "Iya, setuju. Terima kasih!",
        "Tolong kirim ke alamat ini ya: {address}",
        "Tidak, saya tidak setuju. Biarkan pesanan seperti semula.",
    ),
}
QUESTIONS = {
    "en": (
        "Hi, when will my order ship?",
        "Can I still change the colour?",
        "Is this true to size?",
        "Please leave it with the neighbour if I am out.",
    ),
    "id": (
        "Halo kak, kapan pesanan saya dikirim?",
        "Kak, bisa ganti warna?",
        "Ukurannya pas tidak kak?",
        "Tolong packing yang aman ya kak.",
    ),
}


def language(box: Box, shop_id: str) -> str:
    return box.market(shop_id).locale.partition("-")[0]


def thread_of(box: Box, shop_id: str, buyer_id: str) -> dict[str, Any]:
    """Return the conversation of this buyer with this shop; a first one is announced."""
    for row in box.store.table("conversation").values():
        if row["shop_id"] == shop_id and row["buyer_id"] == buyer_id:
            return row
    number, now = box.ids.new("conversation"), box.now()
    tell(box, shop_id, "NEW_CONVERSATION", conversation_id=number, create_time=now)
    return box.store.put(
        "conversation",
        number,
        {
            "id": number,
            "shop_id": shop_id,
            "buyer_id": buyer_id,
            "create_time": now,
            "update_time": now,
            "unread": 0,
            "count": 0,
            "messages": [],
        },
    )


def im_id(buyer_id: str) -> str:
    return "8" + buyer_id[1:]


def say(box: Box, thread: dict[str, Any], *, role: str, kind: str, content: str) -> dict[str, Any]:
    """Add a message; the apps hear of it, and of the shop's own too."""
    message_id, now = box.ids.new("message"), box.now()
    thread["count"] += 1
    sender = im_id(thread["buyer_id"]) if role == "BUYER" else im_id(thread["shop_id"])
    index = str(now * 1_000_000 + thread["count"])
    message = {
        "id": message_id,
        "conversation": thread["id"],
        "type": kind,
        "content": content,
        "create_time": now,
        "index": index,
        "is_visible": True,
        "role": role,
        "sender": sender,
    }
    box.store.put("message", message_id, message)
    thread["messages"].append(message_id)
    hear(box, thread, role=role)
    thread["update_time"] = now
    thread["unread"] = thread["unread"] + 1 if role == "BUYER" else 0
    box.store.put("conversation", thread["id"], thread)
    tell(
        box,
        thread["shop_id"],
        "NEW_MESSAGE",
        message_id=message_id,
        index=index,
        conversation_id=thread["id"],
        type=kind,
        content=content,
        create_time=now,
        is_visible=True,
        sender={"im_user_id": sender, "role": role},
    )
    return message


def buyer_says(box: Box, shop_id: str, buyer_id: str, text: str, *, order_id: str = "") -> dict[str, Any]:
    """Let a buyer write; about an order he shows its card first."""
    thread = thread_of(box, shop_id, buyer_id)
    thread["replies"] = 0
    if order_id and not thread["messages"]:
        say(
            box,
            thread,
            role="BUYER",
            kind="ORDER_CARD",
            content=orjson.dumps({"order_id": order_id}).decode(),
        )
    return say(box, thread, role="BUYER", kind="TEXT", content=orjson.dumps({"content": text}).decode())


def shop_says(
    box: Box, thread: dict[str, Any], *, kind: str, content: str, role: str = "CUSTOMER_SERVICE"
) -> dict[str, Any]:
    """Let the shop write; the buyer answers after some minutes, less likely each time he has answered already."""
    message = say(box, thread, role=role, kind=kind, content=content)
    luck = box.luck("reply", message["id"])
    if not box.hush and luck.random() < 0.9 * 0.35 ** thread.get("replies", 0):
        box.agenda.add(
            "buyer_replies",
            due=box.clock.now() + luck.uniform(3, 25) * 60,
            thread=thread["id"],
            to=message["id"],
        )
    return message


@happening("buyer_replies")
def buyer_replies(box: Box, due: dict[str, Any]) -> None:
    thread = box.store.get("conversation", due["thread"])
    if thread is None or thread["messages"][-1] != due["to"]:
        return
    luck = box.luck("reply text", due["to"])
    thread["replies"] = thread.get("replies", 0) + 1
    agree, move, refuse = ANSWERS.get(language(box, thread["shop_id"]), ANSWERS["en"])
    text = luck.choices((agree, move, refuse), weights=(6, 2, 2))[0]
    buyer = box.store.table("buyer").get(thread["buyer_id"], {})
    street = buyer.get("address", {}).get("line1", "12 Fernbank Road")
    say(
        box,
        thread,
        role="BUYER",
        kind="TEXT",
        content=orjson.dumps({"content": text.format(address=f"{street}, 2nd floor")}).decode(),
    )
