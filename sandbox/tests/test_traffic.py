"""Buyers by the day and by the ten thousand, a past of any length, and runs that repeat."""

from __future__ import annotations

from collections import Counter

import pytest

from sandbox.__main__ import build, read_arguments
from sandbox.control.worlds import traffic_from
from sandbox.errors import ControlRefusal
from sandbox.orders.kinds import SHARES
from sandbox.tests.conftest import Tool
from sandbox.tests.worlds import START, box_with
from sandbox.world.history import write_history
from sandbox.world.people import BUYERS, buyer_character

KINDS = ("order", "package", "cancel", "return", "entry", "statement", "buyer", "rating", "conversation", "product")


def world(box):
    return {kind: dict(box.store.table(kind)) for kind in KINDS}


def play(folder, seed):
    """Do the same things to a world of a seed; return all that came of them."""
    tool = Tool(box_with(folder, "US,TH,BR", seed=seed))
    write_history(tool.box, days=10, orders=60)
    tool.control("traffic", orders_per_hour=6)
    tool.advance(hours=20)
    ids = tool.control("orders", shop="TH", type="COD", count=3)["order_ids"]
    for order_id in ids:
        package = tool.order(order_id, "TH")["packages"][0]["id"]
        tool.call("POST", f"/fulfillment/202309/packages/{package}/ship", region="TH", body={})
    tool.control("traffic", orders_per_hour=0.5, burst={"per_hour": 600, "minutes": 10})
    tool.advance(days=12)
    found = world(tool.box)
    tool.box.store.close()
    return found


def test_the_same_seed_and_the_same_calls_make_the_same_world(tmp_path):
    first, second = play(tmp_path / "a", 5), play(tmp_path / "b", 5)
    assert {kind: len(rows) for kind, rows in first.items()} == {kind: len(rows) for kind, rows in second.items()}
    assert len(first["order"]) > 300
    for kind in KINDS:
        assert first[kind] == second[kind], kind
    other = play(tmp_path / "c", 6)
    assert list(first["order"].values())[70]["line_items"] != list(other["order"].values())[70]["line_items"]


@pytest.mark.parametrize(
    ("given", "low", "high"), [({"orders_per_day": 20}, 70, 150), ({"orders_per_hour": 6}, 650, 850)]
)
def test_as_many_buyers_come_as_were_asked_for(tmp_path, given, low, high):
    tool = Tool(box_with(tmp_path, "US,GB,ID"))
    tool.advance(days=1)
    assert tool.box.book.orders == {}
    tool.control("traffic", **given)
    tool.advance(days=5)
    assert low <= len(tool.box.book.orders) <= high
    tool.control("traffic", orders_per_hour=0)
    before = len(tool.box.book.orders)
    tool.advance(days=5)
    assert len(tool.box.book.orders) - before <= 3  # who watched a live may still come back


def test_where_nobody_is_wanted_nobody_comes_after_a_restart_either(tmp_path):
    line = ["--data", str(tmp_path), "--speed", "0", "--demo", "live", "--history", "0"]
    box = build(read_arguments([*line, "--traffic", "0"]))
    box.jump(86400)
    box.store.close()
    again = build(read_arguments(line))
    again.jump(86400)
    assert again.book.orders == {}
    again.store.close()


def test_a_live_brings_ten_thousand_an_hour_who_want_one_or_two_things_and_then_ends(tmp_path):
    tool = Tool(box_with(tmp_path, "US,GB,ID"))
    answer = tool.control("traffic", orders_per_day=20, burst={"per_hour": 10000, "minutes": 4, "shop": "US"})
    us = tool.shops["US"]["id"]
    assert list(answer["burst"]["hot"]) == [us] and len(answer["burst"]["hot"][us]) in (1, 2)
    tool.advance(seconds=240)
    orders = list(tool.box.book.orders.values())
    assert 560 <= len(orders) <= 780 and {order["shop_id"] for order in orders} == {us}
    wanted = Counter(line["sku_id"] for order in orders for line in order["line_items"])
    hot = set(answer["burst"]["hot"][us])
    assert {sku for sku, _ in wanted.most_common(len(hot))} == hot
    assert sum(wanted[sku] for sku in hot) > 0.55 * sum(wanted.values())
    assert any("auto_combine_group_id" in order for order in orders)
    again = len(orders)
    tool.advance(hours=12)
    assert len(tool.box.book.orders) - again < 500  # those of the live who come back, and twenty a day


