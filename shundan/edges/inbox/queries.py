"""Reads of the inbox: what waits to be applied, what arrived, what is wanted, and how complete each shop is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet

from shundan.edges.inbox.models import Arrival, HourCount, Snapshot, Sweep, TurnedAway, Want
from shundan.ground.jobs.queries import open_snags
from shundan.ground.lib import clock

__all__ = [
    "BEHIND_AFTER_S", "Arrival", "Completeness", "HourCount", "Snapshot", "Sweep", "TurnedAway", "Want", "arrivals",
    "completeness", "count_history_wants", "count_open_wants", "hour_counts", "latest_snapshot", "latest_snapshots",
    "stuck_wants",
    "sweeps", "turned_away", "unapplied", "wants",
]  # fmt: skip
BEHIND_AFTER_S = 180  # some five sweeps were missed
STUCK_AFTER = 5  # tries
LOOK_AT = 500


def unapplied(kind: str, *, limit: int | None = None) -> QuerySet[Snapshot]:
    """Return the snapshots of a kind that no stage has applied, oldest first, without those that wait for an order."""
    rows = Snapshot.objects.filter(kind=kind, applied_at=None, waits_for="").select_related("shop").order_by("pk")
    return rows[:limit] if limit else rows


def latest_snapshot(shop_key: int, kind: str, outside_id: str) -> Snapshot | None:
    """Return the newest snapshot of one thing."""
    rows = Snapshot.objects.filter(shop_id=shop_key, kind=kind, outside_id=outside_id)
    return rows.order_by("-updated_at", "-asked_at").first()


def latest_snapshots(shop_key: int, kind: str, outside_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return the newest payload of each of several things, by its outside id; one query."""
    rows = Snapshot.objects.filter(shop_id=shop_key, kind=kind, outside_id__in=list(outside_ids))
    return dict(rows.order_by("updated_at", "asked_at").values_list("outside_id", "payload"))


def arrivals(*, state: str = "") -> QuerySet[Arrival]:
    """Return webhooks, newest first."""
    rows = Arrival.objects.select_related("shop").defer("body").order_by("-pk")
    return rows.filter(state=state) if state else rows


def wants(*, open_only: bool = True) -> QuerySet[Want]:
    """Return wants, newest first."""
    rows = Want.objects.select_related("shop").order_by("-pk")
    return rows.filter(closed_at=None) if open_only else rows


def stuck_wants(*, tries: int = 3) -> QuerySet[Want]:
    """Return open wants that failed again and again, newest first."""
    return wants().filter(attempts__gte=tries).exclude(error="")


def count_open_wants() -> dict[str, int]:
    """Return how many wants of each kind are open, the back-fill's apart as "kind (back-fill)"."""
    rows = Want.objects.filter(closed_at=None).values_list("kind", "lane").annotate(n=Count("pk")).order_by()
    found: dict[str, int] = {}
    for kind, lane, count in rows:
        name = f"{kind} (back-fill)" if lane else kind
        found[name] = found.get(name, 0) + count
    return found


def count_history_wants(shop_keys: Iterable[int]) -> dict[int, int]:
    """Return how many wants of the back-fill are open, by shop key."""
    rows = Want.objects.filter(closed_at=None, lane__gte=9, shop_id__in=list(shop_keys)).values_list("shop_id")
    return dict(rows.annotate(n=Count("pk")).order_by())


def sweeps() -> QuerySet[Sweep]:
    return Sweep.objects.select_related("shop", "back_job").order_by("shop_id", "kind")


@dataclass(frozen=True)
class Completeness:
    """How complete one shop is: every order changed before `complete_to` is stored, but for `stuck` ones."""

    shop_key: int
    shop_id: str
    shop_name: str
    complete_to: datetime  # story time
    behind_s: float  # seconds at the pace of wall time: a clock that runs 60 times as fast is not behind for it
    history_from: datetime | None  # everything created since then is known
    history_done: bool
    open_wants: int
    error: str
    stuck: int = 0  # orders that could not be fetched again and again: shown among the wants

    @property
    def is_behind(self) -> bool:
        return self.behind_s > BEHIND_AFTER_S


def completeness() -> list[Completeness]:
    """Return one row per connected shop, in key order, judged by its orders; a constant number of queries."""
    now, pace = clock.now(), max(clock.speed(), 1.0)
    rows = list(Sweep.objects.filter(kind="order").select_related("shop").order_by("shop_id"))
    wanted = Want.objects.filter(lane=0, closed_at=None, kind="order").order_by()
    counts = dict(wanted.values_list("shop_id").annotate(n=Count("pk")))
    stuck = dict(wanted.filter(attempts__gte=STUCK_AFTER).values_list("shop_id").annotate(n=Count("pk")))
    under_way = _oldest_under_way(wanted, now=now, pace=pace)
    told = []
    for row in rows:
        complete_to = min(row.complete_to, under_way.get(row.shop_id, row.complete_to))
        told.append(Completeness(
            row.shop_id, row.shop.shop_id, row.shop.name, complete_to,
            max((now - complete_to).total_seconds() / pace, 0.0), row.back_from, row.back_done_at is not None,
            counts.get(row.shop_id, 0), row.error, stuck.get(row.shop_id, 0),
        ))  # fmt: skip
    return told


def _oldest_under_way(wanted: QuerySet[Want], *, now: datetime, pace: float) -> dict[int, datetime]:
    """Return, by shop, since when (story time) its oldest known order is being fetched or stored. Stuck ones apart."""
    found: dict[int, datetime] = {}
    asked = wanted.filter(attempts__lt=STUCK_AFTER).order_by("lane", "pk").values_list("shop_id", "created_at")
    wall = clock.wall()
    for shop_key, created_at in asked[:LOOK_AT]:
        found.setdefault(shop_key, now - (wall - created_at) * pace)
    snags = open_snags().filter(step="apply_next_orders").values("subject_key")
    waiting = Snapshot.objects.filter(kind="order", applied_at=None).exclude(pk__in=snags)
    for shop_key, asked_at in waiting.order_by("pk").values_list("shop_id", "asked_at")[:LOOK_AT]:
        found[shop_key] = min(found.get(shop_key, asked_at), asked_at)
    return found


def hour_counts() -> QuerySet[HourCount]:
    """Return the hours that were counted at the platform and here, newest first."""
    return HourCount.objects.select_related("shop").order_by("-hour", "-pk")


def turned_away(*, days: int = 7) -> QuerySet[TurnedAway]:
    """Return how many webhooks of the last days were not stored, newest day first."""
    return TurnedAway.objects.filter(day__gt=(clock.wall() - timedelta(days=days)).date()).order_by("-day", "status")
