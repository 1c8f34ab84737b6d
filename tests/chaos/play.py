"""One run: traffic and faults, programs killed at random and at named points, then quiet, then the audit."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.chaos.traffic import Traffic
from tests.chaos.troupe import Troupe, answers
from tests.desk import until

FAULTS = {
    "webhooks": {"duplicate": 0.2, "drop": 0.1, "reorder": 0.2},
    "api": {"error_rate": 0.05, "timeout_after_commit": 0.05},
}


@dataclass
class Plan:
    """What a run consists of. `waits` False: leases and back-off end at once when it gets quiet."""

    orders: int
    seed: int
    points: Sequence[str] = ()  # struck one after the other
    every: float = 0.0  # seconds between two kills at random; 0: none
    batch: int = 5
    pause: float = 0.1
    strike_for: float = 5.0  # how long a point may wait to be passed
    patience: float = 60.0
    waits: bool = True
    limit: float = 3600.0  # seconds after which no more is killed, whatever is left


@dataclass
class Report:
    orders: int = 0
    took: float = 0.0
    settled_in: float = 0.0
    struck: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)  # armed, and nobody came by
    deaths: dict[str, int] = field(default_factory=dict)
    did: dict[str, int] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Return what happened, for a person."""
        died = ", ".join(f"{name} {count}" for name, count in sorted(self.deaths.items()))
        return [
            f"{self.orders} orders in {self.took:.0f} s, quiet after {self.settled_in:.0f} s more",
            f"{len(self.seen)} points known, killed at {len(self.struck)} of them, {len(self.missed)} not passed in time",
            f"deaths: {died or 'none'}",
            f"differences: {len(self.differences)}",
            *self.differences,
        ]


def play(desk: Troupe, plan: Plan, *, say: Callable[[str], None] = lambda _: None) -> Report:
    """Run `plan` on a troupe that is up; return what happened and what differs in the end."""
    report, began = Report(), time.monotonic()
    traffic = Traffic(desk, wanted=plan.orders, seed=plan.seed, batch=plan.batch, pause=plan.pause)
    desk.control("/faults", FAULTS)
    stop = threading.Event()
    killer = threading.Thread(target=kill_at_random, args=(desk, plan, stop), daemon=True)
    with traffic:
        killer.start()
        strike_all(desk, plan, report, until_=began + plan.limit, say=say)
        while not traffic.all_placed and time.monotonic() < began + plan.limit:
            time.sleep(0.1)
        stop.set()
        killer.join()
    report.took = time.monotonic() - began
    settle(desk, plan, report)
    report.did, report.deaths, report.seen = dict(traffic.did), dict(desk.deaths), desk.seen()
    report.orders = len(desk.truth())
    return report


def kill_at_random(desk: Troupe, plan: Plan, stop: threading.Event) -> None:
    """Kill one program after another: workers and web most often, now and then the platform itself."""
    luck = random.Random(plan.seed)
    while plan.every and not stop.wait(plan.every * luck.uniform(0.5, 1.5)):
        desk.kill(luck.choice([*desk.workers, *desk.workers, "web", "sandbox"]))


def strike_all(desk: Troupe, plan: Plan, report: Report, *, until_: float, say: Callable[[str], None]) -> None:
    for number, point in enumerate(plan.points, start=1):
        if time.monotonic() > until_:
            report.missed += plan.points[number - 1 :]
            break
        hit = desk.strike(point, for_s=plan.strike_for)
        (report.struck if hit else report.missed).append(point)
        say(f"{number}/{len(plan.points)} {'died' if hit else 'not passed'}: {point}")


def settle(desk: Troupe, plan: Plan, report: Report) -> None:
    """Let everything come to an end without faults, and compare."""
    began = time.monotonic()
    for name in ("sandbox", "web"):
        url = f"{desk.sandbox_url}/sandbox/clock" if name == "sandbox" else f"{desk.url}/readyz"
        until(lambda url=url: answers(url), for_s=60, what=f"{name} is back", tail=desk.log)
    desk.control("/faults", {})
    desk.control("/clock", {"speed": 1})
    if not plan.waits:
        desk.rest(*desk.workers)
        run(desk, "tests.chaos.later", str(desk.folder))
        for name in desk.workers:
            desk.launch(name)
    told = run(desk, "tests.chaos.audit", desk.sandbox_url, "--data", str(desk.folder), "--patience", str(plan.patience))
    report.differences = json.loads(told)
    report.settled_in = time.monotonic() - began


def run(desk: Troupe, module: str, *arguments: str) -> str:
    """Run one of our own programs beside the desk and return what it printed."""
    done = subprocess.run([sys.executable, "-m", module, *arguments], env=desk.env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def by_place(points: Sequence[str]) -> Counter[str]:
    """Count points by the step or address they are passed at."""
    return Counter(point.partition(" of ")[2] for point in points)
