"""Customer service: conversations, messages, sessions, agents."""

from __future__ import annotations

from shundan.edges.channels.tiktok.endpoints.endpoint import Endpoint as E

_C = "/customer_service/{version}"
_ONE = _C + "/conversations/{conversation_id}"
ROWS: dict[str, E] = {
    "conversation.list": E("GET", _C + "/conversations", ("202309",), "chat"),
    "conversation.detail": E("GET", _ONE, ("202601",), "chat"),
    "conversation.create": E("POST", _C + "/conversations", ("202309",), "chat", changes=True),
    "message.list": E("GET", _ONE + "/messages", ("202309",), "chat"),
    "message.send": E("POST", _ONE + "/messages", ("202606", "202309"), "chat", changes=True),
    "message.read": E("POST", _ONE + "/messages/read", ("202309",), "chat", changes=True),
    "message.upload_image": E("POST", _C + "/images/upload", ("202309",), "upload", changes=True, multipart=True),
    "session.search": E("POST", _C + "/sessions/search", ("202602",), "chat"),
    "session.end": E("POST", _ONE + "/sessions/{session_id}/end", ("202605",), "chat", changes=True),
    "agent.settings": E("GET", _C + "/agents/settings", ("202309",), "chat"),
    "agent.change_settings": E("PUT", _C + "/agents/settings", ("202309",), "chat", changes=True),
    "service.performance": E("GET", _C + "/performance", ("202407",), "analytics"),
}