def test_nonsense_about_traffic_is_refused_and_nothing_changes(tool):
    for wrong in (
        {},
        {"orders_per_hour": -1},
        {"orders_per_hour": "many"},
        {"orders_per_hour": 10001},
        {"burst": 7},
        {"burst": {"per_hour": 0}},
        {"burst": {"minutes": 10**6}},
        {"burst": {"shop": "MARS"}},
    ):
        with pytest.raises(ControlRefusal):
            tool.control("traffic", **wrong)
    assert tool.box.store.get("meta", "traffic") is None and tool.box.agenda.heap[0][2] == "statement_day"
    for text in ("20/week", "many", "20000/hour", "-3"):
        with pytest.raises(ValueError):
            traffic_from(text)
    assert (traffic_from("240/day"), traffic_from("500/hour"), traffic_from("7.5")) == (10, 500, 7.5)


def test_a_past_of_any_length_is_written_and_kept(tmp_path):
    line = ["--data", str(tmp_path), "--speed", "0", "--demo", "quiet", "--shops", "all", "--history", "600"]
    box = build(read_arguments([*line, "--history-days", "365", "--start", "2026-11-20T00:00:00"]))
    orders = list(box.book.orders.values())
    assert 600 <= len(orders) <= 640 and len(box.shops()) == 15
    assert box.now() - min(order["create_time"] for order in orders) > 330 * 86400
    statuses = Counter(order["status"] for order in orders)
    assert statuses["COMPLETED"] > 300 and statuses["CANCELLED"] > 10
    assert not box.store.table("delivery")
    half = box.now() - 182 * 86400
    assert sum(order["create_time"] > half for order in orders) > 1.2 * sum(
        order["create_time"] <= half for order in orders
    )
    box.store.close()
    again = build(read_arguments([*line]))
    assert len(again.book.orders) == len(orders)
    again.store.close()


def test_a_reset_writes_the_past_that_is_asked_for(tool):
    answer = tool.control("reset", seed=4, shops="US,JP", history=40, history_days=30)
    assert 40 <= answer["orders"] <= 45 and len(answer["shops"]) == 2
    for wrong in ({"history": -1}, {"history_days": 0}, {"history_days": 9999, "history": 5}):
        with pytest.raises(ControlRefusal):
            tool.control("reset", **wrong)


def test_every_kind_of_order_occurs_by_itself(tmp_path):
    tool = Tool(box_with(tmp_path, "all"))
    write_history(tool.box, days=20, orders=1000)
    orders = tool.box.book.orders.values()
    seen = Counter(order["order_type"] for order in orders)
    assert seen.keys() >= {"NORMAL", "PRE_ORDER", "MADE_TO_ORDER", "BACK_ORDER", "ZERO_LOTTERY"}
    for name in ("is_cod", "is_sample_order", "is_exchange_order", "auto_combine_group_id", "_split"):
        assert any(order.get(name) for order in orders), name
    lines = [line for order in orders for line in order["line_items"]]
    for name in ("is_gift", "_parts", "combined_listing_skus"):
        assert any(line.get(name) for line in lines), name
    assert {order.get("split_or_combine_tag") for order in orders} >= {"COMBINED", "SPLIT"}
    assert any(order["fulfillment_type"] == "FULFILLMENT_BY_TIKTOK" for order in orders)
    assert 0.75 < seen["NORMAL"] / len(orders) < 0.98 and SHARES["NORMAL"] > 80


def test_buyers_keep_their_character():
    kinds = [buyer_character(1, str(number)) for number in range(2000)]
    assert kinds == [buyer_character(1, str(number)) for number in range(2000)]
    shares = Counter(kind.name for kind in kinds)
    assert set(shares) == {kind.name for kind in BUYERS} and 900 < shares["steady"] < 1180


def test_two_weeks_of_a_live_world_keep_every_promise(tmp_path):
    box = box_with(tmp_path, "US,GB,ID", demo="live")
    assert box.now() == int(START)
    box.jump(14 * 86400)
    orders = list(box.book.orders.values())
    assert len(orders) > 2200
    for order in orders:
        if order["status"] == "AWAITING_SHIPMENT":
            assert order["shipping_due_time"] >= box.now()
        if order["status"] == "UNPAID":
            assert order["create_time"] + 48 * 3600 >= box.now()
    stuck = [order for order in orders if order["status"] == "ON_HOLD" and order.get("release_date", 0) < box.now()]
    assert all(box.now() - order["update_time"] <= 3600 for order in stuck)
