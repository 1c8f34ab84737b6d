"""Arranging a package: the seller ships it, the platform buys a label, the document comes minutes later."""

from __future__ import annotations

from typing import Any

from sandbox.aftersales.rules import open_cancel_of, reject_for_shipping
from sandbox.agenda import happening
from sandbox.box import Box
from sandbox.errors import Refusal
from sandbox.fulfilment import troubles
from sandbox.fulfilment.couriers import await_pickup
from sandbox.fulfilment.customs import undeclared
from sandbox.fulfilment.packages import lines_of, note, set_stage, tracking_number
from sandbox.fulfilment.sizes import check_goods
from sandbox.markets import Carrier
from sandbox.orders.flow import follow_packages
from sandbox.orders.ways import is_drivers_hour, way_of

LABEL_MINUTES, FAST_LABEL_MINUTES = (2, 8), (0.5, 1.5)
ON_HOLD = (21011044, "The order is on hold. Ship it after the hold is over.")


def own_package(box: Box, shop: dict[str, Any], package_id: str) -> dict[str, Any]:
    package = box.store.get("package", package_id)
    if package is None:
        raise Refusal(21011001, "Package not found")
    if package["shop_id"] != shop["id"]:
        raise Refusal(21011028, "The package does not belong to the current shop.")
    return package


def orders_of(box: Box, package: dict[str, Any]) -> list[dict[str, Any]]:
    return [box.book.orders[key] for key in package["orders"]]


def paid_time(box: Box, package: dict[str, Any]) -> int:
    """Return when the first order of a package was paid; one that is paid at the door comes before all others."""
    return min(int(order.get("paid_time", 0)) for order in orders_of(box, package))


def pick_carrier(box: Box, package: dict[str, Any], *, carrier_id: str = "") -> Carrier:
    carriers = box.market(package["shop_id"]).platform_carriers
    for carrier in carriers:
        if carrier.id == carrier_id:
            return carrier
    return carriers[(int(package["id"]) + troubles.is_rerouted(box, package)) % len(carriers)]


def check_shippable(box: Box, package: dict[str, Any]) -> None:
    """Refuse what the platform refuses: cancelled, shipped, on hold, or asked to be cancelled."""
    if package["status"] == "CANCELLED":
        raise Refusal(21011041, "Cannot complete the operation when order is cancelled.")
    if package["stage"] in ("DELIVERED",):
        raise Refusal(21011027, "Package has already been delivered.")
    if package["stage"] != "AWAITING_SHIPMENT":
        raise Refusal(21011040, "Package has already been shipped.")
    if package["shipping_type"] == "TIKTOK_DIGITAL":
        raise Refusal(21011003, "fulfill_unit action not allowed")
    for order in orders_of(box, package):
        if order["fulfillment_type"] != "FULFILLMENT_BY_SELLER":
            raise Refusal(21008025, "Seller cannot operate orders which are fulfilled by platform")
        if order["status"] in ("ON_HOLD", "UNPAID"):
            raise Refusal(*ON_HOLD)
        if open_cancel_of(box, order) and not box.market(order["shop_id"]).rejects_by_shipping:
            raise Refusal(21011007, "Package item has after-sale request, please process the after-sale request first.")
        if order.get("need_upload_invoice") == "NEED_INVOICE":
            raise Refusal(21004019, "Need invoice uploaded for all order before rts.")
        if order.get("need_upload_invoice") == "INVOICE_PROCESSING":
            raise Refusal(21004020, "Fulfillment Invoice status is not success, can not rts pkg.")
        if undeclared(box, order):
            raise Refusal(21011003, "fulfill_unit action not allowed")
        if (
            not (order["_address"]["address_line1"] and order["_address"]["postal_code"])
            and package["shipping_type"] == "TIKTOK"
        ):
            raise Refusal(11021024, "Fail to ship package because the buyer recipient address is invalid")


def ship(box: Box, package: dict[str, Any], body: dict[str, Any], *, service: str = "") -> None:
    """Arrange one package: with the seller's own carrier, or by buying the platform's label."""
    check_shippable(box, package)
    own = body.get("self_shipment")
    if package["shipping_type"] == "SELLER":
        if not own:
            raise Refusal(21011022, "Invalid tracking number or provider ID. Please double check and try again.")
        ship_by_seller(box, package, own["tracking_number"], own["shipping_provider_id"])
        return
    check_slot(box, body.get("pickup_slot"))
    check_goods(box, package)
    package["handover_method"] = body.get("handover_method", package.get("handover_method", "PICKUP"))
    if body.get("pickup_slot"):
        package["pickup_slot"] = body["pickup_slot"]
    if service or package.get("label") not in ("MAKING", "READY"):
        order_label(box, package, service=service)
    arranged(box, package)
    package["sub_status"] = "RTS" if package["label"] == "READY" else "RTSING"
    if package.get("printed"):
        await_pickup(box, package)


