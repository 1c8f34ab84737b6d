"""Sessions: a buyer's first message opens one, the shop ends it, or a day of silence does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.box import Box
from sandbox.markets import DAY

Row = dict[str, Any]
SILENCE = DAY
LATE = 12 * 3600
TAGS = ("AfterSale", "Logistics", "Presale")


def hear(box: Box, thread: Row, *, role: str) -> None:
    """Note a message just said: the buyer's may open a session, the shop's first one answers it."""
    now, session = box.now(), open_session(box, thread)
    if role == "BUYER" and session is None:
        number = len(thread.setdefault("sessions", [])) + 1
        session = {"id": f"{thread['id'][:-3]}{number:03d}", "begin": now, "first": None, "end": None, "score": None}
        thread["sessions"].append(session)
    if session is not None:
        session["last"] = now
        if role == "CUSTOMER_SERVICE" and session["first"] is None:
            session["first"] = now


def end_of(box: Box, session: Row) -> int | None:
    """Return when a session ended: by the shop's hand, or a day after its last message."""
    if session["end"] is not None:
        return int(session["end"])
    return session["last"] + SILENCE if session["last"] + SILENCE <= box.now() else None


def open_session(box: Box, thread: Row) -> Row | None:
    sessions = thread.get("sessions", [])
    return sessions[-1] if sessions and end_of(box, sessions[-1]) is None else None


def end_session(box: Box, thread: Row, session: Row) -> None:
    session["end"] = box.now()
    box.store.put("conversation", thread["id"], thread)


def phase_of(session: Row) -> str:
    return "ASSIGNED" if session["first"] is not None else "QUEUED"


def sessions_of(box: Box, shop_id: str) -> Iterator[tuple[Row, Row]]:
    for thread in box.store.table("conversation").values():
        if thread["shop_id"] == shop_id:
            for session in thread.get("sessions", []):
                yield thread, session


def show_session(box: Box, thread: Row, session: Row) -> Row:
    """Return a session as the search shows it. Half of the buyers score one that is over and was answered."""
    luck, end = box.luck("session", session["id"], session["begin"]), end_of(box, session)
    buyer = box.store.table("buyer").get(thread["buyer_id"], {"nickname": "buyer"})
    shown: Row = {
        "id": session["id"],
        "conversation_id": thread["id"],
        "begin_time": session["begin"],
        "buyer_nickname": buyer["nickname"],
        "chat_tags": [luck.choice(TAGS)],
    }
    if session["first"] is not None:
        shown["first_response_time"] = session["first"] - session["begin"]
        shown["first_response_late"] = shown["first_response_time"] > LATE
    if end is not None:
        shown["end_time"] = end
        if session["first"] is not None and luck.random() < 0.5:
            shown["satisfaction_score"] = luck.randint(1, 3) if shown["first_response_late"] else luck.randint(3, 5)
            if shown["satisfaction_score"] < 3:
                shown["dissatisfaction_reason"] = "Slow response or resolution"
    return shown
