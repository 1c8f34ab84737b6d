"""The shelf as the platform counts it: what can still be bought, what is promised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sandbox.box import Box
from sandbox.webhooks.news import tell_stock

REFILL = 100


def move_stock(box: Box, warehouse_id: str, sku_id: str, *, available: int, committed: int, source: str) -> None:
    """Move both counters of a SKU, never below nothing; the apps hear of what really changed."""
    found = box.sku(sku_id)
    if found is None:
        return
    product, sku = found
    old = sku["available"].get(warehouse_id, 0), sku["committed"].get(warehouse_id, 0)
    new = max(0, old[0] + available), max(0, old[1] + committed)
    sku["available"][warehouse_id], sku["committed"][warehouse_id] = new
    box.store.put("product", product["id"], product)
    tell_stock(box, product, sku, source=source, available=new[0] - old[0], committed=new[1] - old[1])


def units(box: Box, counts: dict[str, int]) -> Iterator[tuple[str, int]]:
    """Return SKUs and counts, the parts of a set after the set."""
    for sku_id, count in counts.items():
        yield sku_id, count
        found = box.sku(sku_id)
        for part in found[1].get("parts", ()) if found else ():
            yield part["sku_id"], part["count"] * count


def take_stock(box: Box, shop: dict[str, Any], sku_id: str, quantity: int) -> None:
    """An order promises units; when the shelf has fewer, it is empty afterwards."""
    for key, count in units(box, {sku_id: quantity}):
        move_stock(box, shop["warehouse_id"], key, available=-count, committed=count, source="order_created")
        fill_up(box, shop["warehouse_id"], key)


def fill_up(box: Box, warehouse_id: str, sku_id: str) -> None:
    """Put goods on a shelf that ran empty, if its seller set it to fill itself."""
    found = box.sku(sku_id)
    if found and found[1].get("auto_restock") and not found[1]["available"].get(warehouse_id):
        move_stock(box, warehouse_id, sku_id, available=REFILL, committed=0, source="system_auto_replenish")


def give_back(box: Box, order: dict[str, Any], lines: list[dict[str, Any]]) -> None:
    """Cancelled lines put their units back on the shelf."""
    for sku_id, count in units(box, Counter(line["sku_id"] for line in lines)):
        move_stock(box, order["warehouse_id"], sku_id, available=count, committed=-count, source="order_canceled")


def leave(box: Box, order: dict[str, Any], lines: list[dict[str, Any]]) -> None:
    """Collected lines are no longer promised: they are gone."""
    for sku_id, count in units(box, Counter(line["sku_id"] for line in lines)):
        move_stock(box, order["warehouse_id"], sku_id, available=0, committed=-count, source="order_shipped")


def come_back(box: Box, order: dict[str, Any], lines: list[dict[str, Any]]) -> None:
    """Lines of a parcel that came home can be sold again."""
    for sku_id, count in units(box, Counter(line["sku_id"] for line in lines)):
        move_stock(box, order["warehouse_id"], sku_id, available=count, committed=0, source="manual_adjustment")
