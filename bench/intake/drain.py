"""Drain: order snapshots at hand become stored orders, beside raw executemany of all rows that writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from bench.intake.programs import Sandbox, run_child, sandbox_running
from bench.intake.rows import Replay, find_replay, write_again
from bench.places import Database
from bench.plan import Asked, Figure, Pair, Reference, Taken

ORDERS = 2000
AT_LEAST = 0.25
HELD_FOR = 2 * 3600  # the platform holds a paid order for an hour
CPU = "cpu ms per order"  # of the process itself, not of PostgreSQL: steady however busy the machine is
RAW = "raw executemany"


def measures(asked: Asked) -> Iterator[Pair]:
    """Yield new orders and updates of the same orders, on each database."""
    count = asked.scale or ORDERS
    for kind in asked.databases.kinds:
        with sandbox_running(asked.folder / f"drain-{kind}", seed=asked.seed) as sandbox:
            for name, base in prepare(asked, sandbox, kind, count):
                yield _pair(asked, f"drain, {name}, {kind}", base, count)
                asked.databases.drop(base)


def prepare(asked: Asked, sandbox: Sandbox, kind: str, count: int) -> Iterator[tuple[str, Database]]:
    """Yield databases in which snapshots wait: of orders never seen; of orders stored while the platform held them."""
    databases = asked.databases
    connected = databases.make(kind)
    to_sandbox = partial(run_child, SHUNDAN_CLOCK_URL=sandbox.clock)
    to_sandbox("prepare", connected, "--sandbox", sandbox.url)
    fresh = databases.copy(connected)
    to_sandbox("place", fresh, "--sandbox", sandbox.url, "--count", str(count))
    yield "new orders", fresh
    to_sandbox("place", connected, "--sandbox", sandbox.url, "--count", str(count), "--status", "ON_HOLD")
    run_child("drain", connected)
    sandbox.post("clock", advance=HELD_FOR)
    to_sandbox("refresh", connected, "--sandbox", sandbox.url)
    yield "updates", connected


def _pair(asked: Asked, name: str, base: Database, count: int) -> Pair:
    replay = _record(asked, base)
    rows = sum(replay.inserted.values()) + sum(replay.changed.values())
    about = (
        f"{count:,} orders in {len(replay.turns)} transactions; {rows / count:.1f} rows written per order: "
        + ", ".join(f"{name} {n / count:.2f}" for name, n in sorted(replay.inserted.items()) if n >= count / 100)
        + "; changed: "
        + (", ".join(f"{name} {n / count:.2f}" for name, n in sorted(replay.changed.items())) or "none")
    )
    return Pair(
        name,
        ours=lambda: _ours(asked, base),
        references=(Reference(RAW, lambda: _raw(asked, base, replay), at_least=AT_LEAST),),
        figures=(Figure("orders/s"), Figure(CPU, less_is_better=True)),
        explain=lambda: _explain(asked, base),
        about=about,
    )


def _record(asked: Asked, base: Database) -> Replay:
    """Drain once, not timed, to learn every row it writes."""
    after = asked.databases.copy(base)
    found = run_child("record", after)
    replay = replace(find_replay(base, after, found["turns"]), warm=found["warm"], left=found["left"])
    asked.databases.drop(after)
    return replay


def _ours(asked: Asked, base: Database) -> Taken:
    copy = asked.databases.copy(base)
    try:
        found = run_child("drain", copy)
    finally:
        asked.databases.drop(copy)
    return {"orders/s": found["orders"] / found["seconds"], CPU: 1000 * found["cpu"] / found["orders"]}


def _raw(asked: Asked, base: Database, replay: Replay) -> Taken:
    copy = asked.databases.copy(base)
    try:
        took, cpu = write_again(replay, copy)
    finally:
        asked.databases.drop(copy)
    return {"orders/s": replay.left / took, CPU: 1000 * cpu / replay.left}


def _explain(asked: Asked, base: Database) -> str:
    copy = asked.databases.copy(base)
    try:
        return "```\n" + str(run_child("profile", copy)["text"]) + "\n```"
    finally:
        asked.databases.drop(copy)
