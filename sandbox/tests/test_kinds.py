"""Every kind of order: its fields, its money, its way."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sandbox.errors import ControlRefusal
from sandbox.orders.kinds import KINDS, SHARES
from sandbox.tests.conftest import Tool
from sandbox.tests.worlds import box_with


def scan(tool, order_id, *events):
    for event in events:
        tool.control("couriers/scan", order_id=order_id, event=event)


def test_what_is_paid_at_the_door_is_unpaid_until_it_is_delivered(tool):
    order_id = tool.place(shop="ID", type="COD", status="ON_HOLD")
    order = tool.order(order_id, "ID")
    assert (order["status"], order["is_cod"], order["payment_method_code"]) == ("ON_HOLD", True, "COD")
    assert "paid_time" not in order
    tool.advance(hours=1)
    order = tool.order(order_id, "ID")
    assert order["status"] == "AWAITING_SHIPMENT" and "paid_time" not in order
    tool.call("POST", f"/fulfillment/202309/packages/{order['packages'][0]['id']}/ship", region="ID", body={})
    tool.advance(seconds=600)
    scan(tool, order_id, "collected", "delivered")
    order = tool.order(order_id, "ID")
    assert order["paid_time"] == order["delivery_time"] == tool.box.now()


def test_a_cancelled_order_that_was_never_paid_gives_nothing_back(tool):
    order_id = tool.place(shop="ID", type="COD", status="ON_HOLD")
    tool.control("buyers/cancel", order_id=order_id)
    tool.advance(hours=3)
    order = tool.box.book.orders[order_id]
    assert order["status"] == "CANCELLED" and "_refunded" not in order


def test_a_parcel_refused_at_the_door_goes_home_and_the_buyer_pays_beforehand_for_a_while(tool):
    kept = []
    for _ in range(3):
        order_id = tool.place(shop="ID", type="COD", status="IN_TRANSIT", buyer="sulaiman")
        scan(tool, order_id, "refused", "returning", "returned")
        kept.append(tool.box.book.orders[order_id])
    assert {order["status"] for order in kept} == {"CANCELLED"}
    assert kept[0]["cancel_reason"] == "Package delivery failed"
    buyer = tool.box.store.table("buyer")[kept[0]["user_id"]]
    assert len(buyer["refused"]) == 3
    from sandbox.world.buying import fitting_kind

    luck = tool.box.luck("many")
    kinds = {fitting_kind(tool.box, tool.shops["ID"], buyer, luck) for _ in range(300)}
    assert "NORMAL" in kinds and "COD" not in kinds


def test_cash_at_the_door_is_refused_where_nobody_does_it(tool):
    for given in ({"shop": "US"}, {"shop": "GB"}, {"shop": "ID", "status": "UNPAID"}):
        with pytest.raises(ControlRefusal):
            tool.control("orders", type="COD", **given)
    assert tool.box.book.orders == {}


@pytest.mark.parametrize(
    ("kind", "link"), [("REPLACEMENT", "replaced_order_id"), ("EXCHANGE", "exchange_source_order_id")]
)
def test_what_follows_an_order_names_it_and_goes_to_the_same_buyer(tool, kind, link):
    first = tool.place(status="DELIVERED")
    order = tool.order(tool.place(type=kind, origin=first))
    before = tool.order(first)
    assert order[link] == first and order["user_id"] == before["user_id"]
    assert order["recipient_address"] == before["recipient_address"]
    assert order["line_items"][0]["sku_id"] == before["line_items"][0]["sku_id"]
    assert order["payment"]["total_amount"] == "0.00"


def test_a_replacement_asked_for_in_an_empty_shop_makes_its_origin_first(tool):
    order = tool.order(tool.place(type="REPLACEMENT"))
    assert tool.truth(order["replaced_order_id"]) == "DELIVERED"


def test_a_gift_is_one_more_line_without_a_price(tool):
    order = tool.order(tool.place(type="GIFT", sku="BDR-01"))
    bought, gift = order["line_items"]
    assert (bought["is_gift"], gift["is_gift"]) == (False, True)
    assert gift["sale_price"] == "0.00" and Decimal(gift["gift_retail_price"]) > 0
    assert order["payment"]["sub_total"] == bought["sale_price"]
    old = tool.call("GET", "/order/202309/orders", query={"ids": order["id"]})["orders"][0]
    assert "gift_retail_price" not in old["line_items"][1]


def test_a_bundle_shows_its_parts_which_add_up_and_take_stock(tool):
    sku = next(s for p in tool.box.products(tool.shops["US"]["id"]) for s in p["skus"] if s.get("set") == "BUNDLE")
    first = tool.box.sku(sku["parts"][0]["sku_id"])[1]
    before = sum(first["available"].values())
    order_id = tool.place(type="BUNDLE")
    line = tool.order(order_id)["line_items"][0]
    assert line["seller_sku"] == "SETA-01"
    assert [part["seller_sku"] for part in line["sub_item_info"]] == ["CGM-01", "SPL-01"]
    for name in ("original_price", "sale_price", "seller_discount", "platform_discount"):
        assert Decimal(line[name]) == sum(Decimal(part[name]) for part in line["sub_item_info"])
    assert sum(first["available"].values()) == before - 1
    scan_ready = tool.order(order_id)["packages"][0]["id"]
    tool.call("POST", f"/fulfillment/202309/packages/{scan_ready}/ship", body={})
    part = tool.order(order_id)["line_items"][0]["sub_item_info"][0]
    assert (part["display_status"], part["package_id"]) == ("AWAITING_COLLECTION", scan_ready)
    tool.control("buyers/cancel", order_id=tool.place(type="BUNDLE", status="ON_HOLD"))
    assert sum(first["available"].values()) == before - 1


def test_a_combined_listing_names_its_skus_with_counts(tool):
    line = tool.order(tool.place(type="COMBINED_LISTING"))["line_items"][0]
    assert [(row["seller_sku"], row["sku_count"]) for row in line["combined_listing_skus"]] == [
        ("RCB-01", 2),
        ("CBT-01", 1),
    ]


def test_orders_of_a_live_become_one_package_when_the_window_ends(tool):
    ids = tool.control("orders", shop="US", type="LIVE", count=3, status="AWAITING_SHIPMENT")["order_ids"]
    orders = [tool.order(key) for key in ids]
    assert len({order["auto_combine_group_id"] for order in orders}) == 1
    assert len({order["packages"][0]["id"] for order in orders}) == 3
    tool.advance(hours=7)
    orders = [tool.order(key) for key in ids]
    packages = {order["packages"][0]["id"] for order in orders}
    assert len(packages) == 1 and {order["split_or_combine_tag"] for order in orders} == {"COMBINED"}
    package = tool.box.store.get("package", packages.pop())
    assert sorted(package["orders"]) == sorted(ids) and package["tag"] == "COMBINE"


def test_a_seller_who_ships_during_the_live_keeps_that_order_out(tool):
    ids = tool.control("orders", shop="US", type="LIVE", count=3, status="AWAITING_SHIPMENT")["order_ids"]
    own = tool.order(ids[0])["packages"][0]["id"]
    tool.call("POST", f"/fulfillment/202309/packages/{own}/ship", body={})
    tool.advance(hours=7)
    assert tool.order(ids[0])["packages"] == [{"id": own}]
    assert tool.order(ids[1])["packages"] == tool.order(ids[2])["packages"] != [{"id": own}]


def test_a_split_order_has_two_packages_and_is_partly_shipped(tool):
    order = tool.order(tool.place(type="SPLIT"))
    assert order["split_or_combine_tag"] == "SPLIT" and len({line["package_id"] for line in order["line_items"]}) == 2
    package = order["line_items"][0]["package_id"]
    tool.call("POST", f"/fulfillment/202309/packages/{package}/ship", body={})
    assert tool.truth(order["id"]) == "PARTIALLY_SHIPPING"


def test_what_was_not_shipped_of_a_split_order_is_cancelled_and_the_rest_goes_on(tool):
    order = tool.order(tool.place(type="SPLIT"))
    package = order["line_items"][0]["package_id"]
    tool.box.store.get("package", package)["edits"] = 1  # a carrier refuses no label twice
    tool.call("POST", f"/fulfillment/202309/packages/{package}/ship", body={})
    tool.advance(seconds=order["shipping_due_time"] - tool.box.now() + 5)
    after = tool.order(order["id"])
    assert after["status"] == "AWAITING_COLLECTION"
    assert [line["display_status"] for line in after["line_items"]].count("CANCELLED") == len(
        [line for line in order["line_items"] if line["package_id"] != package]
    )


@pytest.mark.parametrize("kind", ["MADE_TO_ORDER", "BACK_ORDER"])
def test_what_has_to_be_made_first_is_promised_later(tool, kind):
    order = tool.order(tool.place(type=kind))
    days = int(order["handling_duration"]["days"])
    assert 3 <= days <= 15 and order["line_items"][0]["handling_duration_days"] == str(days)
    assert order["order_type"] == kind
    usual = tool.order(tool.place())
    assert order["rts_sla_time"] > usual["rts_sla_time"] and order["shipping_due_time"] > usual["shipping_due_time"]
    assert order["rts_sla_time"] < order["tts_sla_time"] < order["delivery_sla_time"]


def test_a_brazilian_label_waits_for_the_invoice(tmp_path):
    tool = Tool(box_with(tmp_path, "BR"))
    order = tool.order(tool.place(shop="BR"), "BR")
    tool.box.book.orders[order["id"]]["shipping_type"] = "TIKTOK"
    package = tool.box.store.get("package", order["packages"][0]["id"])
    package["shipping_type"] = "TIKTOK"
    path = f"/fulfillment/202309/packages/{package['id']}/ship"
    assert order["need_upload_invoice"] == "NEED_INVOICE"
    assert tool.refused("POST", path, region="BR", body={})[1] == 21004019
    invoice = {"package_id": package["id"], "order_ids": [order["id"]], "file_type": "XML", "file": "PG5mZS8+"}
    tool.call("POST", "/fulfillment/202502/invoice/upload", region="BR", body={"invoices": [invoice]})
    assert tool.refused("POST", path, region="BR", body={})[1] == 21004020
    tool.advance(hours=1)
    assert tool.order(order["id"], "BR")["need_upload_invoice"] == "INVOICE_UPLOADED"
    tool.call("POST", path, region="BR", body={})


def test_every_kind_that_comes_by_itself_can_be_asked_for_by_name():
    assert set(SHARES) <= set(KINDS) and {"COD", "REPLACEMENT"} <= set(KINDS)
