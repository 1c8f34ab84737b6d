"""Order facts as the JSON payload of a snapshot, and back: what a file told is kept as it was read."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from datetime import datetime
from typing import Any

from shundan.core.facts import AddressFacts, LineFacts, OrderFacts, OrderType, PaymentFacts
from shundan.core.states import FulfilledBy

Payload = dict[str, Any]
FORMAT = "order-facts-1"
_TUPLES = {"channel_line_ids", "package_ids", "lines", "unknown"}
_MOMENTS = {
    "placed_at",
    "updated_at",
    "paid_at",
    "release_at",
    "shipped_at",
    "collected_at",
    "delivered_at",
    "cancelled_at",
}
_PARTS = ("payment", "address", "lines")  # of an order: told by their own fields
# Read once: a file tells the same fields of a hundred thousand orders.
_PLAIN: dict[type, list[tuple[str, Any]]] = {
    kind: [(one.name, one.default) for one in fields(kind) if not (kind is OrderFacts and one.name in _PARTS)]
    for kind in (AddressFacts, LineFacts, PaymentFacts, OrderFacts)
}
_JSON = (str, int, bool)


def payload_of(facts: OrderFacts) -> Payload:
    """Return the facts as JSON values without what was not told; `facts_from_payload` reads them back."""
    payload = _told(facts)
    payload["format"] = FORMAT
    payload["payment"] = _told(facts.payment)
    payload["lines"] = [_told(line) for line in facts.lines]
    payload.pop("address", None)
    if address := _told(facts.address):
        payload["address"] = address
    return payload


def facts_from_payload(payload: Payload) -> OrderFacts:
    """Return the facts a payload holds. Raises KeyError when a part is missing that every order has."""
    plain = {key: _read(key, value) for key, value in payload.items() if key != "format"}
    plain["order_type"] = OrderType(payload["order_type"])
    plain["fulfilled_by"] = FulfilledBy(payload["fulfilled_by"])
    plain["payment"] = PaymentFacts(**payload["payment"])
    plain["lines"] = tuple(LineFacts(**_parts(line)) for line in payload["lines"])
    plain["address"] = AddressFacts(**_parts(payload.get("address", {})))
    plain["deadlines"] = {key: datetime.fromisoformat(at) for key, at in payload.get("deadlines", {}).items()}
    return OrderFacts(**plain)


def content_hash(payload: Payload) -> str:
    """Return the hash by which two exports are seen to tell the same about an order."""
    text = json.dumps(payload, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _told(facts: Any) -> Payload:
    """Return the fields that differ from their defaults; moments as ISO text, tuples as lists."""
    values, told = vars(facts), {}
    for key, default in _PLAIN[type(facts)]:
        value = values[key]
        if value != default and value != {}:
            told[key] = value if type(value) in _JSON else _write(value)
    return told


def _write(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_write(one) for one in value]
    if isinstance(value, dict):
        return {key: _write(one) for key, one in value.items()}
    return str(value) if isinstance(value, OrderType | FulfilledBy) else value


def _read(key: str, value: Any) -> Any:
    if key in _MOMENTS:
        return datetime.fromisoformat(value)
    return tuple(value) if key in _TUPLES else value


def _parts(values: Payload) -> Payload:
    return {key: tuple(value) if key in _TUPLES else value for key, value in values.items()}
