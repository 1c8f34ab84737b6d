"""`shundan run`: prepares one data directory, starts desk, worker and sandbox, and keeps them alive.

Nothing here imports Django: the supervisor stays small, so that it is the last thing to die.
"""

from __future__ import annotations

import contextlib
import http.client
import importlib.util
import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from shundan.config.crew import Child, Crew, say
from shundan.config.directory import CannotStart, check_disk, check_port, hold_directory, make_key

READY_WITHIN = 120.0


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
    with contextlib.closing(hold_directory(installation.directory)):
        check_disk(installation.directory)
        check_port(installation.host, installation.port, "--port")
        if installation.sandbox_port is not None:
            check_port("127.0.0.1", installation.sandbox_port, "--sandbox-port")
        make_key(installation.directory)
        children = plan_children(installation)
        os.environ.update(environment(installation))
        crew = Crew(stop)
        try:
            return _launch(installation, children, crew, stop)
        finally:
            crew.stop_all()


def environment(installation: Installation) -> dict[str, str]:
    """Return what every child needs to know beside its arguments; what the person set stays as it is."""
    local = f"127.0.0.1,localhost,{os.environ.get('NO_PROXY', os.environ.get('no_proxy', ''))}".rstrip(",")
    known = {"SHUNDAN_DATA": str(installation.directory), "NO_PROXY": local, "no_proxy": local}
    known["SHUNDAN_PUBLIC_URL"] = os.environ.get("SHUNDAN_PUBLIC_URL", installation.desk_url)
    known["SHUNDAN_HOSTS"] = os.environ.get("SHUNDAN_HOSTS", ",".join(own_names(installation.host)))
    if installation.sandbox_port is not None:
        known["SHUNDAN_CLOCK_URL"] = f"{installation.sandbox_url}/sandbox/clock"
        known["SHUNDAN_TIKTOK_URL"] = known["SHUNDAN_TIKTOK_AUTH_URL"] = installation.sandbox_url
    return known


def own_names(host: str) -> list[str]:
    """Return the names under which a desk that listens on `host` may be asked for."""
    names = ["127.0.0.1", "localhost", "[::1]"]
    if host in ("0.0.0.0", "::"):
        names.append(socket.gethostname())
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(("192.0.2.1", 9))  # sends nothing: it asks the routing table for our own address
            names.append(probe.getsockname()[0])
    elif host not in names:
        names.append(f"[{host}]" if ":" in host else host)
    return names


def plan_children(installation: Installation) -> list[Child]:
    """List the long-running children, in the order they start; the last ones wait until the desk answers."""
    directory = f"--data {shlex.quote(str(installation.directory))}"
    desk = f"{directory} --host {installation.host} --port {installation.port} --workers {installation.workers}"
    children = [
        Child("web", _program(f"shundan web {desk}")),
        Child("worker", _program(f"shundan worker {directory}")),
    ]
    if installation.sandbox_port is not None:
        place = shlex.quote(str(installation.directory / "sandbox"))
        line = f"sandbox --port {installation.sandbox_port} --demo {installation.demo} --data {place}"
        children.insert(0, Child("sandbox", _program(line)))
    return children


def plan_demo(installation: Installation) -> list[Child]:
    """List what only the demo needs; these start when desk and sandbox answer."""
    if installation.sandbox_port is None or installation.demo == "off":
        return []
    places = f"--desk {installation.desk_url} --sandbox {installation.sandbox_url}"
    places += f" --data {shlex.quote(str(installation.directory))}"
    line = f"shundan demo --demo {installation.demo} {places}"
    children = [Child("demo", _program(line), once=True)]
    if installation.demo == "live" and importlib.util.find_spec("sandbox.staff"):
        children.append(Child("staff", _program(f"python -m sandbox.staff {places}")))
    return children


def _launch(installation: Installation, children: list[Child], crew: Crew, stop: threading.Event) -> int:
    """Prepare, start, announce, and watch until told to stop."""
    has_sandbox = installation.sandbox_port is not None
    if has_sandbox:
        crew.add(children.pop(0))  # it needs no database: it starts while the desk's is prepared
    link = _prepare(installation)
    if link is None:
        return 0 if stop.is_set() else 1
    crew.add(children.pop(0))
    ready, patience = False, time.monotonic() + READY_WITHIN
    while not stop.is_set():
        crew.look_after()
        if not ready:
            ready = _answers(installation.desk_url, "/readyz") and (
                not has_sandbox or _answers(installation.sandbox_url, "/sandbox/clock")
            )
            if ready:
                _announce(installation, link)
                for child in (*children, *plan_demo(installation)):
                    crew.add(child)
            elif time.monotonic() > patience:
                raise CannotStart(f"The desk was not ready within {READY_WITHIN:.0f} seconds: see the lines above.")
        stop.wait(0.1 if ready else 0.03)
    say("shundan: stopping …")
    return 0


def _prepare(installation: Installation) -> str | None:
    """Bring everything up to date, in a child; return the first login link, or None when that failed."""
    line = f"shundan prepare --data {shlex.quote(str(installation.directory))} --url {installation.desk_url}"
    done = subprocess.run(_program(line), stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False)
    return None if done.returncode else done.stdout.decode().strip()


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
        with contextlib.closing(connection):
            connection.request("GET", path)
            return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False


def _program(line: str) -> list[str]:
    """Split a command line; its first word is a program beside our own Python."""
    name, *rest = shlex.split(line)
    return [str(Path(sys.executable).parent / name), *rest]
