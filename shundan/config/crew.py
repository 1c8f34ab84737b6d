"""The children of `shundan run`: started, restarted when they die, ended in order. No Django."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from functools import partial

from shundan.config.directory import CannotStart, die_with

DEATHS, WITHIN = 5, 60.0
GRACE = 10.0


@dataclass
class Child:
    """One program the supervisor keeps alive, with the times it died."""

    name: str
    argv: list[str]
    env: dict[str, str] = field(default_factory=dict)
    once: bool = False
    program: subprocess.Popen[bytes] | None = None
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=DEATHS))

    def start(self) -> None:
        self.program = subprocess.Popen(
            self.argv,
            env={**os.environ, **self.env},
            stdin=subprocess.DEVNULL,
            # In a group of its own a Ctrl-C reaches the supervisor alone, which then ends all in order.
            process_group=0,
            preexec_fn=partial(die_with, os.getpid()),
        )


class Crew:
    """The running children: restarts the dead, gives up on one that cannot live, ends all in order."""

    def __init__(self, stop: threading.Event) -> None:
        self.children: list[Child] = []
        self.stop = stop

    def add(self, child: Child) -> None:
        child.start()
        self.children.append(child)

    def look_after(self) -> None:
        """Restart whoever died since the last look; raise CannotStart at the fifth death in a minute."""
        for child in list(self.children):
            code = child.program.poll() if child.program else None
            if code is None or self.stop.is_set():
                continue
            if child.once:
                self.children.remove(child)
                if code:
                    say(f"shundan: {child.name} ended with {reason(code)}; see its lines above")
                continue
            now = time.monotonic()
            child.deaths.append(now)
            if len(child.deaths) == DEATHS and now - child.deaths[0] <= WITHIN:
                raise CannotStart(
                    f"{child.name} died {DEATHS} times within a minute (last: {reason(code)}): "
                    "see its lines above; everything was stopped."
                )
            say(f"shundan: {child.name} died ({reason(code)}); started again")
            child.start()

    def stop_all(self) -> None:
        """End every child: TERM, and KILL what still lives after ten seconds."""
        running = [c.program for c in self.children if c.program and c.program.poll() is None]
        for program in running:
            program.terminate()
        limit = time.monotonic() + GRACE
        for program in running:
            try:
                program.wait(max(0.0, limit - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(program.pid, signal.SIGKILL)
                program.wait()


def say(line: str) -> None:
    """Print one line at once, also into a pipe."""
    print(line, flush=True)


def reason(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit {code}"
