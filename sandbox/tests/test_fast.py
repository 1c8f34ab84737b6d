"""Fast orders of South-East Asia: their options, their short promises, labels before the shipment, drivers on call."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from sandbox.errors import ControlRefusal
from sandbox.markets import HOUR, MARKETS, market_of
from sandbox.orders.flow import release
from sandbox.orders.ways import FAST, has_fast
from sandbox.tests.conftest import Tool
from sandbox.tests.whole import contradictions
from sandbox.tests.worlds import box_with, tool_of_every_market
from sandbox.world.history import write_history

LEVELS = {"INSTANT": 100, "SAMEDAY_8H": 200, "SAMEDAY": 300, "NEXTDAY": 400, "NORMAL": 600}
DOCUMENT = "/fulfillment/202309/packages/{}/shipping_documents"
LABEL = {"document_type": "SHIPPING_LABEL"}


def moment_of(text, region):
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(market_of(region).zone)).timestamp()


def placed_at(tool, shop, text, kind):
    """Return an order that was placed and paid at a local time and released an hour later."""
    order = tool.box.book.orders[tool.place(shop="any", status="ON_HOLD", type=kind)]
    moment = moment_of(text, shop[:2])
    order.update(create_time=int(moment), paid_time=int(moment))
    tool.box.clock.frozen = moment + HOUR
    release(tool.box, order)
    tool.box.clock.frozen = None
    return order


def at_hour(tool, region, hour):
    """Jump to this full hour of the shop's day."""
    local = dt.datetime.fromtimestamp(tool.box.now(), ZoneInfo(market_of(region).zone))
    wanted = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    tool.advance(seconds=((wanted - local).total_seconds()) % 86400)


def package_of(tool, order_id, shop):
    return tool.order(order_id, shop)["packages"][0]["id"]


def test_only_local_sellers_of_south_east_asia_have_fast_options():
    assert {shop for shop, market in MARKETS.items() if has_fast(market)} == {
        (region, "LOCAL") for region in ("ID", "TH", "VN", "MY", "PH", "SG")
    }


def test_a_warehouse_offers_them_and_an_order_names_its_own(tmp_path):
    tool = tool_of_every_market(tmp_path, "TH:LOCAL")
    path = f"/logistics/202309/warehouses/{tool.shops['TH:LOCAL']['warehouse_id']}/delivery_options"
    offered = {row["id"]: row for row in tool.call("GET", path, region="TH:LOCAL")["delivery_options"]}
    assert [row["type"] for row in offered.values()] == [
        "STANDARD", "SEND_BY_SELLER", "INSTANT", "SAMEDAY", "SAMEDAY", "NEXTDAY",
    ]  # fmt: skip
    for kind, level in LEVELS.items():
        order = tool.order(tool.place(shop="any", type=kind), "TH:LOCAL")
        option = offered[order["delivery_option_id"]]
        assert (order["fulfillment_priority_level"], order["delivery_option_name"]) == (level, option["name"])
        assert ("fast_rts_sla_time" in order) is (kind in FAST)
        assert order["pick_up_cut_off_time"] == order["tts_sla_time"]


def test_elsewhere_there_are_none(tool, tmp_path):
    with pytest.raises(ControlRefusal):
        tool.place(shop="US", type="INSTANT")
    path = f"/logistics/202309/warehouses/{tool.shops['US']['warehouse_id']}/delivery_options"
    assert [row["type"] for row in tool.call("GET", path)["delivery_options"]] == ["STANDARD", "SEND_BY_SELLER"]
    abroad = tool_of_every_market(tmp_path / "abroad", "ID:CROSS_BORDER")
    with pytest.raises(ControlRefusal):
        abroad.place(shop="any", type="NEXTDAY")


