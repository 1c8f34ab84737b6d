"""The hostile week: 5,000 orders over seven story days with everything going wrong; then desk = truth.

A whole installation as real processes, buyers and couriers of the sandbox, packer and clerk over the public API, and
the preset `hostile`: webhooks lost, doubled, late and out of order, calls that fail, hang or lose their answers, words
and fields nobody knows, a second tool and the seller at the same orders. At the end it is calm, and desk and platform
are compared order by order, with the desk's books against themselves (tests/chaos/audit.py).
When the desk falls far behind, the story slows down: what is proven is that nothing is lost, not how fast this machine
is. `--only day` lives one day of it.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx

from bench.places import Database
from bench.plan import Asked, Proof, Verdict
from tests.chaos.troupe import Troupe

ABOUT = "A simulated week in hostile mode: 5,000 orders, staff at work, then desk = truth."
PARTS = ("week", "day")
LONG = True
ORDERS = 5000
DAYS = 7
SPEED = 300  # story seconds per second: the week takes 34 minutes where the desk keeps up
SLOWER = 60  # while it is behind
BEHIND = 400  # open wants of orders from which on it is
HOSTILE = {"preset": "hostile", "api": {"slow_seconds": 1.0}}  # wall seconds, of which a story hour has twelve
DAY = 86400.0
CALM_S = 120.0  # wall seconds of ordinary life without faults before the two are compared
PATIENCE_S = 900.0
LOOK_S = 30.0


@dataclass
class Week:
    """What happened in the week."""

    orders: int = 0
    took: float = 0.0
    settled_in: float = 0.0
    struck: dict[str, int] = field(default_factory=dict)
    webhooks: dict[str, Any] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    states: dict[str, int] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Return the report for a person."""
        return [
            f"{self.orders:,} orders in {self.took:.0f} s of wall time, compared after {self.settled_in:.0f} s more",
            "faults: " + tell(self.struck),
            f"webhooks: {self.webhooks.get('made', 0):,} made, {self.webhooks.get('waiting', 0):,} waiting at the end",
            "platform: " + tell(self.statuses),
            "desk: " + tell(self.states),
            f"differences: {len(self.differences)}",
            *self.differences,
        ]


def tell(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items()) or "none"


def measures(asked: Asked) -> Iterator[Proof]:
    """Yield one proof per database."""
    part, days = ("day", 1) if asked.parts == ("day",) else ("week", DAYS)
    for kind in asked.databases.kinds:
        database = asked.databases.make(kind)
        yield Proof(f"hostile {part}, {kind}", run=partial(prove, asked, database, days=days))


def prove(asked: Asked, database: Database, *, days: int) -> Verdict:
    """Live through the days on one database and compare."""
    orders, workers = asked.scale or ORDERS * days // DAYS, 2 if database.url else 1
    week = Week()
    with Troupe(database.folder, database_url=database.url, workers=workers, seed=asked.seed) as desk:
        began = time.monotonic()
        before = desk.buyer.get("/truth").json()["webhooks"]["made"]
        desk.control("/faults", HOSTILE)
        with staff(desk):
            live(desk, orders, asked, days=days)
            week.took = time.monotonic() - began
            calm_down(desk, week, asked)
        compare(desk, week)
    week.webhooks["made"] -= before
    good = not week.differences and week.orders >= orders
    figures = {
        "orders": week.orders, "seconds": round(week.took), "settled in": round(week.settled_in),
        "struck": sum(week.struck.values()), "differences": len(week.differences),
    }  # fmt: skip
    return Verdict(good, tuple(week.lines()), figures)


@contextlib.contextmanager
def staff(desk: Troupe) -> Iterator[None]:
    """Let packer and clerk work through the desk's public API."""
    token = desk.command("token", "--role", "owner")
    with desk.log.open("ab") as log:
        people = subprocess.Popen([sys.executable, "-m", "tests.chaos.staff", desk.url, token], stdout=log, stderr=log)
    try:
        yield
    finally:
        people.terminate()
        people.wait(timeout=60)


def live(desk: Troupe, orders: int, asked: Asked, *, days: int) -> None:
    """Let buyers come for some days; what chance left out comes in the last hours, so that the number is right."""
    start = now(desk)
    end = start + days * DAY
    desk.control("/traffic", {"orders_per_hour": orders * 0.97 / (days * 24)})
    desk.control("/clock", {"speed": SPEED})
    looked, speed = time.monotonic(), SPEED
    while (at := now(desk)) < end - DAY / 8:
        time.sleep(2.0)
        wanted = SLOWER if waiting(desk) > BEHIND else SPEED
        if wanted != speed:
            desk.control("/clock", {"speed": wanted})
            speed = wanted
        if time.monotonic() - looked > LOOK_S:
            looked = time.monotonic()
            asked.say(f"day {(at - start) / DAY:.1f}: {progress(desk)}")
    desk.control("/traffic", {"orders_per_hour": 0})
    if (missing := orders - len(desk.truth())) > 0:
        desk.control("/orders", {"count": missing, "status": "ON_HOLD"})
    while now(desk) < end:
        time.sleep(1.0)
    asked.say(f"the week is over: {progress(desk)}")


def now(desk: Troupe) -> float:
    return float(desk.buyer.get("/clock").json()["now"])


def waiting(desk: Troupe) -> int:
    """Return how many orders the desk still has to fetch; a desk too busy to say is behind."""
    try:
        return int(desk.api.get("/system/health").json()["wants"].get("order", 0))
    except (httpx.HTTPError, KeyError, ValueError):
        return BEHIND + 1


def progress(desk: Troupe) -> str:
    """Say how many orders there are here and there; the desk may be too busy to say."""
    there = len(desk.truth())
    try:
        seen = desk.api.get("/system/health").json()
    except (httpx.HTTPError, ValueError):
        return f"{there:,} orders"
    told = {name: seen[name] for name in ("arrivals", "wants", "calls", "snags")}
    return f"{there:,} orders; desk: {json.dumps(told)}"


def calm_down(desk: Troupe, week: Week, asked: Asked) -> None:
    """End the faults, go on for a while at an ordinary pace, and keep what struck."""
    week.struck = desk.buyer.get("/faults").json()["struck"]
    desk.control("/faults", {"preset": "calm"})
    desk.control("/clock", {"speed": 1})
    asked.say(f"calm: {tell(week.struck)}")
    time.sleep(CALM_S)


def compare(desk: Troupe, week: Week) -> None:
    """Compare desk and truth until nothing differs, or patience ends."""
    began = time.monotonic()
    line = [sys.executable, "-m", "tests.chaos.audit", desk.sandbox_url, "--data", str(desk.folder), "--others",
            "--patience", str(PATIENCE_S)]  # fmt: skip
    with desk.log.open("ab") as log:
        told = subprocess.run(line, env=desk.env, stdout=subprocess.PIPE, stderr=log, text=True, check=True).stdout
    week.differences = json.loads(told)
    week.settled_in = CALM_S + time.monotonic() - began
    truth = desk.buyer.get("/truth", timeout=120).json()
    week.orders, week.webhooks = len(truth["orders"]), truth["webhooks"]
    week.statuses = dict(Counter(row["status"] for row in truth["orders"]).most_common())
    week.states = dict(Counter(row["state"] for row in all_orders(desk)).most_common())


def all_orders(desk: Troupe) -> Iterator[dict[str, Any]]:
    """Yield every order that the desk's API shows, page by page."""
    after = ""
    while after is not None:
        page = desk.get("/orders", limit=200, **({"after": after} if after else {}))
        yield from page["items"]
        after = page["next"]