def order_label(box: Box, package: dict[str, Any], *, service: str = "") -> None:
    """Ask a carrier of the platform for a label; his answer comes minutes later."""
    carrier = pick_carrier(box, package, carrier_id=service)
    package["shipping_provider_id"], package["shipping_provider_name"] = carrier.id, carrier.name
    package["tracking_number"] = tracking_number(box, carrier, f"{package['id']}.{package['edits']}")
    box.tracks[package["tracking_number"]] = package["id"]
    luck = box.luck("label", package["id"], package["edits"])
    package["label"] = "MAKING"
    minutes = luck.uniform(*FAST_LABEL_MINUTES if prints_early(box, package) else LABEL_MINUTES)
    box.agenda.add("label_ready", due=box.clock.now() + minutes * 60, package=package["id"])
    box.store.put("package", package["id"], package)


def prints_early(box: Box, package: dict[str, Any]) -> bool:
    """Tell whether the label of a package may be printed before its shipment is arranged."""
    return package["shipping_type"] == "TIKTOK" and all(
        way_of(order).prints_early and order["fulfillment_type"] == "FULFILLMENT_BY_SELLER"
        for order in orders_of(box, package)
    )


def check_drivers_hour(box: Box, package: dict[str, Any]) -> None:
    """Refuse to call a driver at an hour when none drives."""
    market = box.market(package["shop_id"])
    on_demand = any(way_of(order).calls_driver for order in orders_of(box, package))
    if on_demand and not is_drivers_hour(market, box.now()):
        raise Refusal(21004017, "ON DEMAND RTS NOT IN PICKUP TIME.")


def check_slot(box: Box, slot: dict[str, Any] | None) -> None:
    if slot and not box.now() < slot.get("end_time", 0) > slot.get("start_time", 0):
        raise Refusal(21011053, "Fail to ship package because the shipment time is outside of the pick-up time slot.")


def arranged(box: Box, package: dict[str, Any]) -> None:
    for order in orders_of(box, package):
        reject_for_shipping(box, order)
    package["rts_time"] = box.now()
    set_stage(box, package, "AWAITING_COLLECTION")
    note(box, package, "Shipment arranged by the seller.", code=10)
    for order in orders_of(box, package):
        follow_packages(box, order)


def ship_by_seller(box: Box, package: dict[str, Any], number: str, provider_id: str) -> None:
    """Mark a package as shipped with the seller's own number; it must fit a carrier and be used once."""
    carrier = seller_carrier(box, package["shop_id"], provider_id)
    check_number(box, package, number)
    package["tracking_number"] = number
    box.tracks[number] = package["id"]
    package["shipping_provider_id"], package["shipping_provider_name"] = carrier.id, carrier.name
    package["label"] = "NONE"
    arranged(box, package)
    box.agenda.add("courier_collects", due=box.clock.now() + 3600 * (2 + int(package["id"][-1])), package=package["id"])


def seller_carrier(box: Box, shop_id: str, provider_id: str) -> Carrier:
    for carrier in box.market(shop_id).carriers():
        if carrier.id == provider_id:
            return carrier
    raise Refusal(21011022, "Invalid tracking number or provider ID. Please double check and try again.")


def check_number(box: Box, package: dict[str, Any], number: str) -> None:
    if not number.isalnum():
        raise Refusal(21004012, "Tracking number has special characters, verify failed.")
    if not 8 <= len(number) <= 30:
        raise Refusal(
            11028006,
            "This tracking number cannot be matched to any carrier, please check the tracking number and upload again.",
        )
    if box.tracks.get(number, package["id"]) != package["id"]:
        raise Refusal(21011025, "Duplicate tracking number.")


@happening("label_ready")
def label_ready(box: Box, row: dict[str, Any]) -> None:
    """The carrier answers: the label is there, or is refused with a reason and the package goes back."""
    package = box.store.get("package", row["package"])
    if (
        package is None
        or package["stage"] not in ("AWAITING_SHIPMENT", "AWAITING_COLLECTION")
        or package.get("label") != "MAKING"
        or package["status"] == "CANCELLED"
    ):
        return
    if why := troubles.trouble_with(box, package):
        troubles.remember(box, package, why)
        package["label"], package["edits"] = "REFUSED", package["edits"] + 1
        package["tracking_number"], package["rts_time"] = "", None
        if package["stage"] == "AWAITING_COLLECTION":
            set_stage(box, package, "AWAITING_SHIPMENT")
        package["sub_status"] = "SHIP_EXCEPTION"
        box.store.put("package", package["id"], package)
        for order in orders_of(box, package):
            order.pop("rts_time", None)
            order["tracking_number"] = ""
            for line in lines_of(box, package):
                line.pop("rts_time", None)
            follow_packages(box, order)
        return
    package["label"], package["ship_exception_reason"] = "READY", ""
    package["sub_status"] = "RTS" if package["stage"] == "AWAITING_COLLECTION" else "CREATED"
    package.pop("refused", None)
    package["update_time"] = box.now()
    box.store.put("package", package["id"], package)
