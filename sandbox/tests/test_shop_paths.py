"""Paths about the shop itself: groups, sessions, hours, accounts, templates, ended listings."""

from __future__ import annotations

import datetime as dt
import json
from zoneinfo import ZoneInfo

import pytest

from sandbox.tests.conftest import differences


def test_groups_assets_and_widget_tokens_are_those_of_the_token(tool):
    group = tool.call("GET", "/seller/202601/shop_groups", cipher="")["shop_group_data"]
    assert [row["shop_id"] for row in group["shops"]] == [tool.shops["US"]["id"]]
    assert group["shop_group"]["shop_group_name"] == tool.shops["US"]["seller_name"]
    assets = tool.call("GET", "/authorization/202405/category_assets", cipher="")["category_assets"]
    assert [(row["target_market"], row["cipher"][:4]) for row in assets] == [("US", "TTP_")]
    path, own = "/authorization/202401/widget_token", {"shop_id": tool.shops["US"]["id"]}
    first = tool.call("GET", path, cipher="", query=own)["widget_token"]
    assert first == tool.call("GET", path, cipher="", query=own)["widget_token"]
    assert 0 < first["expire_at"] - tool.box.now() <= 3600
    assert tool.refused("GET", path, cipher="", query={"shop_id": tool.shops["GB"]["id"]})[1] == 36009004


def test_a_buyers_message_opens_a_session_and_the_shop_ends_it(tool):
    thread = tool.control("buyers/chat", order_id=tool.place(), text="hi")["conversation_id"]
    path, begun = f"/customer_service/202601/conversations/{thread}", tool.box.now()
    query = {"need_session_id": "true", "need_session_info": "true"}
    shown = tool.call("GET", path, query=query)["conversation"]
    session = {"id": shown["cur_session_id"], "phase": "QUEUED"}
    assert shown["cur_session"] == session
    tool.advance(seconds=600)
    tool.call("POST", f"/customer_service/202606/conversations/{thread}/messages",
              body={"type": "TEXT", "content": '{"content":"Hello"}', "sender_role": "CUSTOMER_SERVICE"})  # fmt: skip
    assert tool.call("GET", path, query=query)["conversation"]["cur_session"]["phase"] == "ASSIGNED"
    end = f"/customer_service/202605/conversations/{thread}/sessions/{session['id']}/end"
    tool.call("POST", end)
    assert tool.refused("POST", end)[1] == 45101002
    assert tool.refused("POST", end.replace(session["id"], "17"))[1] == 45101003
    assert "cur_session_id" not in tool.call("GET", path, query=query)["conversation"]
    body = {"begin_time_ge": begun, "begin_time_lt": begun + 1}
    found = tool.call("POST", "/customer_service/202602/sessions/search", query={"page_size": 10}, body=body)[
        "sessions"
    ]
    assert (found[0]["id"], found[0]["first_response_time"], found[0]["end_time"]) == (session["id"], 600, begun + 600)
    day = dt.datetime.fromtimestamp(begun, ZoneInfo("America/Los_Angeles")).date()
    days = {"support_date_ge": day.isoformat(), "support_date_lt": (day + dt.timedelta(days=1)).isoformat()}
    sums = tool.call("GET", "/customer_service/202407/performance", query=days)["performance"]
    assert (sums["support_session_count"], sums["response_percentage"], sums["response_time_mins"]) == (
        1,
        "100.00",
        "10.0",
    )


def test_a_day_of_silence_ends_a_session_and_the_next_message_opens_another(tool):
    order_id = tool.place()
    tool.control("buyers/chat", order_id=order_id, text="hi")
    tool.advance(hours=25)
    thread = tool.control("buyers/chat", order_id=order_id, text="hello?")["conversation_id"]
    sessions = tool.box.store.table("conversation")[thread]["sessions"]
    assert len({row["id"] for row in sessions}) == 2


def test_who_speaks_for_the_shop_may_be_said_in_the_newer_version(tool):
    thread = tool.control("buyers/chat", order_id=tool.place(), text="hi")["conversation_id"]
    path = f"/customer_service/202606/conversations/{thread}/messages"
    body = {"type": "TEXT", "content": '{"content":"We are closed"}', "sender_role": "ROBOT"}
    tool.call("POST", path, body=body)
    query = {"page_size": 1, "need_plaintext": "true"}
    found = tool.call("GET", f"/customer_service/202309/conversations/{thread}/messages", query=query)["messages"][0]
    assert (found["sender"]["role"], found["plaintext"]) == ("ROBOT", "We are closed")
    assert tool.refused("POST", path, body={**body, "sender_role": "BUYER"})[1] == 45101002


