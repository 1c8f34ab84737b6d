"""Hostile mode: each fault does what it says, is counted, and leaves the world itself true."""

from __future__ import annotations

import asyncio
import time
from email.utils import parsedate_to_datetime

import httpx
import orjson
import pytest

from sandbox import deliveries
from sandbox.__main__ import build, read_arguments
from sandbox.app import App
from sandbox.errors import ControlRefusal
from sandbox.faults import HOSTILE, NO_FAULTS, RANGES
from sandbox.hostile import NEW_FIELD, NEW_WORD
from sandbox.tests.conftest import Tool, differences, open_box
from sandbox.tests.test_control import web
from sandbox.tests.test_webhooks import ADDRESS, deliver, subscribe
from sandbox.tests.whole import contradictions

ORDERS = "/order/202309/orders"
SEARCH = "/order/202309/orders/search"


def ask(tool, *calls):
    """Send signed calls through the whole application, one per world, and return the replies."""

    async def run():
        app = tool.__dict__.setdefault("app", App(tool.box))
        transport, replies = httpx.ASGITransport(app=app), []
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8110") as client:
            for method, path, how in calls:
                made = tool.request(method, path, **how)
                replies.append(
                    await client.request(
                        made.method, made.path, params=made.query, headers=made.headers, content=made.body
                    )
                )
        return replies

    return asyncio.run(run())


def struck(tool):
    return tool.read("faults")["struck"]


def test_a_preset_sets_everything_and_what_is_named_beside_it_goes_before(tool):
    assert {key: tool.control("faults", preset="hostile")[key] for key in RANGES} == HOSTILE
    mixed = tool.control("faults", preset="hostile", api={"error_rate": 0.5})
    assert mixed["api"]["error_rate"] == 0.5 and mixed["webhooks"] == HOSTILE["webhooks"]
    assert {key: tool.control("faults", preset="calm")[key] for key in RANGES} == NO_FAULTS
    assert {key: tool.control("faults")[key] for key in RANGES} == NO_FAULTS


@pytest.mark.parametrize(
    "wrong",
    [
        {"preset": "wild"}, {"weather": {}}, {"actors": {"dog": 1}}, {"actors": {"seller": 1.1}}, {"webhooks": []},
        {"api": {"clock_skew": 4000}}, {"api": {"slow": True}}, {"api": {"slow_seconds": -1}},
        {"api": {"retire": "202507"}}, {"api": {"retire": ["202507", 202309]}}, {"api": {"retire": ["/order/202507"]}},
    ],
)  # fmt: skip
def test_a_fault_nobody_knows_or_out_of_range_is_refused_and_nothing_changes(tool, wrong):
    tool.control("faults", webhooks={"drop": 0.5})
    with pytest.raises(ControlRefusal):
        tool.control("faults", **wrong)
    assert tool.box.faults["webhooks"]["drop"] == 0.5


def test_the_setting_and_its_counts_outlive_a_restart(tool, tmp_path):
    tool.control("faults", api={"error_rate": 1, "new_fields": 0.5})
    assert ask(tool, ("GET", ORDERS, {"query": {"ids": "1"}}))[0].status_code == 500
    tool.box.store.close()
    again = open_box(tmp_path)
    assert (again.faults["api"]["new_fields"], again.store.get("meta", "struck")) == (0.5, {"api.error_rate": 1})
    again.store.close()
    tool.box.store.__init__(tmp_path / "sandbox.sqlite3")


def test_a_cut_answer_is_no_json_and_the_call_was_carried_out(tool):
    order_id = tool.place()
    package = tool.order(order_id)["packages"][0]["id"]
    tool.control("faults", api={"truncate": 1})
    cuts = 0
    for _ in range(20):
        (reply,) = ask(tool, ("GET", ORDERS, {"query": {"ids": order_id}}))
        with_json = reply.content.endswith(b"}") and orjson.loads(reply.content)
        cuts += not with_json
    assert 0 < cuts < 20 and struck(tool)["api.truncate"] == 20
    ask(tool, ("POST", f"/fulfillment/202309/packages/{package}/ship", {"body": {}}))
    assert tool.truth(order_id) == "AWAITING_COLLECTION"


