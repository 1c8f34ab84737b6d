"""Fetching what is wanted: one shop and kind at a time, today's news before the back-fill, each failure by itself."""

from __future__ import annotations

import logging
import random
import threading
import time
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from shundan.core.errors import OutsideUnavailable, ShundanError, Unauthorised
from shundan.edges.channels.queries import access_of, reachable_shops
from shundan.edges.channels.tiktok.reads import FETCH, Fetched
from shundan.edges.inbox.actions.snapshots import SnapshotDraft, store_snapshots
from shundan.edges.inbox.models import Want
from shundan.ground.lib import clock
from shundan.ground.lib.db import claim, in_transaction, lock

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=120)
LOOK_AT = 300
LONGEST_PAUSE = 3600.0
_lock = threading.Lock()
_served: dict[tuple[int, str], float] = {}  # when a shop's kind had its last turn, in this process


def fetch_next_wants(*, limit: int = 50) -> int:
    """Fetch one batch of wants of one shop and kind; return how many were claimed."""
    todo = _todo(reachable_shops())
    turn = _next_turn(todo)
    if turn is None:
        return 0
    shop_key, kind, lane = turn
    wants = _claim(todo.filter(shop_id=shop_key, kind=kind, lane=lane), limit=min(limit, FETCH[kind][1]))
    if not wants:
        return 0
    began = clock.wall()
    try:
        fetched = FETCH[kind][0](access_of(shop_key), [row.outside_id for row in wants])
    except ShundanError as error:
        log.info("fetching %s of shop %s: %s", kind, shop_key, error.message)
        _give_back(wants, error)
    else:
        in_transaction(lambda: _store(wants, fetched, began=began))
    return len(wants)


def _todo(shops: list[int]) -> QuerySet[Want]:
    now = clock.wall()
    rows = Want.objects.filter(closed_at=None, not_before__lte=now, shop_id__in=shops, kind__in=list(FETCH))
    return rows.filter(Q(lease_until=None) | Q(lease_until__lt=now)).order_by("lane", "pk")


def _next_turn(todo: QuerySet[Want]) -> tuple[int, str, int] | None:
    """Choose, within the best lane, the shop and kind whose last turn is longest ago."""
    heads = list(todo.values_list("shop_id", "kind", "lane")[:LOOK_AT])
    turns = list(dict.fromkeys(head for head in heads if head[2] == heads[0][2]))
    if not turns:
        return None
    with _lock:
        turn = min(turns, key=lambda head: _served.get(head[:2], 0.0))
        _served[turn[:2]] = time.monotonic()
    return turn


def _claim(rows: QuerySet[Want], *, limit: int) -> list[Want]:
    def work() -> list[Want]:
        wants = claim(rows, limit=limit)
        until = clock.wall() + LEASE
        for row in wants:
            row.lease_until, row.attempts, row.asked_again_at = until, row.attempts + 1, None
        Want.objects.bulk_update(wants, ["lease_until", "attempts", "asked_again_at"])
        return wants

    return in_transaction(work)


def _store(wants: list[Want], fetched: Fetched, *, began: datetime) -> None:
    """Store the snapshots and close their wants; what was asked for again meanwhile stays open."""
    now = clock.wall()
    drafts = []
    rows = lock(Want.objects.filter(pk__in=[row.pk for row in wants], closed_at=None))
    for row in rows:
        row.lease_until = None
        found = fetched.found.get(row.outside_id)
        if found is None:
            refused = fetched.failed.get(row.outside_id)
            row.error = (refused.message if refused else "the platform's answer does not hold it")[:300]
            row.not_before = now + pause(row.attempts)
            continue
        drafts.append(
            SnapshotDraft(row.shop_id, row.kind, row.outside_id, found[0], fetched.asked_at, found[1])
        )
        again = row.asked_again_at is not None and row.asked_again_at >= began
        row.error, row.attempts, row.not_before = "", 0, now
        row.closed_at = None if again else now
        row.asked_again_at = None
    store_snapshots(drafts)
    Want.objects.bulk_update(
        rows,
        ["lease_until", "error", "not_before", "attempts", "closed_at", "asked_again_at"],
        batch_size=100,
    )


def _give_back(wants: list[Want], error: ShundanError) -> None:
    """Let a whole batch wait: the platform is busy, or the shop cannot be reached until it is connected again."""
    told = error.retry_after if isinstance(error, OutsideUnavailable) else None
    wait = timedelta(seconds=30) if isinstance(error, Unauthorised) else None
    with transaction.atomic():
        now = clock.wall()
        rows = lock(Want.objects.filter(pk__in=[row.pk for row in wants], closed_at=None))
        for row in rows:
            row.lease_until, row.error = None, error.message[:300]
            row.not_before = now + (wait or max(pause(row.attempts), timedelta(seconds=told or 0)))
        Want.objects.bulk_update(rows, ["lease_until", "error", "not_before"], batch_size=100)


def pause(attempts: int) -> timedelta:
    """Return how long to wait after the n-th failure: 1, 2, 4 … seconds up to an hour, spread a little."""
    seconds = min(2.0 ** max(attempts - 1, 0), LONGEST_PAUSE)
    return timedelta(seconds=seconds * (1 + random.random() * 0.25))
