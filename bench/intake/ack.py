"""Ack: signed webhooks answered per second at 32 connections, beside a bare view that only verifies and inserts."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path

import httpx

from bench.intake.generator import send_apart
from bench.intake.programs import environment, run_child, running, sandbox_running
from bench.places import Database
from bench.plan import Asked, Figure, Pair, Reference, Taken
from shundan.edges.channels.tiktok.signing import sign_webhook
from tests.desk import free_port

REQUESTS = 6000
CONNECTIONS = 32
WORKERS = 2
AT_LEAST = 0.5
P99_MS = 50.0
ADDRESS = "/webhooks/tiktok"


@dataclass
class Sender:
    """Makes signed webhooks of one app and shop, every one with an id of its own, and sends them."""

    app_key: str
    secret: str
    folder: Path
    shops: tuple[str, ...]
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def send(self, amount: int, *, port: int) -> Taken:
        """Sign them all beforehand, then send them; every one must be answered 200."""
        requests = [self.request(port) for _ in range(amount)]
        seen = send_apart(requests, port=port, connections=CONNECTIONS, folder=self.folder)
        return {name: seen[name] for name in ("requests/s", "p50 ms", "p99 ms", "max ms")}

    def request(self, port: int, *, order_id: str = "", shop_id: str = "") -> bytes:
        """Return one whole request: an order's status has changed."""
        number = next(self.numbers)
        told = {
            "type": 1, "tts_notification_id": f"{7_300_000_000_000_000_000 + number}",
            "shop_id": shop_id or self.shops[0], "timestamp": int(time.time()),
            "data": {"order_id": order_id or f"{576_900_000_000_000_000 + number}", "order_status": "AWAITING_SHIPMENT",
                     "is_on_hold_order": False, "update_time": int(time.time())},
        }  # fmt: skip
        body = json.dumps(told).encode()
        head = (
            f"POST {ADDRESS} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
            f"Authorization: {sign_webhook(self.app_key, self.secret, body)}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def measures(asked: Asked) -> Iterator[Pair]:
    """Yield one pair per database; no worker runs beside."""
    for kind in asked.databases.kinds:
        base = asked.databases.make(kind)
        with sandbox_running(asked.folder / f"ack-{kind}", seed=asked.seed) as sandbox:
            run_child("prepare", base, "--sandbox", sandbox.url, SHUNDAN_CLOCK_URL=sandbox.clock)
            told = httpx.get(f"{sandbox.url}/sandbox/credentials", trust_env=False).json()
        sender = Sender(told["app_key"], told["app_secret"], asked.folder, (told["shops"][0]["id"],))
        bare_copy = asked.databases.copy(base)
        with desk_running(base) as (ours, _), bare_running(bare_copy, sender) as bare:
            yield _pair(
                f"ack, {kind}", sender, ours, bare, amount=asked.scale or REQUESTS, is_judged=kind == "postgres"
            )


def _pair(name: str, sender: Sender, ours: int, bare: int, *, amount: int, is_judged: bool) -> Pair:
    send = partial(sender.send, amount)
    for port in (ours, bare):  # connections, imports and caches of a server that has been running
        sender.send(min(amount, 1000), port=port)
    return Pair(
        name,
        ours=lambda: send(port=ours),
        references=(Reference("a bare view", lambda: send(port=bare), at_least=AT_LEAST),),
        figures=(
            Figure("requests/s"), Figure("p50 ms", True), Figure("p99 ms", True, P99_MS if is_judged else None),
            Figure("max ms", True),
        ),
        about=f"{amount:,} webhooks a run, {CONNECTIONS} connections, {WORKERS} web workers; the generator is counted",
    )  # fmt: skip


@contextmanager
def desk_running(database: Database, *, more: Mapping[str, str] | None = None) -> Iterator[tuple[int, int]]:
    """Run the desk's web processes and return their port and process group."""
    port = free_port()
    line = [sys.executable, "-m", "shundan.config.cli", "web", "--data", str(database.folder), "--port", str(port),
            "--workers", str(WORKERS)]  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    env = environment(database, SHUNDAN_PUBLIC_URL=url, **(more or {}))
    with running(line, env=env, log=database.folder / "web.log", answers=f"{url}/readyz") as web:
        yield port, web.pid


@contextmanager
def bare_running(database: Database, sender: Sender) -> Iterator[int]:
    """Run the bare view in as many processes and return its port."""
    port = free_port()
    line = [sys.executable, "-m", "bench.intake.bare", str(port), str(WORKERS)]
    env = environment(database, BARE_APP=f"{sender.app_key}:{sender.secret}")
    with running(line, env=env, log=database.folder / "bare.log", answers=f"http://127.0.0.1:{port}{ADDRESS}"):
        yield port