def test_the_hours_of_a_day_add_up_to_the_day(tool):
    for _ in range(3):
        tool.place()
        tool.advance(hours=1)
    day = dt.datetime.fromtimestamp(tool.box.now() - 3600, ZoneInfo("America/Los_Angeles")).date()
    path = f"/analytics/202510/shop/performance/{day}/performance_per_hour"
    shown = tool.call("GET", path)["performance"]
    whole, hours = shown["overall"], shown["intervals"]
    assert sum(row["orders_count"] for row in hours) == whole["orders_count"] > 0
    assert sum(float(row["gmv"]["amount"]) for row in hours) == pytest.approx(float(whole["gmv"]["amount"]))
    assert [row["index"] for row in hours] == list(range(len(hours))) and len(hours) <= 25
    assert tool.refused("GET", path.replace(str(day), "yesterday"))[1] == 28001022


def test_the_account_holds_what_statements_brought_and_payments_took(tool):
    tool.place(status="DELIVERED")
    tool.advance(days=10)
    flows = tool.call("GET", "/finance/202609/account_transactions", query={"page_size": 100})["flows"]
    total = sum(float(row["amount"]["amount"]) * (1 if row["direction"] == "IN" else -1) for row in flows)
    balance = tool.call("GET", "/finance/202609/account_balances", query={"currency": "USD"})["available_balance"]
    assert {row["type"] for row in flows} == {"RECHARGE", "WITHDRAW"} and balance["amount"] == f"{total:.2f}"
    only = {"page_size": 100, "flow_type": "WITHDRAW"}
    assert {
        row["direction"] for row in tool.call("GET", "/finance/202609/account_transactions", query=only)["flows"]
    } == {"OUT"}
    assert tool.refused("GET", "/finance/202609/account_balances", query={"currency": "EUR"})[1] == 98001004
    when = {"page_size": 10, "start_time": "soon"}
    assert "'start_time'" in tool.refused("GET", "/finance/202609/account_transactions", query=when)[2]


def test_a_template_says_why_a_product_does_not_fit(tool):
    path = "/logistics/202510/seller_templates"
    heavy = {"product_attribute": {"weight": {"weight": "40", "unit": 2}}}
    rows = tool.call("GET", path, region="GB", body=heavy)["templates"]
    assert [row["template_is_available"] for row in rows] == [False, True]
    assert "weighs more" in rows[0]["service_unreachable_reason"][0]["filter_reason"][0]["reason"]
    assert tool.refused("GET", path, body=heavy)[1] == 21008106
    exists, shop = "/logistics/202606/seller_template/template_exist", tool.shops["US"]
    told = [
        tool.call("GET", exists, query={"biz_warehouse_id": key, "access_token": "x"})["template_exist"]
        for key in (shop["warehouse_id"], shop["return_warehouse_id"], tool.shops["GB"]["warehouse_id"])
    ]
    assert told == [True, False, False]


def test_no_search_of_products_finds_more_than_ten_thousand(tool, monkeypatch):
    path, query = "/product/202502/products/search", {"page_size": 100}
    count = tool.call("POST", path, query=query)["total_count"]
    monkeypatch.setattr("sandbox.products.MOST_FOUND", count - 1)
    assert tool.refused("POST", path, query=query)[1] == 12052180
    first = tool.box.products(tool.shops["US"]["id"])[0]
    body = {"seller_skus": [first["skus"][0]["seller_sku"]]}
    assert tool.call("POST", path, query=query, body=body)["total_count"] == 1


def test_a_deleted_product_is_no_longer_sold(tool):
    products = tool.box.products(tool.shops["US"]["id"])
    foreign = tool.box.products(tool.shops["GB"]["id"])[0]["id"]
    body = {"product_ids": [products[0]["id"], foreign]}
    assert [row["code"] for row in tool.call("DELETE", "/product/202309/products", body=body)["errors"]] == [12052048]
    shown = tool.call("GET", f"/product/202309/products/{products[0]['id']}")
    assert shown["status"] == "DELETED" and all(row["quantity"] == 0 for row in shown["skus"][0]["inventory"])
    again = tool.call("DELETE", "/product/202309/products", body={"product_ids": [products[0]["id"]]})
    assert again["errors"][0]["code"] == 12052901


