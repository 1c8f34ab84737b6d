"""The worker's loop, with steps of the tests' own."""

import threading
from dataclasses import dataclass, field
from time import monotonic

import pytest

from shundan.config.steps import STEPS, find_step
from shundan.config.worker import Turn, run_lane


@pytest.fixture(autouse=True)
def _no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shundan.config.worker.forget_connections", lambda: None)


@dataclass
class FakeStep:
    """Returns the numbers of `answers` one after the other; an exception among them is raised; then 0."""

    name: str
    answers: list[int | Exception] = field(default_factory=list)
    every: float = 0.0
    rest: float = 0.0
    lane: str = "orders"
    runs: int = 0

    def run(self) -> int:
        self.runs += 1
        answer = self.answers.pop(0) if self.answers else 0
        if isinstance(answer, Exception):
            raise answer
        return answer


def run_until(steps: list[FakeStep], enough) -> list[tuple[str, int, str]]:
    """Run one lane until `enough()`; return what was reported."""
    stop, reports = threading.Event(), []

    def report(turns) -> None:
        reports.extend((turn.step.name, turn.done, turn.error) for turn in turns)

    class Last(FakeStep):
        def run(self) -> int:
            if enough():
                stop.set()
            return 0

    lane = threading.Thread(target=run_lane, args=([*steps, Last("last")], stop, report))
    lane.start()
    lane.join(10)
    assert not lane.is_alive()
    return reports


def test_a_step_with_work_is_run_again_at_once_until_nothing_is_left() -> None:
    step = FakeStep("apply", [50, 50, 7], every=3600)
    run_until([step], lambda: step.runs == 4)
    assert step.answers == []


def test_an_idle_step_waits_its_time_while_its_neighbour_goes_on() -> None:
    idle, busy = FakeStep("idle", every=3600), FakeStep("busy")
    run_until([idle, busy], lambda: busy.runs >= 3)
    assert idle.runs == 1


def test_a_step_that_fails_is_reported_and_does_not_stop_its_neighbours() -> None:
    bad, good = FakeStep("bad", [ValueError("odd row")]), FakeStep("good", [3])
    reports = run_until([bad, good], lambda: good.runs >= 2)
    assert ("bad", 0, "ValueError: odd row") in reports
    assert ("good", 3, "") in reports


def test_a_failing_step_waits_longer_each_time_up_to_a_minute() -> None:
    turn = Turn(FakeStep("bad", [ValueError()] * 9))
    waits = []
    for _ in range(9):
        turn.due = 0.0
        before = monotonic()
        turn.take()
        waits.append(round(turn.due - before))
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_beats_that_could_not_be_written_are_sent_with_the_next_ones() -> None:
    stop, seen = threading.Event(), []

    def report(turns) -> None:
        seen.append([(turn.step.name, turn.done) for turn in turns])
        if len(seen) == 1:
            raise OSError("the database is away")
        stop.set()

    # An error makes the lane report before its time.
    step = FakeStep("apply", [5, ValueError("now")])
    lane = threading.Thread(target=run_lane, args=([step], stop, report))
    lane.start()
    lane.join(10)
    assert seen == [[("apply", 5)], [("apply", 5)]]


def test_the_log_of_a_failing_step_says_where_and_nobodys_name(caplog: pytest.LogCaptureFixture) -> None:
    turn = Turn(FakeStep("apply", [ValueError("Emma Stone\nDETAIL: Failing row contains (12 Rose Street)")] * 2))
    with caplog.at_level("ERROR"):
        turn.take()
        turn.due = 0.0
        turn.take()
    first, second = (record.getMessage() for record in caplog.records)
    assert "test_worker.py" in first
    assert "Rose Street" not in caplog.text
    assert second == "step apply failed: ValueError (2 in a row)"
    assert "Emma" not in caplog.text


def test_a_step_that_rests_does_not_run_again_at_once_though_it_found_something() -> None:
    resting, eager = FakeStep("count", [9, 9, 9], rest=3600), FakeStep("apply", [1, 1])
    for turn in (one := Turn(resting), other := Turn(eager)):
        for _ in range(3):
            turn.take()
    assert (resting.runs, one.done) == (1, 9)
    assert (eager.runs, other.done) == (3, 2)


def test_webhooks_are_read_in_a_lane_without_steps_that_wait_for_the_platform() -> None:
    arrivals = find_step("read_next_arrivals")
    assert arrivals is not None
    assert [step.name for step in STEPS if step.lane == arrivals.lane] == ["read_next_arrivals"]
