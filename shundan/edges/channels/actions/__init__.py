"""Writes of channels.

connecting  our app, and the way to the seller's consent and back
choosing    the shops a consent opens, and which of them this desk works for
tokens      refreshed before they end, by one worker at a time
learning    what answers and webhooks teach
budgets     how fast we may ask
"""

from __future__ import annotations

from shundan.edges.channels.actions.choosing import (
    choose_shops,
    complete_connect,
    list_missing_shops,
    list_offered,
    look_for_revoked_shops,
)
from shundan.edges.channels.actions.connecting import accept_code, begin_connect, store_app
from shundan.edges.channels.actions.learning import (
    forget_versions,
    mark_expiring,
    mark_healed,
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
    "accept_code",
    "begin_connect",
    "choose_shops",
    "complete_connect",
    "forget_old_refresh",
    "forget_versions",
    "list_missing_shops",
    "list_offered",
    "look_for_revoked_shops",
    "mark_expiring",
    "mark_healed",
    "mark_revoked",
    "mark_subscribed",
    "refresh_authorisation",
    "refresh_next_tokens",
    "remember_offset",
    "remember_version",
    "store_app",
]
