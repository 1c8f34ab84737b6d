"""How an order is pushed to a status by hand: through the same moves that life would make."""

from __future__ import annotations

from typing import Any

from sandbox.aftersales.cancellations import finish_cancel, open_cancel
from sandbox.aftersales.rules import BUYER_CANCEL
from sandbox.box import Box
from sandbox.fulfilment.arranging import ship
from sandbox.fulfilment.couriers import carry_event, collect
from sandbox.fulfilment.packages import packages_of
from sandbox.orders.flow import live_lines, pay, set_status

LADDER = (
    "UNPAID",
    "ON_HOLD",
    "AWAITING_SHIPMENT",
    "AWAITING_COLLECTION",
    "IN_TRANSIT",
    "DELIVERED",
    "COMPLETED",
)


def push_to(box: Box, order: dict[str, Any], status: str) -> None:
    """Bring a fresh order to a status."""
    if status == "CANCELLED":
        row = open_cancel(
            box,
            order,
            live_lines(order),
            role="BUYER",
            reason=next(iter(BUYER_CANCEL)),
            text="Order created by mistake",
        )
        finish_cancel(box, row)
        return
    height = LADDER.index(status)
    if height >= 1:
        pay(box, order, hold=height == 1)
    for package in waiting(box, order) if height >= 3 else ():
        hand_in_invoice(box, order)
        ship(box, package, own_label(box, package))
        if package.get("label") == "MAKING":
            package["label"], package["sub_status"] = "READY", "RTS"
            box.store.put("package", package["id"], package)
        if height >= 4:
            collect(box, package)
        if height >= 5:
            carry_event(box, package, "delivered")
    if height >= 6:
        for line in live_lines(order):
            line["display_status"] = "COMPLETED"
        set_status(box, order, "COMPLETED")


def waiting(box: Box, order: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for row in packages_of(box, order) if row["status"] != "CANCELLED"]


def hand_in_invoice(box: Box, order: dict[str, Any]) -> None:
    """Where a label needs the invoice first, say that it was handed in."""
    if order.get("need_upload_invoice") == "NEED_INVOICE":
        order["need_upload_invoice"] = "INVOICE_UPLOADED"
        box.store.put("order", order["id"], order)


def own_label(box: Box, package: dict[str, Any]) -> dict[str, Any]:
    """Return what a seller who ships himself has to tell."""
    if package["shipping_type"] != "SELLER":
        return {}
    carriers = box.market(package["shop_id"]).seller_carriers
    carrier = carriers[int(package["id"]) % len(carriers)]
    return {
        "self_shipment": {
            "tracking_number": f"{carrier.prefix}{package['id'][-10:]}",
            "shipping_provider_id": carrier.id,
        }
    }
