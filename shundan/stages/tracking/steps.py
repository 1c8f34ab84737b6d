"""What a worker runs for tracking."""

from __future__ import annotations

from typing import Any

from shundan.core.actors import step
from shundan.edges.channels.tiktok.mapping import map_tracking
from shundan.edges.inbox.actions import settle_snapshots, wait_for_order
from shundan.edges.inbox.queries import unapplied
from shundan.ground.jobs.actions import work_batch
from shundan.ground.lib import clock
from shundan.stages.orders.queries import orders_by_ids
from shundan.stages.packing.actions import lock_parcels
from shundan.stages.packing.queries import parcels_of
from shundan.stages.tracking.actions import apply_tracking, follow_parcels, notice_silence
from shundan.stages.tracking.queries import arrived_follows, parcels_to_follow, silent_parcels


def follow_next_parcels(*, limit: int = 100) -> int:
    """Ask after parcels that left us, at sensible intervals; returns how many were asked after."""
    now = clock.now()
    arrived_follows().update(next_at=None)
    return work_batch(
        "follow_next_parcels",
        parcels_to_follow(now),
        lambda parcels: follow_parcels(parcels, now=now),
        limit=limit,
        subject_kind="parcel",
        name_of=lambda parcel: parcel.parcel_id,
    )


def apply_next_tracking(*, limit: int = 50) -> int:
    """Apply what carriers said of orders' parcels; returns how many snapshots were settled."""
    return work_batch(
        "apply_next_tracking",
        unapplied("tracking"),
        _apply,
        limit=limit,
        subject_kind="tracking",
        name_of=lambda row: row.outside_id,
    )


def _apply(snapshots: list[Any]) -> None:
    by, now = step("apply_next_tracking"), clock.now()
    settled: list[tuple[int, str]] = []
    orders = orders_by_ids([(row.shop_id, row.outside_id) for row in snapshots])
    found = parcels_of([order.pk for order in orders.values()])
    lock_parcels([one.pk for parcels in found.values() for one in parcels])  # all at once, in key order
    found = parcels_of([order.pk for order in orders.values()])
    for row in snapshots:
        order = orders.get((row.shop_id, row.outside_id))
        if order is None:
            wait_for_order(row.pk, order_id=row.outside_id)
            continue
        parcels = [one for one in found[order.pk] if one.parcel_state != "VOIDED"]
        fresh = apply_tracking(parcels, map_tracking(row.payload), by=by, now=now) if parcels else 0
        settled.append((row.pk, "applied" if fresh else "same" if parcels else "no_parcel"))
    settle_snapshots(settled)


def notice_silent_parcels(*, limit: int = 50) -> int:
    """Open troubles for parcels without a first scan or without movement; returns how many were looked at."""
    by, now = step("notice_silent_parcels"), clock.now()
    return sum(
        work_batch(
            f"notice_{kind}",
            silent_parcels(now, kind),
            lambda parcels, kind=kind: notice_silence(parcels, kind, by=by, now=now),  # type: ignore[misc]
            limit=limit,
            subject_kind="parcel",
            name_of=lambda parcel: parcel.parcel_id,
        )
        for kind in ("no_first_scan", "no_movement")
    )
