"""A sandbox that is killed at any moment comes back without contradiction."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time

import httpx
import orjson
import pytest

from sandbox.control import api
from sandbox.table import HANDLERS
from sandbox.tests.conftest import Tool, differences, open_box
from sandbox.tests.test_control import web as send_all
from sandbox.tests.whole import contradictions


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(folder, port):
    program = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "sandbox",
            "--port",
            str(port),
            "--data",
            str(folder),
            "--demo",
            "quiet",
            "--speed",
            "0",
        ]
    )
    web = httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30)
    for _ in range(300):
        try:
            web.get("/sandbox/clock")
            return program, web
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the sandbox did not start")


@pytest.fixture
def killed_later():
    started: list = []
    yield started
    for program, web in started:
        web.close()
        if program.poll() is None:
            os.kill(program.pid, signal.SIGKILL)
            program.wait()


def test_after_kill_9_everything_answered_is_still_there(tmp_path, killed_later):
    port = free_port()
    program, web = start(tmp_path, port)
    killed_later.append((program, web))
    secret = web.get("/sandbox/credentials").json()["app_secret"]
    history = len(web.get("/sandbox/truth").json()["orders"])
    assert 2000 <= history <= 2060
    made = web.post("/sandbox/orders", json={"count": 30, "status": "IN_TRANSIT"}).json()["order_ids"]
    web.post("/sandbox/clock", json={"advance": 5000})
    before = web.get("/sandbox/truth").json()
    os.kill(program.pid, signal.SIGKILL)
    program.wait()
    program, web = start(tmp_path, port)
    killed_later.append((program, web))
    after = web.get("/sandbox/truth").json()
    assert (after["orders"], after["packages"]) == (before["orders"], before["packages"])
    assert {row["id"] for row in after["orders"]} >= set(made) and after["now"] >= before["now"]
    assert web.get("/sandbox/credentials").json()["app_secret"] == secret


def test_a_reopened_world_goes_on_where_it_stopped(tmp_path):
    box = open_box(tmp_path)
    order_id = Tool(box).place(status="ON_HOLD")
    moment = box.clock.now()
    box.store.db.close()
    again = open_box(tmp_path)
    assert again.clock.now() >= moment - 0.001 and again.book.orders[order_id]["status"] == "ON_HOLD"
    Tool(again).advance(hours=1)
    assert again.book.orders[order_id]["status"] == "AWAITING_SHIPMENT"
    again.store.close()


def test_memory_and_disk_never_differ_after_a_change(tmp_path):
    box = open_box(tmp_path)
    tool = Tool(box)
    for status in (
        "UNPAID",
        "ON_HOLD",
        "AWAITING_SHIPMENT",
        "AWAITING_COLLECTION",
        "IN_TRANSIT",
        "DELIVERED",
        "COMPLETED",
        "CANCELLED",
    ):
        for region in ("US", "GB", "ID"):
            tool.place(status=status, shop=region, lines=2)
    tool.advance(days=20)
    assert differences(box) == []
    box.store.close()


def test_a_foreign_address_is_refused_at_start(capsys):
    from sandbox.__main__ import main

    assert main(["--host", "0.0.0.0"]) == 2
    assert "loopback" in capsys.readouterr().err


@pytest.mark.parametrize("path", ["/sandbox/buyers/cancel", "/order/202309/orders"])
def test_a_call_that_fails_halfway_has_changed_nothing(tool, monkeypatch, path):
    order_id = tool.place()
    before = orjson.dumps(tool.box.store.kinds["order"])

    def stumble(*_args, **_how):
        order = tool.box.book.orders[order_id]
        order["status"] = "DELIVERED"
        tool.box.book.touch(order, now=tool.box.now() + 50)
        order["payment"]["total_amount"] = "0.00"
        raise RuntimeError("halfway")

    monkeypatch.setitem(api.PATHS, ("POST", "buyers/cancel"), stumble)
    monkeypatch.setitem(HANDLERS, ("GET", "/order/202309/orders"), stumble)
    if path.startswith("/sandbox"):
        (reply,) = send_all(tool, [("POST", path, {"json": {"order_id": order_id}})])
    else:
        made = tool.request("GET", path, query={"ids": order_id})
        (reply,) = send_all(tool, [("GET", path, {"params": made.query, "headers": made.headers})])
    assert reply.status_code == 500 and orjson.dumps(tool.box.store.kinds["order"]) == before
    assert contradictions(tool.box) == [] and tool.box.book.orders[order_id]["status"] == "AWAITING_SHIPMENT"
    tool.control("couriers/scan", order_id=tool.place(status="AWAITING_COLLECTION"), event="collected")
    assert contradictions(tool.box) == []
