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
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from shundan.ground.lib.traces import say_error, say_trace

LOOK_EVERY = 0.25
BEAT_EVERY = 5.0
LONGEST_PAUSE = 60.0
log = logging.getLogger("shundan.worker")


class Step(Protocol):
    """What the worker needs to know of a step; `config/steps.py` lists them."""

    @property
    def name(self) -> str: ...
    @property
    def every(self) -> float: ...
    @property
    def rest(self) -> float: ...
    @property
    def lane(self) -> str: ...
    def run(self) -> int: ...


@dataclass
class Turn:
    """When one step is due next, and what happened since it was last reported."""

    step: Step
    due: float = 0.0
    ran: bool = False
    done: int = 0
    took_ms: int = 0
    error: str = ""
    failures: int = 0

    def take(self) -> bool:
        """Run the step once if it is due; return whether it did anything."""
        now = time.monotonic()
        if now < self.due:
            return False
        done = 0
        try:
            done = self.step.run()
            self.failures = 0
            self.due = now + (self.step.rest if done else self.step.every)
        except Exception as reason:
            self._note_failure(reason, now)
        self.ran, self.done = True, self.done + done
        self.took_ms = round((time.monotonic() - now) * 1000)
        return done > 0

    def _note_failure(self, reason: Exception, now: float) -> None:
        self.failures += 1
        self.due = now + min(2.0 ** (self.failures - 1), LONGEST_PAUSE)
        self.error = f"{type(reason).__name__}: {str(reason).partition(chr(10))[0]}"
        # The whole trace once; while it goes on failing a line is enough. No values: they may be somebody's address.
        trace = f"\n{say_trace(reason)}" if self.failures == 1 else ""
        log.error("step %s failed: %s (%d in a row)%s", self.step.name, say_error(reason), self.failures, trace)
        forget_connections()


Report = Callable[[Iterable[Turn]], None]


def run_lane(steps: Sequence[Step], stop: threading.Event, report: Report) -> None:
    """Run `steps` in their order until `stop` is set; the batch under way is finished first."""
    turns = [Turn(step) for step in steps]
    reported = float("-inf")
    while not stop.is_set():
        worked = False
        for turn in turns:
            if stop.is_set():
                break
            worked = turn.take() or worked
        if time.monotonic() - reported >= BEAT_EVERY or any(turn.error for turn in turns):
            _report(turns, report)
            reported = time.monotonic()
        if not worked:
            soonest = min((turn.due for turn in turns), default=0.0) - time.monotonic()
            stop.wait(min(max(soonest, 0.01), LOOK_EVERY))
    forget_connections()


def work(lanes: Sequence[str] = ()) -> int:
    """Run every lane (or those named) until TERM or INT; return the exit code."""
    import django

    django.setup()
    from shundan.config.steps import STEPS

    settle_memory()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    by_lane: dict[str, list[Step]] = {}
    for step in STEPS:
        if not lanes or step.lane in lanes:
            by_lane.setdefault(step.lane, []).append(step)
    threads = [
        threading.Thread(target=run_lane, args=(steps, stop, write_beats), name=f"lane {lane}")
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


def settle_memory() -> None:
    """Let the garbage collector pass over what stays for good: the program itself is half a million objects."""
    import gc

    gc.collect()
    gc.freeze()


def write_beats(turns: Iterable[Turn]) -> None:
    """Store in one transaction which steps ran, for /readyz and the System page."""
    from shundan.ground.jobs import actions
    from shundan.ground.lib.db import in_transaction

    def write() -> None:
        for turn in turns:
            actions.beat(turn.step.name, done=turn.done, took_ms=turn.took_ms, error=turn.error)

    in_transaction(write)


def forget_connections() -> None:
    """Drop database connections that may be broken; the next query opens fresh ones."""
    from django.db import connections

    connections.close_all()


def _report(turns: list[Turn], report: Report) -> None:
    ran = [turn for turn in turns if turn.ran]
    try:
        report(ran)
    except Exception:
        log.exception("the beats of %d steps were not written", len(ran))
        forget_connections()
        return
    for turn in ran:
        turn.ran, turn.done, turn.error = False, 0, ""
