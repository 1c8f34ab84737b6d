"""The paths about sessions: search them, end one."""

from __future__ import annotations

from typing import Any

from sandbox.chat.calls import own_thread
from sandbox.chat.sessions import end_of, end_session, sessions_of, show_session
from sandbox.errors import Refusal
from sandbox.gateway import Call
from sandbox.paging import page_rows
from sandbox.table import answers


@answers("POST", "/customer_service/{v}/sessions/search", versions=("202602",))
def search_sessions(call: Call) -> dict[str, Any]:
    """Return the sessions begun in a span of time, the oldest first."""
    body = call.body
    if body["begin_time_ge"] >= body["begin_time_lt"]:
        raise Refusal(45101002, "Invalid params")
    rows = [
        shown
        for thread, session in sessions_of(call.box, call.shop["id"])
        if body["begin_time_ge"] <= session["begin"] < body["begin_time_lt"]
        and (shown := show_session(call.box, thread, session))["buyer_nickname"].startswith(
            body.get("buyer_nickname", "")
        )
    ]
    page, token = page_rows(rows, call.query, time="begin_time", key="id")
    return {"next_page_token": token, "sessions": page}


@answers(
    "POST", "/customer_service/{v}/conversations/{conversation_id}/sessions/{session_id}/end", versions=("202605",)
)
def end_one_session(call: Call) -> dict[str, Any]:
    thread = own_thread(call)
    for session in thread.get("sessions", []):
        if session["id"] == call.path["session_id"]:
            if end_of(call.box, session) is not None:
                raise Refusal(45101002, "Invalid params")
            end_session(call.box, thread, session)
            return {}
    raise Refusal(45101003, "Record not found")
