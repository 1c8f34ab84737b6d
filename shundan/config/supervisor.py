"""`shundan run`: prepares one data directory, starts desk, worker and sandbox, and keeps them alive.

Nothing here imports Django: the supervisor stays small, so that it is the last thing to die.
"""

from __future__ import annotations

import http.client
import importlib.util
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from shundan.config.directory import CannotStart, check_disk, check_port, die_with, hold_directory, make_key

DEATHS, WITHIN = 5, 60.0
GRACE = 10.0
READY_WITHIN = 120.0


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


@dataclass(frozen=True)
class Installation:
    """What one `shundan run` was asked to start."""

    directory: Path
    host: str
    port: int
    sandbox_port: int | None
    demo: str
    workers: int

    @property
    def desk_url(self) -> str:
        shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)
        return f"http://{shown}:{self.port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"


def run_installation(installation: Installation) -> int:
    """Start everything, print where it is, and return the exit code once all has stopped."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    installation.directory.mkdir(parents=True, exist_ok=True)
    with closing(hold_directory(installation.directory)):
        check_disk(installation.directory)
        check_port(installation.host, installation.port, "--port")
        if installation.sandbox_port is not None:
            check_port("127.0.0.1", installation.sandbox_port, "--sandbox-port")
        make_key(installation.directory)
        children = plan_children(installation)
        os.environ.update(environment(installation))
        crew = Crew(children, stop)
        try:
            return _launch(installation, crew, stop)
        finally:
            crew.stop_all()


def environment(installation: Installation) -> dict[str, str]:
    """What every child needs to know beside its arguments."""
    known = {"SHUNDAN_DATA": str(installation.directory), "SHUNDAN_PORT": str(installation.port)}
    if installation.sandbox_port is not None:
        known["SHUNDAN_CLOCK_URL"] = f"{installation.sandbox_url}/sandbox/clock"
        known["SHUNDAN_TIKTOK_URL"] = installation.sandbox_url
    return known


def plan_children(installation: Installation) -> list[Child]:
    """List the long-running children, in the order they start."""
    directory = ["--data", str(installation.directory)]
    children = []
    if installation.sandbox_port is not None:
        children.append(
            Child(
                "sandbox",
                [
                    _script("sandbox"),
                    "--port",
                    str(installation.sandbox_port),
                    "--demo",
                    installation.demo,
                    *directory,
                ],
            )
        )
    children.append(
        Child(
            "web",
            [
                _script("shundan"),
                "web",
                *directory,
                "--host",
                installation.host,
                "--port",
                str(installation.port),
                "--workers",
                str(installation.workers),
            ],
        )
    )
    children.append(Child("worker", [_script("shundan"), "worker", *directory]))
    return children


def plan_demo(installation: Installation) -> list[Child]:
    """List what only the demo needs; these start when desk and sandbox answer."""
    if installation.sandbox_port is None or installation.demo == "off":
        return []
    directory = ["--data", str(installation.directory)]
    children = [
        Child(
            "demo",
            [
                _script("shundan"),
                "demo",
                *directory,
                "--sandbox",
                installation.sandbox_url,
                "--desk",
                installation.desk_url,
            ],
            once=True,
        )
    ]
    if installation.demo == "live" and importlib.util.find_spec("sandbox.staff"):
        children.append(
            Child(
                "staff",
                [
                    sys.executable,
                    "-m",
                    "sandbox.staff",
                    "--desk",
                    installation.desk_url,
                    "--sandbox",
                    installation.sandbox_url,
                    *directory,
                ],
            )
        )
    return children


class Crew:
    """The running children: restarts the dead, gives up on one that cannot live, ends all in order."""

    def __init__(self, children: list[Child], stop: threading.Event) -> None:
        self.children: list[Child] = []
        self.stop = stop
        self.waiting = children

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
                    say(f"shundan: {child.name} ended with {_reason(code)}; see its lines above")
                continue
            now = time.monotonic()
            child.deaths.append(now)
            if len(child.deaths) == DEATHS and now - child.deaths[0] <= WITHIN:
                raise CannotStart(
                    f"{child.name} died {DEATHS} times within a minute (last: {_reason(code)}): "
                    "see its lines above; everything was stopped."
                )
            say(f"shundan: {child.name} died ({_reason(code)}); started again")
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


def _launch(installation: Installation, crew: Crew, stop: threading.Event) -> int:
    """Prepare, start, announce, and watch until told to stop."""
    sandbox, *rest = crew.waiting if installation.sandbox_port is not None else [None, *crew.waiting]
    if sandbox:
        crew.add(sandbox)  # it needs no database, so it starts while the desk's is prepared
    link = _prepare(installation)
    if link is None:
        return 1
    for child in rest:
        crew.add(child)
    demo = plan_demo(installation)
    ready, patience = False, time.monotonic() + READY_WITHIN
    while not stop.is_set():
        crew.look_after()
        if not ready:
            ready = _answers(installation.desk_url, "/readyz") and (
                sandbox is None or _answers(installation.sandbox_url, "/sandbox/clock")
            )
            if ready:
                _announce(installation, link)
                for child in demo:
                    crew.add(child)
            elif time.monotonic() > patience:
                raise CannotStart(
                    f"The desk did not become ready within {READY_WITHIN:.0f} seconds: see above."
                )
        # Before readiness the look-outs are close together: they decide when the addresses are shown.
        stop.wait(0.1 if ready else 0.05)
    say("\nshundan: stopping …")
    return 0


def _prepare(installation: Installation) -> str | None:
    """Migrate and build what pages need, in a child; return the first login link, or None when it failed."""
    argv = [
        _script("shundan"),
        "prepare",
        "--data",
        str(installation.directory),
        "--url",
        installation.desk_url,
    ]
    done = subprocess.run(argv, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        return None
    return done.stdout.decode().strip()


def _announce(installation: Installation, link: str) -> None:
    say(f"\nShundan 顺单 is ready:  {installation.desk_url}/")
    if installation.sandbox_port is not None:
        say(f"Sandbox:               {installation.sandbox_url}/sandbox/")
    if link:
        say(f"First login (owner, one use, one hour):\n  {link}")
    say(f"Everything it stores:  {installation.directory}\nCtrl-C stops it.\n")


def _answers(url: str, path: str) -> bool:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=2)
    try:
        with closing(connection):
            connection.request("GET", path)
            return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False


def _script(name: str) -> str:
    return str(Path(sys.executable).parent / name)


def _reason(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit {code}"


def say(line: str) -> None:
    """Print one line at once, also into a pipe."""
    print(line, flush=True)
