"""What a worker runs for packing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from shundan.core.actors import step
from shundan.core.facts import PackageFacts
from shundan.core.states import OrderState
from shundan.edges.channels.tiktok.mapping import map_package
from shundan.edges.inbox.actions import settle_snapshots, wait_for_order, want
from shundan.edges.inbox.queries import unapplied
from shundan.ground.jobs.actions import work_batch
from shundan.ground.lib import clock
from shundan.stages.orders.queries import orders_in, stored_ids
from shundan.stages.packing.actions import (
    News,
    adopt_orders,
    apply_package,
    fit_parcels,
    lock_told,
    plan_orders,
    void_parcels,
)
from shundan.stages.packing.queries import (
    cancelled_parcels,
    misfit_parcels,
    unstopped_orders,
    vanished_parcels,
    without_parcels,
)


def plan_next_orders(*, limit: int = 200) -> int:
    """Plan parcels for RESERVED orders and for adopted ones; returns how many orders were looked at."""
    by, now = step("plan_next_orders"), clock.now()
    planned = work_batch(
        "plan_next_orders",
        unstopped_orders(orders_in(OrderState.RESERVED)),
        lambda orders: plan_orders(orders, by=by, now=now),
        limit=limit,
        subject_kind="order",
        name_of=lambda order: order.order_id,
    )
    adopted = work_batch(
        "plan_next_orders",
        without_parcels(orders_in(OrderState.FULFILLING)),
        lambda orders: adopt_orders(orders, by=by, now=now),
        limit=limit,
        subject_kind="order",
        name_of=lambda order: order.order_id,
    )
    return planned + adopted


def apply_next_packages(*, limit: int = 50) -> int:
    """Apply what the platform told of its packages; returns how many snapshots were settled."""
    return work_batch(
        "apply_next_packages",
        unapplied("package"),
        _apply_packages,
        limit=limit,
        subject_kind="package",
        name_of=lambda row: row.outside_id,
    )


def _apply_packages(snapshots: list[Any]) -> None:
    by, now = step("apply_next_packages"), clock.now()
    settled: list[tuple[int, str]] = []
    told = [(row, map_package(row.payload)) for row in snapshots]
    lock_told([News(row.shop_id, facts, row.asked_at) for row, facts in told])
    for row, facts in told:
        outcome = apply_package(News(row.shop_id, facts, row.asked_at), by=by, now=now)
        if outcome == "waits" and (missing := _missing(row.shop_id, facts)):
            wait_for_order(row.pk, order_id=missing)
            continue
        if outcome == "regrouped":
            want(row.shop_id, "order", facts.order_ids, reason="packages regrouped")
        settled.append((row.pk, "no_parcel" if outcome == "waits" else outcome))
    settle_snapshots(settled)


def _missing(shop_key: int, facts: PackageFacts) -> str:
    """Return the first order of a package that is not stored yet, or ""."""
    stored = stored_ids(shop_key, facts.order_ids)
    return next((order_id for order_id in facts.order_ids if order_id not in stored), "")


def void_stopped_parcels(*, limit: int = 50) -> int:
    """Void parcels that never left: an order in them is cancelled, or their package vanished. Returns how many."""
    by, now = step("void_stopped_parcels"), clock.now()

    def void(why: str, parcels: list[Any]) -> None:
        void_parcels([one.pk for one in parcels], why=why, by=by, now=now)

    work: tuple[tuple[str, Any, Callable[[list[Any]], object]], ...] = (
        ("void_stopped_parcels", cancelled_parcels(), partial(void, "order_cancelled")),
        ("fit_parcels", misfit_parcels(), partial(fit_parcels, by=by, now=now)),
        ("void_vanished_parcels", vanished_parcels(), partial(void, "package_vanished")),
    )
    return sum(
        work_batch(name, rows, act, limit=limit, of="", subject_kind="parcel", name_of=lambda parcel: parcel.parcel_id)
        for name, rows, act in work
    )
