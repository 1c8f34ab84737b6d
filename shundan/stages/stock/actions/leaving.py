"""Goods leave: on hand falls at hand-over, or at the first proof that a parcel left. Nothing gives it back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from shundan.core.actors import Who
from shundan.stages.orders.queries import lines_by_key
from shundan.stages.stock.actions.levels import LevelChange, change_levels, lock_levels
from shundan.stages.stock.models import Expectation, LedgerRow, Reservation
from shundan.stages.stock.queries import Need, needs_of_lines


def leave(
    line_keys: Iterable[int], *, by: Who, now: datetime, units_of: Mapping[int, int] | None = None, name: str = ""
) -> int:
    """Let the reserved units of these order lines leave the shelf; return how many lines had any.

    `units_of` names fewer units for single lines (a parcel with part of a line); `name` then tells parcels apart.
    Doing it again for the same line changes nothing: its reservation has ended.
    """
    keys = list(line_keys)
    rows = list(Reservation.objects.filter(line__in=keys, ended_at=None).order_by("pk"))
    changes, ended = [], []
    for row in rows:
        units = min((units_of or {}).get(row.line_id, row.quantity), row.quantity)
        key = f"leave:{row.pk}:{name}" if units < row.quantity else f"leave:{row.pk}"
        changes.append(LevelChange(row.item_id, row.warehouse_id, key, "leave", on_hand=-units, reserved=-units))
        if units == row.quantity:
            ended.append(row.pk)
        else:
            Reservation.objects.filter(pk=row.pk).update(quantity=row.quantity - units)
    Reservation.objects.filter(pk__in=ended).update(ended_at=now, ended_how="left")
    change_levels(changes, by=by, now=now)
    loose = set(keys) - {row.line_id for row in rows}
    if loose:  # adopted orders were never reserved: what is free of them leaves all the same
        lines = lines_by_key(loose)
        needs = needs_of_lines(lines, {line.order_id: line.order.channel_warehouse_id for line in lines})
        leave_unreserved([need for group in needs.values() for need in group], by=by, now=now)
    return len(rows)


def leave_unreserved(needs: Iterable[Need], *, by: Who, now: datetime) -> int:
    """Book units that left without a reservation (news jumped, or somebody else arranged it), as far as they are free.

    Each line once. What was not free is not booked: the next count will tell.
    """
    keys = {need.line_key: need for need in needs if need.item_key and need.warehouse_key}
    booked = set(LedgerRow.objects.filter(key__in=[f"left:{key}" for key in keys]).values_list("key", flat=True))
    # A released reservation took nothing off the shelf: an order watched first and adopted later has one.
    reserved = Reservation.objects.filter(line__in=keys).exclude(ended_how="released")
    had = set(reserved.values_list("line_id", flat=True))
    todo = [need for key, need in sorted(keys.items()) if f"left:{key}" not in booked and key not in had]
    levels = lock_levels({need.place for need in todo}, now=now)
    free = {place: level.on_hand - level.reserved for place, level in levels.items()}
    changes = _end_expectations_of([need.line_key for need in todo], now=now)
    for need in todo:
        units = min(need.units, max(free[need.place], 0))
        free[need.place] -= units
        changes.append(LevelChange(*need.place, f"left:{need.line_key}", "leave", on_hand=-units))
    change_levels(changes, by=by, now=now)
    return len(todo)


def _end_expectations_of(line_keys: Iterable[int], *, now: datetime) -> list[LevelChange]:
    """Close what these lines alone were expected to need: other parcels of their orders are still here."""
    rows = list(Expectation.objects.filter(line__in=list(line_keys), ended_at=None))
    Expectation.objects.filter(pk__in=[row.pk for row in rows]).update(ended_at=now)
    return [LevelChange(row.item_id, row.warehouse_id, expected=-row.quantity) for row in rows]
