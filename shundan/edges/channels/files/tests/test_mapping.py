"""What a file told comes back from its payload exactly."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from shundan.core.facts import AddressFacts, LineFacts, OrderFacts, OrderType, PaymentFacts
from shundan.core.states import FulfilledBy
from shundan.edges.channels.files.mapping import facts_from_payload, payload_of

AT = datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC)
BARE = OrderFacts(
    "577000000000000001", "UNPAID", OrderType.NORMAL, FulfilledBy.US, AT, AT, PaymentFacts("USD"),
    (LineFacts((), "1729000000000001"),),
)  # fmt: skip
FULL = replace(
    BARE, order_type=OrderType.COD, payment=PaymentFacts("IDR", 1, 2, 3, 4, 5, 6, "cash"),
    lines=(LineFacts(("a", "b"), "s", quantity=2, package_ids=("p",), is_gift=True), LineFacts((), "t")),
    address=AddressFacts(name="Mara", lines=("7 Nowhere Lane", "back door"), masked=True), paid_at=AT,
    deadlines={"ship_by": AT}, package_ids=("p", "q"), cancel_requested=True, unknown=("status=X",), delivered_at=AT,
)  # fmt: skip


@pytest.mark.parametrize("facts", [BARE, FULL], ids=["bare", "full"])
def test_facts_survive_the_way_through_json(facts: OrderFacts) -> None:
    assert facts_from_payload(json.loads(json.dumps(payload_of(facts)))) == facts


def test_every_field_survives_when_it_is_told() -> None:
    values = {"str": "x", "datetime | None": AT, "tuple[str, ...]": ("x",)}
    told: dict[str, Any] = {
        one.name: not one.default if one.type == "bool" else values[str(one.type)]
        for one in fields(OrderFacts)
        if one.type in ("bool", *values)
    }
    facts = replace(BARE, **told)
    assert facts_from_payload(json.loads(json.dumps(payload_of(facts)))) == facts


def test_what_was_not_told_is_not_written() -> None:
    assert payload_of(BARE) == {
        "format": "order-facts-1", "order_id": "577000000000000001", "platform_status": "UNPAID",
        "order_type": "NORMAL",
        "fulfilled_by": "US", "placed_at": "2026-11-20T01:02:03+00:00", "updated_at": "2026-11-20T01:02:03+00:00",
        "payment": {"currency": "USD"}, "lines": [{"channel_line_ids": [], "sku_id": "1729000000000001"}],
    }  # fmt: skip


def test_a_payload_without_an_order_id_is_no_order() -> None:
    with pytest.raises(TypeError):
        facts_from_payload({key: value for key, value in payload_of(BARE).items() if key != "order_id"})
