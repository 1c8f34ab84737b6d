"""The paths under /customer_service/."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from sandbox.chat.sessions import open_session, phase_of, sessions_of, show_session
from sandbox.chat.threads import im_id, shop_says, thread_of
from sandbox.errors import Refusal, invalid
from sandbox.gateway import Call
from sandbox.markets import DAY
from sandbox.paging import page_rows
from sandbox.table import answers

CALLS_A_DAY = 10_000


def spend_quota(call: Call) -> None:
    """Count one call of a shop towards what its day allows; days are those of UTC."""
    day = int(call.box.now()) // DAY
    row = call.box.store.get("quota", call.shop["id"])
    made = row["made"] if row and row["day"] == day else 0
    if made >= CALLS_A_DAY:
        raise Refusal(45101004, "The query quota has been reached (10000 request per day). Please try again tomorrow.")
    call.box.store.put("quota", call.shop["id"], {"day": day, "made": made + 1})


def own_thread(call: Call) -> dict[str, Any]:
    thread = call.box.store.get("conversation", call.path["conversation_id"])
    if thread is None or thread["shop_id"] != call.shop["id"]:
        raise Refusal(45101003, "Record not found")
    return thread


def participants(call: Call, thread: dict[str, Any]) -> list[dict[str, Any]]:
    buyer = call.box.store.table("buyer").get(thread["buyer_id"], {"nickname": "buyer"})
    return [
        {
            "im_user_id": im_id(thread["buyer_id"]),
            "user_id": thread["buyer_id"],
            "role": "BUYER",
            "nickname": buyer["nickname"],
            "avatar": "",
            "buyer_platform": "TIKTOK_SHOP",
        },
        {
            "im_user_id": im_id(thread["shop_id"]),
            "user_id": "",
            "role": "SHOP",
            "nickname": call.shop["name"],
            "avatar": "",
        },
    ]


def show_message(call: Call, thread: dict[str, Any], message_id: str) -> dict[str, Any]:
    row = call.box.store.table("message")[message_id]
    buyer = call.box.store.table("buyer").get(thread["buyer_id"], {"nickname": "buyer"})
    name = buyer["nickname"] if row["role"] == "BUYER" else call.shop["name"]
    extra = {}
    if call.query.get("need_data") and row["type"] != "TEXT":
        extra["data"] = row["content"]
    if call.query.get("need_plaintext"):
        extra["plaintext"] = spoken(row)
    return {
        **extra,
        "id": row["id"],
        "type": row["type"],
        "content": row["content"],
        "create_time": row["create_time"],
        "is_visible": True,
        "index": row["index"],
        "sender": {"im_user_id": row["sender"], "role": row["role"], "nickname": name, "avatar": ""},
    }


def spoken(message: dict[str, Any]) -> str:
    """Return a message in plain words."""
    parsed = orjson.loads(message["content"])
    if message["type"] == "TEXT" and isinstance(parsed, dict):
        return str(parsed.get("content", ""))
    name = message["type"].replace("_", " ").capitalize()
    parts = parsed.items() if isinstance(parsed, dict) else ()
    return f"{name} shared:" + "".join(f"\n- {key}: {value}" for key, value in parts)


def show_thread(call: Call, thread: dict[str, Any]) -> dict[str, Any]:
    shown = {
        "id": thread["id"],
        "participant_count": 2,
        "can_send_message": True,
        "unread_count": thread["unread"],
        "create_time": thread["create_time"],
        "participants": participants(call, thread),
    }
    if thread["messages"]:
        shown["latest_message"] = show_message(call, thread, thread["messages"][-1])
    session = open_session(call.box, thread)
    if session and call.query.get("need_session_id"):
        shown["cur_session_id"] = session["id"]
    if session and call.query.get("need_session_info"):
        shown["cur_session"] = {"id": session["id"], "phase": phase_of(session)}
    return shown


@answers("GET", "/customer_service/{v}/agents/settings")
def get_settings(call: Call) -> dict[str, Any]:
    return {"can_accept_chat": call.shop.get("can_accept_chat", True)}


@answers("PUT", "/customer_service/{v}/agents/settings")
def put_settings(call: Call) -> dict[str, Any]:
    call.shop["can_accept_chat"] = call.body["can_accept_chat"]
    call.box.store.put("shop", call.shop["id"], call.shop)
    return {}


@answers("GET", "/customer_service/{v}/conversations")
def get_conversations(call: Call) -> dict[str, Any]:
    spend_quota(call)
    rows = [row for row in call.box.store.table("conversation").values() if row["shop_id"] == call.shop["id"]]
    query = {**call.query, "sort_order": "DESC"}
    page, token = page_rows(rows, query, time="update_time", key="id", show=lambda row: show_thread(call, row))
    return {"next_page_token": token, "conversations": page}


@answers("POST", "/customer_service/{v}/conversations")
def create_conversation(call: Call) -> dict[str, Any]:
    buyer_id = call.body["buyer_user_id"]
    if not any(
        order["user_id"] == buyer_id and order["shop_id"] == call.shop["id"] for order in call.box.book.orders.values()
    ):
        raise Refusal(
            45109003, "Unable to create a conversation as you did not meet the criteria for initiating conversations"
        )
    return {"conversation_id": thread_of(call.box, call.shop["id"], buyer_id)["id"]}


@answers("GET", "/customer_service/{v}/conversations/{conversation_id}", versions=("202601",))
def get_conversation(call: Call) -> dict[str, Any]:
    spend_quota(call)
    thread = own_thread(call)
    shown = show_thread(call, thread)
    for field in ("can_send_message", "latest_message"):
        shown.pop(field, None)
    shown["participants"] = [
        {("platform" if key == "buyer_platform" else key): value for key, value in row.items()}
        for row in shown["participants"]
    ]
    return {"conversation": shown}


@answers("GET", "/customer_service/{v}/conversations/{conversation_id}/messages")
def get_messages(call: Call) -> dict[str, Any]:
    """Return the messages, the newest first unless asked otherwise."""
    spend_quota(call)
    thread = own_thread(call)
    rows = [{"id": key, "time": int(call.box.store.table("message")[key]["index"])} for key in thread["messages"]]
    query = {
        "page_size": call.query["page_size"],
        "page_token": call.query.get("page_token", ""),
        "sort_order": call.query.get("sort_order", "DESC"),
    }
    page, token = page_rows(rows, query, time="time", key="id", show=lambda row: show_message(call, thread, row["id"]))
    return {"next_page_token": token, "unsupported_msg_tips": "", "messages": page}


@answers("POST", "/customer_service/{v}/conversations/{conversation_id}/messages", versions=("202309", "202606"))
def send_message(call: Call) -> dict[str, Any]:
    """Send; the content is a JSON object in a string, as the platform wants it."""
    spend_quota(call)
    thread, content = own_thread(call), call.body["content"]
    try:
        parsed = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise Refusal(45101002, "Invalid params") from None
    if not isinstance(parsed, dict) or not is_there(call, call.body["type"], parsed):
        raise Refusal(45101002, "Invalid params")
    role = call.body.get("sender_role", "CUSTOMER_SERVICE")
    if role not in ("CUSTOMER_SERVICE", "SYSTEM", "ROBOT"):
        raise Refusal(45101002, "Invalid params")
    return {"message_id": shop_says(call.box, thread, kind=call.body["type"], content=content, role=role)["id"]}


def is_there(call: Call, kind: str, content: dict[str, Any]) -> bool:
    """Tell whether a message says or shows something: words, or an order or product of this shop."""
    if kind == "TEXT":
        return bool(content.get("content"))
    table, name = {"ORDER_CARD": ("order", "order_id"), "PRODUCT_CARD": ("product", "product_id")}.get(kind, ("", ""))
    row = call.box.store.get(table, str(content.get(name, ""))) if table else None
    return not table or (row is not None and row["shop_id"] == call.shop["id"])


@answers("POST", "/customer_service/{v}/conversations/{conversation_id}/messages/read")
def read_messages(call: Call) -> dict[str, Any]:
    spend_quota(call)
    thread = own_thread(call)
    thread["unread"] = 0
    call.box.store.put("conversation", thread["id"], thread)
    return {}


@answers("GET", "/customer_service/{v}/performance", versions=("202407",))
def performance(call: Call) -> dict[str, Any]:
    """Return how the sessions of some days of the shop's own zone were answered."""
    low, high = read_days(call)
    rows = [
        show_session(call.box, thread, session)
        for thread, session in sessions_of(call.box, call.shop["id"])
        if low <= session["begin"] < high
    ]
    waits = [row["first_response_time"] for row in rows if "first_response_time" in row]
    scores = [row["satisfaction_score"] for row in rows if "satisfaction_score" in row]
    return {
        "performance": {
            "support_session_count": len(rows),
            "response_percentage": share(len(waits), len(rows)),
            "satisfaction_percentage": share(sum(score > 3 for score in scores), len(scores)),
            "response_time_mins": f"{sum(waits) / len(waits) / 60:.1f}" if waits else "0",
            "conversion_rate": "0.00",
            "cs_guided_gmv": call.market.money(0),
            "currency": call.market.currency,
        }
    }


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f}" if whole else "0.00"


def read_days(call: Call) -> tuple[int, int]:
    zone = ZoneInfo(call.market.zone)
    try:
        low, high = (
            int(dt.datetime.strptime(call.query[name], "%Y-%m-%d").replace(tzinfo=zone).timestamp())
            for name in ("support_date_ge", "support_date_lt")
        )
    except ValueError:
        raise invalid("support_date_ge", "a date such as 2026-11-01 is expected") from None
    if low >= high:
        raise invalid("support_date_lt", "it must be after support_date_ge")
    return low, high
