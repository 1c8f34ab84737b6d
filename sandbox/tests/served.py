"""A sandbox behind a real port, and a tool that calls it over HTTP with signatures of an independent signer."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from tiktok_shop_api.signing import Signer

from sandbox.app import App
from sandbox.box import Box
from sandbox.seed import open_shop
from sandbox.tests.conftest import open_box


@contextmanager
def serving(open_it: Callable[[], Box]) -> Iterator[tuple[str, Box]]:
    """Serve the box that `open_it` opens, in a thread of its own; give address and box and stop at the end."""
    door = socket.socket()
    door.bind(("127.0.0.1", 0))
    door.listen(128)
    address = f"http://127.0.0.1:{door.getsockname()[1]}"
    ready = threading.Event()
    boxes: list[Box] = []
    servers: list[uvicorn.Server] = []

    def run() -> None:
        box = open_it()
        box.base_url = address
        boxes.append(box)
        options = {"log_level": "warning", "access_log": False, "lifespan": "on"}
        servers.append(uvicorn.Server(uvicorn.Config(App(box), **options)))  # type: ignore[arg-type]
        ready.set()
        servers[0].run(sockets=[door])

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    if not ready.wait(30):
        raise RuntimeError("The sandbox did not start.")
    try:
        yield address, boxes[0]
    finally:
        servers[0].should_exit = True
        thread.join(10)
        door.close()


def small_world(folder: Path) -> Callable[[], Box]:
    """Return how to open a world of five shops without history, in which nobody acts and time stands."""

    def open_it() -> Box:
        box = open_box(folder)
        for region in ("BR", "TH"):
            open_shop(box, region=region)
        return box

    return open_it


class Caller:
    """A seller's tool at the other end of the wire: one token per shop, told afresh by the credentials page."""

    def __init__(self, address: str) -> None:
        self.web = httpx.Client(base_url=address, timeout=30)
        self.learn()

    def close(self) -> None:
        self.web.close()

    def learn(self) -> None:
        """Read credentials and time again; a jump of the clock makes both stale."""
        known = self.web.get("/sandbox/credentials").json()
        self.key, self.secret = known["app_key"], known["app_secret"]
        self.shops: dict[str, dict[str, Any]] = {}
        for shop in known["shops"]:
            self.shops.setdefault(shop["region"], shop)
        self.now = int(self.web.get("/sandbox/clock").json()["now"])

    def control(self, path: str, **given: Any) -> dict[str, Any]:
        answer = self.web.post(f"/sandbox/{path}", json=given)
        assert answer.status_code == 200, (path, given, answer.text)
        return dict(answer.json())

    def advance(self, *, days: float = 0, hours: float = 0) -> None:
        self.control("clock", advance=days * 86400 + hours * 3600)
        self.learn()

    def send(
        self,
        method: str,
        path: str,
        *,
        region: str = "US",
        query: dict[str, Any] | None = None,
        body: Any = None,
        raw: bytes | None = None,
        headers: dict[str, str] | None = None,
        cipher: str | None = None,
    ) -> tuple[int, dict[str, Any]]:
        """Send one signed call and return its HTTP status and envelope."""
        pairs = {key: str(value) for key, value in (query or {}).items()}
        pairs.update(app_key=self.key, timestamp=str(self.now))
        if cipher != "":
            pairs["shop_cipher"] = cipher or self.shops[region]["cipher"]
        content = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        head = {
            "x-tts-access-token": self.shops[region]["access_token"],
            "content-type": "application/json",
            **(headers or {}),
        }
        pairs["sign"] = Signer.sign(
            path=path,
            query=list(pairs.items()),
            content_type=head["content-type"],
            body=content or None,
            app_secret=self.secret,
        )
        answer = self.web.request(method, path, params=pairs, content=content, headers=head)
        return answer.status_code, answer.json()

    def call(self, method: str, path: str, **how: Any) -> dict[str, Any]:
        """Return the data of a call that has to succeed."""
        status, answer = self.send(method, path, **how)
        assert (status, answer["code"]) == (200, 0), (method, path, how, answer)
        return dict(answer["data"])

    def place(self, **given: Any) -> str:
        return str(self.control("orders", **{"shop": "US", "quantity": 1, "lines": 1, **given})["order_ids"][0])

    def order(self, order_id: str, region: str = "US") -> dict[str, Any]:
        found = self.call("GET", "/order/202507/orders", region=region, query={"ids": order_id})["orders"]
        return dict(found[0])
