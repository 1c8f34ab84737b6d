"""Labels, couriers and what goes wrong on the way, by the story clock."""

from __future__ import annotations

import json

import pytest

from sandbox.control import api
from sandbox.errors import ControlRefusal
from sandbox.fulfilment import troubles
from sandbox.fulfilment.troubles import SIZE, TROUBLES
from sandbox.gateway import Request
from sandbox.tests.conftest import Tool
from sandbox.tests.worlds import box_with
from sandbox.world.history import write_history
from sandbox.world.people import courier_character


def ship(tool, order_id, region="US"):
    package = tool.order(order_id, region)["packages"][0]["id"]
    tool.call("POST", f"/fulfillment/202309/packages/{package}/ship", region=region, body={})
    return tool.box.store.get("package", package)


def scan(tool, order_id, *events):
    for event in events:
        tool.control("couriers/scan", order_id=order_id, event=event)


def get(tool, path, **query):
    return api.answer(tool.box, "GET", path, Request("GET", "", list(query.items()), {}, b""))


def test_a_label_is_being_bought_for_minutes_and_is_then_ready(tool):
    package = ship(tool, tool.place())
    assert (package["label"], package["sub_status"]) == ("MAKING", "RTSING")
    tool.advance(seconds=119)
    assert package["label"] == "MAKING"
    tool.advance(seconds=362)
    assert (package["label"], package["sub_status"], package["stage"]) == ("READY", "RTS", "AWAITING_COLLECTION")


def test_a_label_that_the_carrier_refuses_says_why_and_the_order_waits_again(tool):
    refused = []
    for order_id in tool.control("orders", shop="US", count=150, lines=1, quantity=1)["order_ids"]:
        refused.append((order_id, ship(tool, order_id)))
    tool.advance(seconds=600)
    refused = [(order_id, package) for order_id, package in refused if package["label"] == "REFUSED"]
    assert 1 <= len(refused) <= 9
    for order_id, package in refused:
        assert package["sub_status"] == "SHIP_EXCEPTION"
        assert package["ship_exception_reason"] in [text for why, text in TROUBLES.items() if why not in SIZE]
        order = tool.order(order_id)
        assert order["status"] == "AWAITING_SHIPMENT" and "rts_time" not in order and not order["tracking_number"]
        path = f"/fulfillment/202309/packages/{package['id']}/shipping_documents"
        assert tool.refused("GET", path, query={"document_type": "SHIPPING_LABEL"})[1] == 21023035


def package_of(tool, order_id):
    return tool.order(order_id)["packages"][0]["id"]


def label(tool, order_id, *, wait=0.0, **body):
    """Ask for the label of an order's first package, as the carrier answers it in the end."""
    tool.advance(hours=wait)
    package = package_of(tool, order_id)
    if "shipping_service_id" in body or "weight" in body:
        body = {"ship_type": "1", "order_id": order_id, **body}
        tool.call("POST", "/fulfillment/202512/packages", body=body)
    else:
        tool.call("POST", f"/fulfillment/202309/packages/{package}/ship", body=body)
    tool.advance(seconds=600)
    shown = tool.call("GET", f"/fulfillment/202309/packages/{package}")
    return shown.get("ship_exception_reason", "")


def other_service(tool, order_id):
    path = f"/fulfillment/202309/orders/{order_id}/shipping_services/query"
    taken = tool.box.store.get("package", package_of(tool, order_id))["refused"]["shipping_provider_id"]
    found = tool.call("POST", path, body={})["shipping_services"]
    return next(row["id"] for row in found if row["id"] != taken)


def corrects(tool, order_id):
    tool.control("buyers/address", order_id=order_id, address="4 Right Street")
    return {}


def splits(tool, order_id):
    lines = [line["id"] for line in tool.order(order_id)["line_items"]]
    body = {"splittable_groups": [{"id": "1", "order_line_item_ids": lines[:1]}]}
    tool.call("POST", f"/fulfillment/202309/orders/{order_id}/split", body=body)
    return {}


