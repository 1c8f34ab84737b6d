"""How an order moves: by payment, by time, by parcels, by cancellation. Every move tells the apps."""

from __future__ import annotations

from typing import Any

from sandbox.agenda import happening
from sandbox.box import Box
from sandbox.fulfilment.packages import close_packages, open_package, packages_of
from sandbox.markets import DAY, HOUR
from sandbox.orders.make import PAY_WITHIN
from sandbox.stock import give_back
from sandbox.webhooks import tell
from sandbox.webhooks.news import tell_sample

HOLD = HOUR
RANK = {"AWAITING_SHIPMENT": 1, "AWAITING_COLLECTION": 2, "IN_TRANSIT": 3, "DELIVERED": 4, "COMPLETED": 5}


def live_lines(order: dict[str, Any]) -> list[dict[str, Any]]:
    return [line for line in order["line_items"] if line["display_status"] != "CANCELLED"]


def set_status(box: Box, order: dict[str, Any], status: str) -> None:
    """Give the order a status, save it and tell the apps; the same status again tells nobody."""
    changed = order["status"] != status
    order["status"] = status
    box.book.touch(order, now=box.now())
    if changed:
        tell_status(box, order)


def tell_status(box: Box, order: dict[str, Any]) -> None:
    spoken = "CANCEL" if order["status"] == "CANCELLED" else order["status"]
    tell(
        box,
        order["shop_id"],
        "ORDER_STATUS_CHANGE",
        order_id=order["id"],
        order_status=spoken,
        is_on_hold_order=order["is_on_hold_order"],
        update_time=order["update_time"],
    )
    tell_sample(box, order)


def announce(box: Box, order: dict[str, Any]) -> None:
    """Tell of a fresh unpaid order and set the time by which it must be paid."""
    tell_status(box, order)
    box.agenda.add("pay_timeout", due=order["create_time"] + PAY_WITHIN, order=order["id"])


def pay(box: Box, order: dict[str, Any], *, hold: bool = True) -> None:
    """The buyer pays; the order is on hold for an hour in which he may change his mind."""
    if order["status"] != "UNPAID":
        return
    order["paid_time"] = box.now()
    order["is_on_hold_order"] = hold
    for line in order["line_items"]:
        line["display_status"] = "AWAITING_SHIPMENT"
    if hold:
        set_status(box, order, "ON_HOLD")
        box.agenda.add("hold_over", due=max(box.now() + HOLD, order.get("release_date", 0)), order=order["id"])
    else:
        release(box, order)


def release(box: Box, order: dict[str, Any]) -> None:
    """The order is the seller's to ship: deadlines start, its first package is opened."""
    market, now = box.market(order["shop_id"]), box.now()
    order["rts_sla_time"] = market.day_end(now, days=market.ship_days)
    order["tts_sla_time"] = market.day_end(now, days=market.collect_days)
    order["delivery_sla_time"] = market.day_end(now, days=market.deliver_days)
    order["shipping_due_time"] = market.day_end(now, days=market.cancel_days)
    order["collection_due_time"] = market.day_end(now, days=market.cancel_days + 5)
    order["delivery_due_time"] = market.day_end(now, days=market.cancel_days + 5) + 30 * DAY
    order["cancel_order_sla_time"] = order["shipping_due_time"]
    order["is_on_hold_order"] = False
    open_package(box, [order], order["line_items"])
    set_status(box, order, "AWAITING_SHIPMENT")
    if order["fulfillment_type"] == "FULFILLMENT_BY_TIKTOK":
        box.agenda.add("platform_ships", due=now + 6 * HOUR, order=order["id"])
    for kind, field in (
        ("ship_due", "shipping_due_time"),
        ("collect_due", "collection_due_time"),
        ("deliver_due", "delivery_due_time"),
    ):
        box.agenda.add(kind, due=order[field] + 1, order=order["id"])


