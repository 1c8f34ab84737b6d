"""Packages that wait are parted and joined: by the app, by the seller himself, by a changed address."""

from __future__ import annotations

from typing import Any

from sandbox.box import Box
from sandbox.fulfilment.packages import lines_of, open_package, packages_of, tell_packages

Row = dict[str, Any]


def drop_package(box: Box, package: Row) -> None:
    package["status"], package["sub_status"], package["update_time"] = "CANCELLED", "CANCELLED", box.now()
    box.store.put("package", package["id"], package)


def tag_orders(box: Box, orders: list[Row], tag: str) -> None:
    """Mark orders as split or combined, or as neither."""
    for order in orders:
        if tag:
            order["split_or_combine_tag"] = tag
        else:
            order.pop("split_or_combine_tag", None)
        box.book.touch(order, now=box.now())


def waiting_packages(box: Box, order: Row) -> list[Row]:
    return [
        row for row in packages_of(box, order) if row["stage"] == "AWAITING_SHIPMENT" and row["status"] != "CANCELLED"
    ]


def live_lines_of(orders: list[Row]) -> list[Row]:
    return [line for order in orders for line in order["line_items"] if line["display_status"] != "CANCELLED"]


def split_package(
    box: Box, order: Row, package: Row, groups: list[tuple[str, set[str]]], *, role: str = "ROLE_SELLER"
) -> list[tuple[str, Row]]:
    """Replace a package by one per group of line ids; what no group names stays together in one more."""
    lines = lines_of(box, package)
    rest = set(package["lines"]) - {key for _, ids in groups for key in ids}
    drop_package(box, package)
    made = []
    for group_id, ids in [*groups, *([("", rest)] if rest else [])]:
        part = open_package(box, [order], [line for line in lines if line["id"] in ids], tag="SPLIT")
        made.append((group_id, part))
    tag_orders(box, [order], "SPLIT")
    tell_packages(box, order["shop_id"], "SPLIT", [part for _, part in made], role=role)
    return made


def join_again(box: Box, order: Row, *, role: str = "ROLE_SELLER") -> Row:
    """Undo a split: all parts of an order that wait become one package again."""
    for package in waiting_packages(box, order):
        drop_package(box, package)
    whole = open_package(box, [order], live_lines_of([order]))
    tag_orders(box, [order], "")
    tell_packages(box, order["shop_id"], "CANCEL_SPLIT", [whole], role=role)
    return whole


def destination(order: Row) -> tuple[str, ...]:
    """Return what orders must have in common to travel in one parcel: buyer, address, and the way they are shipped."""
    way = (order[name] for name in ("shipping_type", "fulfillment_type", "delivery_option_id", "warehouse_id"))
    return (order["user_id"], order["_address"]["full_address"], *way)


def combine_orders(box: Box, orders: list[Row]) -> Row:
    """Put all waiting goods of some orders into one package."""
    for order in orders:
        for package in waiting_packages(box, order):
            drop_package(box, package)
    package = open_package(box, orders, live_lines_of(orders), tag="COMBINE")
    tag_orders(box, orders, "COMBINED")
    return package


def part_orders(
    box: Box, package: Row, wanted: set[str], *, kind: str = "CANCEL_COMBINE", role: str = "ROLE_SELLER"
) -> list[Row]:
    """Give the wanted orders of a combined package one of their own each; the others stay together."""
    stay = [key for key in package["orders"] if key not in wanted]
    parts = [[key] for key in package["orders"] if key in wanted] + ([stay] if stay else [])
    drop_package(box, package)
    made = []
    for keys in parts:
        orders = [box.book.orders[key] for key in keys]
        many = len(keys) > 1
        made.append(open_package(box, orders, live_lines_of(orders), tag="COMBINE" if many else "DEFAULT"))
        tag_orders(box, orders, "COMBINED" if many else "")
    tell_packages(box, package["shop_id"], kind, made, role=role)
    return made
