"""The back-fill: a new shop's history in windows of creation time, newest first, never in the way of today's news."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial

from django.db.models import Q

from shundan.core.actors import Who, step
from shundan.core.errors import OutsideRefused, OutsideUnavailable, ShundanError, Unauthorised
from shundan.edges.channels.queries import access_of, history_days
from shundan.edges.channels.tiktok.changes import LIST, Window
from shundan.edges.channels.tiktok.refusals import MALFORMED, NO_SCOPE
from shundan.edges.inbox.actions.snapshots import want_unknown
from shundan.edges.inbox.actions.wants import BACKFILL, LAST
from shundan.edges.inbox.models import Sweep, Want
from shundan.ground.jobs.actions import end_job, report_progress, start_job
from shundan.ground.jobs.queries import Job
from shundan.ground.lib import clock
from shundan.ground.lib.db import claim, in_transaction, lock
from shundan.ground.lib.traces import say_error, say_trace

log = logging.getLogger(__name__)
WINDOW = timedelta(days=7)
LEASE = timedelta(seconds=120)
REST = 10.0
NO_SCOPE_REST = 300.0  # a missing scope comes with a new consent only, and that one tries everything at once
ENOUGH = 400  # open back-fill wants of a shop and kind; more are asked for when these are fetched
# kind -> how far back. What the platform cannot list by creation time is read by update time in one window.
HISTORY: dict[str, timedelta] = {
    "order": timedelta(days=90),
    "cancellation": timedelta(days=90),
    "return": timedelta(days=90),
    "package": timedelta(days=14),
    "listing": timedelta(days=1500),
    "statement": timedelta(days=120),
    "conversation": timedelta(days=60),
    "score": timedelta(days=1),
    "warehouse": timedelta(days=1),
}
_OWNERS_CHOICE = frozenset({"order", "cancellation", "return", "statement", "conversation"})
_IN_ONE_WINDOW = frozenset({"listing", "conversation", "score", "warehouse"})
_LAST = frozenset({"package", "statement", "score"})  # many calls each, and nobody waits for them
_ORDER = (
    "warehouse",
    "listing",
    "order",
    "cancellation",
    "return",
    "package",
    "conversation",
    "statement",
    "score",
)


def begin_new_shops(shops: list[int], *, kinds: tuple[str, ...]) -> int:
    """Give every newly connected shop its sweeps and its back-fill; return how many rows were made."""
    begun = set(Sweep.objects.filter(shop_id__in=shops).values_list("shop_id", "kind"))
    missing = [(shop, kind) for shop in shops for kind in kinds if (shop, kind) not in begun]
    if not missing:
        return 0
    now, story, chosen = clock.wall(), clock.now(), history_days()

    def work() -> int:
        for shop_key, kind in missing:
            depth = how_far(kind, chosen.get(shop_key))
            job = None
            if kind == "order":
                by = step("sweep_next_shops")
                job = start_job("backfill", by=by, title="Order history", shop_key=shop_key, total=depth.days)
            Sweep.objects.get_or_create(
                shop_id=shop_key,
                kind=kind,
                defaults={
                    "complete_to": story,
                    "next_at": now,
                    "back_from": story,
                    "back_until": story - depth,
                    "back_job": job,
                },
            )
        return len(missing)

    return in_transaction(work)


def how_far(kind: str, days: int | None) -> timedelta:
    """Return how far back a kind's history goes when the owner chose so many days."""
    if days is None or kind not in _OWNERS_CHOICE | {"package"}:
        return HISTORY[kind]
    return timedelta(days=days) if kind in _OWNERS_CHOICE else min(HISTORY[kind], timedelta(days=days))


def reach_back(shop_key: int, *, days: int, by: Who) -> int:
    """Let a shop's history go further back than it does; return how many kinds do."""
    until = clock.now() - timedelta(days=days)

    def work() -> int:
        rows = lock(Sweep.objects.filter(shop_id=shop_key, kind__in=_OWNERS_CHOICE, back_until__gt=until))
        for row in rows:
            row.back_until, row.back_done_at, row.back_page_token = until, None, ""
            if row.kind == "order":
                row.back_job = _longer_job(row, days=days, by=by)
            row.save(update_fields=["back_until", "back_done_at", "back_page_token", "back_job"])
        return len(rows)

    return in_transaction(work)


def _longer_job(row: Sweep, *, days: int, by: Who) -> Job:
    """Return the job under way, now longer, or a new one: what is done already counts as done."""
    job = row.back_job if row.back_job is not None and row.back_job.ended_at is None else None
    job = job or start_job("backfill", by=by, title="Order history", shop_key=row.shop_id, total=days)
    left = (row.back_from - row.back_until).days if row.back_from and row.back_until else days
    report_progress(job, done=max(days - left, 0), total=days)
    return job


