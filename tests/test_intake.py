"""The desk against a real sandbox process: connecting, webhooks, sweeps, back-fill, calls, and what may go wrong."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from django.test import Client

from shundan.config.demo import connect_sandbox
from shundan.core.actors import SYSTEM, step
from shundan.core.calls import CallKind
from shundan.edges.channels.actions import budgets
from shundan.edges.channels.queries import connections, reachable_shops
from shundan.edges.channels.tiktok.mapping import map_order, map_package
from shundan.edges.channels.tiktok.shipping import fetch_label_file
from shundan.edges.inbox import steps as intake
from shundan.edges.inbox import views
from shundan.edges.inbox.queries import arrivals, completeness, latest_snapshot, sweeps, unapplied
from shundan.edges.outbox import steps as outgoing
from shundan.edges.outbox.actions import CallDraft, queue_call
from shundan.edges.outbox.queries import Call, calls, open_call
from shundan.ground.lib import clock
from shundan.ground.shops.queries import shop_by_key
from shundan.ground.staff.actions import create_person

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 20.0


class World:
    """The sandbox's control side."""

    def __init__(self, url: str) -> None:
        self.url = url

    def post(self, path: str, **told: Any) -> dict[str, Any]:
        answer = httpx.post(f"{self.url}/sandbox/{path}", json=told, timeout=30, trust_env=False)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def get(self, path: str) -> dict[str, Any]:
        return dict(httpx.get(f"{self.url}/sandbox/{path}", timeout=30, trust_env=False).json())

    def orders(self, count: int, **told: Any) -> list[str]:
        return [str(key) for key in self.post("orders", count=count, **told)["order_ids"]]

    def faults(self, **told: Any) -> None:
        self.post("faults", **told)


