"""Expectations: what was sold counts against what may be sold, before anything is checked or reserved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from shundan.core.actors import Who
from shundan.ground.lib.rows import insert_values
from shundan.stages.orders import queries as orders
from shundan.stages.orders.actions import mark_expected
from shundan.stages.orders.queries import Line
from shundan.stages.stock.actions.levels import LevelChange, change_levels
from shundan.stages.stock.models import Expectation, Item
from shundan.stages.stock.queries import needs_of_lines


def expect_lines(lines: Sequence[Line], *, by: Who, now: datetime) -> int:
    """Write an expectation for each of these lines that is linked to an item; return how many."""
    homes = orders.homes_of({line.order_id for line in lines})
    needs = needs_of_lines(lines, {key: warehouse_id for key, (_, warehouse_id, _) in homes.items()})
    ready = [need for group in needs.values() for need in group if need.item_key and need.warehouse_key]
    items = Item.objects.only("opened_at", "opened_shop_id").in_bulk({need.item_key for need in ready})
    changes = []
    for need in ready:
        item, (order_id, _, placed_at) = items[need.item_key], homes[need.order_key]
        # The opening count was what could still be sold: what was sold before it stands on the shelf as well.
        before = item.opened_at is not None and item.opened_shop_id == need.shop_key and placed_at <= item.opened_at
        changes.append(LevelChange(
            need.item_key, need.warehouse_key, key=f"opening:{need.line_key}", reason="opening",
            expected=need.units, on_hand=need.units if before else 0, note=order_id if before else "",
        ))  # fmt: skip
    columns = ("shop_id", "line_id", "order_id", "item_id", "warehouse_id", "quantity")
    insert_values(Expectation, columns, [
        (need.shop_key, need.line_key, need.order_key, need.item_key, need.warehouse_key, need.units)
        for need in ready
    ])  # fmt: skip
    change_levels(changes, by=by, now=now)
    mark_expected([need.line_key for need in ready], at=now)
    return len(ready)


def end_expectations(order_keys: Iterable[int], *, by: Who, now: datetime) -> list[LevelChange]:
    """Close the open expectations of orders; return what that changes, for the caller to book with the rest."""
    rows = list(Expectation.objects.filter(order__in=list(order_keys), ended_at=None))
    Expectation.objects.filter(pk__in=[row.pk for row in rows]).update(ended_at=now)
    return [LevelChange(row.item_id, row.warehouse_id, expected=-row.quantity) for row in rows]


def fit_expectations(order_keys: Iterable[int], units_of: Mapping[int, int], *, by: Who, now: datetime) -> int:
    """Bring open expectations down to what their lines still need (line key -> units); return how many changed."""
    changes = []
    for row in Expectation.objects.filter(order__in=list(order_keys), ended_at=None).order_by("pk"):
        units = units_of.get(row.line_id, 0)
        if units < row.quantity:
            changes.append(LevelChange(row.item_id, row.warehouse_id, expected=units - row.quantity))
            Expectation.objects.filter(pk=row.pk).update(quantity=units, ended_at=None if units else now)
    change_levels(changes, by=by, now=now)
    return len(changes)
