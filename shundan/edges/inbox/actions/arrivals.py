"""Webhooks: stored once under their delivery id, answered, and read into wants afterwards."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from shundan.core.actors import Who
from shundan.core.errors import Conflict, NotFound
from shundan.edges.channels import actions as channels
from shundan.edges.channels.tiktok.mapping.reading import moment
from shundan.edges.inbox.actions.filing import Filed, file_arrival
from shundan.edges.inbox.actions.owners import adopt_arrivals, owner_of_listing, shops_named
from shundan.edges.inbox.actions.sweeping import sweep_soon
from shundan.edges.inbox.actions.wants import WantDraft, want_many
from shundan.edges.inbox.models import Arrival
from shundan.edges.inbox.topics import DEAUTHORISED, EXPIRING, WEBHOOKS, spoken_of, wanted_by
from shundan.ground.lib import clock
from shundan.ground.lib.db import claim, in_transaction

Told = dict[str, Any]
NOT_JSON = "the body is not a JSON object"


@dataclass(frozen=True)
class Delivery:
    """A webhook whose signature was right."""

    app_key: str
    body: bytes


@dataclass
class _News:
    """What a batch of webhooks makes us do."""

    wants: list[WantDraft] = field(default_factory=list)
    sweeps: set[tuple[int, str]] = field(default_factory=set)  # (shop key, kind)


def store_arrival(delivery: Delivery) -> None:
    """Store a verified webhook once; a repeat is counted. Raises Unavailable when the database is too busy."""
    told = _parse(delivery.body)
    kept = told or {}
    number = kept.get("tts_notification_id") or hashlib.sha256(delivery.body).hexdigest()
    state, reason = ("QUARANTINED", NOT_JSON) if told is None else ("NEW", "")
    shop_id = _text(kept.get("shop_id") or "", 32)
    file_arrival(
        Filed(delivery.app_key, _text(number, 80), shop_id, _kind(kept), delivery.body, clock.wall(), state, reason)
    )


def _parse(body: bytes) -> Told | None:
    try:
        told = orjson.loads(body)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _kind(told: Told) -> int | None:
    kind = told.get("type")
    return kind if isinstance(kind, int) and not isinstance(kind, bool) and 0 <= kind < 2**31 else None


def _text(value: object, longest: int) -> str:
    """PostgreSQL keeps no NUL in texts: it becomes the sign of a lost letter."""
    return str(value).replace("\0", "\ufffd")[:longest]


def read_next_arrivals(*, limit: int = 200) -> int:
    """Turn new webhooks into wants; what is not understood is quarantined and shown. Returns how many were read.

    What came for a shop that was connected since is read too.
    """

    def work() -> int:
        rows = claim(Arrival.objects.filter(state="NEW").order_by("pk"), limit=limit)
        if rows:
            _read_all(rows)
        return len(rows)

    adopt_arrivals()
    return in_transaction(work) if Arrival.objects.filter(state="NEW").exists() else 0


def _read_all(rows: list[Arrival]) -> None:
    shops, news = shops_named(row.channel_shop_id for row in rows), _News()
    ends: dict[tuple[str, str, int | None], list[int]] = defaultdict(list)
    for row in rows:
        row.shop_id = shops.get(row.channel_shop_id)
        row.state, row.reason = _read(row, news)
        ends[row.state, row.reason, row.shop_id].append(row.pk)
    want_many(news.wants)
    sweep_soon(news.sweeps)
    now = clock.wall()
    for (state, reason, shop_key), keys in ends.items():
        Arrival.objects.filter(pk__in=keys).update(state=state, reason=reason, shop_id=shop_key, done_at=now)


def _read(row: Arrival, news: _News) -> tuple[str, str]:
    """Add what one webhook makes us do; return the state the row ends in, and why."""
    told = _parse(bytes(row.body))
    if told is None:
        return "QUARANTINED", NOT_JSON
    kind = _kind(told)
    if kind is None:
        return "QUARANTINED", "it has no type"
    if kind not in WEBHOOKS:
        return "QUARANTINED", f"type {kind} is not known"
    topic = WEBHOOKS[kind]
    if row.channel_shop_id and row.shop_id is None:
        return "UNOWNED", "no shop of this desk has that id"
    if not topic.acts:
        return "IGNORED", _why_ignored(told)
    if row.shop_id is None:
        row.shop_id = owner_of_listing(row.app_key, _data(told)) if ("listing", "product_id") in topic.wants else None
    if row.shop_id is None:
        whose = spoken_of(told)
        return ("IGNORED", _why_ignored(told)) if whose else ("QUARANTINED", "it names no shop")
    return _act(row, row.shop_id, kind, told, news)


def _why_ignored(told: Told) -> str:
    whose = spoken_of(told)
    return f"it is about a {whose}, not about one shop" if whose else "it changes nothing at an order desk"


def _data(told: Told) -> Told:
    data = told.get("data")
    return data if isinstance(data, dict) else {}


def _act(row: Arrival, shop_key: int, kind: int, told: Told, news: _News) -> tuple[str, str]:
    topic = WEBHOOKS[kind]
    try:
        pairs = wanted_by(kind, _data(told))
        if odd := [key for _, key in pairs if len(key) > 80 or "\0" in key]:
            raise KeyError(odd[0][:20].replace("\0", ""))  # no id of theirs: it must not spoil its whole batch
    except (KeyError, TypeError, AttributeError) as error:
        return "QUARANTINED", f"not understood: {type(error).__name__} {error}"[:200].replace("\0", "")
    told_at = moment(told, "timestamp")
    if kind == DEAUTHORISED:
        why = gettext_noop("the seller took the authorisation back")
        channels.mark_revoked(shop_key, why, now=clock.now(), told_at=told_at, app_key=row.app_key)
    elif kind == EXPIRING:
        channels.mark_expiring(shop_key, now=clock.now(), told_at=told_at, app_key=row.app_key)
    news.wants += [WantDraft(shop_key, want_kind, key, topic.event) for want_kind, key in pairs]
    news.sweeps |= {(shop_key, swept) for swept in topic.sweeps}
    return "DONE", ""


def retry_arrival(key: int, *, by: Who) -> None:
    """Read a quarantined, unowned or ignored webhook once more."""
    again = Arrival.objects.filter(pk=key, state__in=["QUARANTINED", "UNOWNED", "IGNORED"])
    if again.update(state="NEW", reason="", done_at=None):
        return
    if Arrival.objects.filter(pk=key).exists():
        raise Conflict(_("This arrival was read already."), remedy=_("Reload the page."))
    raise NotFound(_("There is no such arrival."), remedy=_("It may have been pruned."))
