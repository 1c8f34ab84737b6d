"""Whatever word of the platform is longer than its column: the thing it belongs to is stored all the same."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shundan.config.steps import find_step
from shundan.edges.inbox.actions import SnapshotDraft, store_snapshots
from shundan.edges.inbox.queries import Snapshot
from shundan.ground.jobs.queries import open_snags
from shundan.ground.shops.actions import ShopDraft, store_shop

pytestmark = pytest.mark.django_db

FIXTURES = Path(__file__).parents[1] / "shundan/edges/channels/tiktok/fixtures"
ORDER = "576461413038785752"
AT = datetime(2026, 11, 20, tzinfo=UTC)
LONG = "SOMETHING_NEW_" * 60


def fixture(name: str) -> dict[str, Any]:
    return dict(json.loads((FIXTURES / f"{name}.json").read_text()))


# kind -> (its step, its payload)
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "order": ("apply_next_orders", fixture("order_units_and_gift")),
    "package": ("apply_next_packages", fixture("package_shipped")),
    "tracking": ("apply_next_tracking", fixture("tracking")),
    "cancellation": ("apply_next_cancellations", fixture("cancellation_pending")),
    "return": ("apply_next_returns", fixture("return_on_its_way")),
    "listing": ("apply_next_listings", fixture("product")),
    "statement": ("apply_next_statements", fixture("statement")),
    "conversation": ("apply_next_conversations", fixture("conversation")),
    "warehouse": ("apply_next_listings", {"warehouses": [{
        "id": "W1", "name": "North", "type": "SALES_WAREHOUSE", "sub_type": "DOMESTIC_WAREHOUSE",
        "effect_status": "ENABLED", "address": {"region_code": "US", "city": "Reno"},
    }]}),
    "score": ("apply_next_scores", {
        "product_id": "P1", "performance": {"ratings": [{"stars": "5_STARS", "count": 1}]},
    }),
}  # fmt: skip


def words_of(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every text."""
    if isinstance(value, str):
        yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from words_of(part, (*path, key))


def with_long(payload: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    made = copy.deepcopy(payload)
    place: Any = made
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = LONG
    return made


@pytest.mark.parametrize("kind", KINDS)
def test_a_word_longer_than_its_column_stops_nothing(kind: str) -> None:
    name, payload = KINDS[kind]
    paths = list(words_of(payload))
    assert paths
    for number, path in enumerate(paths):
        shop = store_shop(ShopDraft(f"749{number}", f"Shop {number}", "US"), now=AT)
        if kind not in ("order", "listing", "warehouse"):
            store_snapshots([SnapshotDraft(shop.pk, "order", ORDER, AT, AT, KINDS["order"][1])])
        store_snapshots([SnapshotDraft(shop.pk, kind, ORDER, AT, AT, with_long(payload, path))])
    for step in (find_step("apply_next_orders"), find_step(name)):
        while step and step.run():
            pass
    stored = dict(
        zip(Snapshot.objects.filter(kind=kind).order_by("pk").values_list("pk", flat=True), paths, strict=True)
    )
    assert {stored.get(snag.subject_key): snag.error for snag in open_snags()} == {}
