"""Several at the same rows at the same moment, on PostgreSQL: each scene ends as if they had come one by one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import Cluster

pytestmark = pytest.mark.postgres
NAMES = (
    "two_workers_and_a_click_at_one_order_end_in_one_journal",
    "news_and_workers_at_one_order_end_where_the_platform_says",
    "one_order_told_twice_to_two_workers_is_one_order_told_last",
    "two_waves_share_no_parcel",
    "the_last_unit_of_a_bin_is_picked_once",
    "two_orders_of_one_package_planned_at_once_make_one_parcel",
    "an_order_cancelled_by_two_clerks_is_asked_for_once",
    "a_label_asked_for_again_is_not_ended_as_idle",
    "two_workers_take_in_news_of_one_case",
    "what_is_offered_follows_what_is_reserved_meanwhile",
    "a_form_sent_twice_at_once_is_done_once",
    "three_people_open_a_case_of_one_order_and_each_has_its_own",
    "the_journal_is_sealed_by_two_while_others_write",
    "steps_and_news_lock_in_one_order",
)


@pytest.fixture(scope="module")
def played(postgres_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What went wrong in each scene; all are played by one program on one database."""
    env = {**os.environ, "DATABASE_URL": postgres_cluster.make_database()}
    env["SHUNDAN_DATA"] = str(tmp_path_factory.mktemp("races"))
    root = Path(__file__).resolve().parents[2]
    line = [sys.executable, "-m", "tests.races.stage"]
    done = subprocess.run(line, env=env, cwd=root, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr[-3000:]
    yield json.loads(done.stdout)


@pytest.mark.parametrize("scene", NAMES)
def test_they_end_as_if_one_by_one(scene: str, played: dict[str, str]) -> None:
    assert played[scene] == "", played[scene]


def test_every_scene_is_played(played: dict[str, str]) -> None:
    assert set(played) == set(NAMES)