def follow_packages(box: Box, order: dict[str, Any]) -> None:
    """Set lines and order to what the packages say."""
    if order["status"] in ("CANCELLED", "COMPLETED", "UNPAID", "ON_HOLD"):
        return
    stages = set()
    for line in live_lines(order):
        package = box.store.get("package", line["package_id"])
        if package is None:
            continue
        line["display_status"] = package["stage"]
        line["package_status"] = package["status"]
        line["tracking_number"] = package["tracking_number"]
        line["shipping_provider_id"], line["shipping_provider_name"] = (
            package["shipping_provider_id"],
            package["shipping_provider_name"],
        )
        if package.get("rts_time"):
            line["rts_time"] = package["rts_time"]
            order.setdefault("rts_time", package["rts_time"])
            order["tracking_number"] = order["tracking_number"] or package["tracking_number"]
            order["shipping_provider"], order["shipping_provider_id"] = (
                package["shipping_provider_name"],
                package["shipping_provider_id"],
            )
        stages.add(package["stage"])
    if not stages:
        return
    lowest = min(stages, key=RANK.__getitem__)
    mixed = lowest == "AWAITING_SHIPMENT" and len(stages) > 1
    now = box.now()
    if RANK[max(stages, key=RANK.__getitem__)] >= 3:
        order.setdefault("collection_time", now)
    if lowest == "DELIVERED" and order["status"] != "DELIVERED":
        order["delivery_time"] = now
        box.agenda.add("complete", due=now + box.market(order["shop_id"]).return_days * DAY, order=order["id"])
        box.agenda.add("settle", due=now + 3 * DAY, order=order["id"])
    set_status(box, order, "PARTIALLY_SHIPPING" if mixed else lowest)


def cancel_lines(box: Box, order: dict[str, Any], lines: list[dict[str, Any]], *, by: str, reason: str) -> None:
    """Take lines out of an order; when none is left, the order is cancelled."""
    shelved = [
        line for line in lines if line["display_status"] in ("UNPAID", "AWAITING_SHIPMENT", "AWAITING_COLLECTION")
    ]
    give_back(box, order, shelved)
    for line in lines:
        line["display_status"], line["cancel_user"], line["cancel_reason"] = "CANCELLED", by, reason
    order["is_buyer_request_cancel"] = False
    close_packages(box, order)
    if live_lines(order):
        if order["status"] in ("UNPAID", "ON_HOLD"):
            box.book.touch(order, now=box.now())
        follow_packages(box, order)
        return
    order["cancel_time"], order["cancellation_initiator"], order["cancel_reason"] = box.now(), by, reason
    order["is_on_hold_order"] = False
    set_status(box, order, "CANCELLED")


def due_order(box: Box, row: dict[str, Any], *statuses: str) -> dict[str, Any] | None:
    order = box.book.orders.get(row["order"])
    return order if order is not None and order["status"] in statuses else None


@happening("pay_timeout")
def pay_timeout(box: Box, row: dict[str, Any]) -> None:
    if order := due_order(box, row, "UNPAID"):
        system_cancel(box, order, "Customer didn't pay in time")


@happening("buyer_pays")
def buyer_pays(box: Box, row: dict[str, Any]) -> None:
    order = due_order(box, row, "UNPAID")
    if order and box.alive:
        pay(box, order)


@happening("hold_over")
def hold_over(box: Box, row: dict[str, Any]) -> None:
    if order := due_order(box, row, "ON_HOLD"):
        release(box, order)


@happening("ship_due")
def ship_due(box: Box, row: dict[str, Any]) -> None:
    if order := due_order(box, row, "AWAITING_SHIPMENT", "PARTIALLY_SHIPPING"):
        system_cancel(box, order, "Seller didn't ship in time")


@happening("collect_due")
def collect_due(box: Box, row: dict[str, Any]) -> None:
    if order := due_order(box, row, "AWAITING_COLLECTION"):
        system_cancel(box, order, "Package wasn't collected in time")


@happening("deliver_due")
def deliver_due(box: Box, row: dict[str, Any]) -> None:
    if order := due_order(box, row, "IN_TRANSIT"):
        system_cancel(box, order, "Package wasn't delivered in time")


@happening("complete")
def complete(box: Box, row: dict[str, Any]) -> None:
    order = due_order(box, row, "DELIVERED")
    if order is None:
        return
    if any(case["order_id"] == order["id"] and case["open"] for case in box.store.table("return").values()):
        box.agenda.add("complete", due=box.clock.now() + DAY, order=order["id"])
        return
    for line in live_lines(order):
        line["display_status"] = "COMPLETED"
    set_status(box, order, "COMPLETED")


def system_cancel(box: Box, order: dict[str, Any], reason: str) -> None:
    """The platform cancels what missed its deadline; the parcels that already left are not touched."""
    from sandbox.aftersales.cancellations import record_system_cancel

    lines = [
        line
        for line in live_lines(order)
        if line["display_status"] in ("UNPAID", "AWAITING_SHIPMENT", "AWAITING_COLLECTION")
        or order["status"] == "IN_TRANSIT"
    ]
    record_system_cancel(box, order, lines, reason)


def shipped(box: Box, order: dict[str, Any]) -> bool:
    return any(package.get("rts_time") for package in packages_of(box, order))
