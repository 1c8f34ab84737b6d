"""The programs of one installation without a supervisor: any of them may be killed, each is brought back at once."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import httpx

from shundan.config.directory import die_with, make_key
from shundan.config.supervisor import Installation, environment
from tests.desk import PROGRAM, Desk, until

BIN = Path(PROGRAM).parent


class Troupe(Desk):
    """Sandbox, web and workers, watched over by a thread; the world begins with its shops and without orders."""

    def __init__(self, folder: Path, *, database_url: str = "", workers: int = 1, seed: int = 7) -> None:
        super().__init__(folder, database_url=database_url)
        self.port, self.sandbox_port = kept_port(), kept_port()
        self.url, self.sandbox_url = f"http://127.0.0.1:{self.port}", f"http://127.0.0.1:{self.sandbox_port}"
        self.seed = seed
        self.installation = Installation(folder, "127.0.0.1", self.port, self.sandbox_port, "quiet", 2)
        self.points = folder / "points"
        self.env |= environment(self.installation)
        self.env |= {"SHUNDAN_POINTS": str(self.points), "SHUNDAN_LOG": "WARNING"}
        self.workers = [f"worker{number}" for number in range(1, workers + 1)]
        world = f"--port {self.sandbox_port} --demo quiet --seed {seed} --data {folder / 'sandbox'}"
        self.lines = {
            "sandbox": [str(BIN / "sandbox"), *world.split()],
            "web": [PROGRAM, "web", "--data", str(folder), "--port", str(self.port), "--workers", "2"],
            **{name: [PROGRAM, "worker", "--data", str(folder)] for name in self.workers},
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.deaths: Counter[str] = Counter()
        self._lock, self._end = threading.RLock(), threading.Event()
        self._watch = threading.Thread(target=self._look_after, daemon=True, name="troupe")

    def start(self) -> None:
        """Start everything, connect the shops, and wait until the desk knows what they sell."""
        self.points.mkdir(parents=True, exist_ok=True)
        make_key(self.folder)
        self.launch("sandbox")
        prepared = subprocess.Popen([PROGRAM, "prepare", "--data", str(self.folder), "--url", self.url],
                                    env=self.env, stdout=subprocess.DEVNULL)  # fmt: skip
        until(lambda: self.is_up("sandbox"), for_s=90, what="the sandbox answers", tail=self.log)
        self.control("/reset", {"seed": self.seed})
        assert prepared.wait(timeout=120) == 0
        for name in ("web", *self.workers):
            self.launch(name)
        until(lambda: self.is_up("web"), for_s=90, what="the desk is ready", tail=self.log)
        self.command("demo", "--demo", "quiet", "--sandbox", self.sandbox_url, "--desk", self.url)
        self._watch.start()

    def is_up(self, name: str) -> bool:
        """Tell whether web or sandbox answers; before the watch began, a program that ended by itself is a failure."""
        dead = not self._watch.is_alive() and self.running[name].poll() is not None
        assert not dead, f"{name} ended: {self.log.read_text(errors='replace')[-3000:]}"
        return answers(f"{self.url}/readyz" if name == "web" else f"{self.sandbox_url}/sandbox/clock")

    def launch(self, name: str) -> None:
        with self.log.open("ab") as log:
            self.running[name] = subprocess.Popen(
                self.lines[name], env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, process_group=0,
                preexec_fn=partial(die_with, os.getpid()),
            )  # fmt: skip

    def _look_after(self) -> None:
        while not self._end.wait(0.05):
            with self._lock:
                for name, program in list(self.running.items()):
                    if program.poll() is not None:
                        self.deaths[name] += 1
                        self.launch(name)

    def kill(self, name: str) -> None:
        """Kill one program as a power cut would; the watch brings it back."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.running[name].pid, signal.SIGKILL)

    def rest(self, *names: str) -> None:
        """End programs in order and leave them down until they are launched again."""
        with self._lock:
            ending = [self.running.pop(name) for name in names if name in self.running]
        for program in ending:
            program.terminate()
        for program in ending:
            try:
                program.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(program.pid, signal.SIGKILL)
                program.wait()

    def stop(self) -> None:
        """End everything, the watch last: what it started dies with it."""
        self.rest(*self.workers, "web", "sandbox")
        self._end.set()
        if self._watch.is_alive():
            self._watch.join()

    # The named points

    def seen(self) -> dict[str, str]:
        """Return the points that were passed so far, with the tables each commit wrote."""
        listed = self.points / "seen"
        lines = listed.read_text().splitlines() if listed.exists() else []
        return dict(line.split("\t", 1) for line in lines if "\t" in line)

    def strike(self, points: Iterable[str], *, for_s: float) -> str:
        """Arm points and wait until a program died at one of them: return which, or "" (disarmed) if nobody came by."""
        armed, fresh, end = self.points / "armed", self.points / "arming", time.monotonic() + for_s
        before = self.struck()
        fresh.write_text("\n".join(points))
        fresh.rename(armed)
        while time.monotonic() < end and armed.exists():
            time.sleep(0.02)
        try:
            armed.unlink()
            return ""
        except FileNotFoundError:
            until(lambda: len(self.struck()) > len(before), for_s=15, what="the struck point is told")
            return self.struck()[-1]

    def struck(self) -> list[str]:
        """Return the points at which a program died, in order."""
        told = self.points / "struck"
        return told.read_text().splitlines() if told.exists() else []


def kept_port() -> int:
    """Return a free port below those that are given out on request: while its program is dead, nobody else gets it."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False
