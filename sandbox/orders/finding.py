"""Which orders a search means. The last few answers are remembered until any order changes."""

from __future__ import annotations

from typing import Any

import orjson

from sandbox.box import Box
from sandbox.paging import Entry

REMEMBERED = 64
SAME = {"order_status": "status", "shipping_type": "shipping_type", "buyer_user_id": "user_id"}


def find_entries(box: Box, shop_id: str, body: dict[str, Any], *, field: str) -> list[Entry]:
    """Return (time, id) of every order of a shop that fits the body, ascending by `field`."""
    turn, kept = box.store.turns.get("order", 0), box.found
    if box.found_at != turn or len(kept) > REMEMBERED:
        box.found_at = turn
        kept.clear()
    key = orjson.dumps((shop_id, field, body), option=orjson.OPT_SORT_KEYS)
    if key not in kept:
        kept[key] = search(box, shop_id, body, field=field)
    return kept[key]


def search(box: Box, shop_id: str, body: dict[str, Any], *, field: str) -> list[Entry]:
    """Narrow by a time index first, by the one that is bounded, and then by what else is asked."""
    other = "update_time" if field == "create_time" else "create_time"
    book, orders = box.book, box.book.orders
    bounds = {name: (body.get(f"{name}_ge"), body.get(f"{name}_lt")) for name in (field, other)}
    lead = other if any(bounds[other]) and not bounds[field][0] else field
    entries = book.span(shop_id, lead, ge=bounds[lead][0], lt=bounds[lead][1])
    second = other if lead == field else field
    low, high = bounds[second]
    if low or high:
        least, most = low or 0, high or 1 << 60
        entries = [entry for entry in entries if least <= orders[entry[1]][second] < most]
    for name, own in SAME.items():
        if wanted := body.get(name):
            entries = [entry for entry in entries if orders[entry[1]][own] == wanted]
    asked = body.get("is_buyer_request_cancel")
    if asked is not None:
        entries = [entry for entry in entries if orders[entry[1]]["is_buyer_request_cancel"] == asked]
    if places := body.get("warehouse_ids"):
        entries = [entry for entry in entries if orders[entry[1]]["warehouse_id"] in places]
    return entries if lead == field else sorted((orders[key][field], key) for _, key in entries)
