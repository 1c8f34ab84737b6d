"""Live sales: what one buyer orders within hours goes into one package, unless the seller was quicker."""

from __future__ import annotations

from typing import Any

from sandbox.agenda import happening
from sandbox.box import Box
from sandbox.fulfilment.packages import tell_packages
from sandbox.fulfilment.parting import combine_orders, destination, waiting_packages
from sandbox.markets import HOUR

Order = dict[str, Any]
WINDOW_HOURS = (3, 6)
MOST_ORDERS = 20


def join_live(box: Box, order: Order) -> str:
    """Put a fresh order into the buyer's open group of this shop and address, or begin one; return its id."""
    key = f"{order['shop_id']}/{order['user_id']}/{order['_address']['full_address']}"
    group = box.store.get("live", key)
    if group is None or group["closes"] <= box.now() or len(group["orders"]) >= MOST_ORDERS:
        group_id = box.ids.new("group")
        closes = box.now() + int(box.luck("live", group_id).uniform(*WINDOW_HOURS) * HOUR)
        group = {"id": group_id, "closes": closes, "orders": []}
        box.agenda.add("live_window_ends", due=closes, key=key, group=group_id)
    group["orders"].append(order["id"])
    box.store.put("live", key, group)
    order["auto_combine_group_id"] = group["id"]
    return str(group["id"])


@happening("live_window_ends")
def live_window_ends(box: Box, due: dict[str, Any]) -> None:
    """Combine what still waits untouched; an order on hold is waited for once more."""
    group = box.store.get("live", due["key"])
    if group is None or group["id"] != due["group"]:
        return
    orders = [box.book.orders[key] for key in group["orders"] if key in box.book.orders]
    if any(order["status"] == "ON_HOLD" for order in orders) and not due.get("again"):
        box.agenda.add("live_window_ends", due=box.clock.now() + HOUR + 60, key=due["key"], group=due["group"], again=1)
        return
    box.store.drop("live", due["key"])
    parcels: dict[tuple[str, ...], list[Order]] = {}
    for order in orders:
        if waits_alone(box, order):
            parcels.setdefault(destination(order), []).append(order)
    for fitting in parcels.values():
        if len(fitting) > 1:
            package = combine_orders(box, fitting)
            tell_packages(box, package["shop_id"], "COMBINE", [package], role="ROLE_SYSTEM")


def waits_alone(box: Box, order: Order) -> bool:
    return (
        order["status"] == "AWAITING_SHIPMENT"
        and not order["is_buyer_request_cancel"]
        and not order.get("split_or_combine_tag")
        and len(waiting_packages(box, order)) == 1
    )
