"""The moments an order promises: lateness (rts, tts, delivery) and cancellation by the platform (the due times)."""

from __future__ import annotations

from typing import Any

from sandbox.markets import DAY, HOUR, Market
from sandbox.orders.ways import fast_promises, way_of

Order = dict[str, Any]
PRIORITY_HOURS = 6


def set_deadlines(order: Order, market: Market, *, now: int) -> None:
    """Write the deadlines of an order that has just become the seller's to ship."""
    late, ends = promises(order, market, now=now)
    order["rts_sla_time"], order["tts_sla_time"], order["delivery_sla_time"] = late
    order["shipping_due_time"], order["collection_due_time"], order["delivery_due_time"] = ends
    order["cancel_order_sla_time"] = order["shipping_due_time"]
    if order["shipping_type"] != "TIKTOK":
        return
    if market.priority:
        order["recommended_shipping_time"] = min(now + PRIORITY_HOURS * HOUR, order["rts_sla_time"])
        order["pick_up_cut_off_time"] = order["tts_sla_time"]
        order["fulfillment_priority_level"] = way_of(order).level
    if way_of(order).is_fast:
        order["fast_rts_sla_time"], order["fast_collection_sla_time"] = late[:2]
        order["delivery_option_required_delivery_time"] = late[2]
    if market.fast_dispatch:
        order["fast_dispatch_sla_time"] = now + DAY


def promises(order: Order, market: Market, *, now: int) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """Return (ship by, scanned by, delivered by) and when the platform cancels what is not shipped, scanned, there."""
    start, way = start_of_promise(order, market, now=now), way_of(order)
    end = lambda days: market.day_end(start, days=days)  # noqa: E731
    if "handling_duration" in order:
        days = int(order["handling_duration"]["days"])
        late = end(days), end(days + 1), end(days + 5)
        ship = end(days + 5)
    elif order["order_type"] == "PRE_ORDER":
        ship = market.calendar_day_end(start, days=2) if market.priority else end(market.scan_days + 5)
        late = min(end(market.ship_days), ship), end(market.scan_days), end(market.deliver_days)
    elif way.is_fast:
        late = fast_promises(market, way, start)
        ship = market.day_end(order["create_time"], days=market.cancel_days)
        if way.prints_early:
            ship = market.day_end(late[0], days=1)
    else:
        late = end_of_promise(market, start), end_of_scan(market, start), end(market.deliver_days)
        ship = market.day_end(order["create_time"], days=market.cancel_days)
    ship = max(ship, late[0])
    more = market.collect_cancel_days - market.cancel_days if market.collect_cancel_days else 5
    more = 1 if way.prints_early else more
    collect = max(market.day_end(ship, days=more), late[1])
    deliver = collect + 30 * DAY
    if sent_by_seller(order, market):
        deliver = max(market.calendar_day_end(order["create_time"], days=market.deliver_due_days), collect + DAY)
    return late, (ship, collect, deliver)


def start_of_promise(order: Order, market: Market, *, now: int) -> int:
    """Return when the seller's days begin: most markets count from the order, some from its release.

    What takes its time by agreement counts from its release everywhere, and an order that was paid on a later day
    from its payment: nobody is late for what he was not allowed to ship.
    """
    if market.from_release or "handling_duration" in order or order["order_type"] == "PRE_ORDER":
        return now
    placed: int = order["create_time"]
    paid: int = order.get("paid_time", placed)
    return placed if paid <= market.calendar_day_end(placed, days=0) else paid


def sent_by_seller(order: Order, market: Market) -> bool:
    return bool(market.deliver_due_days) and order["shipping_type"] == "SELLER"


def end_of_promise(market: Market, start: int) -> int:
    """Return until when the label has to be arranged."""
    return start + market.ship_hours * HOUR if market.ship_hours else market.promise_end(start, days=market.ship_days)


def end_of_scan(market: Market, start: int) -> int:
    """Return until when the carrier has to have scanned the parcel."""
    if market.scan_calendar_days:
        return market.calendar_day_end(start, days=market.scan_calendar_days)
    return market.promise_end(start, days=market.scan_days)


def leaves_freely(order: Order, market: Market, *, now: int) -> bool:
    """Tell whether the platform grants this buyer's cancellation without asking the seller."""
    if order["status"] in ("UNPAID", "ON_HOLD"):
        return True
    if order["status"] not in ("AWAITING_SHIPMENT", "AWAITING_COLLECTION") or order["shipping_type"] != "TIKTOK":
        return False
    if market.free_cancel_after and now > order.get(market.free_cancel_after, 0):
        return True
    dear = market.free_cancel_below and market.minor(order["payment"]["total_amount"]) >= market.free_cancel_below
    if dear or (market.priority and order["order_type"] == "PRE_ORDER"):
        return False
    free = market.free_cancel
    return free == "AWAITING_COLLECTION" or free == order["status"]
