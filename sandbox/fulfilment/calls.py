"""The paths under /fulfillment/ about one package or one order: services, shipping, documents, tracking."""

from __future__ import annotations

from typing import Any

import sandbox.fulfilment.regrouping  # noqa: F401
from sandbox.aftersales.rules import open_cancel_of
from sandbox.box import Box
from sandbox.errors import Refusal
from sandbox.fulfilment.arranging import (
    ON_HOLD,
    check_drivers_hour,
    check_shippable,
    order_label,
    orders_of,
    own_package,
    paid_time,
    prints_early,
    ship,
)
from sandbox.fulfilment.couriers import await_pickup
from sandbox.fulfilment.packages import lines_of, open_package, packages_of, tell_packages
from sandbox.fulfilment.sizes import own_grams
from sandbox.fulfilment.view import show_found, show_package
from sandbox.gateway import Call
from sandbox.markets import DAY, HOUR, Market
from sandbox.orders.calls import own_order
from sandbox.orders.ways import DRIVERS_FROM, DRIVERS_UNTIL, way_of
from sandbox.paging import page_rows
from sandbox.table import answers


def services(call: Call) -> list[dict[str, Any]]:
    money, fee = call.market.money, call.market.shipping_fee
    low, high = call.market.transit_days
    return [
        {
            "id": carrier.id,
            "name": f"{carrier.name} Standard",
            "price": money(fee + place * 50),
            "currency": call.market.currency,
            "earliest_delivery_days": low,
            "latest_delivery_days": high,
            "is_default": place == 0,
            "shipping_provider_name": carrier.name,
            "shipping_provider_id": carrier.id,
            "shipping_fee": money(fee + place * 50),
        }
        for place, carrier in enumerate(call.market.platform_carriers)
    ]


def order_with_parcels(call: Call, order_id: str) -> dict[str, Any]:
    """Return an order of the calling shop for what concerns its parcels, or refuse in their words."""
    order = call.box.book.orders.get(order_id)
    if order is None:
        raise Refusal(21011001, "Package not found")
    if order["shop_id"] != call.shop["id"]:
        raise Refusal(21011029, "order does not belong to fulfill unit")
    return order


def waiting_package(call: Call, order: dict[str, Any], line_ids: list[str]) -> dict[str, Any]:
    """Return the one package of an order that waits to be arranged: that of the named lines, if any."""
    waiting = [
        row
        for row in packages_of(call.box, order)
        if row["stage"] == "AWAITING_SHIPMENT" and row["status"] != "CANCELLED"
    ]
    if line_ids:
        waiting = [row for row in waiting if set(line_ids) & set(row["lines"])]
    if order["status"] == "ON_HOLD":
        raise Refusal(*ON_HOLD)
    if not waiting and not order["packages"]:
        raise Refusal(21011001, "Package not found")
    if not waiting:
        raise Refusal(21011006, "These orders are already shipped.")
    if len(waiting) > 1:
        raise Refusal(
            21011048,
            "There are multiple packages that can be shipped, please specify the order line that needs to be shipped.",
        )
    return waiting[0]


@answers("POST", "/fulfillment/{v}/orders/{order_id}/shipping_services/query")
def shipping_services(call: Call) -> dict[str, Any]:
    order = order_with_parcels(call, call.path["order_id"])
    package = waiting_package(call, order, call.body.get("order_line_item_ids", []))
    if package["shipping_type"] != "TIKTOK":
        raise Refusal(21011037, "There are no available shipping services for this request")
    return {
        "order_id": order["id"],
        "order_line_id": package["lines"],
        "weight": call.body.get("weight") or {"value": str(own_grams(call.box, package)), "unit": "GRAM"},
        "dimension": call.body.get("dimension") or {"length": "30", "width": "20", "height": "12", "unit": "CM"},
        "shipping_services": services(call),
    }


def take_out(call: Call, order: dict[str, Any], package: dict[str, Any], wanted: list[str]) -> dict[str, Any]:
    """Split named lines off into a package of their own."""
    lines = [line for line in lines_of(call.box, package) if line["id"] in wanted]
    package["lines"] = [key for key in package["lines"] if key not in wanted]
    package["tag"] = "SPLIT"
    call.box.store.put("package", package["id"], package)
    order["split_or_combine_tag"] = "SPLIT"
    part = open_package(call.box, [order], lines, tag="SPLIT")
    tell_packages(call.box, call.shop["id"], "SPLIT", [package, part])
    return part


@answers("POST", "/fulfillment/{v}/packages/{package_id}/ship")
def ship_package(call: Call) -> dict[str, Any]:
    arrange(call, call.path["package_id"], call.body)
    return {}


def arrange(call: Call, package_id: str, body: dict[str, Any]) -> None:
    package = own_package(call.box, call.shop, package_id)
    check_shippable(call.box, package)
    check_drivers_hour(call.box, package)
    ship(call.box, package, body)


@answers("POST", "/fulfillment/{v}/packages/ship")
def ship_batch(call: Call) -> dict[str, Any]:
    """Arrange many; the answer is a success that lists what was refused."""
    refused = []
    for part in call.body["packages"]:
        try:
            arrange(call, part["id"], part)
        except Refusal as refusal:
            refused.append({"code": refusal.code, "message": refusal.message, "detail": {"package_id": part["id"]}})
    return {"errors": refused} if refused else {}


@answers("GET", "/fulfillment/{v}/packages/{package_id}")
def get_package(call: Call) -> dict[str, Any]:
    return show_package(call.box, own_package(call.box, call.shop, call.path["package_id"]))


