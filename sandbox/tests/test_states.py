"""Whatever happens in a world of all markets, orders and packages only go the ways the platform knows."""

from __future__ import annotations

from collections import Counter

import pytest

from sandbox.fulfilment import arranging, couriers
from sandbox.orders import flow
from sandbox.tests.worlds import box_with
from sandbox.world import push
from sandbox.world.history import write_history

ORDERS = {
    ("UNPAID", "ON_HOLD"),
    ("UNPAID", "AWAITING_SHIPMENT"),  # what is free is not on hold
    ("UNPAID", "CANCELLED"),
    ("ON_HOLD", "AWAITING_SHIPMENT"),
    ("ON_HOLD", "CANCELLED"),
    ("AWAITING_SHIPMENT", "AWAITING_COLLECTION"),
    ("AWAITING_SHIPMENT", "PARTIALLY_SHIPPING"),
    ("AWAITING_SHIPMENT", "CANCELLED"),
    ("PARTIALLY_SHIPPING", "AWAITING_COLLECTION"),
    ("PARTIALLY_SHIPPING", "AWAITING_SHIPMENT"),  # the carrier refused the only label
    ("PARTIALLY_SHIPPING", "IN_TRANSIT"),  # the part that waited was cancelled
    ("PARTIALLY_SHIPPING", "DELIVERED"),
    ("PARTIALLY_SHIPPING", "CANCELLED"),
    ("AWAITING_COLLECTION", "AWAITING_SHIPMENT"),  # the carrier refused the label
    ("AWAITING_COLLECTION", "PARTIALLY_SHIPPING"),
    ("AWAITING_COLLECTION", "IN_TRANSIT"),
    ("AWAITING_COLLECTION", "CANCELLED"),
    ("IN_TRANSIT", "DELIVERED"),
    ("IN_TRANSIT", "CANCELLED"),  # lost, returned, or never delivered
    ("DELIVERED", "COMPLETED"),
}
USUAL = {pair for pair in ORDERS if "PARTIALLY_SHIPPING" not in pair} - {("AWAITING_COLLECTION", "AWAITING_SHIPMENT")}
PACKAGES = {
    ("AWAITING_SHIPMENT", "AWAITING_COLLECTION"),
    ("AWAITING_COLLECTION", "AWAITING_SHIPMENT"),
    ("AWAITING_COLLECTION", "IN_TRANSIT"),
    ("IN_TRANSIT", "DELIVERED"),
}


@pytest.fixture
def ways(monkeypatch):
    """Count every change of status and stage."""
    seen: dict[str, Counter] = {"order": Counter(), "package": Counter()}
    set_status, set_stage = flow.set_status, couriers.set_stage

    def watch_status(box, order, status):
        if order["status"] != status:
            seen["order"][order["status"], status] += 1
        set_status(box, order, status)

    def watch_stage(box, package, stage):
        seen["package"][package["stage"], stage] += 1
        set_stage(box, package, stage)

    for room in (flow, push):
        monkeypatch.setattr(room, "set_status", watch_status)
    for room in (arranging, couriers):
        monkeypatch.setattr(room, "set_stage", watch_stage)
    return seen


def test_orders_and_packages_go_the_platforms_ways_only(tmp_path, ways):
    box = box_with(tmp_path, "all", demo="live")
    write_history(box, days=45, orders=1000)
    box.jump(86400)
    assert set(ways["order"]) <= ORDERS, set(ways["order"]) - ORDERS
    assert set(ways["order"]) >= USUAL - {("AWAITING_COLLECTION", "CANCELLED")}
    assert set(ways["package"]) <= PACKAGES


def test_lines_and_packages_say_what_their_order_says(tmp_path):
    box = box_with(tmp_path, "all", demo="live")
    write_history(box, days=45, orders=1000)
    for order in box.book.orders.values():
        shown = {line["display_status"] for line in order["line_items"]} - {"CANCELLED"}
        if order["status"] in ("CANCELLED", "UNPAID", "COMPLETED", "AWAITING_COLLECTION", "IN_TRANSIT"):
            wanted = set() if order["status"] == "CANCELLED" else {order["status"]}
            assert shown <= wanted | {"DELIVERED", "IN_TRANSIT"} if order["status"] == "IN_TRANSIT" else shown == wanted
        if order["status"] in ("ON_HOLD", "AWAITING_SHIPMENT"):
            assert shown == {"AWAITING_SHIPMENT"}
        assert ("paid_time" in order) or order["is_cod"] or order["status"] in ("UNPAID", "CANCELLED")
        for package_id in order["packages"]:
            assert order["id"] in box.store.table("package")[package_id]["orders"] or order["status"] == "CANCELLED"
    open_cases = [row for row in box.store.table("cancel").values() if row["cancel_status"].endswith("PENDING")]
    for row in open_cases:
        order = box.book.orders[row["order_id"]]
        assert order["is_buyer_request_cancel"] and order["status"] in ("AWAITING_SHIPMENT", "AWAITING_COLLECTION")


def test_a_split_order_is_partly_shipping_until_its_last_package_is_arranged(tool):
    order = tool.order(tool.place(type="SPLIT"))
    for package, status in zip(
        dict.fromkeys(line["package_id"] for line in order["line_items"]),
        ("PARTIALLY_SHIPPING", "AWAITING_COLLECTION"),
        strict=True,
    ):
        tool.call("POST", f"/fulfillment/202309/packages/{package}/ship", body={})
        assert tool.truth(order["id"]) == status


def test_what_is_on_hold_or_unpaid_cannot_be_shipped_and_its_buyer_leaves_without_asking(tool):
    for status in ("UNPAID", "ON_HOLD"):
        order_id = tool.place(status=status)
        assert tool.order(order_id)["packages"] == []
        answer = tool.control("buyers/cancel", order_id=order_id)
        assert answer["cancel_status"] == "CANCELLATION_REQUEST_SUCCESS" and tool.truth(order_id) == "CANCELLED"


def test_the_first_scan_ends_a_wish_to_cancel(tool):
    order_id = tool.place(shop="GB", status="AWAITING_COLLECTION")
    cancel_id = tool.control("buyers/cancel", order_id=order_id)["cancel_id"]
    tool.control("couriers/scan", order_id=order_id, event="collected")
    assert tool.truth(order_id) == "IN_TRANSIT"
    assert tool.box.store.get("cancel", cancel_id)["cancel_status"] == "CANCELLATION_REQUEST_CANCELLED"
    tool.control("couriers/scan", order_id=order_id, event="delivered")
    tool.advance(days=3)
    assert tool.truth(order_id) == "DELIVERED"
