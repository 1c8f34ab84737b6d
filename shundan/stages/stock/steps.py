"""What a worker runs for stock. Each does one bounded batch and returns how much it did."""

from __future__ import annotations

from typing import Any

from shundan.core.actors import PLATFORM, step
from shundan.core.calls import CallKind
from shundan.core.states import OrderState
from shundan.edges.channels.tiktok.mapping import map_listing, map_warehouses
from shundan.edges.inbox import queries as inbox
from shundan.edges.inbox.actions import settle_snapshots
from shundan.edges.outbox.queries import answered
from shundan.ground.jobs.actions import work_batch
from shundan.ground.lib import clock
from shundan.ground.shops.actions import note_ships_from
from shundan.stages.orders import queries as orders
from shundan.stages.stock import actions
from shundan.stages.stock.queries import unexpected_lines


def apply_next_listings(*, limit: int = 50) -> int:
    """Store what the next listing and warehouse snapshots tell, and settle them."""

    def apply_listings(snapshots: list[Any]) -> None:
        told = [(one, map_listing(one.payload)) for one in snapshots]
        settle_snapshots(list(actions.store_listings(told, by=PLATFORM, now=clock.now()).items()))

    def apply_warehouses(snapshots: list[Any]) -> None:
        for one in snapshots:
            places = [w for w in map_warehouses(one.payload) if w.kind == "SALES_WAREHOUSE"]
            actions.store_warehouses(one.shop_id, [(w.warehouse_id, w.name) for w in places])
            if first := next((w.place for w in places if w.is_default and w.place), ""):
                note_ships_from(one.shop_id, first)
        settle_snapshots([(one.pk, "applied") for one in snapshots])

    name = "apply_next_listings"
    done = work_batch(
        name, inbox.unapplied("warehouse"), apply_warehouses, limit=limit, subject_kind="snapshot", name_of=_named
    )
    return done + work_batch(
        name, inbox.unapplied("listing"), apply_listings, limit=limit, subject_kind="snapshot", name_of=_named
    )


def expect_next_lines(*, limit: int = 400) -> int:
    """Count the next sold lines against what may be sold."""
    by = step("expect_next_lines")
    return work_batch(
        by.key, unexpected_lines(), lambda lines: actions.expect_lines(lines, by=by, now=clock.now()), limit=limit,
        of="order",
    )  # fmt: skip


def reserve_next_orders(*, limit: int = 200) -> int:
    """Reserve every line of the next APPROVED orders, or hold them."""
    by = step("reserve_next_orders")
    return work_batch(
        by.key, orders.orders_in(OrderState.APPROVED),
        lambda rows: actions.reserve_orders([order.pk for order in rows], by=by, now=clock.now()),
        limit=limit, name_of=lambda order: order.order_id,
    )  # fmt: skip


def release_cancelled_orders(*, limit: int = 50) -> int:
    """Give back or book out what orders hold that ended, left or lost units."""
    by = step("release_cancelled_orders")
    return work_batch(
        by.key, actions.orders_to_settle(), lambda rows: actions.settle_stock(rows, by=by, now=clock.now()),
        limit=limit, name_of=lambda order: order.order_id,
    )  # fmt: skip


def end_next_stock_holds(*, limit: int = 200) -> int:
    """Close stock holds whose goods arrived and SKU holds whose SKU was linked; return how many were closed."""
    by = step("end_next_stock_holds")
    ended = 0

    def end(holds: list[Any]) -> None:
        nonlocal ended
        ended = actions.end_stock_holds(holds, by=by, now=clock.now())

    work_batch(by.key, orders.stock_holds(), end, limit=limit, subject_kind="hold", of="order")
    return ended


def push_next_stock(*, limit: int = 50) -> int:
    """Take in what became of earlier pushes, then queue the next."""
    by = step("push_next_stock")
    done = work_batch(
        by.key, answered(CallKind.PUSH_STOCK),
        lambda calls: actions.apply_push_answers(calls, by=by, now=clock.now()),
        limit=limit, subject_kind="call", name_of=lambda call: call.subject_name,
    )  # fmt: skip
    return done + work_batch(
        by.key, actions.listings_to_push(), lambda rows: actions.push_listings(rows, by=by, now=clock.now()),
        limit=limit, name_of=lambda listing: listing.sku_id,
    )  # fmt: skip


def _named(snapshot: Any) -> str:
    return str(snapshot.outside_id)
