"""Sandbox: signed calls answered per second over 5,000 orders, beside a bare app that checks the same signature.

The generator runs on the same two cores and is part of what is measured. Each run sends ready-made, signed requests
over kept-alive connections; the reference answers a constant JSON of the size that ours has for that call.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx

from bench.intake.generator import send_apart
from bench.intake.programs import Sandbox, running
from bench.plan import Asked, Figure, Pair, Reference, Taken
from sandbox.signing import request_signature
from tests.desk import free_port

ABOUT = "The sandbox's signed calls beside a bare app with the same signature check."
PARTS = ("mix", "detail", "search", "package")
LONG = False
ORDERS = 5000
REQUESTS = 2000
CONNECTIONS = 16
MS_A_CALL = 2.0  # 500 calls a second
PLACED = (("AWAITING_SHIPMENT", 1200), ("AWAITING_COLLECTION", 800), ("DELIVERED", 1000))


@dataclass
class Caller:
    """Signs calls of one shop; the sandbox's clock stands still, so that a signature stays good."""

    told: dict[str, Any]
    now: int
    orders: list[str]
    packages: list[str]
    folder: Path

    def call(self, kind: str, number: int) -> tuple[str, str, dict[str, str], bytes]:
        """Return method, path, query and body of the n-th call of a kind."""
        if kind == "mix":
            return self.call(PARTS[1 + number % 3], number)
        order = self.orders[number * 7 % len(self.orders)]
        if kind == "detail":
            return "GET", "/order/202309/orders", {"ids": order}, b""
        if kind == "package":
            return "GET", f"/fulfillment/202309/packages/{self.packages[number * 7 % len(self.packages)]}", {}, b""
        body = {"order_status": ("AWAITING_SHIPMENT", "DELIVERED", "AWAITING_COLLECTION")[number % 3]}
        return (
            "POST",
            "/order/202309/orders/search",
            {"page_size": "20", "sort_order": "DESC"},
            json.dumps(body).encode(),
        )

    def request(self, kind: str, number: int, *, port: int) -> bytes:
        """Return one whole signed HTTP request."""
        method, path, body = self.signed(kind, number)
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Content-Type: application/json\r\nX-Tts-Access-Token: {self.told['shops'][0]['access_token']}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def signed(self, kind: str, number: int) -> tuple[str, str, bytes]:
        """Return method, path with signed query, and body of the n-th call of a kind."""
        method, path, query, body = self.call(kind, number)
        cipher = self.told["shops"][0]["cipher"]
        query |= {"app_key": self.told["app_key"], "shop_cipher": cipher, "timestamp": str(self.now)}
        query["sign"] = request_signature(self.told["app_secret"], path=path, query=query.items(), body=body)
        return method, f"{path}?{urlencode(query)}", body

    def send(self, kind: str, amount: int, *, port: int) -> Taken:
        """Sign the requests beforehand, then send them; every one must be answered 200."""
        requests = [self.request(kind, number, port=port) for number in range(amount)]
        seen = send_apart(requests, port=port, connections=CONNECTIONS, folder=self.folder)
        rate = seen["requests/s"]
        return {"ms a call": 1000 / rate, "calls/s": rate, "p50 ms": seen["p50 ms"], "p99 ms": seen["p99 ms"]}

    def size(self, kind: str, *, port: int) -> int:
        """Return how long the sandbox's answer to a typical call of this kind is."""
        method, path, body = self.signed(kind, 3)
        head = {"content-type": "application/json", "x-tts-access-token": self.told["shops"][0]["access_token"]}
        url = f"http://127.0.0.1:{port}{path}"
        answer = httpx.request(method, url, headers=head, content=body, trust_env=False)
        if answer.json()["code"] != 0:
            raise RuntimeError(f"{kind}: {answer.text[:500]}")
        return len(answer.content)


def measures(asked: Asked) -> Iterator[Pair]:
    """Yield the mix of all three calls, and each alone."""
    with world(asked) as (caller, port):
        sizes = {kind: caller.size(kind, port=port) for kind in PARTS[1:]}
        with bare(caller, sizes) as reference:
            for kind in PARTS:
                if asked.wants(kind):
                    yield pair(kind, caller, port, reference, amount=asked.scale or REQUESTS, sizes=sizes)


def pair(kind: str, caller: Caller, ours: int, bare_port: int, *, amount: int, sizes: dict[str, int]) -> Pair:
    send = partial(caller.send, kind, amount)
    for port in (ours, bare_port):
        caller.send(kind, min(amount, 300), port=port)
    long = ", ".join(f"{name} {size:,} bytes" for name, size in sizes.items() if kind in (name, "mix"))
    return Pair(
        f"sandbox, {kind}",
        ours=lambda: send(port=ours),
        references=(Reference("a bare starlette app", lambda: send(port=bare_port)),),
        figures=(
            Figure("ms a call", True, MS_A_CALL if kind == "mix" else None), Figure("calls/s"), Figure("p50 ms", True),
            Figure("p99 ms", True),
        ),
        about=f"{amount} calls, {CONNECTIONS} connections, {ORDERS:,} orders, one process each; {long}",
    )  # fmt: skip


@contextmanager
def world(asked: Asked) -> Iterator[tuple[Caller, int]]:
    """Run a sandbox with 5,000 orders, history included, whose clock stands still."""
    port, folder = free_port(), asked.folder / "sandbox"
    folder.mkdir(parents=True, exist_ok=True)
    line = [sys.executable, "-m", "sandbox", "--port", str(port), "--data", str(folder / "world"), "--demo", "quiet",
            "--speed", "0", "--seed", str(asked.seed)]  # fmt: skip
    sandbox = Sandbox(f"http://127.0.0.1:{port}")
    with running(line, env=os.environ, log=folder / "sandbox.log", answers=sandbox.clock):
        yield fill(sandbox, folder), port


def fill(sandbox: Sandbox, folder: Path) -> Caller:
    """Place orders until there are 5,000, most of them in the shop that is asked."""
    told = httpx.get(f"{sandbox.url}/sandbox/credentials", trust_env=False).json()
    shop = told["shops"][0]["id"]
    for status, count in PLACED:
        sandbox.post("orders", count=count, shop=shop, status=status)
    truth = httpx.get(f"{sandbox.url}/sandbox/truth", timeout=60, trust_env=False).json()
    if (missing := ORDERS - len(truth["orders"])) > 0:
        sandbox.post("orders", count=missing, shop=shop)
        truth = httpx.get(f"{sandbox.url}/sandbox/truth", timeout=60, trust_env=False).json()
    mine = {row["id"] for row in truth["orders"] if row["shop_id"] == shop}
    packages = [row["id"] for row in truth["packages"] if set(row["orders"]) <= mine]
    now = httpx.get(sandbox.clock, trust_env=False).json()["now"]
    return Caller(told, int(now), sorted(mine), packages, folder)


@contextmanager
def bare(caller: Caller, sizes: dict[str, int]) -> Iterator[int]:
    """Serve the reference: same server, one process, the same signature check, a constant JSON per call."""
    port = free_port()
    env = {**os.environ, "BARE_SECRET": caller.told["app_secret"], "BARE_SIZES": json.dumps(sizes)}
    line = [sys.executable, "-m", "bench.sandbox.bare", str(port)]
    log = caller.folder / "bare.log"
    with running(line, env=env, log=log, answers=f"http://127.0.0.1:{port}/"):
        yield port