@pytest.mark.parametrize("version", ["202604", "202608"])
def test_a_shelf_that_fills_itself_is_never_empty(tool, version):
    path, shop = f"/product/{version}/inventory/operation/settings", tool.shops["US"]
    product = tool.box.products(shop["id"])[0]
    sku = product["skus"][0]
    group = tool.call("GET", "/seller/202601/shop_groups", cipher="")["shop_group_data"]
    body = {
        "seller_id": group["shops"][0]["seller_id"],
        "sku_ids": [sku["id"], "17"],
        "stock_operation_setting": {"enable_auto_restock": True},
    }
    assert tool.refused("POST", path, body={**body, "seller_id": "17"})[1] == 12019112
    assert tool.refused("POST", path, body={**body, "sku_ids": ["17"]})[1] == 12001017
    done = tool.call("POST", path, body=body)["stock_operation"]
    assert done == {"success_sku_ids": [sku["id"]], "failed_sku_ids": ["17"]}
    tool.call("POST", f"/product/202309/products/{product['id']}/inventory/update",
              body={"skus": [{"id": sku["id"], "inventory": [{"quantity": 1}]}]})  # fmt: skip
    tool.place(sku=sku["id"])
    assert tool.box.sku(sku["id"])[1]["available"][shop["warehouse_id"]] > 0


def prices(tool, region, *wanted):
    """Set prices of the first SKUs of a product of several; return the code and what they cost then."""
    shop, currency = tool.shops[region]["id"], {"US": "USD", "GB": "GBP"}[region]
    product = next(row for row in tool.box.products(shop) if len(row["skus"]) > 1)
    rows = [
        {"id": product["skus"][place]["id"], "price": {"amount": amount, "currency": currency}, **more}
        for place, amount, more in wanted
    ]
    path = f"/product/202309/products/{product['id']}/prices/update"
    code = tool.send("POST", path, region=region, body={"skus": rows})[1]["code"]
    return code, [sku["price"] for sku in product["skus"][:2]]


def struck(amount):
    return {"list_price": {"amount": amount, "currency": "USD"}}


def test_prices_are_set_all_or_none(tool):
    before = prices(tool, "US", (0, "5.00", {}), (1, "6.00", {}))
    assert before == (0, [500, 600])
    assert prices(tool, "US", (0, "7.00", {}), (1, "0", {})) == (12052073, [500, 600])
    assert prices(tool, "US", (0, "7.00", {}), (0, "8.00", {})) == (12052553, [500, 600])
    assert differences(tool.box) == []


@pytest.mark.parametrize(
    ("region", "amount", "code"),
    [
        ("US", "7600", 0),
        ("US", "7600.01", 12052383),
        ("US", "0", 12052383),
        ("US", "x", 12052012),
        ("GB", "9", 12052376),
    ],
)
def test_a_price_to_strike_through_is_americas_and_has_its_limits(tool, region, amount, code):
    assert prices(tool, region, (0, "5.00", struck(amount)))[0] == code


def test_a_warehouse_of_somebody_else_offers_nothing(tool):
    for warehouse in (tool.shops["GB"]["warehouse_id"], "1"):
        path = f"/logistics/202309/warehouses/{warehouse}/delivery_options"
        assert tool.call("GET", path)["delivery_options"] == []


@pytest.mark.parametrize(("kind", "name"), [("ORDER_CARD", "order_id"), ("PRODUCT_CARD", "product_id")])
def test_a_card_shows_an_order_or_a_product_of_the_shop(tool, kind, name):
    order_id = tool.place()
    ours = {"order_id": order_id, "product_id": tool.box.book.orders[order_id]["line_items"][0]["product_id"]}
    thread = tool.control("buyers/chat", order_id=order_id, text="Hello")["conversation_id"]
    path = f"/customer_service/202606/conversations/{thread}/messages"
    say = lambda content: {"body": {"type": kind, "content": json.dumps(content)}}  # noqa: E731
    assert tool.call("POST", path, **say({name: ours[name]}))["message_id"]
    for wrong in ({name: "1"}, {}, [], "words"):
        assert tool.refused("POST", path, **say(wrong))[1] == 45101002
