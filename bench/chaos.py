"""The long proof that nothing is lost and nothing done twice: every named point, kills at random, both databases."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from bench.places import Database
from bench.plan import Asked, Proof, Verdict
from tests.chaos.play import HOSTILE, Plan, play
from tests.chaos.troupe import Troupe

ABOUT = "Programs killed at every named point and at random while orders come in; then desk = truth."
PARTS = ()
LONG = True
ORDERS = 6000  # 2,000 for each of three shops


def measures(asked: Asked) -> Iterator[Proof]:
    """Yield one proof per database."""
    for kind in asked.databases.kinds:
        yield Proof(f"whatever dies, {kind}", run=partial(prove, asked, asked.databases.make(kind)))


def prove(asked: Asked, database: Database) -> Verdict:
    """Run the whole chaos on one database."""
    orders = asked.scale or ORDERS
    workers = 2 if database.url else 1
    plan = Plan(
        orders=orders, seed=asked.seed, points=None, faults=HOSTILE, every=20.0, batch=3, pause=0.3,
        strike_for=60.0, rest=1.0, patience=900.0, limit=600 + orders, jump=True,
    )  # fmt: skip
    with Troupe(database.folder, database_url=database.url, workers=workers) as desk:
        report = play(desk, plan, say=asked.say)
    good = not report.differences and report.orders >= orders
    figures = {
        "orders": report.orders, "points seen": len(report.seen), "killed at points": len(report.struck),
        "deaths": sum(report.deaths.values()), "seconds": round(report.took), "settled in": round(report.settled_in),
        "differences": len(report.differences),
    }  # fmt: skip
    return Verdict(good, (*report.lines(), *(f"nobody died {one}" for one in report.missed)), figures)
