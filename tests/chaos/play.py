"""One run: traffic and faults, programs killed at random and at named points, then quiet, then the audit."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.chaos.traffic import Traffic
from tests.chaos.troupe import Troupe
from tests.desk import until

FAULTS = {
    "webhooks": {"duplicate": 0.2, "drop": 0.1, "reorder": 0.2},
    "api": {"error_rate": 0.05, "timeout_after_commit": 0.05},
}
HOSTILE = {"preset": "hostile"}
TRIES = 3  # times that points may wait in vain
DAY = 86400.0


@dataclass
class Plan:
    """What a run consists of. `waits` False: leases and back-off end at once when it gets quiet."""

    orders: int
    seed: int
    points: Sequence[str] | None = ()  # each is struck once; None: every point that is seen
    faults: Mapping[str, object] = field(default_factory=lambda: FAULTS)
    every: float = 0.0  # seconds between two kills at random; 0: none
    batch: int = 5
    pause: float = 0.1
    strike_for: float = 5.0  # how long points may wait to be passed
    rest: float = 0.0  # seconds between two points, so that orders get on
    patience: float = 60.0
    waits: bool = True
    limit: float = 3600.0  # seconds after which nothing more is killed, whatever is left
    jump: bool = False  # six days pass near the end: tokens are refreshed, deadlines end


@dataclass
class Report:
    orders: int = 0
    took: float = 0.0
    settled_in: float = 0.0
    struck: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)  # nobody died there: nobody came by, or time was up
    deaths: dict[str, int] = field(default_factory=dict)
    did: dict[str, int] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Return what happened, for a person."""
        died = ", ".join(f"{name} {count}" for name, count in sorted(self.deaths.items()))
        return [
            f"{self.orders} orders in {self.took:.0f} s, quiet after {self.settled_in:.0f} s more",
            f"points: {len(self.seen)} seen, killed at {len(self.struck)}, {len(self.missed)} left",
            f"deaths: {died or 'none'}",
            f"differences: {len(self.differences)}",
            *self.differences,
        ]


def play(desk: Troupe, plan: Plan, *, say: Callable[[str], None] = lambda _: None) -> Report:
    """Run `plan` on a troupe that is up; return what happened and what differs in the end."""
    report, began = Report(), time.monotonic()
    end = began + plan.limit
    traffic = Traffic(desk, wanted=plan.orders, seed=plan.seed, batch=plan.batch, pause=plan.pause)
    desk.control("/faults", dict(plan.faults))
    stop = threading.Event()
    killer = threading.Thread(target=kill_at_random, args=(desk, plan, stop), daemon=True)
    with traffic:
        killer.start()
        strike_all(desk, plan, report, end=end, say=say)
        while not traffic.all_placed and time.monotonic() < end + plan.patience:
            time.sleep(0.1)
        if plan.jump and traffic.tell("clock", {"advance": 6.5 * DAY}):
            say("six days have passed")
            strike_all(desk, plan, report, end=min(end, time.monotonic() + 300), say=say)
        stop.set()
        killer.join()
    report.took = time.monotonic() - began
    settle(desk, plan, report)
    report.did, report.deaths, report.seen = dict(traffic.did), dict(desk.deaths), desk.seen()
    planned = report.seen if plan.points is None else plan.points
    report.missed = [point for point in planned if point not in report.struck]
    report.orders = len(desk.truth())
    return report


def kill_at_random(desk: Troupe, plan: Plan, stop: threading.Event) -> None:
    """Kill one program after another: workers and web most often, now and then the platform itself."""
    luck = random.Random(plan.seed)
    while plan.every and not stop.wait(plan.every * luck.uniform(0.5, 1.5)):
        desk.kill(luck.choice([*desk.workers, *desk.workers, "web", "sandbox"]))


def strike_all(desk: Troupe, plan: Plan, report: Report, *, end: float, say: Callable[[str], None]) -> None:
    """Let programs die at every planned point, whichever comes first, those that are seen meanwhile included."""
    vain = 0
    while vain < TRIES and (time.monotonic() < end or not report.struck):  # however slow the machine: one at least
        known = list(desk.seen()) if plan.points is None else plan.points
        left = [point for point in known if point not in report.struck]
        if not left:
            break
        if point := desk.strike(fair(left, report.struck, ahead=vain), for_s=plan.strike_for):
            report.struck.append(point)
            time.sleep(plan.rest)
        vain = 0 if point else vain + 1
        say(f"{len(report.struck)} of {len(known)} points: {point or 'nobody passed one of the rest'}")


def fair(left: Sequence[str], struck: Sequence[str], *, ahead: int) -> list[str]:
    """Choose points of the places where fewest died yet: else what is passed most often would never let others live."""
    died = Counter(place_of(point) for point in struck)
    fewest = min(died[place_of(point)] for point in left)
    return [point for point in left if died[place_of(point)] <= fewest + ahead]


def place_of(point: str) -> str:
    return point.partition(" of ")[2]


def settle(desk: Troupe, plan: Plan, report: Report) -> None:
    """Let everything come to an end without faults, and compare."""
    began = time.monotonic()
    until(lambda: desk.is_up("sandbox") and desk.is_up("web"), for_s=60, what="all are back", tail=desk.log)
    desk.control("/faults", {})
    desk.control("/clock", {"speed": 1})
    line = [sys.executable, "-m", "tests.chaos.audit", desk.sandbox_url, "--data", str(desk.folder)]
    line += ["--patience", str(plan.patience), *(["--others"] if "preset" in plan.faults else [])]
    if not plan.waits:
        desk.rest(*desk.workers)
        line.append("--later")
    with desk.log.open("ab") as log, subprocess.Popen(line, env=desk.env, stdout=subprocess.PIPE, stderr=log) as audit:
        assert audit.stdout is not None
        if not plan.waits:
            audit.stdout.readline()
            for name in desk.workers:
                desk.launch(name)
        told = audit.stdout.read()
    assert audit.returncode == 0, f"the audit broke: {desk.log}"
    report.differences = json.loads(told)
    report.settled_in = time.monotonic() - began
