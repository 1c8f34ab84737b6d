"""Parcels for orders whose units are reserved: one per order, or as the platform cut and combined its packages."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from shundan.core.actors import Who
from shundan.core.moves import OrderMove
from shundan.core.parcel_moves import UNPACKED
from shundan.core.states import OrderState, ParcelState
from shundan.ground.journal.actions import record
from shundan.ground.lib.db import in_transaction, lock
from shundan.ground.lib.rows import insert_rows, insert_values, update_rows
from shundan.stages.orders.actions import move_orders
from shundan.stages.orders.queries import lines_of
from shundan.stages.packing.actions.door import parcel_draft
from shundan.stages.packing.models import Parcel, ParcelLine, ParcelOrder
from shundan.stages.stock.queries import bins_of, reservations_of

P = ParcelState
_FIRST_NUMBER = 10_000_000
PACKAGING_G = 40  # what a box and its filling weigh until history says better


@dataclass(frozen=True)
class Units:
    """Units of one line at one place: of its reservation, or of an adopted order, whose units nobody reserved."""

    order_id: int
    line_id: int
    item_id: int
    warehouse_id: int
    quantity: int
    item: Any


@dataclass
class _Plan:
    """One parcel to be: whose it is, from where, and which units."""

    shop_key: int
    warehouse_key: int
    package_id: str
    by_platform: bool
    orders: dict[int, Any] = field(default_factory=dict)
    units: list[Units] = field(default_factory=list)


def plan_orders(orders: Iterable[Any], *, by: Who, now: datetime) -> int:
    """Plan parcels for RESERVED orders and move these to FULFILLING; return how many parcels were planned.

    An order that moved on meanwhile, or has units that are not reserved, is left alone.
    """
    return in_transaction(lambda: _plan(list(orders), by=by, now=now))


def _plan(orders: Sequence[Any], *, by: Who, now: datetime) -> int:
    units: dict[int, list[Units]] = defaultdict(list)
    for one in reservations_of([order.pk for order in orders]):
        found = Units(one.order_id, one.line_id, one.item_id, one.warehouse_id, one.quantity, one.item)
        units[one.order_id].append(found)
    ready = [order for order in orders if units[order.pk]]
    moved = move_orders([(order.pk, OrderMove.PLAN) for order in ready], by=by, at=now)
    ready = [order for order in ready if moved.get(order.pk) == OrderState.FULFILLING]
    return len(plan_units(ready, units, by=by, now=now))


def plan_units(orders: Sequence[Any], units: Mapping[int, list[Units]], *, by: Who, now: datetime) -> list[Parcel]:
    """Make the parcels of these orders' units inside the caller's transaction; return those that are new."""
    return _store(_cut(orders, units), by=by, now=now)


def _cut(orders: Sequence[Any], units: Mapping[int, list[Units]]) -> list[_Plan]:
    """Group units into parcels: by shop, warehouse and the platform's package (or the order, where none is told)."""
    split = [order.pk for order in orders if len(order.package_ids) > 1]
    lines = [line for found in (lines_of(split) if split else {}).values() for line in found]
    told = {line.pk: Counter(filter(None, line.package_ids)) for line in lines}
    plans: dict[tuple[int, int, str], _Plan] = {}
    for order in orders:
        usual = order.package_ids[0] if order.package_ids else ""
        for unit in units[order.pk]:
            for package_id, quantity in _share(unit.quantity, told.get(unit.line_id, Counter()), usual).items():
                key = (order.shop_id, unit.warehouse_id, package_id or f"order {order.pk}")
                new = _Plan(order.shop_id, unit.warehouse_id, package_id, order.shipping_by_platform)
                plan = plans.setdefault(key, new)
                plan.orders[order.pk] = order
                plan.units.append(replace(unit, quantity=quantity))
    return list(plans.values())


def _share(quantity: int, told: Counter[str], usual: str) -> Counter[str]:
    """Deal units out to the packages their line is told to lie in, and take them off `told`."""
    shares: Counter[str] = Counter()
    for package_id in told:
        shares[package_id] = min(told[package_id], quantity)
        told[package_id] -= shares[package_id]
        quantity -= shares[package_id]
        usual = package_id
    shares[usual] += quantity  # of more than was told: with the last of them
    return +shares


