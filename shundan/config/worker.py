"""`shundan worker`: runs the steps of `config/steps.py` over and over, each lane in a thread of its own.

A step finds its work by state, does one bounded batch and says how much it did. While anything is done the
lane goes round again at once; otherwise it looks again after a moment. A step that fails is logged and waits
longer each time; its neighbours go on.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

LOOK_EVERY = 0.25
BEAT_EVERY = 5.0
LONGEST_PAUSE = 60.0
log = logging.getLogger("shundan.worker")


class Step(Protocol):
    """What the worker needs to know of a step; `config/steps.py` lists them."""

    @property
    def name(self) -> str: ...
    @property
    def run(self) -> Callable[[], int]: ...
    @property
    def every(self) -> float: ...
    @property
    def lane(self) -> str: ...


Beat = Callable[
    [str, int, str], None
]  # step name, how much was done since the last beat, error ("" when well)


@dataclass
class Turn:
    """When one step is due next, and what happened since its last beat."""

    step: Step
    due: float = 0.0
    beaten: float = float("-inf")
    done: int = 0
    failures: int = 0

    def take(self, beat: Beat) -> bool:
        """Run the step once if it is due; return whether it did anything."""
        now = time.monotonic()
        if now < self.due:
            return False
        error, done = "", 0
        try:
            done = self.step.run()
            self.failures = 0
            self.due = 0.0 if done else now + self.step.every
        except Exception as reason:
            self.failures += 1
            self.due = now + min(2.0 ** (self.failures - 1), LONGEST_PAUSE)
            error = f"{type(reason).__name__}: {reason}"
            log.exception("step %s failed (%d in a row)", self.step.name, self.failures)
            forget_connections()
        self.done += done
        self._beat(beat, round((time.monotonic() - now) * 1000), error)
        return done > 0

    def _beat(self, beat: Beat, took_ms: int, error: str) -> None:
        now = time.monotonic()
        if not error and now - self.beaten < BEAT_EVERY:
            return
        try:
            beat(self.step.name, self.done, took_ms, error)
            self.beaten, self.done = now, 0
        except Exception:
            log.exception("the beat of step %s was not written", self.step.name)
            forget_connections()


def run_lane(steps: Sequence[Step], stop: threading.Event, beat: Beat) -> None:
    """Run `steps` in their order until `stop` is set; the batch under way is finished first."""
    turns = [Turn(step) for step in steps]
    while not stop.is_set():
        worked = False
        for turn in turns:
            if stop.is_set():
                break
            worked = turn.take(beat) or worked
        if not worked:
            soonest = min((turn.due for turn in turns), default=0.0) - time.monotonic()
            stop.wait(min(max(soonest, 0.01), LOOK_EVERY))
    forget_connections()


def work(lanes: Sequence[str] = ()) -> int:
    """Run every lane (or those named) until TERM or INT; return the exit code."""
    import django

    django.setup()
    from shundan.config.steps import STEPS

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    by_lane: dict[str, list[Step]] = {}
    for step in STEPS:
        if not lanes or step.lane in lanes:
            by_lane.setdefault(step.lane, []).append(step)
    threads = [
        threading.Thread(target=run_lane, args=(steps, stop, write_beat), name=f"lane {lane}")
        for lane, steps in by_lane.items()
    ]
    for thread in threads:
        thread.start()
    while not stop.wait(1.0):
        if not all(thread.is_alive() for thread in threads):
            log.error("a lane ended by itself; the worker ends so that it is started again")
            stop.set()
            return 1
    for thread in threads:
        thread.join()
    return 0


def write_beat(step: str, done: int, took_ms: int, error: str) -> None:
    """Store that `step` ran, for /readyz and the System page."""
    from shundan.ground.jobs import actions

    actions.beat(step, done=done, took_ms=took_ms, error=error)


def forget_connections() -> None:
    """Drop database connections that may be broken; the next query opens fresh ones."""
    from django.db import connections

    connections.close_all()
