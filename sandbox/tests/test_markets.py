"""Every market there is: money, addresses, masks, deadlines, and shops that can be had."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest

from sandbox.aftersales.returns import grant_return
from sandbox.aftersales.rules import answer_by
from sandbox.control.worlds import read_shops
from sandbox.errors import ControlRefusal
from sandbox.markets import CROSS_BORDER, LOCAL, MARKETS, REGIONS, market_of
from sandbox.orders.deadlines import set_deadlines
from sandbox.orders.flow import pay, release
from sandbox.places import PLACES
from sandbox.seed import DEMO, UnknownShop
from sandbox.tests.conftest import Tool
from sandbox.tests.worlds import box_with, tool_of_every_market

SHOPS = [f"{region}:{kind}" for region, kind in MARKETS]
DECIMALS = {"IDR": 0, "VND": 0, "JPY": 0}


def local(moment, region):
    return dt.datetime.fromtimestamp(moment, ZoneInfo(market_of(region).zone))


def test_the_markets_are_the_platforms():
    wanted = ["US", "GB", "DE", "FR", "IT", "ES", "ID", "TH", "VN", "MY", "PH", "SG", "JP", "MX", "BR"]
    assert list(REGIONS) == wanted and set(PLACES) == set(wanted)
    assert {kind for region, kind in MARKETS if region == "BR"} == {LOCAL}
    assert len(MARKETS) == 29


def test_a_demo_has_the_usual_three_shops_and_all_has_one_per_market():
    assert read_shops("US,GB,ID") == list(DEMO)
    assert [region for region, _ in read_shops("all")] == list(REGIONS)
    assert read_shops("every") == list(MARKETS)
    assert read_shops("US:LOCAL, my:cross-border") == [("US", LOCAL), ("MY", CROSS_BORDER)]
    for wrong in ("XX", "BR:CROSS_BORDER", "US:SOMETHING", ""):
        with pytest.raises(UnknownShop):
            read_shops(wrong)


@pytest.mark.parametrize("shop", SHOPS)
def test_prices_addresses_and_phones_look_like_the_market(tmp_path, shop):
    tool, market = tool_of_every_market(tmp_path, shop), MARKETS[tuple(shop.split(":"))]
    order = tool.order(tool.place(shop="any", status="AWAITING_SHIPMENT"), shop)
    paid, raw = order["payment"], tool.box.book.orders[order["id"]]["_address"]
    assert paid["currency"] == market.currency == order["line_items"][0]["currency"]
    places = DECIMALS.get(market.currency, 2)
    assert all(len(value.partition(".")[2]) == places for name, value in paid.items() if name != "currency")
    assert [row["address_level"] for row in raw["district_info"]] == [f"L{n}" for n in range(len(market.levels))]
    assert [row["address_level_name"] for row in raw["district_info"]] == list(market.levels)
    assert re.fullmatch(r"\(\+\d{1,3}\)\d{7,11}", raw["phone_number"])
    assert ("first_name" in raw) is (shop[:2] in ("US", "GB")) and ("post_town" in raw) is (shop[:2] == "GB")
    assert ("first_name_local_script" in raw) is (shop[:2] == "JP")
    assert bool(raw["address_line3"]) is (shop[:2] == "BR")
    assert ("cpf" in order, "need_upload_invoice" in order) == ((shop[:2] == "BR"),) * 2


@pytest.mark.parametrize(
    ("shop", "status", "seen"),
    [
        ("US:LOCAL", "ON_HOLD", "stars"),
        ("US:LOCAL", "CANCELLED", "stars"),
        ("DE:LOCAL", "ON_HOLD", "empty"),
        ("JP:LOCAL", "UNPAID", "empty"),
        ("MX:LOCAL", "CANCELLED", "stars"),
        ("GB:LOCAL", "AWAITING_SHIPMENT", "all"),
        ("TH:LOCAL", "AWAITING_SHIPMENT", "person"),
        ("BR:LOCAL", "AWAITING_SHIPMENT", "all or person"),
    ],
)
def test_a_buyer_is_hidden_by_market_and_status(tmp_path, shop, status, seen):
    tool = tool_of_every_market(tmp_path, shop)
    order = tool.order(tool.place(shop="any", status=status), shop)
    shown, real = order["recipient_address"], tool.box.book.orders[order["id"]]["_address"]
    street, name = shown["address_line1"], shown["name"]
    found = {
        (True, True): "all",
        (True, False): "person",
    }.get((street == real["address_line1"], name == real["name"]), "stars" if "*" in street else "empty")
    assert found in seen
    assert shown["region_code"] == shop[:2]


def test_thai_addresses_are_erased_after_sixty_days(tmp_path):
    tool = tool_of_every_market(tmp_path, "TH:LOCAL")
    order_id = tool.place(shop="any", status="COMPLETED")
    assert tool.order(order_id, "TH:LOCAL")["recipient_address"]["address_line1"]
    tool.advance(days=61)
    assert tool.order(order_id, "TH:LOCAL")["recipient_address"]["address_line1"] == ""


@pytest.mark.parametrize(
    ("shop", "placed", "ship", "scan", "cancel"),
    [  # local times; 2026-11-23 is a Monday, the 26th is Thanksgiving
        ("US:LOCAL", "2026-11-24T10:00", "2026-11-27", "2026-11-27", "2026-12-04"),
        ("ID:LOCAL", "2026-11-24T09:00", "2026-11-24", "2026-11-24", "2026-11-27"),
        ("ID:LOCAL", "2026-11-24T15:00", "2026-11-25", "2026-11-25", "2026-11-27"),
        ("ID:LOCAL", "2026-11-28T09:00", "2026-11-30", "2026-11-30", "2026-12-02"),
        ("VN:LOCAL", "2026-11-28T13:00", "2026-11-28", "2026-11-28", "2026-12-01"),
        ("TH:LOCAL", "2026-11-27T13:00", "2026-11-28", "2026-11-30", "2026-11-30"),
        ("BR:LOCAL", "2026-11-19T13:00", "2026-11-23", "2026-11-24", "2026-11-30"),
        ("MY:CROSS_BORDER", "2026-11-27T13:00", "2026-11-29", "2026-11-30", "2026-12-03"),
        ("GB:LOCAL", "2026-12-24T13:00", "2026-12-30", "2026-12-31", "2027-01-05"),
        ("GB:LOCAL", "2026-04-02T13:00", "2026-04-08", "2026-04-09", "2026-04-13"),
        ("US:LOCAL", "2026-11-21T13:00", "2026-11-24", "2026-11-24", "2026-12-02"),
        ("BR:LOCAL", "2026-07-08T13:00", "2026-07-10", "2026-07-13", "2026-07-17"),
        ("BR:LOCAL", "2027-02-15T13:00", "2027-02-16", "2027-02-17", "2027-02-23"),
    ],
)
def test_deadlines_follow_the_markets_working_days(tmp_path, shop, placed, ship, scan, cancel):
    tool, region = tool_of_every_market(tmp_path, shop), shop[:2]
    moment = dt.datetime.fromisoformat(placed).replace(tzinfo=ZoneInfo(market_of(region).zone)).timestamp()
    order = tool.box.book.orders[tool.place(shop="any", status="ON_HOLD")]
    order.update(create_time=int(moment), paid_time=int(moment), shipping_type="TIKTOK")
    tool.box.clock.frozen = moment
    release(tool.box, order)
    tool.box.clock.frozen = None
    found = [local(order[name], region) for name in ("rts_sla_time", "tts_sla_time", "shipping_due_time")]
    assert [day.date().isoformat() for day in found] == [ship, scan, cancel]
    assert order["rts_sla_time"] <= order["tts_sla_time"] <= order["collection_due_time"] < order["delivery_due_time"]


def test_sales_tax_depends_on_the_state_and_colorado_pays_for_the_delivery(tmp_path):
    tool = tool_of_every_market(tmp_path, "US:LOCAL")
    seen = {}
    for order_id in tool.control("orders", count=60, lines=1)["order_ids"]:
        order = tool.box.book.orders[order_id]
        state = order["_address"]["district_info"][1]["address_name"]
        seen[state] = (order["line_items"][0]["item_tax"][0]["tax_rate"], order["payment"].get("retail_delivery_fee"))
    assert seen["California"] == ("0.0725", None) and seen["Oregon"] == ("0.0000", None)
    assert seen["Colorado"] == ("0.0290", "0.28")


def test_shops_can_be_opened_one_by_one_and_named_at_a_reset(tool):
    made = tool.control("shops", region="de", kind="LOCAL")
    assert (made["region"], made["seller_type"]) == ("DE", "LOCAL")
    order_id = tool.place(shop="DE")
    found = Tool(tool.box)
    assert found.order(order_id, "DE")["payment"]["currency"] == "EUR"
    answer = tool.control("reset", seed=3, shops=["JP", "BR"])
    assert [tool.box.shop(key)["region"] for key in answer["shops"]] == ["JP", "BR"]
    for path, wrong in (("shops", {"region": "XX"}), ("reset", {"shops": ["US", 7]}), ("reset", {"shops": "MARS"})):
        with pytest.raises(ControlRefusal):
            tool.control(path, **wrong)
    assert len(tool.box.shops()) == 2


def test_every_market_answers_the_paths_a_desk_begins_with(tmp_path):
    tool = Tool(box_with(tmp_path, "all"))
    for region in REGIONS:
        tool.place(shop=region)
        assert tool.call("POST", "/order/202309/orders/search", region=region, query={"page_size": 10}, body={})[
            "orders"
        ]
        assert tool.call("GET", "/logistics/202309/warehouses", region=region)["warehouses"]
        found = tool.call("POST", "/product/202502/products/search", region=region, query={"page_size": 100}, body={})
        assert found["products"][0]["skus"][0]["price"]["currency"] == market_of(region).currency


@pytest.mark.parametrize(
    ("shop", "ship", "scan"),
    [  # placed half an hour before the cut-off or the end of a day, released after it
        ("ID:LOCAL 2026-11-24T11:30", "2026-11-24", "2026-11-24"),
        ("VN:LOCAL 2026-11-25T13:30", "2026-11-25", "2026-11-25"),
        ("GB:LOCAL 2026-11-24T23:30", "2026-11-26", "2026-11-27"),
        ("TH:CROSS_BORDER 2026-11-24T23:30", "2026-11-26", "2026-11-27"),
        ("US:LOCAL 2026-11-23T23:30", "2026-11-27", "2026-11-27"),
    ],
)
def test_days_count_from_the_order_and_in_america_from_its_release(tmp_path, shop, ship, scan):
    shop, placed = shop.split()
    tool, region = tool_of_every_market(tmp_path, shop), shop[:2]
    moment = int(dt.datetime.fromisoformat(placed).replace(tzinfo=ZoneInfo(market_of(region).zone)).timestamp())
    order = tool.box.book.orders[tool.place(shop="any", status="ON_HOLD")]
    order.update(create_time=moment, paid_time=moment, shipping_type="TIKTOK")
    set_deadlines(order, tool.box.market(order["shop_id"]), now=moment + 3600)
    found = [local(order[name], region).date().isoformat() for name in ("rts_sla_time", "tts_sla_time")]
    assert found == [ship, scan]


def test_an_order_paid_on_a_later_day_is_not_late_when_it_is_released(tmp_path):
    tool = tool_of_every_market(tmp_path, "ID:LOCAL")
    order = tool.box.book.orders[tool.place(shop="any", status="UNPAID")]
    tool.advance(hours=30)
    pay(tool.box, order, hold=False)
    assert order["rts_sla_time"] > tool.box.now()


def shop_order(tmp_path, shop, status, **more):
    tool = tool_of_every_market(tmp_path, shop)
    order_id = tool.place(shop="any", status=status, **more)
    tool.box.book.orders[order_id]["shipping_type"] = "TIKTOK"
    return tool, tool.box.book.orders[order_id]


def asks_to_cancel(tool, order):
    return tool.control("buyers/cancel", order_id=order["id"])["cancel_status"].removeprefix("CANCELLATION_REQUEST_")


@pytest.mark.parametrize(("share", "answer"), [(0.9, "SUCCESS"), (1.0, "PENDING")])
@pytest.mark.parametrize("shop", ["VN:CROSS_BORDER", "PH:CROSS_BORDER", "SG:CROSS_BORDER"])
def test_buyers_of_cheap_goods_from_abroad_leave_without_asking(tmp_path, shop, share, answer):
    tool, order = shop_order(tmp_path, shop, "AWAITING_COLLECTION")
    market = tool.box.market(order["shop_id"])
    order["payment"]["total_amount"] = market.money(int(market.free_cancel_below * share))
    assert asks_to_cancel(tool, order) == answer


def test_a_brazilian_buyer_asks_after_the_label_and_leaves_freely_when_nothing_was_collected_in_six_days(tmp_path):
    tool, order = shop_order(tmp_path, "BR:LOCAL", "AWAITING_COLLECTION")
    assert asks_to_cancel(tool, order) == "PENDING"
    tool.control("buyers/withdraw", order_id=order["id"])
    order["shipping_due_time"] = tool.box.now() - 1
    assert asks_to_cancel(tool, order) == "SUCCESS"


def test_a_pre_order_is_not_left_freely_in_indonesia(tmp_path):
    tool, order = shop_order(tmp_path, "ID:LOCAL", "AWAITING_SHIPMENT", type="PRE_ORDER")
    assert asks_to_cancel(tool, order) == "PENDING"


@pytest.mark.parametrize(("total", "days"), [("99.99", 2), ("100.00", 4)])
def test_a_british_seller_has_longer_to_answer_for_dear_goods(tmp_path, total, days):
    tool = tool_of_every_market(tmp_path, "GB:LOCAL")
    market, now = market_of("GB"), tool.box.now()
    assert answer_by(tool.box, market, {"refund_total": total}) == market.day_end(now, days=days)


def test_a_brazilian_seller_has_two_working_days_to_look_into_a_parcel_that_came_back(tmp_path):
    tool, order = shop_order(tmp_path, "BR:LOCAL", "DELIVERED")
    case = tool.control("buyers/return", order_id=order["id"], type="RETURN_AND_REFUND")["return_id"]
    row = tool.box.store.table("return")[case]
    grant_return(tool.box, row, by="SELLER")
    tool.control("buyers/ship_back", return_id=case)
    assert (row["return_status"], row["seller_next_action_response"]) == ("BUYER_SHIPPED_ITEM", [])
    while not row.get("arrived_at"):
        tool.advance(hours=6)
    due = market_of("BR").day_end(row["arrived_at"], days=2)
    assert row["seller_next_action_response"] == [{"action": "SELLER_RESPOND_RECEIVE_PACKAGE", "deadline": due}]
    tool.advance(seconds=due - tool.box.now() + 1)
    assert row["return_status"] == "RETURN_OR_REFUND_REQUEST_SUCCESS"


def test_the_money_of_a_japanese_order_comes_working_days_after_its_completion():
    market = market_of("JP")
    delivered = int(dt.datetime(2026, 5, 20, 12, tzinfo=ZoneInfo(market.zone)).timestamp())
    assert local(market.settle_time(delivered), "JP").date().isoformat() == "2026-06-24"  # completed June 3rd
    assert market_of("MX").settle_time(delivered) == delivered + 15 * 86400
