"""The sandbox itself: one object with state, time, chance and what is due. All else is functions on it."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from sandbox.agenda import Agenda
from sandbox.clock import Clock
from sandbox.faults import whole_faults
from sandbox.ids import Ids, chance
from sandbox.markets import Market, market_of
from sandbox.orders.book import Book
from sandbox.store import Store
from sandbox.table import Table


class Box:
    """State of one sandbox. Single-threaded: whoever holds the event loop may change it, then commits."""

    def __init__(
        self,
        folder: Path,
        *,
        seed: int = 1,
        demo: str = "live",
        speed: float | None = None,
        start: float | None = None,
        base_url: str = "",
    ) -> None:
        self.store = Store(folder / "sandbox.sqlite3")
        self.base_url = base_url
        self.demo = demo
        self.clock = Clock(self.store, speed=speed, start=start)
        self.ids = Ids(self.store)
        self.table = Table()
        self.hush = False
        self.outgoing: list[str] = []
        self.found: dict[bytes, list[tuple[int, str]]] = {}
        self.found_at = -1
        meta = self.store.get("meta", "seed") or self.store.put("meta", "seed", {"seed": seed})
        self.seed = meta["seed"]
        self.reload()

    def reload(self) -> None:
        """Rebuild what is derived from the rows: order book, SKU index, agenda."""
        self.faults = whole_faults(self.store.get("meta", "faults"))
        self.book = Book(self.store)
        self.agenda = Agenda(self)
        self.buyers: dict[str, list[str]] = {}
        for buyer in self.store.table("buyer").values():
            self.buyers.setdefault(buyer["region"], []).append(buyer["id"])
        self.cases: dict[str, dict[str, list[str]]] = {"cancel": {}, "return": {}}
        for kind, found in self.cases.items():
            for key, row in self.store.table(kind).items():
                found.setdefault(row["order_id"], []).append(key)
        self.tracks = {
            row["tracking_number"]: row["id"] for row in self.store.table("package").values() if row["tracking_number"]
        }
        self.reload_goods()

    def recover(self) -> None:
        """Come back to what was committed last, as after a restart: half a change is none."""
        self.store.revert()
        self.outgoing = [key for key in self.outgoing if key in self.store.table("delivery")]
        self.reload()

    def reload_goods(self) -> None:
        self.skus: dict[str, tuple[str, int]] = {}
        for product in self.store.table("product").values():
            for place, sku in enumerate(product["skus"]):
                self.skus[sku["id"]] = (product["id"], place)

    @property
    def app(self) -> dict[str, Any]:
        return self.store.table("meta")["app"]

    def luck(self, *purpose: object) -> random.Random:
        return chance(self.seed, *purpose)

    @property
    def alive(self) -> bool:
        """Tell whether people act by themselves: in the live demo, when traffic was asked for, and in history."""
        return self.hush or self.demo == "live" or self.store.get("meta", "traffic") is not None

    def now(self) -> int:
        return self.clock.seconds()

    def shop(self, shop_id: str) -> dict[str, Any]:
        return self.store.table("shop")[shop_id]

    def shops(self) -> list[dict[str, Any]]:
        return list(self.store.table("shop").values())

    def market(self, shop_id: str) -> Market:
        shop = self.shop(shop_id)
        return market_of(shop["region"], shop["seller_type"])

    def products(self, shop_id: str) -> list[dict[str, Any]]:
        return [row for row in self.store.table("product").values() if row["shop_id"] == shop_id]

    def sku(self, sku_id: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Return product and SKU of a SKU id, or nothing."""
        place = self.skus.get(sku_id)
        if place is None:
            return None
        product = self.store.table("product")[place[0]]
        return product, product["skus"][place[1]]

    def cases_of(self, order_id: str, kind: str) -> list[dict[str, Any]]:
        """Return the cancellations or returns of an order, oldest first."""
        rows = self.store.table(kind)
        return [rows[key] for key in self.cases[kind].get(order_id, ())]

    def add_case(self, order_id: str, kind: str, row: dict[str, Any]) -> dict[str, Any]:
        self.cases[kind].setdefault(order_id, []).append(row[f"{kind}_id"])
        return self.store.put(kind, row[f"{kind}_id"], row)

    def catch_up(self) -> None:
        """Work off what is due at the clock's present moment."""
        self.agenda.run_until(self.clock.running())

    def jump(self, seconds: float) -> None:
        """Move the clock forward and work off everything on the way, in order."""
        target = self.clock.running() + max(0.0, seconds)
        self.agenda.run_until(target)
        self.clock.rebase(target)
        self.store.commit()
