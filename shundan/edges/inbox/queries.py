"""Reads of the inbox: what waits to be applied, what arrived, what is wanted, and how complete each shop is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from shundan.edges.inbox.models import Arrival, Snapshot, Sweep, Want
from shundan.ground.lib import clock

__all__ = [
    "Arrival", "Completeness", "Snapshot", "Sweep", "Want", "arrivals", "completeness", "count_history_wants",
    "count_open_wants",
    "latest_snapshot", "stuck_wants", "sweeps", "unapplied", "wants",
]  # fmt: skip


def unapplied(kind: str, *, limit: int | None = None) -> QuerySet[Snapshot]:
    """Return the snapshots of a kind that no stage has applied, oldest first, without those that wait for an order."""
    rows = Snapshot.objects.filter(kind=kind, applied_at=None, waits_for="").select_related("shop").order_by("pk")
    return rows[:limit] if limit else rows


def latest_snapshot(shop_key: int, kind: str, outside_id: str) -> Snapshot | None:
    """Return the newest snapshot of one thing."""
    rows = Snapshot.objects.filter(shop_id=shop_key, kind=kind, outside_id=outside_id)
    return rows.order_by("-updated_at", "-asked_at").first()


def arrivals(*, state: str = "") -> QuerySet[Arrival]:
    """Return webhooks, newest first."""
    rows = Arrival.objects.select_related("shop").defer("body").order_by("-pk")
    return rows.filter(state=state) if state else rows


def wants(*, open_only: bool = True) -> QuerySet[Want]:
    """Return wants, newest first."""
    rows = Want.objects.select_related("shop").order_by("-pk")
    return rows.filter(closed_at=None) if open_only else rows


def stuck_wants(*, tries: int = 3) -> QuerySet[Want]:
    """Return open wants that failed again and again."""
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
    """How complete one shop is: every order changed before `complete_to` is stored (or wanted, see `behind`)."""

    shop_key: int
    shop_id: str
    shop_name: str
    complete_to: datetime  # story time
    behind_s: float  # seconds at the pace of wall time: a clock that runs 60 times as fast is not behind for it
    history_from: datetime | None  # everything created since then is known
    history_done: bool
    open_wants: int
    error: str


def completeness() -> list[Completeness]:
    """Return one row per connected shop, in key order, judged by its orders."""
    now, pace = clock.now(), max(clock.speed(), 1.0)
    rows = list(Sweep.objects.filter(kind="order").select_related("shop").order_by("shop_id"))
    counts = dict(
        Want.objects.filter(Q(lane=0) & Q(closed_at=None) & Q(kind="order"))
        .values_list("shop_id")
        .annotate(n=Count("pk"))
    )
    return [
        Completeness(
            row.shop_id, row.shop.shop_id, row.shop.name, row.complete_to,
            max((now - row.complete_to).total_seconds() / pace, 0.0), row.back_from, row.back_done_at is not None,
            counts.get(row.shop_id, 0), row.error,
        )
        for row in rows
    ]  # fmt: skip
