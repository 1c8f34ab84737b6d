"""All orders, with two sorted indexes per shop, so that a page costs the same in any shop."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import Any

from sandbox.store import Store

Order = dict[str, Any]


class Book:
    def __init__(self, store: Store) -> None:
        self.store = store
        self.orders: dict[str, Order] = store.table("order")
        self.by_time: dict[tuple[str, str], list[tuple[int, str]]] = {}
        for order in self.orders.values():
            for field in ("create_time", "update_time"):
                self.index(order["shop_id"], field).append((order[field], order["id"]))
        for entries in self.by_time.values():
            entries.sort()

    def index(self, shop_id: str, field: str) -> list[tuple[int, str]]:
        return self.by_time.setdefault((shop_id, field), [])

    def add(self, order: Order) -> Order:
        self.store.put("order", order["id"], order)
        for field in ("create_time", "update_time"):
            insort(self.index(order["shop_id"], field), (order[field], order["id"]))
        return order

    def touch(self, order: Order, *, now: int) -> Order:
        """Save a changed order; its update time moves on, never back."""
        entries = self.index(order["shop_id"], "update_time")
        old = (order["update_time"], order["id"])
        order["update_time"] = max(int(now), order["update_time"])
        if order["update_time"] != old[0]:
            place = bisect_left(entries, old)
            if place < len(entries) and entries[place] == old:
                entries.pop(place)
            insort(entries, (order["update_time"], order["id"]))
        return self.store.put("order", order["id"], order)

    def span(self, shop_id: str, field: str, *, ge: int | None, lt: int | None) -> list[tuple[int, str]]:
        """Return the (time, id) pairs of a shop in ascending order, between the two moments."""
        entries = self.index(shop_id, field)
        low = bisect_left(entries, (ge, "")) if ge is not None else 0
        high = bisect_left(entries, (lt, "")) if lt is not None else len(entries)
        return entries[low:high]
