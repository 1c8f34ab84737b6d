"""What clients in the field really send: each habit is understood, or refused with a clean code."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import quote

import orjson
import pytest

from sandbox.app import App
from sandbox.signing import request_signature

SEARCH = "/order/202309/orders/search"
DETAIL = "/order/202507/orders"


def ask(
    tool: Any,
    method: str,
    path: str,
    *,
    pairs: list[tuple[str, str]],
    body: bytes = b"",
    signed: bytes | None = None,
    headers: dict[str, str] | None = None,
    spell: Any = quote,
    first: bool = False,
) -> tuple[int, dict[str, Any]]:
    """Send bytes through the web side as they are; `signed` is what the client believes its body to be."""
    known = [
        ("app_key", tool.box.app["app_key"]),
        ("timestamp", str(tool.box.now())),
        ("shop_cipher", tool.shops["US"]["cipher"]),
    ]
    whole = [*pairs, *known] if first else [*known, *pairs]
    sign = request_signature(
        tool.box.app["app_secret"], path=path, query=whole, body=body if signed is None else signed
    )
    query = "&".join(f"{key}={spell(value)}" for key, value in [*whole, ("sign", sign)])
    head = {"host": "127.0.0.1", "x-tts-access-token": tool.token("US"), **(headers or {})}
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(key.encode(), value.encode()) for key, value in head.items() if value],
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(dict(message))

    asyncio.run(App(tool.box)(scope, receive, send))
    return int(sent[0]["status"]), dict(orjson.loads(sent[1]["body"]))


def good(answer: tuple[int, dict[str, Any]]) -> Any:
    assert (answer[0], answer[1]["code"]) == (200, 0), answer
    return answer[1]["data"]


PAGE = [("page_size", "10")]
JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(("body", "signed"), [(b"{}", b"{}"), (b"{}", b""), (b"", b""), (b"[]", b"[]")])
def test_an_empty_body_is_taken_however_it_is_sent_and_signed(tool, body, signed):
    order_id = tool.place()
    found = good(ask(tool, "POST", SEARCH, pairs=PAGE, body=body, signed=signed, headers=JSON))
    assert [row["id"] for row in found["orders"]] == [order_id]
    cancel_id = tool.control("buyers/cancel", order_id=order_id)["cancel_id"]
    path = f"/return_refund/202309/cancellations/{cancel_id}/approve"
    good(ask(tool, "POST", path, pairs=[], body=body, signed=signed, headers=JSON))
    assert tool.truth(order_id) == "CANCELLED"


def test_ids_come_joined_by_commas_encoded_or_not_and_also_repeated(tool):
    ids = [tool.place() for _ in range(3)]
    joined = [("ids", ",".join(ids))]
    for pairs, spell in (
        (joined, quote),
        (joined, lambda text: quote(text, safe=",")),
        ([("ids", i) for i in ids], quote),
    ):
        assert {row["id"] for row in good(ask(tool, "GET", DETAIL, pairs=pairs, spell=spell))["orders"]} == set(ids)


def test_an_empty_list_stands_for_an_empty_object(tool):
    package = tool.order(tool.place())["packages"][0]["id"]
    body = b'{"handover_method":"PICKUP","pickup_slot":[]}'
    good(ask(tool, "POST", f"/fulfillment/202309/packages/{package}/ship", pairs=[], body=body, headers=JSON))
    wrong = b'{"packages":{"id":"17"}}'
    status, answer = ask(tool, "POST", "/fulfillment/202309/packages/ship", pairs=[], body=wrong, headers=JSON)
    assert (status, answer["code"]) == (400, 36009004)


@pytest.mark.parametrize(
    "body",
    [
        b'{"type":"TEXT","content":"{\\"content\\":\\"Gr\\u00fc\\u00df\\/e\\"}"}',
        '{"content":"{\\"content\\":\\"Grüß/e\\"}",  "type":"TEXT"}'.encode(),
        json.dumps({"type": "TEXT", "content": '{"content":"Grüß/e"}'}).encode(),
    ],
)
def test_escapes_spaces_and_the_order_of_keys_are_the_clients_own(tool, body):
    thread = tool.control("buyers/chat", order_id=tool.place(), text="hi")["conversation_id"]
    path = f"/customer_service/202606/conversations/{thread}/messages"
    message_id = good(ask(tool, "POST", path, pairs=[], body=body, headers=JSON))["message_id"]
    assert json.loads(tool.box.store.table("message")[message_id]["content"]) == {"content": "Grüß/e"}


def test_a_body_written_anew_after_signing_is_refused(tool):
    body = json.dumps({"order_status": "UNPAID"}).encode()
    status, answer = ask(tool, "POST", SEARCH, pairs=PAGE, body=body, signed=orjson.dumps(orjson.loads(body)))
    assert (status, answer["code"]) == (401, 106001)


@pytest.mark.parametrize("headers", [{**JSON, "content-length": "0"}, {"content-length": "0"}, {}])
def test_a_post_needs_no_body_and_no_content_type(tool, headers):
    assert good(ask(tool, "POST", SEARCH, pairs=PAGE, headers=headers))["total_count"] == 0


def test_a_token_in_the_query_is_neither_signed_nor_read(tool):
    pairs = [*PAGE, ("access_token", "stale")]
    assert good(ask(tool, "POST", SEARCH, pairs=pairs, headers=JSON))["total_count"] == 0
    status, answer = ask(tool, "POST", SEARCH, pairs=pairs, headers={"x-tts-access-token": ""})
    assert answer["code"] == 36009004 and status >= 400


@pytest.mark.parametrize("kind", ["", "application/json", "application/json; charset=utf-8", "text/plain"])
def test_a_get_may_carry_any_content_type_or_none(tool, kind):
    order_id = tool.place()
    found = good(ask(tool, "GET", DETAIL, pairs=[("ids", order_id)], headers={"content-type": kind}))
    assert found["orders"][0]["id"] == order_id


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=cut", 'Multipart/Form-Data; boundary="cut"'])
def test_a_multipart_body_is_signed_as_nothing(tool, kind):
    body = b'--cut\r\nContent-Disposition: form-data; name="data"; filename="a.png"\r\n\r\nPNG\r\n--cut--\r\n'
    path, headers = "/fulfillment/202309/images/upload", {"content-type": kind}
    assert good(ask(tool, "POST", path, pairs=[], body=body, signed=b"", headers=headers))["url"]
    assert ask(tool, "POST", path, pairs=[], body=body, headers=headers)[1]["code"] == 106001


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("spell", [quote, lambda text: quote(text, safe="").replace("%20", "+")])
def test_spaces_are_spelled_either_way_and_the_query_stands_in_any_order(tool, spell, first):
    order_id = tool.place()
    outside = {"id": "Web 17/a+b", "platform": "SHOPIFY", "line_items": [{"id": "1", "origin_id": "2"}]}
    body = {"orders": [{"id": order_id, "external_order": outside}]}
    tool.call("POST", "/order/202406/orders/external_orders", body=body)
    pairs = [("platform", "SHOPIFY"), ("external_order_id", "Web 17/a+b")]
    safe = spell if spell is not quote else lambda text: quote(text, safe="")
    path = "/order/202406/orders/external_order_search"
    assert good(ask(tool, "POST", path, pairs=pairs, spell=safe, first=first))["orders"][0]["id"] == order_id


@pytest.mark.parametrize(
    ("method", "path", "query"),
    [
        ("GET", "/order/202309/orders", {"ids": "17"}),
        ("GET", "/order/202507/orders", {"ids": "17"}),
        ("POST", "/product/202309/products/search", {"page_size": 10}),
        ("POST", "/product/202502/products/search", {"page_size": 10}),
        ("POST", "/return_refund/202309/returns/search", {}),
        ("POST", "/return_refund/202602/returns/search", {}),
        ("POST", "/return_refund/202309/cancellations/search", {}),
        ("POST", "/return_refund/202602/cancellations/search", {}),
        ("GET", "/finance/202309/payments", {"sort_field": "create_time"}),
        ("GET", "/finance/202605/payments", {"sort_field": "create_time"}),
    ],
)
def test_older_and_newer_versions_are_served_side_by_side(tool, method, path, query):
    assert isinstance(tool.call(method, path, query=query), dict)


def test_every_envelope_has_a_whole_number_as_code_a_message_and_a_request_id(tool):
    cases = [
        ask(tool, "POST", SEARCH, pairs=PAGE),
        ask(tool, "POST", SEARCH, pairs=[("page_size", "x")]),
        ask(tool, "POST", SEARCH, pairs=PAGE, signed=b"other"),
        ask(tool, "POST", "/order/202309/nothing", pairs=PAGE),
        ask(tool, "POST", "/return_refund/202309/cancellations/17/approve", pairs=[]),
        ask(tool, "PUT", SEARCH, pairs=PAGE),
    ]
    for _, answer in cases:
        assert type(answer["code"]) is int and answer["message"] and answer["request_id"]
        assert (answer["data"] is None) == (answer["code"] != 0)


def test_both_token_calls_name_their_grant_and_tell_expiry_as_a_moment(tool):
    from sandbox import oauth
    from sandbox.gateway import Request
    from sandbox.grants import approve

    app = tool.box.app
    pairs = [("app_key", app["app_key"]), ("app_secret", app["app_secret"])]

    def token(path: str, *more: tuple[str, str]) -> dict[str, Any]:
        return dict(orjson.loads(oauth.answer_token(tool.box, Request("GET", path, [*pairs, *more], {}, b""))[1]))

    code = ("auth_code", approve(tool.box, [tool.shops["US"]["id"]]))
    assert token("/api/v2/token/get", code, ("grant_type", "authorization_code"))["code"] != 0
    first = token("/api/v2/token/get", code, ("grant_type", "authorized_code"))["data"]
    assert first["access_token_expire_in"] == tool.box.now() + 7 * 86400
    again = ("refresh_token", first["refresh_token"])
    second = token("/api/v2/token/refresh", again, ("grant_type", "refresh_token"))
    assert type(second["code"]) is int and second["data"]["access_token"] != first["access_token"]
    assert token("/api/v2/token/get", code, ("grant_type", "authorized_code"))["code"] == 36004004