@pytest.mark.parametrize(
    ("shop", "kind", "placed", "ship", "scan", "there", "cancel", "cancel_uncollected"),
    [  # local times; 2026-11-23 is a Monday
        ("ID:LOCAL", "INSTANT", "24T02:30", "24T11:00", "24T13:00", "24T15:00", "25", "26"),
        ("ID:LOCAL", "INSTANT", "24T09:10", "24T12:10", "24T14:10", "24T16:10", "25", "26"),
        ("ID:LOCAL", "INSTANT", "24T15:00", "25T11:00", "25T13:00", "25T15:00", "26", "27"),
        ("SG:LOCAL", "SAMEDAY_8H", "28T09:10", "28T12:10", "28T14:10", "28T20:10", "30", "01"),
        ("TH:LOCAL", "SAMEDAY", "24T14:59", "24T17:00", "24T23:59", "24T23:59", "25", "26"),
        ("TH:LOCAL", "SAMEDAY", "28T15:00", "30T17:00", "30T23:59", "30T23:59", "01", "02"),
        ("ID:LOCAL", "NEXTDAY", "24T11:00", "24T23:59", "24T23:59", "25T23:59", "27", "01"),
        ("ID:LOCAL", "NEXTDAY", "27T12:00", "30T23:59", "30T23:59", "01T23:59", "02", "04"),
    ],
)
def test_their_promises_are_short(tmp_path, shop, kind, placed, ship, scan, there, cancel, cancel_uncollected):
    tool, zone = tool_of_every_market(tmp_path, shop), ZoneInfo(market_of(shop[:2]).zone)
    order = placed_at(tool, shop, f"2026-11-{placed}", kind)
    shown = lambda name, form: dt.datetime.fromtimestamp(order[name], zone).strftime(form)  # noqa: E731
    late = [shown(name, "%dT%H:%M") for name in ("rts_sla_time", "tts_sla_time", "delivery_sla_time")]
    assert late == [ship, scan, there]
    ends = [shown(name, "%d") for name in ("shipping_due_time", "collection_due_time")]
    assert ends == [cancel, cancel_uncollected]


def test_the_label_is_printed_before_the_shipment_is_arranged_or_after(tmp_path):
    shop = "ID:LOCAL"
    tool = tool_of_every_market(tmp_path, shop)
    at_hour(tool, "ID", 10)
    order_id = tool.place(shop="any", type="INSTANT")
    package = package_of(tool, order_id, shop)
    zpl = tool.refused("GET", DOCUMENT.format(package), region=shop, query={**LABEL, "document_format": "ZPL"})
    assert zpl[1] == 21023035
    assert tool.refused("GET", DOCUMENT.format(package), region=shop, query=LABEL)[1] == 11034037
    tool.advance(seconds=120)
    early = tool.call("GET", DOCUMENT.format(package), region=shop, query=LABEL)
    order = tool.order(order_id, shop)
    assert (order["status"], order["tracking_number"]) == ("AWAITING_SHIPMENT", "")
    assert all("tracking_number" not in line for line in order["line_items"])
    tool.call("POST", f"/fulfillment/202309/packages/{package}/ship", region=shop, body={})
    order = tool.order(order_id, shop)
    assert (order["status"], order["tracking_number"]) == ("AWAITING_COLLECTION", early["tracking_number"])
    again = tool.call("GET", DOCUMENT.format(package), region=shop, query=LABEL)
    assert again["tracking_number"] == early["tracking_number"]
    assert contradictions(tool.box) == []


@pytest.mark.parametrize("kind", ["NEXTDAY", "NORMAL"])
def test_the_label_of_any_other_order_comes_after(tmp_path, kind):
    shop = "ID:LOCAL"
    tool = tool_of_every_market(tmp_path, shop)
    package = package_of(tool, tool.place(shop="any", type=kind), shop)
    assert tool.refused("GET", DOCUMENT.format(package), region=shop, query=LABEL)[1] == 21023035


def test_an_early_label_is_void_when_the_address_changes(tmp_path):
    shop = "ID:LOCAL"
    tool = tool_of_every_market(tmp_path, shop)
    order_id = tool.place(shop="any", type="SAMEDAY")
    package = package_of(tool, order_id, shop)
    tool.refused("GET", DOCUMENT.format(package), region=shop, query=LABEL)
    tool.advance(seconds=120)
    before = tool.call("GET", DOCUMENT.format(package), region=shop, query=LABEL)["tracking_number"]
    tool.control("buyers/address", order_id=order_id, address="9 New Street")
    assert tool.refused("GET", DOCUMENT.format(package), region=shop, query=LABEL)[1] == 11034037
    tool.advance(seconds=120)
    assert tool.call("GET", DOCUMENT.format(package), region=shop, query=LABEL)["tracking_number"] != before


