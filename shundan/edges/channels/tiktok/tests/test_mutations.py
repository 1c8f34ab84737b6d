"""Whatever a payload holds: the mapping returns facts that can be stored, or says that it is unreadable."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shundan.core.errors import Unreadable
from shundan.edges.channels.tiktok import mapping

EXAMPLES = int(os.environ.get("SHUNDAN_MUTATIONS", "40"))  # 5000 take a minute each; the default stays quick
FIXTURES = Path(__file__).parent.parent / "fixtures"
ODD = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**30), 10**30), st.floats(), st.text(max_size=12),
    st.sampled_from(["", "***", "NaN", "1e400", "12,5", "\0", "\ud800", "9" * 400, -1, 1e18, "SOMETHING_NEW"]),
    st.lists(st.one_of(st.none(), st.integers(), st.text(max_size=3)), max_size=3),
    st.dictionaries(st.text(max_size=4), st.one_of(st.none(), st.text(max_size=3)), max_size=3),
)  # fmt: skip
BUNDLE = {
    "id": "81", "sku_id": "SET", "sale_price": "30.00", "display_status": "AWAITING_SHIPMENT", "quantity": 1,
    "sub_item_info": [
        {"id": "91", "sku_id": "A", "sale_price": "20.00"}, {"id": "92", "sku_id": "B", "sale_price": "10.00"},
    ],
    "combined_listing_skus": [{"sku_id": "C", "sku_count": 2}],
}  # fmt: skip
WAREHOUSES = {"warehouses": [{"id": "W1", "name": "North", "type": "SALES_WAREHOUSE", "is_default": True,
                              "address": {"region_code": "US"}}]}  # fmt: skip
SCORES = {"product_id": "P1", "performance": {"ratings": [{"stars": "5_STARS", "count": 12}]}}


def fixture(name: str) -> dict[str, Any]:
    return dict(json.loads((FIXTURES / f"{name}.json").read_text()))


def order() -> dict[str, Any]:
    told = fixture("order_units_and_gift")
    return told | {"line_items": [*told["line_items"], BUNDLE]}


def paths_of(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for key, part in parts for deeper in paths_of(part, (*path, key)))]


def changed(told: dict[str, Any], path: tuple[Any, ...], odd: Any, *, drop: bool) -> dict[str, Any]:
    """Return the payload with one place dropped or replaced; the whole stays an object, as the envelope promises."""
    made = copy.deepcopy(told)
    place: Any = made
    for key in path[:-1]:
        if not isinstance(place, (dict, list)) or (isinstance(place, dict) and key not in place):
            return made
        if isinstance(place, list) and not (isinstance(key, int) and key < len(place)):
            return made
        place = place[key]
    if not path or not isinstance(place, (dict, list)):
        return made
    if isinstance(place, list) and not (isinstance(path[-1], int) and path[-1] < len(place)):
        return made
    if drop and (isinstance(place, list) or path[-1] in place):
        del place[path[-1]]
    elif not drop:
        place[path[-1]] = odd
    return made


def check(value: Any) -> None:
    """Every text can be stored, every number fits, every moment has a zone."""
    if is_dataclass(value):
        for one in fields(value):
            check(getattr(value, one.name))
    elif isinstance(value, datetime):
        assert value.tzinfo is not None
    elif isinstance(value, str):
        assert "\0" not in value
        value.encode()
    elif isinstance(value, int):
        assert abs(value) < 2**63
    elif isinstance(value, dict):
        for part in (*value.keys(), *value.values()):
            check(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            check(part)
    else:
        assert value is None, repr(value)


MAPS: dict[str, tuple[Callable[[Any], Any], Callable[[], dict[str, Any]]]] = {
    "order": (mapping.map_order, order),
    "package": (mapping.map_package, lambda: fixture("package_shipped")),
    "tracking": (mapping.map_tracking, lambda: fixture("tracking")),
    "cancellation": (mapping.map_cancellation, lambda: fixture("cancellation_pending")),
    "return": (mapping.map_return, lambda: fixture("return_on_its_way")),
    "listing": (mapping.map_listing, lambda: fixture("product")),
    "warehouses": (mapping.map_warehouses, lambda: WAREHOUSES),
    "scores": (mapping.map_scores, lambda: SCORES),
    "statement": (mapping.map_statement, lambda: fixture("statement")),
    "conversation": (mapping.map_conversation, lambda: fixture("conversation")),
    "thread": (mapping.map_thread, lambda: fixture("conversation")),
}


@pytest.mark.parametrize("kind", MAPS)
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(draw=st.data())
def test_a_payload_changed_anywhere_gives_facts_or_is_unreadable(kind: str, draw: st.DataObject) -> None:
    map_it, make = MAPS[kind]
    told = make()
    for _ in range(draw.draw(st.integers(1, 4))):
        path = draw.draw(st.sampled_from(paths_of(told)))
        told = changed(told, path, draw.draw(ODD), drop=draw.draw(st.booleans()))
    try:
        facts = map_it(told)
    except Unreadable:
        return
    check(facts)


@pytest.mark.parametrize("kind", MAPS)
def test_the_unchanged_payload_is_readable(kind: str) -> None:
    map_it, make = MAPS[kind]
    facts = map_it(make())
    assert facts
    check(facts)
    assert not getattr(facts, "unknown", ())


@pytest.mark.parametrize("kind", ["order", "package", "cancellation", "return"])
def test_a_thing_without_an_id_is_unreadable(kind: str) -> None:
    with pytest.raises(Unreadable):
        MAPS[kind][0]({})
