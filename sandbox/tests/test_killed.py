"""A sandbox killed at random moments under load: everything answered is there, and nothing contradicts itself."""

from __future__ import annotations

import itertools
import os
import random
import signal
import subprocess
import sys
import threading
import time
from typing import Any
from urllib.parse import urlencode

import httpx
import orjson
import pytest

from sandbox.signing import request_signature
from sandbox.tests.conftest import open_box
from sandbox.tests.test_restart import free_port
from sandbox.tests.whole import contradictions

ROUNDS = 4
SPEED = 600
HANDS = 3
ACTS = ("order", "order", "ship", "ship", "cancel", "scan", "chat", "send_back", "clock", "split")


class Crowd:
    """Buyers, couriers and a tool, all at once; each remembers what it was told had been done."""

    def __init__(self, port: int, seed: int) -> None:
        self.port, self.seed = port, seed
        self.web = httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=10)
        self.orders: list[str] = []
        self.said: list[tuple[str, str]] = []
        self.stop = threading.Event()

    def begin(self) -> list[threading.Thread]:
        self.told = self.web.get("/sandbox/credentials").json()
        hands = [threading.Thread(target=self.work, args=(random.Random(f"{self.seed}/{n}"),)) for n in range(HANDS)]
        for hand in hands:
            hand.start()
        return hands

    def work(self, luck: random.Random) -> None:
        while not self.stop.is_set():
            try:
                getattr(self, luck.choice(ACTS))(luck)
            except httpx.TransportError:
                return

    def tell(self, path: str, **given: Any) -> dict[str, Any] | None:
        answer = self.web.post(f"/sandbox/{path}", json=given)
        return answer.json() if answer.status_code == 200 else None

    def call(self, method: str, path: str, shop: dict[str, Any], query: dict[str, str], body: Any) -> Any:
        """Send one signed call; None when it was refused."""
        raw = orjson.dumps(body) if body is not None else b""
        now = int(self.web.get("/sandbox/clock").json()["now"])
        query = {**query, "app_key": self.told["app_key"], "shop_cipher": shop["cipher"], "timestamp": str(now)}
        query["sign"] = request_signature(self.told["app_secret"], path=path, query=query.items(), body=raw)
        head = {"x-tts-access-token": shop["access_token"], "content-type": "application/json"}
        answer = self.web.request(method, f"{path}?{urlencode(query)}", content=raw, headers=head).json()
        return answer["data"] if answer["code"] == 0 else None

    def order(self, luck: random.Random) -> None:
        status = luck.choice(("UNPAID", "ON_HOLD", "AWAITING_SHIPMENT", "IN_TRANSIT", "DELIVERED"))
        made = self.tell("orders", count=luck.randint(1, 4), status=status)
        if made:
            self.orders += made["order_ids"]
            self.said += [("order", key) for key in made["order_ids"]]

    def any_order(self, luck: random.Random) -> tuple[dict[str, Any], dict[str, Any]] | None:
        if not self.orders:
            return None
        key = luck.choice(self.orders)
        for shop in self.told["shops"]:
            found = self.call("GET", "/order/202309/orders", shop, {"ids": key}, None)
            if found and found["orders"]:
                return shop, found["orders"][0]
        return None

    def ship(self, luck: random.Random) -> None:
        if found := self.any_order(luck):
            for package in found[1]["packages"]:
                path = f"/fulfillment/202309/packages/{package['id']}/ship"
                if self.call("POST", path, found[0], {}, {"handover_method": "PICKUP"}) is not None:
                    self.said.append(("shipped", package["id"]))

    def split(self, luck: random.Random) -> None:
        found = self.any_order(luck)
        if found and len(found[1]["line_items"]) > 1:
            groups = [{"id": "1", "order_line_item_ids": [found[1]["line_items"][0]["id"]]}]
            path = f"/fulfillment/202309/orders/{found[1]['id']}/split"
            made = self.call("POST", path, found[0], {}, {"splittable_groups": groups})
            self.said += [("package", row["id"]) for row in (made or {"packages": []})["packages"]]

    def cancel(self, luck: random.Random) -> None:
        if self.orders and (made := self.tell("buyers/cancel", order_id=luck.choice(self.orders))):
            self.said.append(("cancel", made["cancel_id"]))

    def scan(self, luck: random.Random) -> None:
        if self.orders:
            self.tell("couriers/scan", order_id=luck.choice(self.orders), event=luck.choice(("collected", "delivered")))

    def chat(self, luck: random.Random) -> None:
        if self.orders and (made := self.tell("buyers/chat", order_id=luck.choice(self.orders), text="Hello?")):
            self.said.append(("message", made["message_id"]))

    def send_back(self, luck: random.Random) -> None:
        if self.orders and (made := self.tell("buyers/return", order_id=luck.choice(self.orders))):
            self.said.append(("return", made["return_id"]))

    def clock(self, luck: random.Random) -> None:
        self.tell("clock", advance=luck.choice((300, 7200, 86400)))


