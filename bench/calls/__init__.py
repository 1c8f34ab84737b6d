"""Calls to a platform that takes 300 ms for each answer: side by side as the desk makes them, and one after another.

A run asks for 100 labels through the outbox (each is two calls: ship, then read the package), or reads 100 packages
as the inbox does. Every answer is in the database when the clock stops.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

from bench.intake.programs import run_child, running
from bench.places import Database
from bench.plan import Asked, Figure, Pair, Reference, Taken
from tests.desk import free_port

ABOUT = "A hundred calls to a platform that takes 300 ms for each answer."
PARTS = ("labels", "reads")
LONG = True
COUNT = 100
CHILD = "bench.calls.child"


def measures(asked: Asked) -> Iterator[Pair]:
    """Yield one pair for each database and kind of call."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    line = [sys.executable, "-m", "bench.calls.slow", str(port)]
    asked.stack.enter_context(running(line, env=dict(os.environ), log=asked.folder / "slow.log", answers=url))
    for kind in asked.databases.kinds:
        database = asked.databases.make(kind)
        run_child("prepare", database, "--url", url, module=CHILD)
        for part in (part for part in PARTS if asked.wants(part)):
            count = asked.scale or COUNT
            one_by_one = Reference("one after another", partial(_run, database, part, url, count, 1))
            yield Pair(
                f"{part} on {kind}", partial(_run, database, part, url, count, 0), (one_by_one,),
                (Figure("calls/s"), Figure("s", less_is_better=True)), about=f"{count} {part}, 300 ms for each answer",
            )  # fmt: skip


def _run(database: Database, part: str, url: str, count: int, at_once: int) -> Taken:
    told: dict[str, Any] = run_child(
        part, database, "--url", url, "--count", str(count), "--at-once", str(at_once), module=CHILD
    )
    return {"calls/s": count / told["seconds"], "s": told["seconds"]}