@pytest.fixture(scope="module")
def sandbox_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A sandbox process of this module's own, with its three shops."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url, place = f"http://127.0.0.1:{port}", str(tmp_path_factory.mktemp("sandbox"))
    line = [sys.executable, "-m", "sandbox", "--port", str(port), "--data", place, "--demo", "quiet"]
    process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: answers(url), "the sandbox did not start", patience=60)
        yield url
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def world(sandbox_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The sandbox with its shops and no orders; its story clock is the one the desk follows."""
    for name, value in (("_followed", None), ("_asked", 0.0), ("_latest", datetime.min.replace(tzinfo=UTC))):
        monkeypatch.setattr(clock, name, value)
    monkeypatch.setenv("SHUNDAN_CLOCK_URL", f"{sandbox_url}/sandbox/clock")
    monkeypatch.setattr(views, "_secrets", (0.0, []))
    budgets.forget_budgets()
    found = World(sandbox_url)
    found.post("reset", seed=7)
    yield found
    found.faults()


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/sandbox/clock", timeout=2, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def until(done: Callable[[], bool], otherwise: str, *, patience: float = PATIENCE) -> None:
    end = time.monotonic() + patience
    while not done():
        assert time.monotonic() < end, otherwise
        threading.Event().wait(0.05)


@pytest.fixture
def desk(world: World, live_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The shops of the sandbox connected to a desk that listens; returns their platform ids."""
    settings.PUBLIC_URL = live_server.url.replace("localhost", "127.0.0.1")
    settings.ALLOWED_HOSTS = ["*"]
    shops = connect_sandbox(sandbox_url=world.url, desk_url=settings.PUBLIC_URL)
    # A webhook of the test before, come before the app was stored, would let the door refuse ours for half a second.
    monkeypatch.setattr(views, "_secrets", (0.0, []))
    intake.sweep_next_shops()
    sweeps().filter(kind__in=["score", "listing", "statement"]).update(next_at=clock.wall() + timedelta(hours=1))
    sweeps().update(back_done_at=clock.wall())  # there is no history
    work()
    return shops


def work(rounds: int = 400) -> None:
    """Run the steps of intake and outbox until none of them finds anything."""
    for _ in range(rounds):
        fetched = intake.fetch_next_wants() + intake.fetch_single_wants()
        done = intake.read_next_arrivals() + fetched + outgoing.send_next_calls()
        if not done and not intake.sweep_next_shops():
            return
    raise AssertionError("the steps find no end")


def stored(order_ids: list[str]) -> bool:
    work()
    return set(order_ids) <= {row.outside_id for row in unapplied("order")}


def test_connecting_twice_connects_once(world: World, desk: list[str]) -> None:
    assert len(desk) == 3
    assert connect_sandbox(sandbox_url=world.url, desk_url="http://127.0.0.1:1") == desk
    assert {shop_by_key(key).shop_id for key in reachable_shops()} == set(desk)
    assert all(row.subscribed_at is not None for row in connections().values())
    assert {row.shop.shop_id for row in unapplied("warehouse")} == set(desk)


def test_an_order_placed_arrives_by_webhook_and_is_stored(world: World, desk: list[str]) -> None:
    placed = world.orders(4)
    until(lambda: stored(placed), "the orders did not arrive")
    assert {row.state for row in arrivals()} == {"DONE"}
    facts = [map_order(row.payload) for row in unapplied("order")]
    assert {order.platform_status for order in facts} == {"AWAITING_SHIPMENT"}
    assert [order.unknown for order in facts] == [()] * len(facts)
    truth = {row["id"]: row["shop_id"] for row in world.get("truth")["orders"]}
    assert {row.outside_id: row.shop.shop_id for row in unapplied("order")} == truth


def test_what_no_webhook_told_is_found_by_the_sweep(world: World, desk: list[str]) -> None:
    world.faults(webhooks={"drop": 1.0})
    placed = world.orders(3)
    work()
    assert not stored(placed)
    sweeps().filter(kind="order").update(next_at=clock.wall())
    until(lambda: stored(placed), "the sweep did not find them")
    assert not arrivals().exists()
    assert all(row.error == "" for row in completeness())


def test_duplicates_disorder_errors_and_limits_lose_nothing(world: World, desk: list[str]) -> None:
    world.faults(webhooks={"duplicate": 0.5, "reorder": 0.5, "drop": 0.2}, api={"error_rate": 0.2, "rate_limit": 20})
    placed = world.orders(12, lines=2)
    end = time.monotonic() + PATIENCE
    while not stored(placed) and time.monotonic() < end:
        sweeps().filter(kind="order", lease_until=None).update(next_at=clock.wall())
        threading.Event().wait(0.2)
    assert stored(placed)


def test_a_token_that_ends_in_the_middle_is_refreshed(world: World, desk: list[str]) -> None:
    world.faults(api={"expire_tokens": True})
    placed = world.orders(3)
    until(lambda: stored(placed), "the orders did not arrive")
    assert all(row.dead_at is None for row in connections().values())


def test_a_retired_version_is_left_for_an_older_one_remembered_per_shop_and_shown(
    world: World, desk: list[str], client: Client
) -> None:
    world.faults(api={"retire": ["/order/202507/orders"]})
    placed = world.orders(1, shop=desk[0])
    until(lambda: stored(placed), "the order did not arrive")
    struck = world.get("faults")["struck"]["api.retire"]
    placed += world.orders(1, shop=desk[0])
    until(lambda: stored(placed), "the next order did not arrive")
    assert world.get("faults")["struck"]["api.retire"] == struck  # the newest was not tried again
    owner = create_person("mei", role="owner", by=SYSTEM, now=clock.now())
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    used = {"shop": desk[0], "call": "order.detail", "version": "202309", "newest": "202507"}
    assert client.get("/api/v1/system/health").json()["older_versions"] == [used]
    page = client.get("/system/channel/", headers={"Accept-Language": "en"}).content.decode()
    assert "<td><code>order.detail</code></td><td><code>202309</code></td><td><code>202507</code></td>" in page
    world.faults(api={"retire": ["/order/202309/orders"]})
    placed += world.orders(1, shop=desk[0])
    until(lambda: stored(placed), "the order did not arrive in the version that came back")
    assert client.get("/api/v1/system/health").json()["older_versions"] == []


def label_call(order_id: str) -> tuple[int, str]:
    """Queue a label request for an order's package; return the call's shop and package."""
    row = next(row for row in unapplied("order") if row.outside_id == order_id)
    package_id = map_order(row.payload).package_ids[0]
    draft = CallDraft(
        row.shop_id, CallKind.REQUEST_LABEL, "parcel", int(order_id) % 10**9, order_id, [1], f"label:{order_id}:1",
        {"package_id": package_id, "channel_line_ids": [], "number": 1},
    )  # fmt: skip
    queue_call(draft, by=step("test"), now=clock.now())
    return row.shop_id, package_id


def platform_order(world: World) -> str:
    """Place an order of the American shop: there the platform ships."""
    shop = next(shop_by_key(key).shop_id for key in reachable_shops() if shop_by_key(key).region == "US")
    placed = world.orders(1, shop=shop)
    until(lambda: stored(placed), "the order did not arrive")
    return placed[0]


def test_a_label_is_bought_and_its_file_fetched(world: World, desk: list[str]) -> None:
    shop_key, package_id = label_call(platform_order(world))
    work()
    (call,) = calls().filter(kind=CallKind.REQUEST_LABEL)
    assert call.call_state == "ANSWERED"
    assert call.answer is not None and len(call.answer["tracking_number"]) > 8
    world.post("clock", advance=900)
    file = fetch_label_file(shop_key, package_id)
    assert (file.content_type, file.content[:5]) == ("application/pdf", b"%PDF-")
    assert file.tracking_number == call.answer["tracking_number"]


def ask_after_a_lost_answer(world: World) -> Call:
    """Send the one label call so that its answer is lost, ask after it, and return it answered by that."""
    world.faults(api={"timeout_after_commit": 1.0})
    outgoing.send_next_calls()
    (call,) = calls().filter(kind=CallKind.REQUEST_LABEL)
    assert call.call_state == "UNSURE"
    world.faults()
    budgets.forget_budgets()
    calls().update(not_before=clock.wall())
    until(lambda: outgoing.ask_unsure_calls() > 0, "nobody could say")
    (call,) = calls().filter(kind=CallKind.REQUEST_LABEL)
    assert (call.call_state, call.attempts) == ("ANSWERED", 1)
    return call


def test_an_answer_lost_after_the_platform_had_acted_is_found_out(world: World, desk: list[str]) -> None:
    shop_key, package_id = label_call(platform_order(world))
    call = ask_after_a_lost_answer(world)
    until(lambda: work() is None and latest_snapshot(shop_key, "order", call.subject_name) is not None, "no news of it")
    assert call.answer is not None and call.answer["package_id"] == package_id
    assert open_call("parcel", call.subject_key) is not None


def test_a_buyers_wish_to_cancel_brings_order_and_cancellation(world: World, desk: list[str]) -> None:
    order_id = platform_order(world)
    world.post("buyers/cancel", order_id=order_id, reason="Ordered by mistake")
    until(lambda: work() is None and unapplied("cancellation").exists(), "the request did not arrive")
    row = unapplied("order").filter(outside_id=order_id).order_by("-pk").first()
    assert row is not None and map_order(row.payload).cancel_requested
    assert json.dumps(unapplied("cancellation").get().payload).count(order_id) >= 1


def test_packages_are_told_in_words_the_mapping_knows(world: World, desk: list[str]) -> None:
    shop_key, package_id = label_call(platform_order(world))
    work()
    sweeps().filter(kind="package").update(next_at=clock.wall())
    until(lambda: work() is None and unapplied("package").exists(), "the package did not arrive")
    facts = map_package(unapplied("package").order_by("-pk")[0].payload)
    assert (facts.package_id, facts.unknown) == (package_id, ())
    assert facts.status == "PROCESSING"
