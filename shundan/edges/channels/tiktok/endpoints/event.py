"""Webhooks: what the platform tells a shop's news about, and where."""

from __future__ import annotations

from shundan.edges.channels.tiktok.endpoints.endpoint import Endpoint as E

ROWS: dict[str, E] = {
    "webhook.list": E("GET", "/event/{version}/webhooks", ("202309",), "event"),
    "webhook.put": E("PUT", "/event/{version}/webhooks", ("202309",), "event", changes=True),
    "webhook.delete": E("DELETE", "/event/{version}/webhooks", ("202309",), "event", changes=True),
}
