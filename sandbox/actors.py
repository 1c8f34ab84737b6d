"""Others who work in the same shop: a second tool with its own key, and the seller himself in Seller Center."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from sandbox.aftersales.cancellations import finish_cancel, open_cancel
from sandbox.aftersales.rules import open_cancel_of
from sandbox.agenda import happening
from sandbox.box import Box
from sandbox.errors import Refusal
from sandbox.faults import strike
from sandbox.fulfilment.arranging import ship
from sandbox.fulfilment.couriers import await_pickup
from sandbox.fulfilment.packages import tell_packages
from sandbox.fulfilment.parting import combine_orders, destination, join_again, split_package, waiting_packages
from sandbox.markets import HOUR
from sandbox.orders.address import change_address
from sandbox.orders.flow import due_order, live_lines
from sandbox.products import save
from sandbox.world.push import own_label

Order = dict[str, Any]
Deed = Callable[[Box, Order, random.Random], bool]


@happening("others_act")
def others_act(box: Box, due: dict[str, Any]) -> None:
    """Let somebody do one thing to an order that still waits; what the platform refuses is left alone."""
    who = due["who"]
    order = due_order(box, due, "AWAITING_SHIPMENT", "PARTIALLY_SHIPPING")
    if order is None or order["fulfillment_type"] != "FULFILLMENT_BY_SELLER" or not box.faults["actors"][who]:
        return
    luck = box.luck("deed", who, order["id"])
    deeds = list(DEEDS[who])
    luck.shuffle(deeds)
    for deed in deeds:
        try:
            if deed(box, order, luck):
                strike(box, f"actors.{who}")
                strike(box, f"actors.{who}.{deed.__name__}")
                return
        except Refusal:
            continue


def arrange(box: Box, order: Order, luck: random.Random) -> bool:
    """Ship what waits; the label is printed an hour later, so that the courier comes."""
    waiting = waiting_packages(box, order)
    for package in waiting:
        ship(box, package, own_label(box, package))
        box.agenda.add("others_print", due=box.clock.now() + HOUR, package=package["id"])
    return bool(waiting)


@happening("others_print")
def others_print(box: Box, due: dict[str, Any]) -> None:
    package = box.store.get("package", due["package"])
    if package and package["stage"] == "AWAITING_COLLECTION" and package["status"] != "CANCELLED":
        await_pickup(box, package)


def cancel(box: Box, order: Order, luck: random.Random) -> bool:
    """Cancel the order, or half of a larger one, as out of stock."""
    lines = live_lines(order)
    if open_cancel_of(box, order) or order["status"] != "AWAITING_SHIPMENT":
        return False
    some = lines[: max(1, len(lines) // 2)] if luck.random() < 0.4 else lines
    reason = "seller_cancel_reason_out_of_stock"
    finish_cancel(box, open_cancel(box, order, some, role="SELLER", reason=reason, text="Out of stock"))
    return True


def split(box: Box, order: Order, luck: random.Random) -> bool:
    """Give half of the lines a package of their own, or put parts together again."""
    waiting = waiting_packages(box, order)
    if len(waiting) > 1 and order["status"] == "AWAITING_SHIPMENT":
        join_again(box, order)
        return True
    if len(waiting) != 1 or len(waiting[0]["orders"]) > 1 or len(waiting[0]["lines"]) < 2:
        return False
    lines = waiting[0]["lines"]
    split_package(box, order, waiting[0], [("1", set(lines[: len(lines) // 2]))])
    return True


def combine(box: Box, order: Order, luck: random.Random) -> bool:
    """Put the order into one package with another of the same buyer to the same address."""
    if order["status"] != "AWAITING_SHIPMENT" or order.get("split_or_combine_tag"):
        return False
    for _, key in reversed(box.book.span(order["shop_id"], "create_time", ge=box.now() - 96 * HOUR, lt=None)):
        other = box.book.orders[key]
        if (
            other["id"] != order["id"]
            and other["status"] == order["status"]
            and destination(other) == destination(order)
            and not other.get("split_or_combine_tag")
            and not other["is_buyer_request_cancel"]
            and len(waiting_packages(box, other)) == 1
        ):
            tell_packages(box, order["shop_id"], "COMBINE", [combine_orders(box, [other, order])])
            return True
    return False


def edit_address(box: Box, order: Order, luck: random.Random) -> bool:
    change_address(box, order, {"line1": f"{luck.randint(2, 90)} Corrected Lane", "line2": ""})
    return True


def edit_listing(box: Box, order: Order, luck: random.Random) -> bool:
    """Raise the price of what was bought by a little."""
    found = box.sku(order["line_items"][0]["sku_id"])
    if found is None:
        return False
    product, sku = found
    sku["price"] += max(1, sku["price"] // 50) // 100 * 100
    save(box, product, "PRICE", source="SELLER_CENTER")
    return True


DEEDS: dict[str, tuple[Deed, ...]] = {
    "second_tool": (arrange, cancel, split, combine),
    "seller": (arrange, cancel, split, edit_address, edit_listing),
}
