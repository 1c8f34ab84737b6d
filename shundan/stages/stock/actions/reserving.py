"""Reservations: every live line of an order gets its units in one warehouse, or the order gets none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from shundan.core.actors import Who
from shundan.core.allocation import Place, allocate
from shundan.core.moves import OrderMove as M
from shundan.ground.lib.rows import insert_rows
from shundan.stages.orders.actions import HoldDraft, move_orders, open_holds
from shundan.stages.stock.actions.expecting import end_expectations
from shundan.stages.stock.actions.levels import LevelChange, change_levels, lock_levels
from shundan.stages.stock.models import Item, Reservation
from shundan.stages.stock.queries import Need, needs_of, reservations_of

MISSING, UNKNOWN = "missing_stock", "unknown_sku"


def reserve_orders(order_keys: Sequence[int], *, by: Who, now: datetime) -> int:
    """Reserve every line of APPROVED orders or hold them; oldest first, in the caller's transaction.

    Units an order has reserved already (it was held in between) are kept. Returns how many are reserved now.
    """
    needs = needs_of(order_keys)
    kept = {row.line_id: row.quantity for row in reservations_of(order_keys)}
    todo = {key: [one for one in needs.get(key, ()) if kept.get(one.line_key, 0) < one.units] for key in order_keys}
    unknown = {key for key in order_keys if any(not need.item_key or not need.warehouse_key for need in todo[key])}
    wanted = [(key, _sums(todo[key], kept)) for key in order_keys if key not in unknown]
    levels = lock_levels({place for _, sums in wanted for place in sums}, now=now)
    answer = allocate(wanted, {place: level.on_hand - level.reserved for place, level in levels.items()})
    # The move comes first: an order that somebody moved meanwhile gets no units.
    moved = move_orders([(key, M.RESERVE) for key in answer.granted], by=by, at=now)
    booked = _write([need for key in moved for need in todo[key]], kept, by=by, now=now)
    change_levels([*booked, *end_expectations(moved, by=by, now=now)], by=by, now=now)
    holds = [(key, HoldDraft(UNKNOWN, cause="stock.unmapped", facts=_unknown(needs[key]))) for key in sorted(unknown)]
    holds += _missing(answer.missing)
    open_holds(holds, by=by, now=now)
    return len(moved)


def _sums(needs: Iterable[Need], kept: Mapping[int, int]) -> dict[Place, int]:
    sums: dict[Place, int] = {}
    for need in needs:
        sums[need.place] = sums.get(need.place, 0) + need.units - kept.get(need.line_key, 0)
    return sums


def _write(needs: list[Need], kept: Mapping[int, int], *, by: Who, now: datetime) -> list[LevelChange]:
    """Store reservations; a line that grew gives its smaller one back first. Return what is to be booked for them."""
    grown = [need.line_key for need in needs if kept.get(need.line_key)]
    if grown:
        _end(Reservation.objects.filter(line__in=grown, ended_at=None), "released", by=by, now=now)
    rows = [
        Reservation(
            shop_id=need.shop_key,
            order_id=need.order_key,
            line_id=need.line_key,
            item_id=need.item_key,
            warehouse_id=need.warehouse_key,
            quantity=need.units,
            made_at=now,
        )
        for need in needs
    ]
    insert_rows(rows)
    return [
        LevelChange(row.item_id, row.warehouse_id, f"reserve:{row.pk}", "reserve", reserved=row.quantity)
        for row in rows
    ]


def _unknown(needs: Iterable[Need]) -> dict[str, Any]:
    return {"skus": sorted({need.seller_sku or need.sku_id for need in needs if not need.item_key})}


def _missing(missing: Mapping[int, Mapping[Place, int]]) -> list[tuple[int, HoldDraft]]:
    skus = dict(
        Item.objects.filter(pk__in={item for places in missing.values() for item, _ in places}).values_list("pk", "sku")
    )
    return [
        (
            key,
            HoldDraft(
                MISSING,
                waits_for="stock",
                cause="stock.missing",
                facts={"lacks": [{"sku": skus[item], "units": units} for (item, _), units in places.items()]},
            ),
        )
        for key, places in missing.items()
    ]


def release_orders(order_keys: Iterable[int], *, by: Who, now: datetime) -> int:
    """Give back every unit these orders have reserved or expected; return how many reservations ended."""
    keys = list(order_keys)
    change_levels(end_expectations(keys, by=by, now=now), by=by, now=now)
    return _end(Reservation.objects.filter(order__in=keys, ended_at=None), "released", by=by, now=now)


def release_lines(line_units: Mapping[int, int], *, by: Who, now: datetime) -> int:
    """Bring reservations down to what a line still needs (line key -> units); return how many changed."""
    changes = []
    for row in Reservation.objects.filter(line__in=list(line_units), ended_at=None).order_by("pk"):
        units = line_units[row.line_id]
        if units < row.quantity:
            key = f"release:{row.pk}:{row.quantity}"
            changes.append(LevelChange(row.item_id, row.warehouse_id, key, "release", reserved=units - row.quantity))
            values: dict[str, Any] = {"quantity": units} if units else {"ended_at": now, "ended_how": "released"}
            Reservation.objects.filter(pk=row.pk).update(**values)
    change_levels(changes, by=by, now=now)
    return len(changes)


def _end(rows: Any, how: str, *, by: Who, now: datetime) -> int:
    found = list(rows.order_by("pk"))
    Reservation.objects.filter(pk__in=[row.pk for row in found], ended_at=None).update(ended_at=now, ended_how=how)
    changes = [
        LevelChange(row.item_id, row.warehouse_id, f"release:{row.pk}", "release", reserved=-row.quantity)
        for row in found
    ]
    change_levels(changes, by=by, now=now)
    return len(found)
