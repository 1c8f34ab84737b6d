"""Buyers who may still leave while their parcel is on its way: the carrier brings it home instead."""

from __future__ import annotations

from typing import Any

from sandbox.agenda import happening
from sandbox.box import Box
from sandbox.fulfilment.packages import lines_of, note, packages_of
from sandbox.markets import DAY
from sandbox.stock import come_back

Row = dict[str, Any]
HOME_DAYS = (1.0, 4.0)
HUB, OUT, GOES_HOME, HOME = 30, 40, 45, 46  # action codes, as the couriers note them


def can_recall(box: Box, order: Row) -> bool:
    """Tell whether a buyer may leave an order that is on its way.

    In Thailand until his parcel has reached the last hub; where the seller is abroad, in the six markets of South-East
    Asia, once it is late. Never when the platform does not carry it, or when it holds goods of others.
    """
    parcels = [row for row in packages_of(box, order) if row["status"] != "CANCELLED"]
    market = box.market(order["shop_id"])
    if (
        order["status"] != "IN_TRANSIT"
        or order["shipping_type"] != "TIKTOK"
        or any(row["stage"] != "IN_TRANSIT" or len(row["orders"]) > 1 for row in parcels)
    ):
        return False
    late = market.recall_when_late and box.now() > order["delivery_sla_time"]
    return late or (market.recall_until_last_hub and not any(map(is_nearly_there, parcels)))


def is_nearly_there(package: Row) -> bool:
    """Tell whether a parcel was at its last hub: the second on its way, unless it went to the door without any."""
    codes = [event["action_code"] for event in package["events"]]
    return codes.count(HUB) > 1 or OUT in codes or GOES_HOME in codes


def recall(box: Box, order: Row) -> None:
    """Send the parcels of an order home; called before its lines are cancelled."""
    for package in packages_of(box, order):
        if package["status"] != "CANCELLED":
            note(box, package, "Returning to seller: the buyer cancelled the order.", code=GOES_HOME)
            days = box.luck("recall", package["id"]).uniform(*HOME_DAYS)
            box.agenda.add(
                "recalled_parcel_home", due=box.clock.now() + days * DAY, package=package["id"], order=order["id"]
            )


@happening("recalled_parcel_home")
def recalled_parcel_home(box: Box, due: Row) -> None:
    package, order = box.store.get("package", due["package"]), box.book.orders.get(due["order"])
    if package is not None and order is not None:
        note(box, package, "Returned to seller.", code=HOME)
        come_back(box, order, lines_of(box, package))
