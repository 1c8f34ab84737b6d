"""Fetching what is wanted: shops and kinds side by side, today's news before the back-fill, each failure by itself."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import F, Q, QuerySet

from shundan.core.errors import OutsideRefused, OutsideUnavailable, ShundanError, Unauthorised
from shundan.edges.channels.queries import Access, access_of, reachable_shops
from shundan.edges.channels.tiktok.reads import FETCH, FETCH_SINCE, SINGLY, TOGETHER, Fetch, Fetched
from shundan.edges.channels.tiktok.refusals import MALFORMED
from shundan.edges.inbox.actions.snapshots import SnapshotDraft, held_until, store_snapshots
from shundan.edges.inbox.models import Want
from shundan.ground.lib import clock
from shundan.ground.lib.db import claim, in_transaction, lock
from shundan.ground.lib.pauses import pause_after
from shundan.ground.lib.together import Outcome, at_home, together
from shundan.ground.lib.traces import say_error, say_trace

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=120)
LOOK_AT = 300
AT_ONCE = 4
LONGEST_PAUSE, LONGEST_SILENCE, CLOSED_PAUSE = 3600.0, 60.0, 30.0  # seconds
_lock = threading.Lock()
_served: dict[tuple[int, str], float] = {}  # when a shop's kind had its last turn, in this process


@dataclass(frozen=True)
class _Batch:
    """Wants of one shop and kind that are fetched by one request, where the channel has one for many."""

    shop_key: int
    kind: str
    wants: list[Want]
    began: datetime


def fetch_next_wants(*, limit: int = 50, at_once: int = AT_ONCE) -> int:
    """Fetch batches of what one call tells many of: orders, cancellations, returns; return how many were claimed.

    What is asked for one by one has a pass of its own: an order's news waits for no fifty calls about parcels.
    """
    return _fetch_next(TOGETHER, limit=limit, at_once=at_once)


def fetch_single_wants(*, limit: int = 50, at_once: int = AT_ONCE) -> int:
    """Fetch what a call tells one of: parcels, tracking, listings, statements; return how many were claimed."""
    return _fetch_next(SINGLY, limit=limit, at_once=at_once)


def _fetch_next(kinds: Collection[str], *, limit: int, at_once: int) -> int:
    """Fetch one batch each of several shops and kinds, side by side."""
    claimed = 0

    def batches() -> Iterator[_Batch]:
        nonlocal claimed
        shops, taken = reachable_shops(), set[tuple[int, str, int]]()
        while len(taken) < at_once and (turn := _next_turn(_todo(shops, kinds), without=taken)):
            taken.add(turn)
            shop_key, kind, lane = turn
            todo = _todo(shops, kinds).filter(shop_id=shop_key, kind=kind, lane=lane)
            if wants := _claim(todo, limit=min(limit, FETCH[kind][1])):
                claimed += len(wants)
                yield _Batch(shop_key, kind, wants, clock.wall())

    together(_fetch, batches(), done=_take, at_once=at_once)
    return claimed


def _fetch(batch: _Batch) -> Fetched:
    access, ids = at_home(partial(access_of, batch.shop_key)), [row.outside_id for row in batch.wants]
    since = FETCH_SINCE.get(batch.kind)
    if since is None:
        return _read(batch.kind, FETCH[batch.kind][0], access, ids)
    held = at_home(partial(held_until, batch.shop_key, batch.kind, ids))
    return _read(batch.kind, lambda access, ids: since(access, ids, held), access, ids)


def _take(outcome: Outcome[_Batch, Fetched]) -> None:
    batch, error = outcome.item, outcome.error
    if isinstance(error, ShundanError):
        log.info("fetching %s of shop %s: %s", batch.kind, batch.shop_key, error.message)
        _give_back(batch.wants, error)
    elif error is not None:
        raise error
    elif (fetched := outcome.value) is not None:
        in_transaction(lambda: _store(batch.wants, fetched, began=batch.began))


def _read(kind: str, read: Fetch, access: Access, ids: list[str]) -> Fetched:
    """Ask for all at once; if one of them spoils the answer, the halves are asked for apart."""
    try:
        return read(access, ids)
    except Unauthorised:
        raise
    except (OutsideRefused, *MALFORMED) as error:
        if len(ids) > 1:
            parts = [_read(kind, read, access, half) for half in (ids[: len(ids) // 2], ids[len(ids) // 2 :])]
            return Fetched(
                min(part.asked_at for part in parts),
                parts[0].found | parts[1].found,
                parts[0].failed | parts[1].failed,
            )
        if not isinstance(error, OutsideRefused):
            log.error("%s %s cannot be read\n%s", kind, ids[0], say_trace(error))
            error = OutsideRefused(f"Its answer is malformed: {say_error(error)}", service="TikTok Shop")
        return Fetched(clock.now(), failed={ids[0]: error})


def _todo(shops: list[int], kinds: Collection[str]) -> QuerySet[Want]:
    now = clock.wall()
    rows = Want.objects.filter(closed_at=None, not_before__lte=now, shop_id__in=shops, kind__in=list(kinds))
    return rows.filter(Q(lease_until=None) | Q(lease_until__lt=now)).order_by("lane", "pk")


def _next_turn(todo: QuerySet[Want], *, without: Collection[tuple[int, str, int]]) -> tuple[int, str, int] | None:
    """Choose, within the best lane, the shop and kind whose last turn is longest ago, and that has none now.

    What is in a better lane is not kept waiting by what is in a worse one.
    """
    for shop_key, kind, _ in without:
        todo = todo.exclude(shop_id=shop_key, kind=kind)
    heads = list(todo.values_list("shop_id", "kind", "lane")[:LOOK_AT])
    best = min([*(lane for _, _, lane in without), *(lane for _, _, lane in heads[:1])], default=0)
    turns = [head for head in dict.fromkeys(heads) if head[2] == best]
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
        if row.outside_id in fetched.found:
            continue
        error = fetched.failed.get(row.outside_id)
        if error is None and fetched.unasked is not None:  # its turn never came, which is no failure of its own
            error, row.attempts = fetched.unasked, row.attempts - 1
        _put_off(row, error, now=now)


def _draft(row: Want, fetched: Fetched) -> SnapshotDraft:
    updated_at, payload = fetched.found[row.outside_id]
    return SnapshotDraft(row.shop_id, row.kind, row.outside_id, updated_at, fetched.asked_at, payload)


def _put_off(row: Want, error: ShundanError | None, *, now: datetime) -> None:
    told = error.message if error else "the platform's answer does not hold it"
    wait = timedelta(seconds=_pause(row, error))
    rows = Want.objects.filter(pk=row.pk)
    rows.update(lease_until=None, attempts=row.attempts, error=told, not_before=now + wait)


def _give_back(wants: list[Want], error: ShundanError) -> None:
    """Let a whole batch wait: the platform is busy, or the shop cannot be reached until it is connected again."""
    with transaction.atomic():
        now = clock.wall()
        for row in lock(Want.objects.filter(pk__in=[row.pk for row in wants], closed_at=None)):
            _put_off(row, error, now=now)


def _pause(row: Want, error: ShundanError | None) -> float:
    """Return for how many seconds to leave it: a platform that was silent is asked again soon after it speaks."""
    if isinstance(error, Unauthorised):
        return CLOSED_PAUSE
    failures = max(row.attempts - 1, 0)
    if isinstance(error, OutsideUnavailable):
        return pause_after(failures, longest=LONGEST_SILENCE, told=error.retry_after)
    return pause_after(failures, longest=LONGEST_PAUSE)
