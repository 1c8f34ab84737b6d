"""The harness itself: turns, ratios, targets, tables, exit codes."""

from __future__ import annotations

import json
import sqlite3
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench.__main__ import exit_code, load_plugin, main, plugin_names
from bench.places import Databases
from bench.plan import Figure, Pair, Proof, Reference, Verdict
from bench.running import Outcome, ratio, run_measure, spread
from bench.tables import align, as_json, as_text, spell

MACHINE = {"cores": 2, "processor": "a processor", "memory_gib": 4.0, "load_average": [0.1], "at": "2026-11-23"}


def quiet(_text):
    pass


def measured(measure, times=5, profile=False):
    return run_measure(measure, bench="demo", times=times, profile=profile, say=quiet)


def made_pair(calls=None, *, ours=50.0, theirs=100.0, at_least=0.25, **more):
    told = calls if calls is not None else []

    def run(name, value):
        told.append(name)
        return {"orders/s": value}

    return Pair("drain", lambda: run("ours", ours), (Reference("raw", lambda: run("raw", theirs), at_least),),
                (Figure("orders/s"),), **more)  # fmt: skip


def test_ours_and_the_reference_take_turns_and_swap_who_is_first():
    calls = []
    measured(made_pair(calls), times=4)
    assert calls == ["ours", "raw", "raw", "ours", "ours", "raw", "raw", "ours"]


def test_a_ratio_is_taken_round_by_round():
    ours, theirs = [{"n": 10.0}, {"n": 30.0}, {"n": 8.0}], [{"n": 5.0}, {"n": 10.0}, {"n": 8.0}]
    assert ratio(Figure("n"), ours, theirs) == spread([2.0, 3.0, 1.0])
    assert ratio(Figure("n", less_is_better=True), ours, theirs).median == 0.5


def test_a_target_is_met_at_its_edge_and_missed_below():
    assert measured(made_pair(ours=25.0)).targets == [("at least 0.25 × raw: 0.25", True)]
    missed = measured(made_pair(ours=24.0))
    assert missed.misses and not missed.is_broken
    assert exit_code([missed]) == 3


def test_our_own_limit_is_judged_by_the_median():
    runs = iter([60.0, 40.0, 45.0])
    pair = Pair("ack", lambda: {"p99 ms": next(runs)}, figures=(Figure("p99 ms", True, at_most=50),))
    assert measured(pair, times=3).targets == [("p99 ms at most 50: 45.0", True)]


def test_where_the_time_goes_is_asked_when_a_target_is_missed_or_on_request():
    def told(**more):
        return measured(made_pair(explain=lambda: "in the mapping", **more)).explanation

    assert told() == ""
    assert told(ours=1.0) == "in the mapping"
    assert measured(made_pair(explain=lambda: "in the mapping"), profile=True).explanation == "in the mapping"


def test_a_proof_that_fails_or_breaks_is_exit_code_1_and_keeps_its_report():
    def breaks():
        raise ZeroDivisionError

    failed = measured(Proof("chaos", lambda: Verdict(False, ("order 7 is missing",), {"orders": 2000})))
    broken = measured(Proof("week", breaks))
    assert "ZeroDivisionError" in broken.error
    assert [exit_code([one]) for one in (failed, broken)] == [1, 1]
    assert exit_code([measured(Proof("chaos", lambda: Verdict(True)))]) == 0
    text = as_text([failed], machine=MACHINE, versions={"python": "3"})
    assert "FAILED\norder 7 is missing\norders: 2000" in text


def test_json_holds_every_single_run():
    told = json.loads(json.dumps(as_json([measured(made_pair())], machine=MACHINE, versions={})))
    assert told["measures"][0]["figures"]["orders/s"]["ours"] == {
        "median": 50.0, "least": 50.0, "most": 50.0, "runs": [50.0] * 5,
    }  # fmt: skip
    assert told["measures"][0]["ratios"]["raw"]["median"] == 0.5


def test_the_table_is_aligned_and_ratios_stand_beside_the_reference():
    text = as_text([measured(made_pair(), times=1)], machine=MACHINE, versions={})
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len({len(row) for row in rows}) == 1
    assert [cell.strip() for cell in rows[3].strip("|").split("|")] == [
        "orders/s", "raw", "100", "100", "100", "0.50 (0.50–0.50)",
    ]  # fmt: skip
    assert align(["", "谁", "n"], [["a", "我们", "1"]]).splitlines()[2] == "| a | 我们 | 1 |"


@pytest.mark.parametrize("value, told", [(12345.6, "12,346"), (12.34, "12.3"), (0.123, "0.12"), (99.96, "100.0")])
def test_numbers_keep_about_three_digits(value, told):
    assert spell(value) == told


def test_a_copied_database_has_the_rows_of_its_source_and_a_life_of_its_own(tmp_path):
    with ExitStack() as stack:
        databases = Databases(tmp_path, ("sqlite",), stack)
        first = databases.make("sqlite")
        with sqlite3.connect(first.file) as to:
            to.execute("CREATE TABLE one (n)")
            to.execute("INSERT INTO one VALUES (7)")
        to.close()
        second = databases.copy(first)
        with sqlite3.connect(second.file) as to:
            to.execute("INSERT INTO one VALUES (8)")
        rows = [[n for (n,) in sqlite3.connect(one.file).execute("SELECT n FROM one")] for one in (first, second)]
        assert rows == [[7], [7, 8]]
        databases.drop(second)
        assert not second.folder.exists()


def test_every_plug_in_says_what_it_is():
    for name in plugin_names():
        plugin = load_plugin(name)
        assert plugin.ABOUT.endswith(".") and isinstance(plugin.LONG, bool) and callable(plugin.measures), name


def test_an_unknown_name_ends_with_the_list(capsys):
    with pytest.raises(SystemExit):
        main(["nothing"])
    assert "there is no nothing" in capsys.readouterr().err


def test_an_unknown_part_ends_with_the_list(capsys):
    with pytest.raises(SystemExit):
        main(["intake", "--only", "drian"])
    assert "there is no part drian; there is: ack, busy, drain, memory, whole" in capsys.readouterr().err


@pytest.mark.parametrize("page", ["docs/bench.md", "docs/zh/bench.md"])
def test_the_docs_name_every_plug_in_and_part(page):
    told = (Path(__file__).parents[2] / page).read_text(encoding="utf-8")
    rows = {line.split("|")[1].strip(): line for line in told.splitlines() if line.startswith("| `bin/bench ")}
    assert list(rows) == [f"`bin/bench {name}`" for name in plugin_names()]
    for name in plugin_names():
        parts = load_plugin(name).PARTS
        assert all(f"`{part}`" in rows[f"`bin/bench {name}`"] for part in parts), name


def test_a_broken_measure_is_an_outcome_like_any_other():
    assert Outcome("demo", "x", error="trace").is_broken
