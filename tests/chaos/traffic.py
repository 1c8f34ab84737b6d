"""Buyers, couriers, clerk and packer: they act at random from a seed, and do not mind when nobody answers."""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys
import threading
from collections import Counter, deque
from collections.abc import Callable
from typing import Any

import httpx

from tests.chaos.troupe import Troupe

PATIENCE = 15.0
KNOWN = 400  # orders that something more may happen to
# What may happen, and how often beside placing an order.
WEIGHTS = {"cancel": 3, "address": 2, "chat": 2, "collect": 6, "deliver": 5, "return": 2, "hold": 2, "unhold": 2}


class Traffic:
    """Places orders until there are `wanted`, and lets something happen to those there are."""

    def __init__(self, desk: Troupe, *, wanted: int, seed: int, batch: int, pause: float) -> None:
        self.desk, self.wanted, self.batch, self.pause = desk, wanted, batch, pause
        self.luck = random.Random(seed)
        self.placed = 0
        self.orders: deque[str] = deque(maxlen=KNOWN)
        self.did: Counter[str] = Counter()
        self.stop = threading.Event()
        self.token = desk.api.headers["Authorization"].removeprefix("Bearer ")
        self.staff_line = [sys.executable, "-m", "tests.chaos.staff", desk.url, self.token]
        self.threads = [threading.Thread(target=work, daemon=True, name=work.__name__) for work in (self.buy, self.act)]

    def __enter__(self) -> Traffic:
        with self.desk.log.open("ab") as log:
            self.staff = subprocess.Popen(self.staff_line, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop.set()
        self.staff.terminate()
        for thread in self.threads:
            thread.join(timeout=60)
        self.staff.wait(timeout=60)

    @property
    def all_placed(self) -> bool:
        return self.placed >= self.wanted

    def buy(self) -> None:
        """Place orders in batches; an answer that was lost may have placed some, and the truth counts them all."""
        luck = random.Random(self.luck.random())
        while not self.stop.wait(self.pause):
            late = self.all_placed  # go on a little, so that every place is passed by somebody
            if late and luck.random() < 0.9:
                continue
            told: dict[str, Any] = {"count": 1 if late else min(self.batch, self.wanted - self.placed)}
            if luck.random() < 0.1:
                told |= {"flaw": luck.choice(["unmapped", "price", "address"])}
            if luck.random() < 0.1:
                told |= {"status": luck.choice(["UNPAID", "ON_HOLD", "IN_TRANSIT", "AWAITING_COLLECTION"])}
            if answer := self.tell("orders", told):
                self.placed += len(answer["order_ids"])
                self.orders.extend(answer["order_ids"])

    def act(self) -> None:
        luck = random.Random(self.luck.random())
        with httpx.Client(
            base_url=f"{self.desk.url}/api/v1", timeout=PATIENCE, trust_env=False,
            headers={"Authorization": f"Bearer {self.token}"},
        ) as clerk:  # fmt: skip
            while not self.stop.wait(self.pause / 2):
                if not self.orders:
                    continue
                order, deed = luck.choice(self.orders), luck.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
                if deed in ("hold", "unhold"):
                    self.click(clerk, order, deed)
                elif self.tell(*DEEDS[deed](order)):
                    self.did[deed] += 1

    def click(self, clerk: httpx.Client, order: str, deed: str) -> None:
        """A clerk at the desk holds an order, or lets held ones go, whatever the workers do to it meanwhile."""
        with contextlib.suppress(httpx.TransportError, KeyError, IndexError, ValueError):
            row = clerk.get("/orders", params={"q": order}).json()["items"][0]
            path = f"/orders/{row['shop']}/{order}"
            if deed == "hold":
                answer = clerk.post(f"{path}/hold", json={"why": "let me look"})
            else:
                answer = clerk.post(f"{path}/approve", json={"why": "it is meant so"})
            self.did[f"{deed} {answer.status_code}"] += 1

    def tell(self, path: str, told: dict[str, Any]) -> Any:
        """Make the world act; None when it refused or nobody was there."""
        try:
            answer = httpx.post(f"{self.desk.sandbox_url}/sandbox/{path}", json=told, timeout=PATIENCE, trust_env=False)
        except httpx.TransportError:
            self.stop.wait(0.2)
            return None
        return answer.json() if answer.status_code == 200 else None


Deed = tuple[str, dict[str, Any]]
DEEDS: dict[str, Callable[[str], Deed]] = {
    "cancel": lambda order: ("buyers/cancel", {"order_id": order}),
    "address": lambda order: ("buyers/address", {"order_id": order, "address": "9 Lantern Mews"}),
    "chat": lambda order: ("buyers/chat", {"order_id": order, "text": "When will it be sent?"}),
    "collect": lambda order: ("couriers/scan", {"order_id": order, "event": "collected"}),
    "deliver": lambda order: ("couriers/scan", {"order_id": order, "event": "delivered"}),
    "return": lambda order: ("buyers/return", {"order_id": order, "type": "REFUND"}),
}
