"""Handing parcels over: a changed pick-up for one order, and first-mile bundles that hold the parcels of many."""

from __future__ import annotations

from typing import Any

from sandbox.agenda import happening
from sandbox.box import Box
from sandbox.errors import Refusal, required
from sandbox.fulfilment.arranging import check_drivers_hour, check_slot, ship
from sandbox.fulfilment.couriers import await_pickup, collect, plan_journey
from sandbox.fulfilment.packages import packages_of
from sandbox.fulfilment.view import BOX, weight_of
from sandbox.gateway import Call
from sandbox.markets import DAY, HOUR
from sandbox.orders.calls import own_order
from sandbox.table import answers

Row = dict[str, Any]
GROUPS = ({"PH", "SG", "MY", "VN", "TH", "JP"}, {"DE", "FR", "IT", "ES"})
NEEDED_TO_DROP_OFF = ("shipping_provider_id", "tracking_number", "phone_tail_number")


@answers("POST", "/fulfillment/{v}/packages/schedule")
def schedule_handover(call: Call) -> Row:
    """Set how an order's parcel is handed over, and when; one that was not arranged yet is arranged with it."""
    order_id = call.body.get("order_id")
    if not order_id:
        raise required("order_id")
    package = package_for(call, own_order(call, order_id), call.body.get("order_line_item_ids", []))
    slot = call.body.get("pickup_slot")
    check_slot(call.box, slot)
    if package["stage"] == "AWAITING_SHIPMENT":
        check_drivers_hour(call.box, package)
        ship(call.box, package, call.body)
    else:
        package["handover_method"] = call.body.get("handover_method", package.get("handover_method", "PICKUP"))
        if slot:
            package["pickup_slot"] = slot
        package["update_time"] = call.box.now()
        call.box.store.put("package", package["id"], package)
    return show_handover(call, order_id, package)


def package_for(call: Call, order: Row, line_ids: list[str]) -> Row:
    """Return the one parcel with these lines that has not left yet."""
    rows = [row for row in packages_of(call.box, order) if row["status"] != "CANCELLED"]
    if line_ids:
        rows = [row for row in rows if set(line_ids) & set(row["lines"])]
    here = [row for row in rows if row["stage"] in ("AWAITING_SHIPMENT", "AWAITING_COLLECTION")]
    if not rows:
        raise Refusal(21011001, "Package not found")
    if not here:
        raise Refusal(21011020, "These orders are already shipped.")
    if len(here) > 1:
        raise Refusal(
            21011048,
            "There are multiple packages that can be shipped, please specify the order line that needs to be shipped.",
        )
    return here[0]


def show_handover(call: Call, order_id: str, package: Row) -> Row:
    return {
        "order_id": order_id,
        "package_id": package["id"],
        "order_line_item_ids": package["lines"],
        "handover_method": package.get("handover_method", "PICKUP"),
        "create_time": package["create_time"],
        "update_time": package["update_time"],
        "shipping_provider_id": package["shipping_provider_id"],
        "shipping_provider_name": package["shipping_provider_name"],
        "tracking_number": package["tracking_number"],
        "weight": weight_of(call.box, package),
        "dimension": package.get("dimension") or BOX,
    }


@answers("POST", "/fulfillment/{v}/bundles", versions=("202407",))
@answers("POST", "/fulfillment/{v}/first_mile_bundle", versions=("202510",))
def bundle_orders(call: Call) -> Row:
    """Put the printed parcels of many orders into one bundle; what does not fit is told per order."""
    body, refused = call.body, []
    taken: list[tuple[str, Row]] = []
    if body["handover_method"] == "DROP_OFF":
        for field in NEEDED_TO_DROP_OFF:
            if not body.get(field):
                raise required(field)
    shops = {call.shop["id"]} if call.endpoint.takes_cipher else set(call.grant["shops"])
    for order_id in dict.fromkeys(body["order_ids"]):
        try:
            taken += parcels_for(call.box, shops, order_id, [row for _, row in taken])
        except Refusal as refusal:
            refused.append({"code": refusal.code, "message": refusal.message, "detail": {"order_id": order_id}})
    answer: Row = {"errors": refused} if refused else {}
    if taken:
        bundle = open_bundle(call.box, body, [row for _, row in taken])
        answer.update(first_mile_bundle_id=bundle["id"], url=f"{call.box.base_url}/sandbox/?bundle={bundle['id']}")
    return answer


def parcels_for(box: Box, shops: set[str], order_id: str, taken: list[Row]) -> list[tuple[str, Row]]:
    """Return an order's parcels if all may go into the bundle that was begun."""
    order = box.book.orders.get(order_id)
    if order is None or order["shop_id"] not in shops:
        raise Refusal(21008111, "The order or package does not belong to the current seller.")
    area = area_of(box, order["shop_id"])
    if area is None or any(area_of(box, row["shop_id"]) != area for row in taken):
        raise Refusal(21008106, "This interface cannot be used in this region.")
    rows = [row for row in packages_of(box, order) if row["status"] != "CANCELLED"]
    if not rows or any(row["stage"] != "AWAITING_COLLECTION" or row.get("label") != "READY" for row in rows):
        raise Refusal(10007014, "invalid package id")
    if any(row.get("bundle") for row in rows):
        raise Refusal(10007014, "invalid package id")
    return [(order_id, row) for row in rows]


def area_of(box: Box, shop_id: str) -> int | None:
    region = box.shop(shop_id)["region"]
    return next((place for place, regions in enumerate(GROUPS) if region in regions), None)


def open_bundle(box: Box, body: Row, parcels: list[Row]) -> Row:
    """Close a bundle over these parcels: the platform's van fetches it, or the named carrier brings it on."""
    bundle_id = f"BA{box.ids.count('bundle') + 10**8}"
    parcels = list({row["id"]: row for row in parcels}.values())
    bundle = {
        "id": bundle_id,
        "packages": [row["id"] for row in parcels],
        "handover_method": body["handover_method"],
        "made": box.now(),
        **{field: body.get(field, "") for field in NEEDED_TO_DROP_OFF},
    }
    for package in parcels:
        package["bundle"], package["handover_method"] = bundle_id, body["handover_method"]
        box.store.put("package", package["id"], package)
        if body["handover_method"] == "PICKUP":
            await_pickup(box, package)
    if body["handover_method"] == "DROP_OFF":
        box.agenda.add("bundle_arrives", due=box.clock.now() + DAY + 4 * HOUR, bundle=bundle_id)
    return box.store.put("bundle", bundle_id, bundle)


@happening("bundle_arrives")
def bundle_arrives(box: Box, due: Row) -> None:
    """A bundle reaches the sorting centre: every parcel in it gets its first scan."""
    bundle = box.store.get("bundle", due["bundle"]) if box.alive else None
    for key in bundle["packages"] if bundle else ():
        package = box.store.get("package", key)
        if package and package["stage"] == "AWAITING_COLLECTION" and package["status"] != "CANCELLED":
            collect(box, package)
            plan_journey(box, package)
