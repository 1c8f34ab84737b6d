"""The short form: programs die at random and at some named points, and in the end the desk equals the platform.

Each day takes other points; CHAOS_SEED repeats a run. `bin/bench chaos` is the long form.
"""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

from tests.chaos.play import Plan, play
from tests.chaos.points import MOMENTS, share_of
from tests.chaos.troupe import Troupe

SEED = int(os.environ.get("CHAOS_SEED") or dt.datetime.now(dt.UTC).date().toordinal())
POINTS, ORDERS = 4, 45


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_whatever_dies_the_desk_ends_as_the_platform_says(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url, workers, seed = "", 1, SEED * 2
    if kind == "postgres":
        url, workers, seed = request.getfixturevalue("postgres_url"), 2, SEED * 2 + 1
    with Troupe(tmp_path / "desk", database_url=url, workers=workers) as desk:
        plan = Plan(
            orders=ORDERS, seed=seed, points=share_of(POINTS, seed=seed), every=4, waits=False, patience=150, limit=15
        )
        report = play(desk, plan)
    told = "\n".join([f"CHAOS_SEED={SEED}", *report.lines(), *report.missed])
    assert report.differences == [], told
    assert report.orders >= ORDERS, told
    assert report.struck and sum(report.deaths.values()) >= 1, told


def test_a_run_of_seeds_takes_every_moment_on_both_sides() -> None:
    taken = {point for seed in range(len(MOMENTS)) for point in share_of(POINTS, seed=seed)}
    assert taken == {f"{side} {name}" for name in MOMENTS for side in ("before", "after")}
