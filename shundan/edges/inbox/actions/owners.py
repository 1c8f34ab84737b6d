"""Whose a webhook is: the shop it names, the shop whose product it speaks of, and shops that were connected later."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Any

from shundan.edges.channels.queries import shops_of_app
from shundan.edges.inbox.models import Arrival, Snapshot
from shundan.ground.shops.queries import all_shops

LOOK_ANYWAY = 60.0  # seconds: another worker may have read a webhook in the very moment its shop was connected
_lock = threading.Lock()
_seen: tuple[float, frozenset[str]] = (0.0, frozenset())


def shops_named(shop_ids: Iterable[str]) -> dict[str, int]:
    """Return the keys of those of the shops that this desk has, by the platform's id."""
    named = set(shop_ids)
    return {shop.shop_id: shop.pk for shop in all_shops() if shop.shop_id in named}


def owner_of_listing(app_key: str, told: dict[str, Any]) -> int | None:
    """Return the shop of an app that a product is known to belong to: some news name a seller instead of a shop."""
    product = str(told.get("product_id") or "").replace("\0", "")[:80]
    rows = Snapshot.objects.filter(shop_id__in=shops_of_app(app_key), kind="listing", outside_id=product)
    return rows.values_list("shop_id", flat=True).first() if product else None


def adopt_arrivals() -> int:
    """Let what came for shops that are connected by now be read; looks only when there is a shop it did not know."""
    global _seen
    known = frozenset(shop.shop_id for shop in all_shops())
    with _lock:
        looked_at, seen = _seen
        due = known != seen or time.monotonic() - looked_at > LOOK_ANYWAY
        if due:
            _seen = (time.monotonic(), known)
    if not due or not known:
        return 0
    rows = Arrival.objects.filter(state="UNOWNED", channel_shop_id__in=known)
    return rows.update(state="NEW", reason="", done_at=None)