CURES = {
    "postcode": [corrects],
    "phone": [corrects],
    "long_address": [corrects],
    "area": [lambda *about: {"shipping_service_id": other_service(*about)}, corrects, lambda *_: {"wait": 24}],
    "dangerous": [lambda *about: {"shipping_service_id": other_service(*about)}, lambda *_: {"wait": 24}],
    "overweight": [splits, lambda *_: {"weight": {"value": "900", "unit": "GRAM"}}],
    "oversize": [splits],
    "capacity": [lambda *_: {"wait": 6}],
    "pickup": [lambda *_: {"handover_method": "DROP_OFF"}, lambda *_: {"wait": 12}],
}


@pytest.mark.parametrize(("why", "way"), [(why, way) for why, ways in CURES.items() for way in range(len(ways))])
def test_a_refused_label_is_refused_until_its_cause_is_gone(tool, monkeypatch, why, way):
    monkeypatch.setattr(troubles, "SHARE", 0.0)  # no bad luck beside what is wished for
    order_id = tool.place(sku="BDR-01", quantity=2)
    assert tool.control("couriers/refuse", order_id=order_id, reason=why)["package_ids"]
    assert label(tool, order_id) == TROUBLES[why]
    assert label(tool, order_id) == TROUBLES[why]
    assert label(tool, order_id, **CURES[why][way](tool, order_id)) == ""


def test_every_refusal_has_a_cure_and_only_known_ones_can_be_wished_for(tool):
    assert set(CURES) == set(TROUBLES)
    order_id = tool.place()
    with pytest.raises(ControlRefusal, match="reason must be one of postcode"):
        tool.control("couriers/refuse", order_id=order_id, reason="mood")
    ship(tool, order_id)
    with pytest.raises(ControlRefusal, match="No package"):
        tool.control("couriers/refuse", order_id=order_id, reason="capacity")


def test_in_a_live_world_the_buyer_corrects_his_address_himself(tool):
    order_id = tool.place()
    tool.box.demo = "live"
    tool.control("couriers/refuse", order_id=order_id, reason="phone")
    assert label(tool, order_id) == TROUBLES["phone"]
    tool.advance(hours=8)
    assert tool.order(order_id)["has_updated_recipient_address"]
    assert label(tool, order_id) == ""


def test_a_parcel_that_comes_home_ends_the_order_and_its_goods_can_be_sold_again(tool):
    order_id = tool.place(status="IN_TRANSIT", sku="BDR-01", quantity=2)
    order = tool.box.book.orders[order_id]
    _, sku = tool.box.sku(order["line_items"][0]["sku_id"])
    shelf = sum(sku["available"].values())
    scan(tool, order_id, "out", "failed", "failed", "failed", "returning")
    assert tool.truth(order_id) == "IN_TRANSIT"
    scan(tool, order_id, "returned")
    assert (order["status"], order["cancel_reason"]) == ("CANCELLED", "Package delivery failed")
    assert sum(sku["available"].values()) == shelf + 2
    tool.advance(hours=3)
    assert order["_refunded"] == round(float(order["payment"]["total_amount"]) * 100)
    assert tool.box.store.table("entry") == {}


def test_a_parcel_the_platforms_carrier_lost_is_paid_back_to_buyer_and_seller(tool):
    order_id = tool.place(status="IN_TRANSIT")
    scan(tool, order_id, "lost")
    assert tool.truth(order_id) == "CANCELLED"
    tool.advance(days=2)
    found = tool.call("GET", "/finance/202309/statements", query={"sort_field": "statement_time"})["statements"]
    order = tool.box.book.orders[order_id]
    assert len(found) == 1 and found[0]["revenue_amount"] == "0.00"
    worth = float(order["payment"]["original_total_product_price"]) - float(order["payment"]["seller_discount"])
    assert float(found[0]["adjustment_amount"]) == float(found[0]["settlement_amount"]) == round(worth, 2)
    rows = tool.call(
        "GET",
        f"/finance/202501/statements/{found[0]['id']}/statement_transactions",
        query={"sort_field": "order_create_time"},
    )["transactions"]
    assert [row["type"] for row in rows] == ["LOGISTICS_REIMBURSEMENT"]


def test_a_buyer_may_take_back_his_wish_to_cancel(tool):
    order_id = tool.place()
    tool.control("buyers/cancel", order_id=order_id)
    assert tool.order(order_id)["is_buyer_request_cancel"] is True
    assert tool.control("buyers/withdraw", order_id=order_id)["cancel_status"] == "CANCELLATION_REQUEST_CANCELLED"
    assert tool.order(order_id)["is_buyer_request_cancel"] is False
    with pytest.raises(ControlRefusal):
        tool.control("buyers/withdraw", order_id=order_id)
    tool.advance(days=2)
    assert tool.truth(order_id) == "AWAITING_SHIPMENT"


