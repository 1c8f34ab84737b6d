"""The paths of sellers who ship themselves: tell a number, correct it once."""

from __future__ import annotations

from typing import Any

from sandbox.errors import Refusal, required
from sandbox.fulfilment.arranging import (
    check_number,
    check_shippable,
    orders_of,
    own_package,
    seller_carrier,
    ship_by_seller,
)
from sandbox.fulfilment.calls import order_with_parcels, take_out, waiting_package
from sandbox.fulfilment.packages import packages_of
from sandbox.gateway import Call
from sandbox.markets import HOUR
from sandbox.orders.flow import follow_packages
from sandbox.table import answers

EDIT_HOURS = 72


def read_number(call: Call) -> dict[str, Any]:
    """Return number and carrier. The newer versions take them in a list, in which only one may stand here."""
    part = call.body
    if call.version != "202309":
        listed = call.body.get("shipping_info_list", [])
        if not listed:
            raise required("shipping_info_list")
        if len(listed) > 1:
            raise Refusal(21001001, "Invalid parameters")
        part = listed[0]
    for field in ("tracking_number", "shipping_provider_id"):
        if not part.get(field):
            raise required(field)
    return part


@answers("POST", "/fulfillment/{v}/orders/{order_id}/packages", versions=("202309", "202610"))
def mark_shipped(call: Call) -> dict[str, Any]:
    """The seller tells the number of his own parcel; some lines or all."""
    order, body = order_with_parcels(call, call.path["order_id"]), call.body
    part = read_number(call)
    wanted = body.get("order_line_item_ids") or [row.get("order_line_id") for row in body.get("order_line_list", [])]
    package = waiting_package(call, order, wanted)
    check_shippable(call.box, package)
    if package["shipping_type"] != "SELLER":
        raise Refusal(21008106, "This interface cannot be used in this region.")
    seller_carrier(call.box, call.shop["id"], part["shipping_provider_id"])
    check_number(call.box, package, part["tracking_number"])
    if wanted and set(wanted) < set(package["lines"]):
        package = take_out(call, order, package, wanted)
    ship_by_seller(call.box, package, part["tracking_number"], part["shipping_provider_id"])
    return {"order_id": order["id"], "order_line_item_ids": package["lines"], "package_id": package["id"]}


def edit_shipping(call: Call, package: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """Change number and carrier of a seller's own parcel: once, within 72 hours, not after delivery."""
    if package["shipping_type"] != "SELLER":
        raise Refusal(
            21011004,
            "This API cannot be used to update package shipping information for packages "
            "that are not shipped by sellers.",
        )
    if package["status"] == "CANCELLED":
        raise Refusal(21011042, "Cannot complete the operation when order is cancelled.")
    if not package.get("rts_time"):
        raise Refusal(21011043, "The package has not been shipped yet.")
    if package["stage"] == "DELIVERED":
        raise Refusal(21011030, "Package has already been delivered")
    if package["edits"] >= 1:
        raise Refusal(21011051, "The tracking number can only be updated once.")
    if call.box.now() > package["rts_time"] + EDIT_HOURS * HOUR:
        raise Refusal(21011050, "The tracking number can only be updated within a certain number of hours.")
    carrier = seller_carrier(call.box, call.shop["id"], part["shipping_provider_id"])
    check_number(call.box, package, part["tracking_number"])
    package.update(
        tracking_number=part["tracking_number"],
        shipping_provider_id=carrier.id,
        shipping_provider_name=carrier.name,
        edits=package["edits"] + 1,
        update_time=call.box.now(),
    )
    call.box.store.put("package", package["id"], package)
    call.box.tracks[package["tracking_number"]] = package["id"]
    for order in orders_of(call.box, package):
        order["tracking_number"] = package["tracking_number"]
        follow_packages(call.box, order)
    return {}


@answers("POST", "/fulfillment/{v}/packages/{package_id}/shipping_info/update", versions=("202309", "202610"))
def update_package_shipping(call: Call) -> dict[str, Any]:
    return edit_shipping(call, own_package(call.box, call.shop, call.path["package_id"]), read_number(call))


@answers("POST", "/fulfillment/{v}/orders/{order_id}/shipping_info/update")
def update_order_shipping(call: Call) -> dict[str, Any]:
    order = call.box.book.orders.get(call.path["order_id"])
    if order is None:
        raise Refusal(21011001, "Package not found")
    if order["shop_id"] != call.shop["id"]:
        raise Refusal(21011028, "The package does not belong to the current shop.")
    shipped = [row for row in packages_of(call.box, order) if row.get("rts_time")]
    if not shipped:
        raise Refusal(21011043, "The package has not been shipped yet.")
    return edit_shipping(call, shipped[0], call.body)
