"""Whatever is sent, signed and to a known path, the answer is an envelope: never an exception, never a 5xx."""

from __future__ import annotations

import random
from typing import Any

import pytest

from sandbox.errors import ControlRefusal, Refusal
from sandbox.table import HANDLERS, Table
from sandbox.tests.conftest import differences

ENDPOINTS = [row for row in Table().all if (row.method, row.path) in HANDLERS]
JUNK: tuple[Any, ...] = (
    "",
    "x",
    "0",
    -1,
    0,
    10**20,
    1.5,
    True,
    None,
    [],
    {},
    [None],
    [{}],
    ["x", 5],
    {"a": {"b": []}},
    "'; --",
    "😀",
    "9" * 300,
)


STATUSES = ["UNPAID", "ON_HOLD", "AWAITING_SHIPMENT", "AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED", "CANCELLED"]


def junk_for(spec: dict[str, Any], luck: random.Random) -> Any:
    """Return something for a field: often of the right shape, with nonsense inside."""
    if luck.random() < 0.25:
        return luck.choice(JUNK)
    if "enum" in spec:
        return luck.choice(spec["enum"]) if spec["t"] != "array" else [luck.choice(spec["enum"])]
    inner = spec.get("of", {})
    row = {name: junk_for(part, luck) for name, part in inner.items() if luck.random() < 0.8}
    if spec["t"] == "array":
        return [row] if inner else [luck.choice(JUNK)]
    if spec["t"] == "object":
        return row
    return luck.choice(("5", "17", "abc")) if spec["t"] == "string" else luck.randint(-2, 60)


def ids_of(tool) -> dict[str, list[str]]:
    """Return what may be filled into a path: mostly ids that exist."""
    kinds = {"order_id": "order", "package_id": "package", "cancel_id": "cancel", "return_id": "return"}
    kinds |= {"product_id": "product", "conversation_id": "conversation", "warehouse_id": "warehouse"}
    found = {name: list(tool.box.store.table(kind))[:12] for name, kind in kinds.items()}
    return {**found, "sku_id": list(tool.box.skus)[:2], "statement_id": list(tool.box.store.table("statement"))}


@pytest.fixture
def lively(tool):
    for status in (
        "UNPAID",
        "ON_HOLD",
        "AWAITING_SHIPMENT",
        "AWAITING_COLLECTION",
        "IN_TRANSIT",
        "DELIVERED",
        "CANCELLED",
    ):
        order_id = tool.place(status=status, lines=2)
    for status in ("AWAITING_SHIPMENT", "DELIVERED"):
        order_id = tool.place(status=status)
        tool.control("buyers/chat", order_id=order_id, text="hi")
    tool.control("buyers/return", order_id=order_id)
    tool.control("buyers/cancel", order_id=tool.place())
    return tool


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda row: f"{row.method} {row.path}")
def test_nonsense_is_answered_with_an_envelope(lively, endpoint):
    luck, known = random.Random(endpoint.path), ids_of(lively)
    for _ in range(8):
        path = endpoint.path
        for name in endpoint.names:
            path = path.replace("{" + name + "}", luck.choice([*known.get(name, []), "17", "x y"]))
        query = {name: junk_for(spec, luck) for name, spec in endpoint.query.items() if luck.random() < 0.8}
        flat = {name: ",".join(map(str, value)) if isinstance(value, list) else value for name, value in query.items()}
        body = {name: junk_for(spec, luck) for name, spec in endpoint.body.items() if luck.random() < 0.9}
        status, answer = lively.send(
            endpoint.method, path, query=flat, body=None if endpoint.method == "GET" else body,
            cipher=None if endpoint.takes_cipher else "",
        )  # fmt: skip
        told = isinstance(answer["code"], int) and answer["message"]
        assert status < 500 and told, (
            status,
            answer,
            path,
            flat,
            body,
        )
    assert differences(lively.box) == []


CONTROL = {
    "orders": "count shop sku lines quantity status buyer address type message flaw",
    "clock": "advance speed",
    "faults": "webhooks api actors preset",
    "webhooks": "type shop data",
    "sellers/revoke": "shop",
    "sellers/standing": "shop standing",
    "sellers/goods": "shop deed product_id",
    "app": "redirect_url webhook_url allowed_ips",
    "buyers/cancel": "order_id reason",
    "buyers/return": "order_id type lines reason",
    "buyers/ship_back": "return_id",
    "buyers/appeal": "return_id",
    "buyers/withdraw": "return_id",
    "buyers/rate": "order_id stars text",
    "buyers/chat": "order_id text",
    "buyers/address": "order_id address",
    "couriers/scan": "order_id tracking event",
    "couriers/refuse": "order_id reason",
    "reset": "seed",
}


@pytest.mark.parametrize("path", CONTROL)
def test_nonsense_on_the_control_side_is_refused_in_a_sentence(lively, path):
    luck, orders = random.Random(path), list(lively.box.book.orders)
    for _ in range(60):
        given = {name: luck.choice(JUNK) for name in CONTROL[path].split() if luck.random() < 0.6}
        if luck.random() < 0.7 and "order_id" in CONTROL[path]:
            given["order_id"] = luck.choice(orders)
        given.pop("count", None)
        try:
            lively.control(path, **given)
        except (ControlRefusal, Refusal) as refusal:
            assert refusal.message
        lively.box.store.commit()