def test_in_the_us_a_wish_is_granted_at_once_when_the_dispatch_promise_is_broken(tool):
    order = tool.order(tool.place())
    tool.advance(seconds=order["tts_sla_time"] - tool.box.now() + 60)
    tool.control("buyers/cancel", order_id=order["id"])
    assert tool.truth(order["id"]) == "CANCELLED"


def test_in_indonesia_a_buyer_leaves_freely_until_the_parcel_is_on_its_way(tool):
    order_id = tool.place(shop="ID", status="AWAITING_COLLECTION")
    tool.control("buyers/cancel", order_id=order_id)
    assert tool.truth(order_id) == "CANCELLED"
    moving = tool.place(shop="ID", status="IN_TRANSIT")
    with pytest.raises(ControlRefusal):
        tool.control("buyers/cancel", order_id=moving)


def test_an_unanswered_wish_is_granted_after_the_hours_of_the_market(tool):
    for region, hours in (("US", 24), ("GB", 48)):
        order_id = tool.place(shop=region)
        tool.control("buyers/cancel", order_id=order_id)
        tool.advance(hours=hours, seconds=-5)
        assert tool.truth(order_id) == "AWAITING_SHIPMENT"
        tool.advance(seconds=10)
        assert tool.truth(order_id) == "CANCELLED"


def test_each_deadline_cancels_what_missed_it(tool):
    unshipped, uncollected, undelivered = (
        tool.place(status=status) for status in ("AWAITING_SHIPMENT", "AWAITING_COLLECTION", "IN_TRANSIT")
    )
    orders = {key: dict(tool.box.book.orders[key]) for key in (unshipped, uncollected, undelivered)}
    for order_id, field, reason in (
        (unshipped, "shipping_due_time", "Seller didn't ship in time"),
        (uncollected, "collection_due_time", "Package wasn't collected in time"),
        (undelivered, "delivery_due_time", "Package wasn't delivered in time"),
    ):
        tool.advance(seconds=orders[order_id][field] - tool.box.now() - 5)
        assert tool.truth(order_id) == orders[order_id]["status"]
        tool.advance(seconds=10)
        order = tool.box.book.orders[order_id]
        assert (order["status"], order["cancellation_initiator"], order["cancel_reason"]) == (
            "CANCELLED",
            "SYSTEM",
            reason,
        )


def test_couriers_differ_and_keep_their_character(tool):
    carriers = tool.box.market(tool.shops["US"]["id"]).platform_carriers
    first, second = (courier_character(1, carrier.id) for carrier in carriers)
    assert first != second and first == courier_character(1, carriers[0].id)
    assert all(0 < one.loses < one.misses < 0.1 and 0.8 < one.pace < 1.25 for one in (first, second))


def test_parcels_of_a_past_are_mostly_delivered_some_come_home_and_few_are_lost(tmp_path):
    tool = Tool(box_with(tmp_path, "TH,ID,US"))
    write_history(tool.box, days=60, orders=1200)
    reasons = [order.get("cancel_reason") for order in tool.box.book.orders.values()]
    assert reasons.count("Package delivery failed") >= 5 and 1 <= reasons.count("Package lost") <= 40
    done = sum(order["status"] in ("DELIVERED", "COMPLETED") for order in tool.box.book.orders.values())
    assert done > 800


def test_a_shops_performance_counts_what_was_late_cancelled_and_delivered(tool):
    late, kept, cancelled = tool.place(), tool.place(), tool.place()
    for order_id in (kept, late):
        package = ship(tool, order_id)
        package["edits"] = 1
    tool.advance(seconds=600)
    scan(tool, kept, "collected", "delivered")
    tool.call(
        "POST",
        "/return_refund/202309/cancellations",
        body={"order_id": cancelled, "cancel_reason": "seller_cancel_reason_out_of_stock"},
    )
    tool.control("buyers/rate", order_id=kept, stars=1)
    tool.advance(seconds=tool.order(late)["tts_sla_time"] - tool.box.now() + 60)
    row = get(tool, "performance", shop="US", days="7")["shops"][0]
    assert row["late_dispatch"] == {"count": 1, "of": 2, "percent": 50.0}
    assert row["seller_fault_cancellation"] == {"count": 1, "of": 3, "percent": 33.33}
    assert row["on_time_delivery"] == {"count": 1, "of": 1, "percent": 100.0}
    assert row["negative_rating"] == {"count": 1, "of": 1, "percent": 100.0}
    assert json.dumps(get(tool, "performance"))
    for wrong in ("0", "x", "9999"):
        with pytest.raises(ControlRefusal):
            get(tool, "performance", days=wrong)


