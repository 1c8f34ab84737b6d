"""How an order moves: by payment, by time, by parcels, by cancellation. Every move tells the apps."""

from __future__ import annotations

from typing import Any

from sandbox.agenda import happening
from sandbox.box import Box
from sandbox.faults import plan_others
from sandbox.fulfilment.packages import close_packages, open_package, packages_of
from sandbox.fulfilment.parting import split_package
from sandbox.markets import DAY, HOUR
from sandbox.orders.deadlines import set_deadlines
from sandbox.orders.make import PAY_WITHIN
from sandbox.stock import give_back
from sandbox.webhooks import tell
from sandbox.webhooks.news import tell_sample

HOLD = HOUR
RANK = {"AWAITING_SHIPMENT": 1, "AWAITING_COLLECTION": 2, "IN_TRANSIT": 3, "DELIVERED": 4, "COMPLETED": 5}


def live_lines(order: dict[str, Any]) -> list[dict[str, Any]]:
    return [line for line in order["line_items"] if line["display_status"] != "CANCELLED"]


def set_status(box: Box, order: dict[str, Any], status: str) -> None:
    """Give the order a status, save it and tell the apps; the same status again tells nobody.

    Nor does PARTIALLY_SHIPPING: it is not among the words of that webhook.
    """
    changed = status not in (order["status"], "PARTIALLY_SHIPPING")
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
    """Tell of a fresh order: it has to be paid in time, or, paid at the door, it is on hold from the start."""
    tell_status(box, order)
    if order["status"] == "UNPAID":
        box.agenda.add("pay_timeout", due=order["create_time"] + PAY_WITHIN, order=order["id"])
    else:
        box.agenda.add("hold_over", due=order["create_time"] + HOLD, order=order["id"])


def pay(box: Box, order: dict[str, Any], *, hold: bool = True) -> None:
    """The buyer pays; the order is on hold for an hour in which he may change his mind."""
    if order["is_cod"] and order["status"] == "ON_HOLD" and not hold:
        release(box, order)
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
    set_deadlines(order, market, now=now)
    order["is_on_hold_order"] = False
    package = open_package(box, [order], order["line_items"])
    set_status(box, order, "AWAITING_SHIPMENT")
    if order.get("_split") and len({line["sku_id"] for line in order["line_items"]}) > 1:
        apart = {line["id"] for line in order["line_items"] if line["sku_id"] == order["line_items"][0]["sku_id"]}
        split_package(box, order, package, [("1", apart)], role="ROLE_SYSTEM")
    plan_others(box, order)
    if order["fulfillment_type"] == "FULFILLMENT_BY_TIKTOK":
        package["sub_status"] = "HBWING"
        box.agenda.add("platform_ships", due=now + 6 * HOUR, order=order["id"])
    box.agenda.add("ship_due", due=order["shipping_due_time"] + 1, order=order["id"])


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
        line["tracking_number"] = package["tracking_number"] if package.get("rts_time") else ""
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
        market = box.market(order["shop_id"])
        order["delivery_time"] = now
        order.setdefault("paid_time", now)  # the courier brings the cash of an order that is paid at the door
        box.agenda.add("complete", due=now + market.return_days * DAY, order=order["id"])
        box.agenda.add("settle", due=market.settle_time(now), order=order["id"])
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
    """Cancel what was not arranged in time; the rest has a next deadline."""
    if order := due_order(box, row, "AWAITING_SHIPMENT", "PARTIALLY_SHIPPING"):
        system_cancel(box, order, "Seller didn't ship in time", stages=("AWAITING_SHIPMENT",))
    if order := due_order(box, row, "AWAITING_COLLECTION", "IN_TRANSIT"):
        box.agenda.add("collect_due", due=max(order["collection_due_time"], box.now()) + 1, order=order["id"])


@happening("collect_due")
def collect_due(box: Box, row: dict[str, Any]) -> None:
    if order := due_order(box, row, "AWAITING_SHIPMENT", "PARTIALLY_SHIPPING", "AWAITING_COLLECTION"):
        system_cancel(box, order, "Package wasn't collected in time")
    if order := due_order(box, row, "IN_TRANSIT"):
        box.agenda.add("deliver_due", due=max(order["delivery_due_time"], box.now()) + 1, order=order["id"])


@happening("deliver_due")
def deliver_due(box: Box, row: dict[str, Any]) -> None:
    if order := due_order(box, row, "IN_TRANSIT"):
        system_cancel(box, order, "Package wasn't delivered in time")


@happening("complete")
def complete(box: Box, row: dict[str, Any]) -> None:
    order = due_order(box, row, "DELIVERED")
    if order is None:
        return
    if any(case["open"] for case in box.cases_of(order["id"], "return")):
        box.agenda.add("complete", due=box.clock.now() + DAY, order=order["id"])
        return
    for line in live_lines(order):
        line["display_status"] = "COMPLETED"
    set_status(box, order, "COMPLETED")


NOT_SCANNED = ("UNPAID", "AWAITING_SHIPMENT", "AWAITING_COLLECTION")


def system_cancel(box: Box, order: dict[str, Any], reason: str, *, stages: tuple[str, ...] = NOT_SCANNED) -> None:
    """The platform cancels what missed its deadline; the parcels that already left are not touched."""
    from sandbox.aftersales.cancellations import record_system_cancel

    whole = order["status"] == "IN_TRANSIT"
    lines = [line for line in live_lines(order) if whole or line["display_status"] in stages]
    record_system_cancel(box, order, lines, reason)


def shipped(box: Box, order: dict[str, Any]) -> bool:
    return any(package.get("rts_time") for package in packages_of(box, order))