def test_a_refused_early_label_sends_the_seller_to_arrange_the_shipment(tmp_path):
    shop = "ID:LOCAL"
    tool = tool_of_every_market(tmp_path, shop)
    order_id = tool.place(shop="any", type="SAMEDAY")
    package = package_of(tool, order_id, shop)
    tool.control("couriers/refuse", order_id=order_id, reason="capacity")
    assert tool.refused("GET", DOCUMENT.format(package), region=shop, query=LABEL)[1] == 11034037
    tool.advance(seconds=120)
    assert tool.refused("GET", DOCUMENT.format(package), region=shop, query=LABEL)[1] == 21023035
    told = tool.call("GET", f"/fulfillment/202309/packages/{package}", region=shop)
    assert (told["package_status"], told["package_sub_status"]) == ("TO_FULFILL", "SHIP_EXCEPTION")


def test_a_cancellation_that_waits_stops_an_early_label(tmp_path):
    shop = "SG:LOCAL"
    tool = tool_of_every_market(tmp_path, shop)
    order_id = tool.place(shop="any", type="INSTANT")
    assert tool.control("buyers/cancel", order_id=order_id)["cancel_status"].endswith("PENDING")
    package = package_of(tool, order_id, shop)
    assert tool.refused("GET", DOCUMENT.format(package), region=shop, query=LABEL)[1] == 21021010


@pytest.mark.parametrize(("kind", "refused"), [("INSTANT", True), ("SAMEDAY_8H", True), ("SAMEDAY", False)])
def test_a_driver_is_called_by_day(tmp_path, kind, refused):
    shop = "ID:LOCAL"
    tool = tool_of_every_market(tmp_path, shop)
    at_hour(tool, "ID", 21)
    package = package_of(tool, tool.place(shop="any", type=kind), shop)
    slots = tool.call("GET", f"/fulfillment/202309/packages/{package}/handover_time_slots", region=shop)
    path = f"/fulfillment/202309/packages/{package}/ship"
    if not refused:
        tool.call("POST", path, region=shop, body={})
        return
    assert tool.refused("POST", path, region=shop, body={})[1:] == (21004017, "ON DEMAND RTS NOT IN PICKUP TIME.")
    batch = tool.call("POST", "/fulfillment/202309/packages/ship", region=shop, body={"packages": [{"id": package}]})
    assert [row["code"] for row in batch["errors"]] == [21004017]
    (slot,) = slots["pickup_slots"]
    assert (slot["start_time"] - tool.box.now(), slot["end_time"] - slot["start_time"]) == (10 * HOUR, 14 * HOUR)
    assert slots["can_drop_off"] is False
    tool.advance(hours=10)
    tool.call("POST", path, region=shop, body={})


def test_an_instant_order_is_there_within_hours_of_its_arrangement(tmp_path):
    shop = "ID:LOCAL"
    tool = Tool(box_with(tmp_path, shop, demo="live"))
    tool.shops = {shop: tool.box.shops()[0]}
    at_hour(tool, "ID", 10)
    order_id = tool.place(shop="any", type="INSTANT")
    package = package_of(tool, order_id, shop)
    tool.refused("GET", DOCUMENT.format(package), region=shop, query=LABEL)
    tool.advance(seconds=120)
    tool.call("GET", DOCUMENT.format(package), region=shop, query=LABEL)
    tool.advance(hours=1)
    assert tool.truth(order_id) == "AWAITING_SHIPMENT"  # printed is not arranged: nobody was called
    tool.call("POST", f"/fulfillment/202309/packages/{package}/ship", region=shop, body={})
    tool.advance(seconds=0.8 * HOUR)
    assert tool.truth(order_id) == "IN_TRANSIT"
    tool.advance(hours=2)
    assert tool.truth(order_id) == "DELIVERED"


def test_fast_orders_come_about_by_themselves_and_leave_a_whole_world(tmp_path):
    box = box_with(tmp_path, "ID:LOCAL,TH:LOCAL", demo="live")
    write_history(box, days=20, orders=900)
    seen = {order["fulfillment_priority_level"] for order in box.book.orders.values() if "rts_sla_time" in order}
    assert seen == set(LEVELS.values())
    assert contradictions(box) == []
