"""Stock holds end by themselves: goods arrived, or the SKU was linked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shundan.core.actors import Who
from shundan.core.allocation import Place, allocate
from shundan.edges.inbox.actions import want
from shundan.stages.orders.actions import close_holds, note_asked
from shundan.stages.orders.queries import lines_of
from shundan.stages.stock.actions.reserving import MISSING
from shundan.stages.stock.queries import free_units, listings_of, needs_of, reservations_of


def end_stock_holds(holds: Sequence[Any], *, by: Who, now: datetime) -> int:
    """Close the holds whose reason is gone, oldest order first so that units are not promised twice; return how many.

    Where a listing was never told, it is asked for, once per hold.
    """
    keys = sorted({hold.order_id for hold in holds})
    needs = needs_of(keys)
    kept = {row.line_id: row.quantity for row in reservations_of(keys)}
    todo = {key: [one for one in needs.get(key, ()) if kept.get(one.line_key, 0) < one.units] for key in keys}
    linked = [key for key in keys if all(need.item_key and need.warehouse_key for need in todo[key])]
    wanted: list[tuple[int, dict[Place, int]]] = []
    for key in linked:
        sums: dict[Place, int] = {}
        for need in todo[key]:
            sums[need.place] = sums.get(need.place, 0) + need.units
        wanted.append((key, sums))
    granted = set(allocate(wanted, free_units({place for _, sums in wanted for place in sums})).granted)
    done = [hold for hold in holds if hold.order_id in (granted if hold.kind == MISSING else linked)]
    for outcome in ("goods_arrived", "linked"):
        ended = [hold.pk for hold in done if (hold.kind == MISSING) == (outcome == "goods_arrived")]
        if ended:
            close_holds(ended, outcome, by=by, now=now)
    unasked = [hold for hold in holds if hold.order_id not in linked and not hold.facts.get("asked")]
    _want_listings(sorted({hold.order_id for hold in unasked}))
    note_asked([hold.pk for hold in unasked])
    return len(done)


def _want_listings(order_keys: list[int]) -> None:
    lines = [line for rows in lines_of(order_keys).values() for line in rows if line.live and line.product_id]
    known = listings_of({(line.shop_id, line.sku_id) for line in lines})
    absent = {(line.shop_id, line.product_id) for line in lines if (line.shop_id, line.sku_id) not in known}
    for shop_key in {shop for shop, _ in absent}:
        want(shop_key, "listing", sorted(product for shop, product in absent if shop == shop_key), reason="unknown SKU")
