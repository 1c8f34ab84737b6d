"""Writes of channels: apps and shops (`connecting`), tokens (`tokens`), what is learnt (`learning`)."""

from __future__ import annotations

from shundan.edges.channels.actions.connecting import (
    begin_connect,
    complete_connect,
    list_missing_shops,
    look_for_revoked_shops,
    store_app,
)
from shundan.edges.channels.actions.learning import (
    mark_expiring,
    mark_revoked,
    mark_subscribed,
    remember_offset,
    remember_version,
)
from shundan.edges.channels.actions.tokens import (
    forget_old_refresh,
    refresh_authorisation,
    refresh_next_tokens,
)

__all__ = [
    "begin_connect",
    "complete_connect",
    "forget_old_refresh",
    "list_missing_shops",
    "look_for_revoked_shops",
    "mark_expiring",
    "mark_revoked",
    "mark_subscribed",
    "refresh_authorisation",
    "refresh_next_tokens",
    "remember_offset",
    "remember_version",
    "store_app",
]
