"""Couriers: they pick up what has a printed label, scan it on the way, deliver it, and lose some."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from sandbox.aftersales.rules import reject_for_shipping
from sandbox.agenda import happening
from sandbox.box import Box
from sandbox.finance.ledger import reimburse
from sandbox.fulfilment.packages import lines_of, note, packages_of, set_stage, tracking_number
from sandbox.markets import DAY, HOUR
from sandbox.orders.flow import follow_packages
from sandbox.orders.ways import Way, way_of
from sandbox.stock import come_back, leave
from sandbox.world.people import character_of, courier_character

TEXTS = {
    "collected": ("Parcel picked up by the carrier.", 20),
    "hub": ("Arrived at the sorting centre.", 30),
    "departed": ("Left the sorting centre.", 31),
    "out": ("Out for delivery.", 40),
    "failed": ("Delivery attempt failed: nobody home.", 41),
    "refused": ("Delivery failed: the recipient refused the parcel.", 42),
    "returning": ("Returning to seller after failed delivery.", 45),
    "returned": ("Returned to seller.", 46),
    "delivered": ("Delivered.", 50),
    "lost": ("The parcel could not be found by the carrier.", 60),
}
STATIONS = (("hub", 0.2), ("departed", 0.45), ("hub", 0.7), ("out", 0.95))
DIRECT = (("out", 0.05),)
ENDS = {"lost": "Package lost", "returned": "Package delivery failed"}


def await_pickup(box: Box, package: dict[str, Any]) -> None:
    """Called when a label was fetched: the courier comes some hours later, unless nobody acts here.

    A label that was fetched before its shipment was arranged waits for that.
    """
    if package["stage"] == "AWAITING_SHIPMENT":
        package["printed"] = True
        box.store.put("package", package["id"], package)
        return
    if package.get("pickup_planned") or not box.alive:
        return
    package["pickup_planned"] = True
    box.store.put("package", package["id"], package)
    courier = courier_character(box.seed, package["shipping_provider_id"])
    fetch_hours = way_of_package(box, package).fetch_hours or courier.pickup_hours
    hours = box.luck("pickup", package["id"]).uniform(*fetch_hours)
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
    """First scan: the goods are gone, the order is in transit; nobody can cancel it any more."""
    leave_lines = [line for line in lines_of(box, package) if line["display_status"] != "CANCELLED"]
    for order_id in package["orders"]:
        order = box.book.orders[order_id]
        reject_for_shipping(box, order)
        leave(box, order, [line for line in leave_lines if line in order["line_items"]])
    set_stage(box, package, "IN_TRANSIT")
    package["collected"] = box.now()
    scan(box, package, "collected")
    follow(box, package)


def way_of_package(box: Box, package: dict[str, Any]) -> Way:
    return way_of(box.book.orders[package["orders"][0]])


def plan_journey(box: Box, package: dict[str, Any]) -> None:
    """Decide the way of a parcel: its scans, up to three attempts at the door, home again or lost."""
    luck, market = box.luck("journey", package["id"]), box.market(package["shop_id"])
    courier = courier_character(box.seed, package["shipping_provider_id"])
    way = way_of_package(box, package)
    low, high = way.transit_hours or (day * 24 for day in market.transit_days)
    now, days = box.clock.now(), luck.uniform(low, high) / 24 * courier.pace
    plan = lambda event, day: box.agenda.add(  # noqa: E731
        "courier_scans", due=now + day * DAY, package=package["id"], event=event
    )
    if luck.random() < courier.loses:
        plan("hub", days * 0.2)
        plan("lost", days + 7)
        return
    for event, share in DIRECT if way.calls_driver else STATIONS:
        plan(event, days * share)
    if will_refuse(box, package, luck):
        plan("refused", days)
        send_home(plan, days)
        return
    for attempt in range(3):
        if luck.random() >= courier.misses * (1 + 3 * attempt):
            plan("delivered", days)
            return
        plan("failed", days)
        days += way.again_hours / 24
    send_home(plan, days)


def will_refuse(box: Box, package: dict[str, Any], luck: Random) -> bool:
    """Tell whether nobody will pay this parcel at the door."""
    orders = [box.book.orders[key] for key in package["orders"]]
    buyer = character_of(box, orders[0]["user_id"])
    return any(order["is_cod"] for order in orders) and luck.random() < buyer.refuses


def send_home(plan: Callable[[str, float], None], days: float) -> None:
    plan("returning", days + 0.5)
    plan("returned", days + 4)


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
    elif event == "refused":
        for order_id in package["orders"]:
            remember_refusal(box, box.book.orders[order_id])
    elif event in ENDS:
        end_parcel(box, package, event)


def end_parcel(box: Box, package: dict[str, Any], event: str) -> None:
    """A parcel that is lost or back again ends its part of the order; the buyer gets his money back."""
    from sandbox.aftersales.cancellations import record_system_cancel

    inside = [
        (order, line)
        for order in (box.book.orders[key] for key in package["orders"])
        for line in order["line_items"]
        if line["id"] in package["lines"] and line["display_status"] != "CANCELLED"
    ]
    for order in {order["id"]: order for order, _ in inside}.values():
        lines = [line for owner, line in inside if owner is order]
        if event == "lost":
            reimburse(box, order, lines)
        else:
            come_back(box, order, lines)
        record_system_cancel(box, order, lines, ENDS[event])


def remember_refusal(box: Box, order: dict[str, Any]) -> None:
    """Three refused parcels in sixty days, and the buyer has to pay beforehand for as long."""
    if order["is_cod"]:
        buyer = box.store.table("buyer")[order["user_id"]]
        buyer.setdefault("refused", []).append(box.now())
        box.store.put("buyer", buyer["id"], buyer)


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
        box.tracks[package["tracking_number"]] = package["id"]
        set_stage(box, package, "AWAITING_COLLECTION")
        follow(box, package)
        collect(box, package)
        plan_journey(box, package)
