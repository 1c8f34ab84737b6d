"""Couriers: they pick up what has a printed label, scan it on the way, deliver it, and lose some."""

from __future__ import annotations

from typing import Any

from sandbox.agenda import happening
from sandbox.box import Box
from sandbox.fulfilment.packages import lines_of, note, packages_of, set_stage, tracking_number
from sandbox.markets import DAY, HOUR
from sandbox.orders.flow import follow_packages
from sandbox.stock import leave

TEXTS = {
    "collected": ("Parcel picked up by the carrier.", 20),
    "hub": ("Arrived at the sorting centre.", 30),
    "departed": ("Left the sorting centre.", 31),
    "out": ("Out for delivery.", 40),
    "failed": ("Delivery attempt failed: nobody home.", 41),
    "delivered": ("Delivered.", 50),
    "lost": ("The parcel could not be found by the carrier.", 60),
}


def await_pickup(box: Box, package: dict[str, Any]) -> None:
    """Called when a label was fetched: the courier comes some hours later, unless nobody acts here."""
    if package.get("pickup_planned") or not box.alive:
        return
    package["pickup_planned"] = True
    box.store.put("package", package["id"], package)
    hours = box.luck("pickup", package["id"]).uniform(4, 20)
    box.agenda.add("courier_collects", due=box.clock.now() + hours * HOUR, package=package["id"])


@happening("courier_collects")
def courier_collects(box: Box, row: dict[str, Any]) -> None:
    package = box.store.get("package", row["package"]) if box.alive else None
    if (
        package
        and package["stage"] == "AWAITING_COLLECTION"
        and package["status"] != "CANCELLED"
        and package.get("label") in ("READY", "NONE")
    ):
        collect(box, package)
        plan_journey(box, package)


def collect(box: Box, package: dict[str, Any]) -> None:
    """First scan: the goods are gone, the order is in transit."""
    leave_lines = [line for line in lines_of(box, package) if line["display_status"] != "CANCELLED"]
    for order_id in package["orders"]:
        order = box.book.orders[order_id]
        leave(box, order, [line for line in leave_lines if line in order["line_items"]])
    set_stage(box, package, "IN_TRANSIT")
    package["collected"] = box.now()
    scan(box, package, "collected")
    follow(box, package)


def plan_journey(box: Box, package: dict[str, Any]) -> None:
    luck = box.luck("journey", package["id"])
    market = box.market(package["shop_id"])
    now, days = box.clock.now(), luck.uniform(*market.transit_days)
    if luck.random() < 0.006:
        box.agenda.add("courier_scans", due=now + days * DAY, package=package["id"], event="lost")
        return
    for event, share in (("hub", 0.2), ("departed", 0.45), ("hub", 0.7), ("out", 0.95)):
        box.agenda.add("courier_scans", due=now + days * share * DAY, package=package["id"], event=event)
    if luck.random() < 0.05:
        box.agenda.add("courier_scans", due=now + days * DAY, package=package["id"], event="failed")
        days += 1
    box.agenda.add("courier_scans", due=now + days * DAY, package=package["id"], event="delivered")


@happening("courier_scans")
def courier_scans(box: Box, row: dict[str, Any]) -> None:
    package = box.store.get("package", row["package"]) if box.alive else None
    if package and package["stage"] == "IN_TRANSIT" and package["status"] != "CANCELLED":
        carry_event(box, package, row["event"])


def carry_event(box: Box, package: dict[str, Any], event: str) -> None:
    """Work on one carrier event; delivered and lost change the package, the others are only told."""
    scan(box, package, event)
    if event == "delivered":
        set_stage(box, package, "DELIVERED")
        follow(box, package)
    elif event == "lost":
        from sandbox.aftersales.cancellations import record_system_cancel

        for order_id in package["orders"]:
            order = box.book.orders[order_id]
            record_system_cancel(
                box,
                order,
                [line for line in order["line_items"] if line["id"] in package["lines"]],
                "Package lost",
            )


def scan(box: Box, package: dict[str, Any], event: str) -> None:
    text, code = TEXTS[event]
    note(box, package, text, code=code)


def follow(box: Box, package: dict[str, Any]) -> None:
    for order_id in package["orders"]:
        follow_packages(box, box.book.orders[order_id])


@happening("platform_ships")
def platform_ships(box: Box, row: dict[str, Any]) -> None:
    """The platform's own warehouse packs and hands over what it fulfils."""
    order = box.book.orders.get(row["order"])
    if order is None or order["status"] != "AWAITING_SHIPMENT":
        return
    for package in packages_of(box, order):
        carrier = box.market(order["shop_id"]).platform_carriers[0]
        package.update(shipping_provider_id=carrier.id, shipping_provider_name=carrier.name, rts_time=box.now())
        package["tracking_number"] = tracking_number(box, carrier, package["id"])
        set_stage(box, package, "AWAITING_COLLECTION")
        collect(box, package)
        plan_journey(box, package)
