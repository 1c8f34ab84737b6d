"""What a buyer puts into his basket."""

from __future__ import annotations

import random
from typing import Any

from sandbox.box import Box

Pick = tuple[str, int]
Row = dict[str, Any]
ENOUGH = 5
UNITS = (1, 1, 1, 1, 2, 3)


def on_sale(box: Box, shop_id: str) -> list[Row]:
    """Return the SKUs of a shop that can be bought one by one."""
    return [
        sku
        for product in box.products(shop_id)
        if product["status"] == "ACTIVATE"
        for sku in product["skus"]
        if "parts" not in sku and sku.get("status") != "DEACTIVATED"
    ]


def left(sku: Row) -> int:
    return sum(sku["available"].values())


def random_picks(box: Box, shop: Row, luck: random.Random, *, lines: int, units: tuple[int, ...] = UNITS) -> list[Pick]:
    """Choose different SKUs that are on sale and on the shelf."""
    found = on_sale(box, shop["id"])
    shelf = [sku for sku in found if sku["seller_sku"] and left(sku) > ENOUGH] or found
    chosen = luck.sample(shelf, min(lines, len(shelf)))
    return [(sku["id"], luck.choice(units)) for sku in chosen]


def unnamed_pick(box: Box, shop: Row) -> Pick:
    """Return one unit of the SKU that the seller listed without a number of his own."""
    skus = [sku for product in box.products(shop["id"]) for sku in product["skus"]]
    return next(sku["id"] for sku in skus if not sku["seller_sku"]), 1


def scarce_pick(box: Box, shop: Row) -> Pick:
    """Return the SKU of which least is left, and more of it than there is."""
    scarce = min(on_sale(box, shop["id"]), key=left)
    return scarce["id"], min(12, left(scarce) + 2)


def set_pick(box: Box, shop: Row, kind: str) -> Pick | None:
    """Return one unit of the shop's bundle or combined listing, or nothing."""
    for product in box.products(shop["id"]):
        for sku in product["skus"]:
            if sku.get("set") == kind:
                return sku["id"], 1
    return None


def gift_pick(box: Box, shop: Row, picks: list[Pick]) -> str:
    """Return the cheapest thing on the shelf that is not in the basket already."""
    taken = {sku_id for sku_id, _ in picks}
    shelf = [sku for sku in on_sale(box, shop["id"]) if sku["id"] not in taken and sku["seller_sku"]]
    return str(min(shelf, key=lambda sku: (left(sku) <= ENOUGH, sku["price"], sku["id"]))["id"])


def hot_skus(box: Box, shop: Row, luck: random.Random) -> list[str]:
    """Return the one or two SKUs that a live shows: of the fullest shelves."""
    fullest = sorted(on_sale(box, shop["id"]), key=lambda sku: (-left(sku), sku["id"]))
    return [sku["id"] for sku in luck.sample(fullest[:12], luck.choice((1, 2, 2)))]
