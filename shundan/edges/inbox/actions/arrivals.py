"""Webhooks: stored once under their delivery id, answered, and read into wants afterwards."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.errors import Conflict, NotFound
from shundan.edges.channels import actions as channels
from shundan.edges.channels.tiktok.mapping.reading import moment
from shundan.edges.inbox.actions.wants import WantDraft, want_many
from shundan.edges.inbox.models import Arrival
from shundan.edges.inbox.topics import DEAUTHORISED, EXPIRING, WEBHOOKS, wanted_by
from shundan.ground.lib import clock
from shundan.ground.lib.db import claim, in_transaction
from shundan.ground.shops.queries import find_shop


@dataclass(frozen=True)
class Delivery:
    """A webhook whose signature was right."""

    app_key: str
    body: bytes


def store_arrival(delivery: Delivery) -> str:
    """Store a verified webhook once; return the state it is kept in, or REPEATED."""
    row = _arrival(delivery)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        same = Arrival.objects.filter(app_key=row.app_key, notification_id=row.notification_id)
        same.update(repeats=F("repeats") + 1)
        return "REPEATED"
    return row.state


def _arrival(delivery: Delivery) -> Arrival:
    """Read no more than is needed to file it: delivery id, type and shop."""
    digest = hashlib.sha256(delivery.body).hexdigest()
    row = Arrival(app_key=delivery.app_key, notification_id=digest, body=delivery.body, received_at=clock.wall())
    told = _parse(delivery.body)
    if told is None:
        row.state, row.reason = "QUARANTINED", "the body is not a JSON object"
        return row
    row.notification_id = str(told.get("tts_notification_id") or digest)[:80]
    row.channel_shop_id = str(told.get("shop_id") or "")[:32]
    kind = told.get("type")
    if isinstance(kind, bool) or not isinstance(kind, int) or not 0 <= kind < 2**31:
        row.state, row.reason = "QUARANTINED", "it has no type"
        return row
    row.kind = kind
    if row.channel_shop_id:
        try:
            row.shop = find_shop(row.channel_shop_id)
        except NotFound:
            row.state, row.reason = "UNOWNED", "no shop of this desk has that id"
    elif kind in WEBHOOKS:
        row.state, row.reason = "QUARANTINED", "it names no shop"
    return row


def _parse(body: bytes) -> dict[str, Any] | None:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def read_next_arrivals(*, limit: int = 200) -> int:
    """Turn new webhooks into wants; what is not understood is quarantined and shown. Returns how many were read."""

    def work() -> int:
        rows = claim(Arrival.objects.filter(state="NEW").order_by("pk"), limit=limit)
        if rows:
            drafts = [draft for row in rows for draft in _read(row)]
            want_many(drafts)
            ends: dict[tuple[str, str], list[int]] = defaultdict(list)
            for row in rows:
                ends[row.state, row.reason].append(row.pk)
            for (state, reason), keys in ends.items():
                Arrival.objects.filter(pk__in=keys).update(state=state, reason=reason, done_at=clock.wall())
        return len(rows)

    return in_transaction(work)


def _read(row: Arrival) -> list[WantDraft]:
    """Return what one webhook makes us want, and set the state the row ends in."""
    told = _parse(bytes(row.body)) or {}
    news = told.get("data")
    if row.kind not in WEBHOOKS or row.shop_id is None:
        row.state, row.reason = "IGNORED", f"type {row.kind} changes nothing here"
        return []
    try:
        pairs = wanted_by(row.kind, news if isinstance(news, dict) else {})
        if odd := [key for _, key in pairs if len(key) > 80 or "\0" in key]:
            raise KeyError(odd[0][:20].replace("\0", ""))  # no id of theirs: it must not spoil its whole batch
    except (KeyError, TypeError, AttributeError) as error:
        row.state, row.reason = "QUARANTINED", f"not understood: {type(error).__name__} {error}"[:200]
        return []
    row.state, row.reason = "DONE", ""
    if row.kind == DEAUTHORISED:
        channels.mark_revoked(
            row.shop_id,
            "the seller took the authorisation back",
            now=clock.now(),
            told_at=moment(told, "timestamp"),
        )
    elif row.kind == EXPIRING:
        channels.mark_expiring(row.shop_id, now=clock.now())
    return [WantDraft(row.shop_id, kind, key, WEBHOOKS[row.kind][0]) for kind, key in pairs]


def retry_arrival(key: int, *, by: Who) -> None:
    """Read a quarantined, unowned or ignored webhook once more."""
    row = Arrival.objects.filter(pk=key).first()
    if row is None:
        raise NotFound(_("There is no such arrival."), remedy=_("It may have been pruned."))
    fresh = _arrival(Delivery(row.app_key, bytes(row.body)))
    changed = Arrival.objects.filter(pk=key, state__in=["QUARANTINED", "UNOWNED", "IGNORED"]).update(
        state=fresh.state, reason=fresh.reason, shop=fresh.shop, kind=fresh.kind, done_at=None
    )
    if not changed:
        raise Conflict(_("This arrival was read already."), remedy=_("Reload the page."))