def test_a_short_page_has_a_next_one_and_no_row_is_lost_or_shown_twice(tool):
    placed = {tool.place() for _ in range(17)}
    tool.control("faults", api={"truncate": 0.6})
    seen, sizes, token, more = [], [], "", True
    while more:
        (reply,) = ask(tool, ("POST", SEARCH, {"query": {"page_size": 4, "page_token": token}, "body": {}}))
        try:
            found = orjson.loads(reply.content)["data"]
        except orjson.JSONDecodeError:
            continue
        seen += [order["id"] for order in found["orders"]]
        sizes.append(len(found["orders"]))
        token = found["next_page_token"]
        more = bool(token)
    assert sorted(seen) == sorted(placed) and 2 in sizes[:-1]


def test_new_fields_stand_in_every_object_and_new_words_where_a_list_was_closed(tool):
    order_id = tool.place()
    tool.control("faults", api={"new_fields": 1, "new_values": 1})
    (reply,) = ask(tool, ("GET", "/order/202507/orders", {"query": {"ids": order_id}}))
    (order,) = reply.json()["data"]["orders"]
    assert NEW_FIELD in order and NEW_FIELD in order["line_items"][0] and NEW_FIELD in order["payment"]
    assert order["order_type"] == order["line_items"][0]["sku_type"] == NEW_WORD
    assert order["status"] == "AWAITING_SHIPMENT" and order["id"] == order_id
    tool.control("faults", preset="calm")
    assert tool.order(order_id)["order_type"] == "NORMAL" and differences(tool.box) == []


def test_a_slow_answer_comes_late_and_an_expired_token_in_between(tool):
    tool.control("faults", api={"slow": 1, "slow_seconds": 0.3})
    start = time.monotonic()
    assert ask(tool, ("GET", ORDERS, {"query": {"ids": "1"}}))[0].status_code == 200
    assert time.monotonic() - start >= 0.3
    tool.control("faults", api={"expire_rate": 1})
    old = tool.token("US")
    assert ask(tool, ("GET", ORDERS, {"query": {"ids": "1"}}))[0].json()["code"] == 105002
    tool.control("faults", preset="calm")
    assert tool.token("US") != old and tool.order(tool.place())


def test_a_clock_that_is_off_is_told_in_the_head_and_moves_the_window(tool):
    tool.control("faults", api={"clock_skew": 600})
    now = tool.box.now()
    late, right = ask(
        tool,
        ("GET", ORDERS, {"query": {"ids": "1"}, "timestamp": str(now)}),
        ("GET", ORDERS, {"query": {"ids": "1"}, "timestamp": str(now + 600)}),
    )
    assert late.json()["code"] == 36009004 and right.json()["code"] == 0
    assert parsedate_to_datetime(late.headers["date"]).timestamp() == pytest.approx(now + 600, abs=2)


def test_an_old_webhook_comes_again_days_later_once(tool):
    subscribe(tool)
    tool.control("faults", webhooks={"replay": 1})
    tool.place(status="UNPAID")
    (first,) = deliver(tool, 200)
    tool.advance(hours=23)
    assert deliver(tool, 200) == []
    tool.advance(days=4.1)
    again = [request.content for request in deliver(tool, 200)]
    assert again.count(first.content) == 1
    tool.advance(days=6)
    assert first.content not in [request.content for request in deliver(tool, 200)]
    assert struck(tool)["webhooks.replay"] >= 1


def test_reordered_webhooks_overtake_each_other(tool, monkeypatch):
    monkeypatch.setattr(deliveries, "REORDER", (0.05, 0.4))
    subscribe(tool)
    tool.control("faults", webhooks={"reorder": 0.5})
    order_ids = [tool.place(status="UNPAID") for _ in range(12)]

    async def run():
        made = []

        def receive(request):
            made.append(orjson.loads(request.content)["data"]["order_id"])
            return httpx.Response(200)

        postman = deliveries.Postman(tool.box)
        await postman.client.aclose()
        postman.client = httpx.AsyncClient(transport=httpx.MockTransport(receive))
        while len(made) < 12:
            postman.look()
            await asyncio.sleep(0.01)
        await postman.close()
        return made

    arrived = asyncio.run(run())
    assert sorted(arrived) == sorted(order_ids) and arrived != order_ids


def test_the_same_seed_drops_the_same_webhooks(tmp_path):
    lost = []
    for name in ("one", "two"):
        box = open_box(tmp_path / name)
        tool = Tool(box)
        subscribe(tool)
        tool.control("faults", webhooks={"drop": 0.5})
        for _ in range(20):
            tool.place(status="UNPAID")
        deliver(tool, 200)
        rows = list(box.store.table("delivery").values())
        lost.append([number for number, row in enumerate(rows) if row["state"] == "LOST"])
        box.store.close()
    assert lost[0] == lost[1] and 0 < len(lost[0]) < 20


