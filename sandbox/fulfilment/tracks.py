"""Sellers with their own vans report every step of their parcels themselves."""

from __future__ import annotations

from typing import Any

from sandbox.errors import Refusal
from sandbox.fulfilment.couriers import TEXTS, carry_event, collect
from sandbox.fulfilment.packages import packages_of
from sandbox.gateway import Call
from sandbox.orders.calls import own_order
from sandbox.table import answers

Row = dict[str, Any]
MARKETS = ("US", "BR")
EVENTS = {code: event for event, (_, code) in TEXTS.items()}


@answers("POST", "/fulfillment/{v}/order/sof/track/update", versions=("202609",))
def update_track(call: Call) -> Row:
    """Work on each reported step by itself, in the order of their times; the answer tells how each went."""
    body = call.body
    if call.shop["region"] not in MARKETS:
        raise Refusal(21008106, "This interface cannot be used in this region.")
    order = own_order(call, body["order_id"])
    if body["country"] not in (call.shop["region"], call.market.country):
        raise Refusal(21001001, "Invalid parameters")
    rows = [row for row in packages_of(call.box, order) if row["shipping_type"] == "SELLER" and row.get("rts_time")]
    if not rows:
        raise Refusal(21011043, "The package has not been shipped yet.")
    if body["provider_id"] not in {row["shipping_provider_id"] for row in rows}:
        raise Refusal(21011022, "Invalid tracking number or provider ID. Please double check and try again.")
    told = {
        place: step(call, rows, track)
        for place, track in sorted(enumerate(body["tracks"]), key=lambda pair: pair[1]["occur_time"])
    }
    return {"track_results": [told[place] for place in range(len(told))]}


def step(call: Call, packages: list[Row], track: Row) -> Row:
    shown = {key: track[key] for key in ("action_code", "occur_time", "description", "tracking_no")}
    try:
        take_step(call, packages, track)
    except Refusal as refusal:
        return {**shown, "code": refusal.code, "message": refusal.message}
    return {**shown, "code": 0, "message": "Success"}


def take_step(call: Call, packages: list[Row], track: Row) -> None:
    """Move the parcel this step is about, or refuse it."""
    event = EVENTS.get(track["action_code"])
    package = next((row for row in packages if row["tracking_number"] == track["tracking_no"]), None)
    if package is None:
        raise Refusal(21011001, "Package not found")
    if event is None or track["occur_time"] > (call.box.now() + 300) * 1000:
        raise Refusal(21001001, "Invalid parameters")
    if package["status"] == "CANCELLED":
        raise Refusal(21011042, "Cannot complete the operation when order is cancelled.")
    if package["stage"] == "DELIVERED":
        raise Refusal(21011030, "Package has already been delivered")
    if package["stage"] == "AWAITING_COLLECTION":
        collect(call.box, package)
    elif event == "collected":
        raise Refusal(21011040, "Package has already been shipped.")
    if event != "collected":
        carry_event(call.box, package, event)
