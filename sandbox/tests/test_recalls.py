"""Buyers who leave while the parcel is on its way: until when, and that the goods come home."""

from __future__ import annotations

import pytest

from sandbox.errors import ControlRefusal
from sandbox.pages.parts import buttons
from sandbox.tests.whole import contradictions
from sandbox.tests.worlds import tool_of_every_market


def on_its_way(tmp_path, shop):
    tool = tool_of_every_market(tmp_path, shop)
    return tool, tool.place(shop="any", status="IN_TRANSIT")


def shelf(tool, order_id):
    sku = tool.box.sku(tool.box.book.orders[order_id]["line_items"][0]["sku_id"])[1]
    return sum(sku["available"].values())


def test_a_thai_buyer_leaves_until_his_parcel_reached_the_last_hub(tmp_path):
    tool, order_id = on_its_way(tmp_path, "TH:LOCAL")
    tool.control("couriers/scan", order_id=order_id, event="hub")
    before = shelf(tool, order_id)
    assert tool.control("buyers/cancel", order_id=order_id)["cancel_status"] == "CANCELLATION_REQUEST_SUCCESS"
    assert tool.truth(order_id) == "CANCELLED" and shelf(tool, order_id) == before
    tool.advance(days=4)
    assert shelf(tool, order_id) == before + 1  # the parcel is home
    assert "_refunded" in tool.box.book.orders[order_id]
    package = tool.box.store.get("package", tool.box.book.orders[order_id]["packages"][0])
    assert [event["action_code"] for event in package["events"]][-2:] == [45, 46]
    assert contradictions(tool.box) == []


@pytest.mark.parametrize("events", [("hub", "departed", "hub"), ("out",)])
def test_after_the_last_hub_he_cannot(tmp_path, events):
    tool, order_id = on_its_way(tmp_path, "TH:LOCAL")
    for event in events:
        tool.control("couriers/scan", order_id=order_id, event=event)
    with pytest.raises(ControlRefusal):
        tool.control("buyers/cancel", order_id=order_id)


@pytest.mark.parametrize("shop", ["ID:LOCAL", "US:LOCAL", "TH:CROSS_BORDER"])
def test_elsewhere_he_cannot_while_it_is_in_time(tmp_path, shop):
    tool, order_id = on_its_way(tmp_path, shop)
    with pytest.raises(ControlRefusal):
        tool.control("buyers/cancel", order_id=order_id)


@pytest.mark.parametrize("shop", ["TH:CROSS_BORDER", "MY:CROSS_BORDER"])
def test_what_comes_from_abroad_and_is_late_can_be_left(tmp_path, shop):
    tool, order_id = on_its_way(tmp_path, shop)
    order = tool.box.book.orders[order_id]
    tool.advance(seconds=order["delivery_sla_time"] - tool.box.now() + 1)
    assert tool.control("buyers/cancel", order_id=order_id)["cancel_status"] == "CANCELLATION_REQUEST_SUCCESS"


def test_the_page_offers_to_cancel_only_what_can_be_cancelled(tmp_path):
    tool, order_id = on_its_way(tmp_path, "TH:LOCAL")
    order = tool.box.book.orders[order_id]
    assert "/sandbox/act/cancel" in buttons(tool.box, order, "en")
    tool.control("couriers/scan", order_id=order_id, event="out")
    assert "/sandbox/act/cancel" not in buttons(tool.box, order, "en")