def codes(tool, *paths):
    return [reply.json()["code"] for reply in ask(tool, *(("GET", path, {"query": {"ids": "1"}}) for path in paths))]


def test_a_retired_path_is_answered_as_an_unknown_version_until_none_is_left(tool):
    newer, price = "/order/202507/orders", "/order/202407/orders/1/price_detail"
    assert codes(tool, ORDERS, newer) == [0, 0]
    tool.control("faults", api={"retire": [newer, "202407"]})
    assert codes(tool, ORDERS, newer, price) == [0, 36009014, 36009009]
    tool.control("faults", api={"retire": ["202309", newer]})
    assert codes(tool, ORDERS, newer) == [36009009, 36009009]
    assert struck(tool) == {"api.retire": 2}
    tool.control("faults", preset="calm")
    assert codes(tool, ORDERS, newer) == [0, 0]


def test_what_cannot_be_retired_is_named_in_the_refusal(tool):
    with pytest.raises(ControlRefusal, match="retire names /order/201901/orders, which is not served"):
        tool.control("faults", api={"retire": ["202507", "/order/201901/orders"]})


@pytest.mark.parametrize("who", ["second_tool", "seller"])
def test_others_act_on_orders_in_between_and_the_world_stays_whole(tool, who):
    tool.control("app", webhook_url=ADDRESS)
    tool.token("US")
    tool.control("faults", actors={who: 1})
    for number in range(40):
        tool.place(sku="BDR-01", quantity=3, buyer=f"buyer {number // 2}")
    tool.advance(hours=9)
    assert struck(tool)[f"actors.{who}"] >= 35
    deeds = {name.split(".")[2] for name in struck(tool) if name.count(".") == 2}
    assert deeds == {"second_tool": {"arrange", "cancel", "split", "combine"},
                     "seller": {"arrange", "cancel", "split", "edit_address", "edit_listing"}}[who]  # fmt: skip
    assert contradictions(tool.box) == []


def test_in_calm_weather_nobody_else_acts(tool):
    for _ in range(10):
        tool.place()
    tool.advance(hours=9)
    assert {order["status"] for order in tool.box.book.orders.values()} == {"AWAITING_SHIPMENT"}
    assert struck(tool) == {}


@pytest.mark.parametrize(("lang", "word"), [("zh", "恶劣模式"), ("en", "Hostile")])
def test_the_page_has_a_button_for_each_preset_and_sends_webhooks_by_hand(tool, lang, word):
    tool.control("app", webhook_url=ADDRESS)
    tool.token("US")
    us = tool.shops["US"]["id"]
    page, hostile, single, sent, taken, after = web(
        tool,
        [
            ("GET", f"/sandbox/?lang={lang}", {}),
            ("POST", "/sandbox/act/faults", {"data": {"lang": lang, "preset": "hostile"}}),
            (
                "POST",
                "/sandbox/act/faults",
                {"data": {"lang": lang, "clock_skew": "-20", "seller": "0.25", "retire": " 202507 202405"}},
            ),
            ("POST", "/sandbox/act/webhooks", {"data": {"lang": lang, "type": "42", "shop": us}}),
            ("POST", "/sandbox/act/revoke", {"data": {"lang": lang, "shop": us}}),
            ("GET", f"/sandbox/?lang={lang}", {}),
        ],
    )
    assert word in page.text and "42 COMBINED_LISTING_CHANGE" in page.text
    assert {reply.status_code for reply in (hostile, single, sent, taken)} == {303}
    assert (tool.box.faults["api"]["clock_skew"], tool.box.faults["actors"]["seller"]) == (-20.0, 0.25)
    assert tool.box.faults["webhooks"] == NO_FAULTS["webhooks"]
    assert tool.box.faults["api"]["retire"] == ["202405", "202507"] and 'value="202405 202507"' in after.text
    assert [row["event"] for row in tool.box.store.table("delivery").values()] == [
        "COMBINED_LISTING_CHANGE", "SELLER_DEAUTHORIZATION",
    ]  # fmt: skip
    assert "COMBINED_LISTING_CHANGE" in after.text


def test_a_sandbox_can_begin_hostile_and_stays_so_when_it_comes_back(tmp_path):
    for given in (["--hostile"], []):
        box = build(read_arguments(["--data", str(tmp_path), "--demo", "off", *given]))
        assert box.faults == HOSTILE
        box.store.close()
