"""Fetching what is wanted: one shop and kind at a time, today's news before the back-fill, each failure by itself."""

from __future__ import annotations

import logging
import random
import threading
import time
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from shundan.core.errors import OutsideRefused, OutsideUnavailable, ShundanError, Unauthorised
from shundan.edges.channels.queries import Access, access_of, reachable_shops
from shundan.edges.channels.tiktok.reads import FETCH, Fetched
from shundan.edges.inbox.actions.snapshots import SnapshotDraft, store_snapshots
from shundan.edges.inbox.models import Want
from shundan.ground.lib import clock
from shundan.ground.lib.db import claim, in_transaction, lock
from shundan.ground.lib.traces import say_trace

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=120)
LOOK_AT = 300
LONGEST_PAUSE = 3600.0
_MALFORMED = (LookupError, TypeError, ValueError, AttributeError)  # what reading an odd answer raises
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
        fetched = _read(kind, access_of(shop_key), [row.outside_id for row in wants])
    except ShundanError as error:
        log.info("fetching %s of shop %s: %s", kind, shop_key, error.message)
        _give_back(wants, error)
    else:
        in_transaction(lambda: _store(wants, fetched, began=began))
    return len(wants)


def _read(kind: str, access: Access, ids: list[str]) -> Fetched:
    """Ask for all at once; if one of them spoils the answer, the halves are asked for apart."""
    try:
        return FETCH[kind][0](access, ids)
    except Unauthorised:
        raise
    except (OutsideRefused, *_MALFORMED) as error:
        if len(ids) > 1:
            parts = [_read(kind, access, half) for half in (ids[: len(ids) // 2], ids[len(ids) // 2 :])]
            return Fetched(
                min(part.asked_at for part in parts),
                parts[0].found | parts[1].found,
                parts[0].failed | parts[1].failed,
            )
        if not isinstance(error, OutsideRefused):
            log.error("%s %s cannot be read\n%s", kind, ids[0], say_trace(error))
            error = OutsideRefused(f"Its answer is malformed: {type(error).__name__} {error}", service="TikTok Shop")
        return Fetched(clock.now(), failed={ids[0]: error})


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
        mine = Want.objects.filter(pk__in=[row.pk for row in wants])
        mine.update(lease_until=clock.wall() + LEASE, attempts=F("attempts") + 1, asked_again_at=None)
        return wants

    return in_transaction(work)


def _store(wants: list[Want], fetched: Fetched, *, began: datetime) -> None:
    """Store the snapshots and close their wants; what was asked for again meanwhile stays open."""
    now = clock.wall()
    rows = lock(Want.objects.filter(pk__in=[row.pk for row in wants], closed_at=None))
    found = [row for row in rows if row.outside_id in fetched.found]
    store_snapshots(_draft(row, fetched) for row in found)
    again = [row.pk for row in found if row.asked_again_at is not None and row.asked_again_at >= began]
    done = Want.objects.filter(pk__in=[row.pk for row in found])
    done.update(lease_until=None, error="", attempts=0, not_before=now, asked_again_at=None)
    done.exclude(pk__in=again).update(closed_at=now)
    for row in rows:
        if row.outside_id not in fetched.found:
            refused = fetched.failed.get(row.outside_id)
            error = refused.message if refused else "the platform's answer does not hold it"
            _put_off(row, error, wait=pause(row.attempts), now=now)


def _draft(row: Want, fetched: Fetched) -> SnapshotDraft:
    updated_at, payload = fetched.found[row.outside_id]
    return SnapshotDraft(row.shop_id, row.kind, row.outside_id, updated_at, fetched.asked_at, payload)


def _put_off(row: Want, error: str, *, wait: timedelta, now: datetime) -> None:
    Want.objects.filter(pk=row.pk).update(lease_until=None, error=error[:300], not_before=now + wait)


def _give_back(wants: list[Want], error: ShundanError) -> None:
    """Let a whole batch wait: the platform is busy, or the shop cannot be reached until it is connected again."""
    told = error.retry_after if isinstance(error, OutsideUnavailable) else None
    wait = timedelta(seconds=30) if isinstance(error, Unauthorised) else None
    with transaction.atomic():
        now = clock.wall()
        for row in lock(Want.objects.filter(pk__in=[row.pk for row in wants], closed_at=None)):
            longer = max(pause(row.attempts), timedelta(seconds=told or 0))
            _put_off(row, error.message, wait=wait or longer, now=now)


def pause(attempts: int) -> timedelta:
    """Return how long to wait after the n-th failure: 1, 2, 4 … seconds up to an hour, spread a little."""
    seconds = min(2.0 ** max(attempts - 1, 0), LONGEST_PAUSE)
    return timedelta(seconds=seconds * (1 + random.random() * 0.25))