def _store(plans: Sequence[_Plan], *, by: Who, now: datetime) -> list[Parcel]:
    homes = _homes(plans)
    fresh = [plan for plan in plans if id(plan) not in homes]
    parcels = [_parcel(plan, number, now) for number, plan in enumerate(fresh)]
    insert_rows(parcels)
    _name(parcels)
    homes |= dict(zip(map(id, fresh), parcels, strict=True))
    _fill([(homes[id(plan)], plan) for plan in plans])
    record(
        [
            parcel_draft(
                parcel,
                "plan",
                by=by,
                at=now,
                after=P.PLANNED,
                facts={
                    "orders": [order.order_id for order in plan.orders.values()],
                    "units": sum(unit.quantity for unit in plan.units),
                },
            )
            for parcel, plan in zip(parcels, fresh, strict=True)
        ]
    )
    return parcels


def _homes(plans: Sequence[_Plan]) -> dict[int, Parcel]:
    """Find the parcels that carry a plan's package already and can be filled up, by the plan's identity.

    A package id that stands on a parcel which is packed or gone, or on two plans, is left off the later one.
    """
    told = {plan.package_id for plan in plans if plan.package_id}
    # Locked, so that nobody packs a parcel while further units are put into it.
    rows = lock(Parcel.objects.filter(package_id__in=told).exclude(parcel_state=P.VOIDED)) if told else []
    found: dict[tuple[int, str], Parcel | None] = {(row.shop_id, row.package_id): row for row in rows}
    homes: dict[int, Parcel] = {}
    for plan in plans:
        place = (plan.shop_key, plan.package_id)
        if not plan.package_id or place not in found:
            found[place] = None
            continue
        row = found[place]
        if row is not None and row.parcel_state in UNPACKED and row.warehouse_id == plan.warehouse_key:
            homes[id(plan)] = row
        else:
            plan.package_id = ""
    return homes


def _parcel(plan: _Plan, number: int, now: datetime) -> Parcel:
    weights = [unit.item.weight_g for unit in plan.units]
    known = all(weight is not None for weight in weights)
    grams = sum(unit.item.weight_g * unit.quantity for unit in plan.units) if known else None
    first = next(iter(plan.orders.values()))
    return Parcel(
        shop_id=plan.shop_key,
        parcel_id=f"~{first.pk}-{number}",
        parcel_state=P.PLANNED,
        state_since=now,
        warehouse_id=plan.warehouse_key,
        shipping_by_platform=plan.by_platform,
        package_id=plan.package_id,
        expected_weight_g=grams + PACKAGING_G if grams is not None else None,
        planned_at=now,
        carrier_name=first.carrier_name if plan.by_platform else "",
    )


def _name(parcels: Sequence[Parcel]) -> None:
    """Give each its printed number, made of its key: P10000001 and on."""
    for parcel in parcels:
        parcel.parcel_id = f"P{_FIRST_NUMBER + parcel.pk}"
    update_rows(parcels, ["parcel_id"])


def _fill(homes: Sequence[tuple[Parcel, _Plan]]) -> None:
    bins = bins_of([(unit.item_id, unit.warehouse_id) for _, plan in homes for unit in plan.units])
    links = [(plan.shop_key, parcel.pk, order_key) for parcel, plan in homes for order_key in plan.orders]
    insert_values(ParcelOrder, ("shop_id", "parcel_id", "order_id"), links, ignore_conflicts=True)
    columns = ("shop_id", "parcel_id", "line_id", "item_id", "quantity", "checked", "bin")
    insert_values(ParcelLine, columns, [
        (plan.shop_key, parcel.pk, unit.line_id, unit.item_id, unit.quantity, 0,
         bins.get((unit.item_id, unit.warehouse_id), ""))
        for parcel, plan in homes for unit in plan.units
    ])  # fmt: skip
