"""Snapshots: what a channel or a file told, kept until the one stage of its kind has applied it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max

from shundan.edges.inbox.actions.wants import want
from shundan.edges.inbox.models import Snapshot
from shundan.edges.inbox.topics import APPLIED_BY
from shundan.ground.lib import clock
from shundan.ground.lib.letters import keepable
from shundan.ground.lib.rows import insert_values

SAME_MOMENT = timedelta(seconds=2)  # two changes within one second look alike: ask again


@dataclass(frozen=True)
class SnapshotDraft:
    shop_key: int
    kind: str
    outside_id: str
    updated_at: datetime  # the platform's update time; of a file row, the file's "as of"
    asked_at: datetime
    payload: dict[str, Any]
    source: str = "api"
    file_name: str = ""
    file_row: int | None = None


def store_snapshots(drafts: Iterable[SnapshotDraft]) -> int:
    """Store what was told; the stage of each kind finds it unapplied. Returns how many were stored."""
    rows = [_row(draft) for draft in drafts]
    insert_values(Snapshot, _COLUMNS, rows)
    return len(rows)


_COLUMNS = (
    "shop_id", "kind", "outside_id", "updated_at", "asked_at", "source", "file_name", "file_row", "payload", "outcome",
    "waits_for",
)  # fmt: skip


def _row(draft: SnapshotDraft) -> tuple[Any, ...]:
    assert draft.kind in APPLIED_BY, draft.kind
    # What comes over the wire was cleaned where it was read; files and forms may hold any letter.
    payload = draft.payload if draft.source == "api" else keepable(draft.payload)
    return (
        draft.shop_key, draft.kind, draft.outside_id, draft.updated_at, draft.asked_at, draft.source,
        draft.file_name, draft.file_row, payload, "", "",
    )  # fmt: skip


def settle_snapshots(outcomes: Iterable[tuple[int, str]]) -> None:
    """Write what became of snapshots (applied, older, same, refused: …), inside the stage's transaction.

    Where an order was stored, whatever waited for it is free to be applied.
    """
    by_outcome: dict[str, list[int]] = defaultdict(list)
    for key, outcome in outcomes:
        by_outcome[outcome].append(key)
    now = clock.wall()
    for outcome, keys in by_outcome.items():
        Snapshot.objects.filter(pk__in=keys).update(applied_at=now, outcome=outcome, waits_for="")
    # Written out, not as a parameter: only so does SQLite see that the index of what waits will do.
    waiting = Snapshot.objects.filter(applied_at=None).extra(where=["NOT (inbox_snapshot.waits_for = '')"])
    if not waiting.exists():
        return
    everything = [key for keys in by_outcome.values() for key in keys]
    stored: dict[int, list[str]] = defaultdict(list)
    orders = Snapshot.objects.filter(pk__in=everything, kind="order").values_list("shop_id", "outside_id")
    for shop_key, order_id in orders:
        stored[shop_key].append(order_id)
    for shop_key, order_ids in stored.items():
        waiting.filter(shop_id=shop_key, waits_for__in=order_ids).update(waits_for="")


def wait_for_order(snapshot_key: int, *, order_id: str) -> None:
    """Let a snapshot wait until an order is stored, and ask for that order."""
    row = Snapshot.objects.get(pk=snapshot_key)
    row.waits_for, row.outcome = order_id, "waits"
    row.save(update_fields=["waits_for", "outcome"])
    if order_id:
        want(row.shop_id, "order", [order_id], reason=f"waited for by {row.kind}")


def want_unknown(shop_key: int, kind: str, told: Iterable[tuple[str, datetime]], *, reason: str, lane: int = 0) -> int:
    """Want, of (outside id, update time) pairs, what no snapshot covers; return how many were not wanted before."""
    pairs = list(told)
    rows = Snapshot.objects.filter(shop_id=shop_key, kind=kind, outside_id__in=[key for key, _ in pairs])
    known = {
        key: told
        for key, *told in rows.order_by().values_list("outside_id").annotate(Max("updated_at"), Max("asked_at"))
    }
    missing = [key for key, updated_at in pairs if not _covers(known.get(key), updated_at)]
    return want(shop_key, kind, missing, reason=reason, lane=lane)


def held_until(shop_key: int, kind: str, ids: list[str]) -> dict[str, datetime]:
    """Return outside id -> the newest update time that a snapshot from the platform holds of it."""
    rows = Snapshot.objects.filter(shop_id=shop_key, kind=kind, outside_id__in=ids, source="api")
    return dict(rows.order_by().values_list("outside_id").annotate(Max("updated_at")))


def _covers(stored: list[datetime] | None, updated_at: datetime) -> bool:
    return stored is not None and stored[0] >= updated_at and stored[1] > updated_at + SAME_MOMENT
