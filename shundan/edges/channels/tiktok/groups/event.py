"""Webhooks."""

from __future__ import annotations

from shundan.edges.channels.tiktok.client import call
from shundan.edges.channels.tiktok.groups.answers import Reached, Row, rows_of


def webhooks(shop: Reached) -> list[Row]:
    """Return what the shop's news is told of: [{event_type, address}]."""
    return rows_of(call(shop, "webhook.list"), "webhooks")


def subscribe(shop: Reached, event: str, address: str) -> None:
    call(shop, "webhook.put", body={"event_type": event, "address": address})


def unsubscribe(shop: Reached, event: str) -> None:
    call(shop, "webhook.delete", body={"event_type": event})
