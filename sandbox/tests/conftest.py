"""One small world per test: three shops, no history, a clock that stands, a client that signs like others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from tiktok_shop_api.signing import Signer

import sandbox.calls  # noqa: F401
from sandbox import gateway
from sandbox.box import Box
from sandbox.control import api
from sandbox.control.deeds import start_world
from sandbox.gateway import Request
from sandbox.grants import standing_grant
from sandbox.seed import plant_app, plant_shops


def open_box(folder: Path, *, demo: str = "quiet", speed: float = 0) -> Box:
    box = Box(folder, seed=7, demo=demo, speed=speed, base_url="http://127.0.0.1:8110")
    plant_app(box)
    plant_shops(box)
    start_world(box)
    box.store.commit()
    return box


class Tool:
    """A seller's tool: signs with an independent signer and keeps one token per shop."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.shops = {shop["region"]: shop for shop in box.shops()}

    def token(self, region: str) -> str:
        return standing_grant(self.box, self.shops[region]["id"])["access"]

    def request(
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
        **changes: str,
    ) -> Request:
        pairs = {key: str(value) for key, value in (query or {}).items()}
        pairs.update(app_key=self.box.app["app_key"], timestamp=str(self.box.now()))
        if cipher != "":
            pairs["shop_cipher"] = cipher or self.shops[region]["cipher"]
        content = raw if raw is not None else b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        pairs.update(changes)
        head = {
            "x-tts-access-token": self.token(region),
            "content-type": "application/json",
            **(headers or {}),
        }
        if "sign" not in changes:
            pairs["sign"] = Signer.sign(
                path=path,
                query=list(pairs.items()),
                content_type=head["content-type"],
                body=content or None,
                app_secret=self.box.app["app_secret"],
            )
        return Request(method, path, list(pairs.items()), {key: value for key, value in head.items() if value}, content)

    def send(self, method: str, path: str, **how: Any) -> tuple[int, dict[str, Any]]:
        status, body = gateway.answer(self.box, self.request(method, path, **how))
        return status, orjson.loads(body)

    def call(self, method: str, path: str, **how: Any) -> dict[str, Any]:
        """Return the data of a call that has to succeed."""
        status, answer = self.send(method, path, **how)
        assert (status, answer["code"]) == (200, 0), answer
        return answer["data"]

    def refused(self, method: str, path: str, **how: Any) -> tuple[int, int, str]:
        status, answer = self.send(method, path, **how)
        assert answer["data"] is None and answer["request_id"]
        return status, answer["code"], answer["message"]

    def order(self, order_id: str, region: str = "US") -> dict[str, Any]:
        return self.call("GET", "/order/202507/orders", region=region, query={"ids": order_id})["orders"][0]

    def control(self, path: str, **given: Any) -> dict[str, Any]:
        return api.answer(self.box, "POST", path, Request("POST", "", [], {}, json.dumps(given).encode()))

    def read(self, path: str, **given: str) -> dict[str, Any]:
        return api.answer(self.box, "GET", path, Request("GET", "", list(given.items()), {}, b""))

    def place(self, **given: Any) -> str:
        return self.control("orders", **{"shop": "US", "quantity": 1, "lines": 1, **given})["order_ids"][0]

    def advance(self, *, days: float = 0, hours: float = 0, seconds: float = 0) -> None:
        self.control("clock", advance=days * 86400 + hours * 3600 + seconds)

    def truth(self, order_id: str) -> str:
        return self.box.book.orders[order_id]["status"]


def differences(box: Box) -> list[str]:
    """Return the rows whose memory is not what the file holds."""
    box.store.commit()
    disk: dict[str, dict[str, Any]] = {}
    for kind, key, body in box.store.db.execute("SELECT kind, key, body FROM row"):
        disk.setdefault(kind, {})[key] = orjson.loads(body)
    found = []
    for kind, rows in box.store.kinds.items():
        same = orjson.loads(orjson.dumps(rows))
        keys = set(same) | set(disk.get(kind, {}))
        found += [f"{kind} {key}" for key in sorted(keys) if same.get(key) != disk.get(kind, {}).get(key)]
    return found


@pytest.fixture
def box(tmp_path: Path):
    opened = open_box(tmp_path)
    yield opened
    opened.store.close()


@pytest.fixture
def tool(box: Box) -> Tool:
    return Tool(box)
