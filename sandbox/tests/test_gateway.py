"""The gateway refuses in the platform's order, with its codes."""

from __future__ import annotations

import pytest

from sandbox.grants import expire_all

SEARCH = "/order/202309/orders/search"
PAGE = {"page_size": 10}


def test_an_unknown_path_comes_before_everything_else(tool):
    assert tool.refused("GET", "/order/202309/parcels", app_key="nobody", sign="0")[:2] == (404, 36009009)
    assert tool.refused("GET", "/order/v2/orders", app_key="nobody", sign="0")[:2] == (404, 36009009)


@pytest.mark.parametrize("path", ["/order/209901/orders", "/order/202212/orders", "/fulfillment/202312/packages/17"])
def test_a_known_path_in_a_version_nobody_serves_is_36009014(tool, path):
    assert tool.refused("GET", path, app_key="nobody", sign="0")[1] == 36009014


def test_a_wrong_app_key_comes_before_the_signature(tool):
    assert tool.refused("POST", SEARCH, app_key="nobody", sign="0")[:2] == (400, 36009004)


def test_a_known_path_with_another_method_is_refused(tool):
    assert tool.refused("DELETE", SEARCH, sign="0")[1] == 36009010


def test_a_wrong_signature_is_401_with_106001(tool):
    assert tool.refused("POST", SEARCH, query=PAGE, sign="0" * 64)[:2] == (401, 106001)


def test_a_body_changed_after_signing_is_refused(tool):
    request = tool.request("POST", SEARCH, query=PAGE, body={"order_status": "UNPAID"})
    request.body = b'{"order_status":"UNPAID"}'
    from sandbox import gateway

    assert gateway.answer(tool.box, request)[0] == 401


@pytest.mark.parametrize("offset", [-301, 32])
def test_a_timestamp_outside_the_window_is_refused(tool, offset):
    status, code, message = tool.refused("POST", SEARCH, query=PAGE, timestamp=str(tool.box.now() + offset))
    assert (status, code) == (400, 36009004) and "'timestamp'" in message


@pytest.mark.parametrize("offset", [-298, 0, 29])
def test_a_timestamp_inside_the_window_is_taken(tool, offset):
    assert tool.call("POST", SEARCH, query=PAGE, timestamp=str(tool.box.now() + offset))["total_count"] == 0


def test_a_missing_token_and_an_expired_one_differ(tool):
    assert tool.refused("POST", SEARCH, query=PAGE, headers={"x-tts-access-token": ""})[1] == 36009004
    request = tool.request("POST", SEARCH, query=PAGE)
    expire_all(tool.box)
    from sandbox import gateway

    status, body = gateway.answer(tool.box, request)
    assert status == 401 and b'"code":105002' in body


def test_a_token_lives_seven_story_days(tool):
    token = tool.token("US")
    tool.advance(days=6.99)
    tool.call("POST", SEARCH, query=PAGE, headers={"x-tts-access-token": token})
    tool.advance(hours=1)
    assert tool.refused("POST", SEARCH, query=PAGE, headers={"x-tts-access-token": token})[1] == 105002


def test_a_missing_scope_is_105005(tool):
    from sandbox.grants import standing_grant

    grant = standing_grant(tool.box, tool.shops["US"]["id"])
    grant["scopes"] = ["seller.product.basic"]
    assert tool.refused("POST", SEARCH, query=PAGE)[1] == 105005


def test_ciphers_missing_foreign_and_unwanted_have_three_codes(tool):
    assert tool.refused("POST", SEARCH, query=PAGE, cipher="")[1] == 106013
    assert tool.refused("POST", SEARCH, query=PAGE, cipher=tool.shops["GB"]["cipher"])[1] == 101000
    assert tool.refused("GET", "/authorization/202309/shops")[:2] == (400, 36009004)


@pytest.mark.parametrize(("standing", "code"), [("shop_closed", 36009043), ("seller_deactivated", 36009044)])
def test_a_shop_that_is_closed_is_refused_until_it_is_open_again(tool, standing, code):
    path = "/logistics/202309/warehouses"
    tool.control("sellers/standing", shop="US", standing=standing)
    assert tool.refused("GET", path)[:2] == (401, code)
    assert tool.call("GET", path, region="GB")["warehouses"]
    tool.control("sellers/standing", shop="US", standing="open")
    assert tool.call("GET", path)["warehouses"]


def test_who_is_not_in_the_allow_list_may_not_call(tool):
    path = "/logistics/202309/warehouses"
    tool.control("app", allowed_ips=["203.0.113.9"])
    assert tool.refused("GET", path)[1] == 36009033
    tool.control("app", allowed_ips=["203.0.113.9", "127.0.0.1"])
    assert tool.call("GET", path)["warehouses"]