def fill_next_page(shops: list[int]) -> int:
    """Read one page of one shop's history; return 1 when a page was read."""
    row = _claim_open(shops)
    if row is None:
        return 0
    assert row.back_from is not None and row.back_until is not None
    since = row.back_until if row.kind in _IN_ONE_WINDOW else max(row.back_from - WINDOW, row.back_until)
    by = "update" if row.kind == "listing" else "create"
    try:
        page = LIST[row.kind](access_of(row.shop_id), Window(since, row.back_from, by=by, token=row.back_page_token))
    except ShundanError as error:
        log.info("back-fill of %s of shop %s: %s", row.kind, row.shop_id, error.message)
        anew = isinstance(error, OutsideRefused) and not isinstance(error, Unauthorised)
        return _rest(row, error.message, anew=anew, rest=rest_after(error))
    except MALFORMED as error:  # an odd answer stops neither the sweeps nor other shops
        log.error("back-fill of %s of shop %s cannot be read\n%s", row.kind, row.shop_id, say_trace(error))
        return _rest(row, say_error(error), anew=False, rest=30.0)
    lane = LAST if row.kind in _LAST else BACKFILL
    row.back_found += want_unknown(row.shop_id, row.kind, page.rows, reason="back-fill", lane=lane)
    row.back_page_token = page.token
    if not page.token:
        row.back_from = since
        if since <= row.back_until:
            row.back_done_at = clock.wall()
    row.lease_until = None
    row.save(update_fields=["back_found", "back_page_token", "back_from", "back_done_at", "lease_until"])
    _report(row)
    return 1


def rest_after(error: ShundanError) -> float:
    """Return for how many seconds a sweep or back-fill rests after an error."""
    told = error.retry_after if isinstance(error, OutsideUnavailable) else None
    no_scope = isinstance(error, Unauthorised) and error.outside_code == NO_SCOPE
    return max(told or 0.0, NO_SCOPE_REST if no_scope else REST)


def _rest(row: Sweep, error: str, *, anew: bool, rest: float) -> int:
    """Say why no page was read; `anew`: the page's token may have ended, so its window is begun again."""
    if anew:
        row.back_page_token = ""
    row.error, row.failed_at = error, clock.wall()
    row.lease_until = clock.wall() + timedelta(seconds=rest)
    row.save(update_fields=["back_page_token", "error", "failed_at", "lease_until"])
    return 0


def _claim_open(shops: list[int]) -> Sweep | None:
    """Lease the open back-fill that comes first: by kind, then the shop that is the least far."""
    now = clock.wall()
    rows = Sweep.objects.filter(shop_id__in=shops, back_done_at=None, back_from__isnull=False, kind__in=_ORDER)
    rows = rows.filter(Q(lease_until=None) | Q(lease_until__lt=now)).select_related("back_job")
    paused = {row.shop_id for row in rows if row.back_job is not None and row.back_job.paused_at is not None}
    todo = sorted(rows, key=lambda row: (_ORDER.index(row.kind), -_moment(row.back_from), row.shop_id))
    for row in todo:
        if row.back_job is not None and row.back_job.cancel_asked_at is not None:
            _cancel(row)
        elif row.shop_id not in paused and not _is_full(row):
            found = in_transaction(partial(_lease, row.pk, now=now))
            if found is not None:
                return found
    return None


def _moment(at: datetime | None) -> float:
    return at.timestamp() if at else 0.0


def _is_full(row: Sweep) -> bool:
    wants = Want.objects.filter(shop_id=row.shop_id, kind=row.kind, lane__gte=BACKFILL, closed_at=None)
    return len(wants.values_list("pk")[:ENOUGH]) >= ENOUGH


def _lease(key: int, *, now: datetime) -> Sweep | None:
    rows = claim(Sweep.objects.filter(Q(lease_until=None) | Q(lease_until__lt=now), pk=key), limit=1)
    for row in rows:
        row.lease_until = now + LEASE
        row.save(update_fields=["lease_until"])
    return rows[0] if rows else None


def _cancel(row: Sweep) -> None:
    Sweep.objects.filter(pk=row.pk).update(back_done_at=clock.wall())
    if row.back_job is not None:
        end_job(row.back_job, result={"orders": row.back_found, "cancelled": True})


def _report(row: Sweep) -> None:
    """Tell the job how many days of history are known, and end it with the last one."""
    if row.back_job is None or row.back_from is None or row.back_until is None:
        return
    total = row.back_job.progress_total or HISTORY[row.kind].days
    left = (row.back_from - row.back_until).days
    report_progress(row.back_job, done=max(total - left, 0), total=total)
    if row.back_done_at is not None:
        end_job(row.back_job, result={"orders": row.back_found})
