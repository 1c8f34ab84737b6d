"""Sweeps: asking what changed since, so that a lost webhook loses nothing. Resumable in the middle of a page run."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db.models import Case, Q, When

from shundan.core.errors import OutsideRefused, ShundanError, Unauthorised
from shundan.edges.channels.queries import access_of, reachable_shops
from shundan.edges.channels.tiktok.changes import LIST, Window
from shundan.edges.channels.tiktok.refusals import MALFORMED
from shundan.edges.inbox.actions import filling
from shundan.edges.inbox.actions.snapshots import want_unknown
from shundan.edges.inbox.actions.wants import LATER, TODAY
from shundan.edges.inbox.models import Sweep
from shundan.ground.lib import clock
from shundan.ground.lib.db import claim, in_transaction
from shundan.ground.lib.together import Outcome, at_home, together
from shundan.ground.lib.traces import say_error, say_trace

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=120)
PAGES_AT_ONCE = 10


@dataclass(frozen=True)
class SweepRule:
    every: float  # wall seconds
    overlap: timedelta  # story time asked for again, for what became visible late
    lane: int = TODAY


RULES: dict[str, SweepRule] = {
    "order": SweepRule(30, timedelta(minutes=5)),
    "cancellation": SweepRule(45, timedelta(minutes=5)),
    "return": SweepRule(45, timedelta(minutes=5)),
    "conversation": SweepRule(45, timedelta(minutes=10)),
    "package": SweepRule(60, timedelta(minutes=5)),
    "listing": SweepRule(120, timedelta(minutes=5)),
    "statement": SweepRule(120, timedelta(days=14), LATER),  # its payment comes days later
    "score": SweepRule(600, timedelta(0), LATER),
    "warehouse": SweepRule(1800, timedelta(0)),
}


# A lost order costs most: however much else is due, orders are looked for first.
ORDERS_FIRST = Case(When(kind="order", then=0), default=1)


def sweep_next_shops(*, limit: int = 8) -> int:
    """Read the pages of sweeps that are due; with none due, a page of the back-fill. Returns how many were read."""
    shops = reachable_shops()
    filling.begin_new_shops(shops, kinds=tuple(RULES))
    due = _claim_due(shops, limit=limit)
    if not due:
        return filling.fill_next_page(shops)
    pages: list[int] = []

    def count(outcome: Outcome[Sweep, int]) -> None:
        if outcome.error is not None:
            raise outcome.error
        pages.append(outcome.value or 0)

    together(_sweep, due, done=count)
    return sum(pages)


def sweep_soon(pairs: Iterable[tuple[int, str]]) -> None:
    """Make the sweeps of (shop key, kind) due: news came that does not say what exactly changed."""
    for shop_key, kind in sorted(pairs):
        Sweep.objects.filter(shop_id=shop_key, kind=kind).update(next_at=clock.wall())


def _claim_due(shops: list[int], *, limit: int) -> list[Sweep]:
    now = clock.wall()
    rows = Sweep.objects.filter(shop_id__in=shops, kind__in=list(RULES), next_at__lte=now)
    rows = rows.filter(Q(lease_until=None) | Q(lease_until__lt=now)).order_by(ORDERS_FIRST, "next_at", "pk")

    def work() -> list[Sweep]:
        due = claim(rows, limit=limit)
        Sweep.objects.filter(pk__in=[row.pk for row in due]).update(lease_until=now + LEASE)
        return due

    return in_transaction(work) if rows.exists() else []


def _sweep(row: Sweep) -> int:
    """Read the window to its end, or as far as one turn goes; what was read is kept whatever happens next.

    Runs beside others: the platform is asked here, the database at home.
    """
    rule, done = RULES[row.kind], 0
    try:
        access = at_home(partial(access_of, row.shop_id))
        row.window_to = row.window_to or max(clock.now(), row.complete_to + timedelta(seconds=1))
        slow = timedelta(seconds=max(-access.door.offset, 0.0))  # what the platform stamps now may be long ago for us
        since = row.complete_to - rule.overlap - slow
        for _ in range(PAGES_AT_ONCE):
            page = LIST[row.kind](access, Window(since, row.window_to, token=row.page_token))
            done += 1
            row.found += at_home(
                partial(want_unknown, row.shop_id, row.kind, page.rows, reason="sweep", lane=rule.lane)
            )
            row.page_token = page.token
            if not page.token:
                row.complete_to, row.window_to = row.window_to, None
                break
            at_home(partial(_save, row))
    except ShundanError as error:
        log.info("sweep of %s of shop %s: %s", row.kind, row.shop_id, error.message)
        if isinstance(error, OutsideRefused) and not isinstance(error, Unauthorised):
            row.page_token, row.window_to = (
                "",
                None,
            )  # the page's token may have ended: begin this window anew
        at_home(partial(_end, row, now=clock.wall(), again_in=filling.rest_after(error), error=error.message))
        return done
    except MALFORMED as error:  # an odd answer stops no other sweep
        log.error("sweep of %s of shop %s cannot be read\n%s", row.kind, row.shop_id, say_trace(error))
        at_home(partial(_end, row, now=clock.wall(), again_in=60.0, error=say_error(error)))
        return done
    at_home(partial(_end, row, now=clock.wall(), again_in=0.0 if row.page_token else rule.every))
    return done


def _save(row: Sweep) -> None:
    row.lease_until = clock.wall() + LEASE
    row.save(update_fields=["window_to", "page_token", "found", "lease_until"])


def _end(row: Sweep, *, now: datetime, again_in: float, error: str = "") -> None:
    row.lease_until, row.next_at, row.error = None, now + timedelta(seconds=again_in), error
    if error:
        row.failed_at = now
    else:
        row.ran_at = now
    row.save(update_fields=[
        "complete_to", "window_to", "page_token", "found", "lease_until", "next_at", "error", "failed_at", "ran_at",
    ])  # fmt: skip