def test_customer_service_has_a_quota_of_the_day(tool, monkeypatch):
    monkeypatch.setattr("sandbox.chat.calls.CALLS_A_DAY", 2)
    path, query = "/customer_service/202309/conversations", {"page_size": 10}
    for _ in range(2):
        tool.call("GET", path, query=query)
    assert tool.refused("GET", path, query=query)[1] == 45101004
    assert "conversations" in tool.call("GET", path, region="GB", query=query)
    tool.advance(seconds=86_400)
    assert "conversations" in tool.call("GET", path, query=query)


def test_a_missing_field_is_named_in_pascal_case(tool):
    status, code, message = tool.refused("GET", "/order/202507/orders")
    assert (status, code) == (400, 36009004) and message.startswith(
        "Ids is a required field and has not been provided."
    )
    assert (
        "CancelReason is a required field"
        in tool.refused("POST", "/return_refund/202602/cancellations", body={"order_id": "1"})[2]
    )


@pytest.mark.parametrize(
    ("query", "body", "name"),
    [
        ({"page_size": 0}, {}, "page_size"),
        ({"page_size": 101}, {}, "page_size"),
        ({"page_size": "x"}, {}, "page_size"),
        ({"page_size": 5, "sort_field": "price"}, {}, "sort_field"),
        ({"page_size": 5}, {"order_status": "LOST"}, "order_status"),
        ({"page_size": 5}, {"create_time_ge": "soon"}, "create_time_ge"),
        ({"page_size": 5, "page_token": "%%"}, {}, "page_token"),
    ],
)
def test_a_value_out_of_range_is_refused_by_name(tool, query, body, name):
    status, code, message = tool.refused("POST", SEARCH, query=query, body=body)
    assert (status, code) == (400, 36009004) and f"'{name}'" in message


@pytest.mark.parametrize(
    ("method", "path", "query", "name"),
    [
        ("GET", "/customer_service/202309/conversations", {"page_size": 21}, "page_size"),
        ("GET", "/customer_service/202309/conversations", {"page_size": 0}, "page_size"),
        ("GET", "/customer_service/202309/conversations/1/messages", {"page_size": 11}, "page_size"),
        ("GET", "/finance/202309/withdrawals", {"types": "SETTLE", "page_size": 101}, "page_size"),
        ("GET", "/finance/202309/withdrawals", {"types": "SETTLE", "page_size": -1}, "page_size"),
        ("GET", "/finance/202309/statements", {"sort_field": "create_time"}, "sort_field"),
        ("POST", "/return_refund/202309/returns/search", {"sort_field": "refund_total"}, "sort_field"),
        ("POST", "/return_refund/202309/cancellations/search", {"sort_field": "refund_total"}, "sort_field"),
    ],
)
def test_pages_and_orders_of_lists_have_the_platforms_limits(tool, method, path, query, name):
    status, code, message = tool.refused(method, path, query=query, body={} if method == "POST" else None)
    assert (status, code) == (400, 36009004) and f"'{name}'" in message


def test_a_search_of_orders_says_how_long_its_pages_are(tool):
    assert tool.refused("POST", SEARCH)[2].startswith("PageSize is a required field and has not been provided.")


def test_more_than_fifty_ids_are_refused(tool):
    assert tool.refused("GET", "/order/202507/orders", query={"ids": ",".join(["1"] * 51)})[1] == 36009004


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]"])
def test_an_empty_body_in_any_spelling_is_an_empty_object(tool, raw):
    assert tool.call("POST", SEARCH, query=PAGE, raw=raw)["orders"] == []


def test_a_body_that_is_no_json_is_36009022(tool):
    assert tool.refused("POST", SEARCH, query=PAGE, raw=b"{oops")[1] == 36009022


def test_every_path_of_the_table_answers_or_says_it_is_not_acted_out(tool):
    from sandbox.table import HANDLERS

    known = {(endpoint.method, endpoint.path) for endpoint in tool.box.table.all}
    assert set(HANDLERS) <= known
    assert len(HANDLERS) >= 90


@pytest.mark.parametrize("body", [{"is_buyer_request_cancel": "maybe"}, {"create_time_ge": 1.5}])
def test_what_is_neither_true_nor_false_nor_whole_is_refused(tool, body):
    found = tool.refused("POST", "/order/202309/orders/search", query={"page_size": 5}, body=body)
    assert found[:2] == (400, 36009004) and next(iter(body)) in found[2]


@pytest.mark.parametrize("body", [{"is_buyer_request_cancel": "False"}, {"create_time_ge": 1.0}])
def test_what_can_be_read_is_understood(tool, body):
    order_id = tool.place()
    found = tool.call("POST", "/order/202309/orders/search", query={"page_size": 5}, body=body)["orders"]
    assert [row["id"] for row in found] == [order_id]
