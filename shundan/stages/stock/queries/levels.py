"""On hand, reserved, expected, available; and who has reserved what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Sum

from shundan.core.allocation import Place
from shundan.stages.stock.models import Item, Level, Reservation


@dataclass(frozen=True)
class Stand:
    """How one item stands over all warehouses. `available` may be negative; it is then offered as 0."""

    on_hand: int = 0
    reserved: int = 0
    expected: int = 0
    buffer: int = 0

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved - self.expected - self.buffer

    @property
    def free(self) -> int:
        """What can be reserved now."""
        return self.on_hand - self.reserved


def available(item_keys: Iterable[int]) -> dict[int, Stand]:
    """Return item key -> how it stands, available to sell included."""
    keys = list(item_keys)
    buffers = dict(Item.objects.filter(pk__in=keys).values_list("pk", "buffer"))
    sums = {
        row["item_id"]: row
        for row in Level.objects.filter(item__in=keys).values("item_id").order_by().annotate(
            hand=Sum("on_hand"), held=Sum("reserved"), soft=Sum("expected")
        )
    }  # fmt: skip
    empty = {"hand": 0, "held": 0, "soft": 0}
    return {
        key: Stand(row["hand"], row["held"], row["soft"], buffers[key])
        for key in buffers if (row := sums.get(key, empty))
    }  # fmt: skip


def free_units(places: Iterable[Place]) -> dict[Place, int]:
    """Return (item, warehouse) -> units that can be reserved there now."""
    wanted = set(places)
    rows = Level.objects.filter(item__in={item for item, _ in wanted}, warehouse__in={one for _, one in wanted})
    found = {(row.item_id, row.warehouse_id): row.on_hand - row.reserved for row in rows}
    return {place: found.get(place, 0) for place in wanted}


def levels(item_keys: Iterable[int]) -> dict[int, list[Level]]:
    """Return item key -> its levels, with their warehouses."""
    found: dict[int, list[Level]] = {}
    for row in Level.objects.filter(item__in=list(item_keys)).select_related("warehouse").order_by("warehouse", "pk"):
        found.setdefault(row.item_id, []).append(row)
    return found


def bins_of(places: Iterable[Place]) -> dict[Place, str]:
    """Return (item, warehouse) -> the bin it stands in, where one is known."""
    wanted = set(places)
    rows = Level.objects.filter(item__in={item for item, _ in wanted}, warehouse__in={one for _, one in wanted})
    found = {(row.item_id, row.warehouse_id): row.bin for row in rows if row.bin}
    return {place: text for place, text in found.items() if place in wanted}


def reservations_of(order_keys: Iterable[int]) -> list[Reservation]:
    """Return the open reservations of these orders, with item and warehouse, in line order."""
    rows = Reservation.objects.filter(order__in=list(order_keys), ended_at=None)
    return list(rows.select_related("item", "warehouse").order_by("line_id"))