@answers("POST", "/fulfillment/{v}/packages/search")
def search_packages(call: Call) -> dict[str, Any]:
    body, rows = call.body, []
    for row in call.box.store.table("package").values():
        if row["shop_id"] != call.shop["id"] or body.get("package_status") not in (None, row["status"]):
            continue
        if all(
            body.get(f"{time}_ge", 0) <= row[time] < body.get(f"{time}_lt", 1 << 60)
            for time in ("create_time", "update_time")
        ):
            rows.append(row)
    field = call.query.get("sort_field", "create_time")
    if field == "order_pay_time":
        rows = [{**row, field: paid_time(call.box, row)} for row in rows]
    page, token = page_rows(rows, call.query, time=field, key="id", show=lambda row: show_found(call.box, row))
    return {"next_page_token": token, "total_count": len(rows), "packages": page}


@answers("GET", "/fulfillment/{v}/packages/{package_id}/shipping_documents")
def shipping_document(call: Call) -> dict[str, Any]:
    """Return where the label lies; asked too early or too late, say so. Fetching it calls the courier."""
    package = own_package(call.box, call.shop, call.path["package_id"])
    if package["shipping_type"] != "TIKTOK":
        raise Refusal(11034002, "This API is only applicable to TikTok Shipping orders")
    if package["status"] == "CANCELLED":
        raise Refusal(21023059, "Package has already been cancelled.")
    form = "zpl" if call.query.get("document_format") == "ZPL" else "pdf"
    if package["stage"] == "AWAITING_SHIPMENT":
        begin_early_label(call.box, package, form=form)
    elif package["stage"] != "AWAITING_COLLECTION":
        raise Refusal(21042102, "Documents couldn't be printed after the package has been pickup.")
    if package.get("label") != "READY":
        raise Refusal(
            11034037,
            "The shipping document is still being generated by the logistics provider, please try again later.",
        )
    await_pickup(call.box, package)
    kind, size = call.query["document_type"], call.query.get("document_size", "A6")
    name = f"{package['id']}-{call.box.app['service_id'][-6:]}.{form}"
    return {
        "doc_url": f"{call.box.base_url}/sandbox/labels/{name}?type={kind}&size={size}",
        "tracking_number": package["tracking_number"],
    }


def begin_early_label(box: Box, package: dict[str, Any], *, form: str) -> None:
    """Let a fast order's label be made before its shipment is arranged: as PDF, and unless the carrier refused it."""
    if not prints_early(box, package) or form != "pdf" or package.get("label") == "REFUSED":
        raise Refusal(21023035, "Please arrange shipment before retrieving the shipping document.")
    if any(open_cancel_of(box, order) for order in orders_of(box, package)):
        raise Refusal(21021010, "Package item has after-sale request, please process the after-sale request first.")
    if package.get("label") is None:
        check_shippable(box, package)
        order_label(box, package)


@answers("GET", "/fulfillment/{v}/packages/{package_id}/handover_time_slots")
def package_slots(call: Call) -> dict[str, Any]:
    package = call.box.store.get("package", call.path["package_id"])
    if package is None or package["shop_id"] != call.shop["id"]:
        raise Refusal(21001001, "Invalid parameters")
    if package["shipping_type"] != "TIKTOK" or package["stage"] not in ("AWAITING_SHIPMENT", "AWAITING_COLLECTION"):
        raise Refusal(11021009, "No available shipping services for this request")
    return slots(call, orders_of(call.box, package))


@answers("GET", "/fulfillment/{v}/orders/{order_id}/handover_time_slots")
def order_slots(call: Call) -> dict[str, Any]:
    return slots(call, [own_order(call, call.path["order_id"])])


def slots(call: Call, orders: list[dict[str, Any]]) -> dict[str, Any]:
    """Return when parcels are fetched: in four hours' windows of the next days, or by a driver who is called."""
    now, market = call.box.now(), call.market
    midnight = market.calendar_day_end(now, days=0) + 1
    times = [(midnight + day * DAY + hour * HOUR, 4 * HOUR) for day in range(3) for hour in (9, 13)]
    called = any(way_of(order).calls_driver for order in orders)
    if called:
        times = [drivers_hours(market, now)]
    return {
        "can_pickup": True,
        "can_drop_off": not called,
        "drop_off_point_url": f"{call.box.base_url}/sandbox/",
        "can_van_collection": False,
        "pickup_slots": [
            {"start_time": start, "end_time": start + length, "avaliable": True} for start, length in times
        ],
    }


def drivers_hours(market: Market, now: int) -> tuple[int, int]:
    """Return from when on a driver can be called, and for how long."""
    midnight = market.calendar_day_end(now, days=-1) + 1
    if now >= midnight + DRIVERS_UNTIL * HOUR:
        midnight += DAY
    start = max(now, midnight + DRIVERS_FROM * HOUR)
    return start, midnight + DRIVERS_UNTIL * HOUR - start


@answers("GET", "/fulfillment/{v}/orders/{order_id}/tracking")
def order_tracking(call: Call) -> dict[str, Any]:
    events = [
        event
        for package in packages_of(call.box, own_order(call, call.path["order_id"]))
        for event in package["events"]
    ]
    return {"tracking": sorted(events, key=lambda event: -event["update_time_millis"])}


@answers("GET", "/fulfillment/{v}/tts_tracking_validation", versions=("202508",))
def validate_tracking(call: Call) -> dict[str, Any]:
    number = call.query["tracking_number"]
    ours = any(
        row["tracking_number"] == number and row["shipping_type"] == "TIKTOK"
        for row in call.box.store.table("package").values()
    )
    return {"is_tiktok_shipping": ours, "is_tiktok_collection": ours}