def wait_for_work(crowd: Crowd) -> None:
    """Wait until something of what is killed has been answered, however slow the machine is."""
    end = time.monotonic() + 30
    while len(crowd.said) < 6 and time.monotonic() < end:
        time.sleep(0.02)


def start(folder, port: int) -> subprocess.Popen[bytes]:
    world = f"--port {port} --data {folder} --demo live --seed 7 --history 0 --speed {SPEED}"
    program = subprocess.Popen([sys.executable, "-m", "sandbox", *world.split()])
    for _ in range(600):
        try:
            httpx.get(f"http://127.0.0.1:{port}/sandbox/clock", trust_env=False)
            return program
        except httpx.TransportError:
            time.sleep(0.05)
    program.kill()
    raise AssertionError("the sandbox did not start")


def lost(box, said: list[tuple[str, str]]) -> list[str]:
    """Return what was answered and is not there, or not as far as it had come."""
    found = []
    for kind, key in said:
        row = box.store.get("package" if kind == "shipped" else kind, key)
        if row is None or (kind == "shipped" and row["stage"] == "AWAITING_SHIPMENT" and not row["edits"]):
            found.append(f"{kind} {key}")
    return found


def test_killed_at_random_moments_it_comes_back_whole_each_time(tmp_path):
    luck, said, orders, past = random.Random(20), [], [], 0.0
    for turn in itertools.count(1):
        port = free_port()
        program = start(tmp_path, port)
        crowd = Crowd(port, turn)
        crowd.orders = list(orders)
        hands = crowd.begin()
        wait_for_work(crowd)
        time.sleep(luck.uniform(0.0, 0.8))
        os.kill(program.pid, signal.SIGKILL)
        program.wait()
        crowd.stop.set()
        for hand in hands:
            hand.join()
        crowd.web.close()
        said, orders = said + crowd.said, crowd.orders
        box = open_box(tmp_path, speed=0)
        assert lost(box, said) == [] and contradictions(box) == []
        assert box.clock.now() >= past
        past = box.clock.now()
        box.store.close()
        if turn >= ROUNDS:
            break
    assert len(orders) >= ROUNDS * 2 and len({kind for kind, _ in said}) >= 3


def shift_stock(box):
    product = next(iter(box.store.table("product").values()))
    product["skus"][0]["committed"][next(iter(product["skus"][0]["committed"]))] += 1
    box.store.put("product", product["id"], product)


def spoil_total(box):
    order = next(iter(box.book.orders.values()))
    order["payment"]["total_amount"] = "0.01"
    box.store.put("order", order["id"], order)


def lose_package(box):
    box.store.drop("package", next(iter(box.store.table("package"))))


def lose_entry(box):
    box.store.drop("entry", next(iter(box.store.table("entry"))))


def forget_to_save(box):
    next(iter(box.book.orders.values()))["seller_note"] = "never put"


@pytest.mark.parametrize("spoil", [shift_stock, spoil_total, lose_package, lose_entry, forget_to_save])
def test_a_world_that_contradicts_itself_is_noticed(tool, spoil):
    for status in ("AWAITING_SHIPMENT", "DELIVERED"):
        tool.place(status=status)
    tool.advance(days=20)
    assert contradictions(tool.box) == []
    spoil(tool.box)
    assert contradictions(tool.box) != []
