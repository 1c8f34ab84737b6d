"""A buyer corrects where his order goes to."""

from __future__ import annotations

from typing import Any

from sandbox.box import Box
from sandbox.fulfilment.parting import part_orders, waiting_packages
from sandbox.fulfilment.troubles import forget_address_trouble, forget_label
from sandbox.places import platform_address
from sandbox.webhooks import tell


def change_address(box: Box, order: dict[str, Any], parts: dict[str, Any]) -> None:
    """Replace the named parts of the buyer's address in this order and tell the apps; a combined package is parted."""
    buyer = box.store.table("buyer")[order["user_id"]]
    order["_address"] = platform_address(box.market(order["shop_id"]), buyer, {**buyer["address"], **parts})
    order["has_updated_recipient_address"] = True
    box.book.touch(order, now=box.now())
    for package in waiting_packages(box, order):
        forget_address_trouble(package)
        forget_label(package)
        box.store.put("package", package["id"], package)
        if len(package["orders"]) > 1:
            part_orders(box, package, {order["id"]}, kind="ADDRESS_UPDATE_SPLIT", role="ROLE_USER")
    tell(box, order["shop_id"], "RECIPIENT_ADDRESS_UPDATE", order_id=order["id"], update_time=order["update_time"])
