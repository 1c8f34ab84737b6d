"""Memory: one process takes in many orders, and holds no more at the end than in the middle."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from bench.intake.programs import run_child, sandbox_running
from bench.intake.whole import PLENTY
from bench.plan import Asked, Proof, Verdict

ORDERS = 20_000
ORIGINALS = 300
GROWS_BY = 0.05  # the last fifth may hold so much more than the middle one


def measures(asked: Asked) -> Iterator[Proof]:
    """Yield one proof per database."""
    for kind in asked.databases.kinds:
        yield Proof(f"memory, {kind}", partial(prove, asked, kind), "apply, expect, review and reserve in one process")


def prove(asked: Asked, kind: str) -> Verdict:
    """Take the orders in and judge the samples."""
    count = asked.scale or ORDERS
    database = asked.databases.make(kind)
    with sandbox_running(asked.folder / f"memory-{kind}", seed=asked.seed) as sandbox:
        clock = {"SHUNDAN_CLOCK_URL": sandbox.clock}
        run_child("prepare", database, "--sandbox", sandbox.url, **clock)
        run_child("stock_up", database, "--count", str(PLENTY), **clock)
        run_child("place", database, "--sandbox", sandbox.url, "--count", str(ORIGINALS), **clock)
    found = run_child("keep_on", database, "--count", str(count))
    asked.databases.drop(database)
    return judge(found["samples"], count=count, seconds=found["seconds"], states=found["states"])


def judge(samples: Sequence[float], *, count: int, seconds: float, states: Mapping[str, int]) -> Verdict:
    """Compare the last fifth with the middle one: by then every cache of a fixed size is full."""
    middle = statistics.median(samples[len(samples) * 2 // 5 : len(samples) * 3 // 5] or samples)
    last = statistics.median(samples[len(samples) * 4 // 5 :])
    growth = last / middle - 1
    line = " ".join(f"{value:.0f}" for value in samples[:: max(1, len(samples) // 20)])
    facts = {"orders": count, "seconds": round(seconds), "orders/s": round(count / seconds), "states": dict(states),
             "first MiB": samples[0], "middle MiB": middle, "last MiB": last, "growth": f"{growth:+.1%}"}  # fmt: skip
    return Verdict(growth <= GROWS_BY, (f"resident MiB over time: {line}",), facts)