def test_a_parcel_that_is_too_heavy_is_not_taken_before_it_is_parted(tool):
    grams = next(row["grams"] for row in tool.box.store.table("product").values() if row["grams"] > 1000)
    sku = next(row["skus"][0] for row in tool.box.store.table("product").values() if row["grams"] == grams)
    order_id = tool.place(sku=sku["seller_sku"], quantity=30_000 // grams + 1)
    path = f"/fulfillment/202309/packages/{package_of(tool, order_id)}/ship"
    assert tool.refused("POST", path, body={})[1] == 11021015
    splits(tool, order_id)
    for package in tool.order(order_id)["packages"]:
        tool.call("POST", f"/fulfillment/202309/packages/{package['id']}/ship", body={})


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"weight": {"value": "30001", "unit": "GRAM"}}, 11021014),
        ({"weight": {"value": "67", "unit": "POUND"}}, 11021014),
        ({"weight": {"value": "nan", "unit": "GRAM"}}, 11001002),
        ({"weight": {"value": "66", "unit": "POUND"}}, 0),
        ({"dimension": {"length": "101", "width": "9", "height": "9", "unit": "CM"}}, 11021014),
        ({"dimension": {"length": "9", "width": "40", "height": "9", "unit": "INCH"}}, 11021014),
        ({"dimension": {"length": "9", "width": "9", "height": "0", "unit": "CM"}}, 11001002),
        ({"dimension": {"length": "100", "width": "9", "height": "9", "unit": "CM"}}, 0),
    ],
)
def test_what_is_told_of_a_parcel_has_to_be_what_a_carrier_takes(tool, told, code):
    order_id = tool.place()
    body = {"ship_type": "1", "order_id": order_id, **told}
    assert tool.send("POST", "/fulfillment/202512/packages", body=body)[1]["code"] == code
    package = tool.box.store.get("package", package_of(tool, order_id))
    assert set(told) <= set(package) if code == 0 else not set(told) & set(package)


def test_a_pick_up_cannot_be_asked_for_in_the_past(tool):
    package, now = package_of(tool, tool.place()), tool.box.now()
    path = f"/fulfillment/202309/packages/{package}/ship"
    past, ahead = ({"start_time": at, "end_time": at + 3600} for at in (now - 7200, now + 7200))
    assert tool.refused("POST", path, body={"pickup_slot": past})[1] == 21011053
    tool.call("POST", path, body={"pickup_slot": ahead})


def heavy_sku(tool):
    """Return a SKU of which one parcel cannot hold many, and how many are too many."""
    product = next(row for row in tool.box.store.table("product").values() if row["grams"] > 1000)
    return product["skus"][0]["seller_sku"], 30_000 // product["grams"] + 1


def test_part_of_an_order_that_is_too_heavy_is_refused_before_it_is_parted(tool):
    sku, many = heavy_sku(tool)
    order = tool.order(tool.place(sku=sku, quantity=many + 1))
    body = {"order_id": order["id"], "order_line_item_ids": [row["id"] for row in order["line_items"]][:many]}
    assert tool.refused("POST", "/fulfillment/202309/packages", body=body)[1] == 11021015
    assert tool.order(order["id"])["packages"] == order["packages"]


def test_orders_that_are_too_heavy_together_are_refused_before_they_are_combined(tool):
    sku, many = heavy_sku(tool)
    ids = [tool.place(sku=sku, quantity=many - 1, buyer="hilda") for _ in range(2)]
    before = [tool.order(key)["packages"] for key in ids]
    body = {"ship_type": "3", "order_list_ids": ids}
    assert tool.refused("POST", "/fulfillment/202512/packages", body=body)[1] == 11021015
    assert [tool.order(key)["packages"] for key in ids] == before
