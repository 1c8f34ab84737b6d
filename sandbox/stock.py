"""The shelf as the platform counts it: what can still be bought, what is promised."""

from __future__ import annotations

from typing import Any

from sandbox.box import Box


def move_stock(box: Box, warehouse_id: str, sku_id: str, *, available: int, committed: int) -> None:
    found = box.sku(sku_id)
    if found is None:
        return
    product, sku = found
    sku["available"][warehouse_id] = max(0, sku["available"].get(warehouse_id, 0) + available)
    sku["committed"][warehouse_id] = max(0, sku["committed"].get(warehouse_id, 0) + committed)
    box.store.put("product", product["id"], product)


def take_stock(box: Box, shop: dict[str, Any], sku_id: str, quantity: int) -> None:
    """An order promises units; when the shelf has fewer, it is empty afterwards."""
    move_stock(box, shop["warehouse_id"], sku_id, available=-quantity, committed=quantity)


def give_back(box: Box, order: dict[str, Any], lines: list[dict[str, Any]]) -> None:
    """Cancelled lines put their units back on the shelf."""
    for line in lines:
        move_stock(box, order["warehouse_id"], line["sku_id"], available=1, committed=-1)


def leave(box: Box, order: dict[str, Any], lines: list[dict[str, Any]]) -> None:
    """Collected lines are no longer promised: they are gone."""
    for line in lines:
        move_stock(box, order["warehouse_id"], line["sku_id"], available=0, committed=-1)
