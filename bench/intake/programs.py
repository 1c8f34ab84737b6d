"""The programs a measure starts: the sandbox, and children that run the desk's own code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from bench.places import Database
from tests.desk import free_port

CHILD = "bench.intake.child"
PATIENCE = 120.0


def environment(database: Database, **more: str) -> dict[str, str]:
    """Return the environment of a desk on this database, free of what the caller's shell says."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(("SHUNDAN_", "DJANGO_"))}
    local = {"NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"}
    told = {"SHUNDAN_DATA": str(database.folder), "DATABASE_URL": database.url, "SHUNDAN_LOG": "ERROR"}
    return {**env, **local, **told, **more}


def run_child(action: str, database: Database, *arguments: str, module: str = CHILD, **more: str) -> Any:
    """Run one action in a process of its own and return what it printed."""
    line = [sys.executable, "-m", module, action, *arguments]
    done = subprocess.run(line, env=environment(database, **more), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{action}: {done.stderr[-4000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


@contextmanager
def running(line: list[str], *, env: Mapping[str, str], log: Path, answers: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a server, wait until the address answers, and stop it and its children at the end."""
    with log.open("ab") as file:
        server = subprocess.Popen(line, env=dict(env), stdout=file, stderr=file, start_new_session=True)
    try:
        wait_for(answers, server, log)
        yield server
    finally:
        stop(server)


def wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until an address answers anything at all."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if server.poll() is not None:
            break
        try:
            httpx.get(address, timeout=2, trust_env=False)
            return
        except httpx.TransportError:
            time.sleep(0.05)
    raise RuntimeError(f"{address} does not answer: {log.read_text(errors='replace')[-3000:]}")


def stop(server: subprocess.Popen[bytes]) -> None:
    """End a server as Ctrl-C does, and by force when that takes too long."""
    if server.poll() is None:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


class Sandbox:
    """A sandbox process with its three shops and no orders; nothing is pushed until `webhooks` says so."""

    def __init__(self, url: str) -> None:
        self.url = url

    @property
    def clock(self) -> str:
        return f"{self.url}/sandbox/clock"

    def told(self) -> dict[str, str]:
        """Return the environment of a desk that follows this sandbox."""
        return {"SHUNDAN_CLOCK_URL": self.clock, "SHUNDAN_TIKTOK_URL": self.url, "SHUNDAN_TIKTOK_AUTH_URL": self.url}

    def post(self, path: str, **told: Any) -> Any:
        """Make the sandbox's world act."""
        answer = httpx.post(f"{self.url}/sandbox/{path}", json=told, timeout=300, trust_env=False)
        return answer.raise_for_status().json()

    def place(self, amount: int, shops: Sequence[str]) -> tuple[dict[str, list[str]], float]:
        """Let buyers place orders, as many in each shop; return their ids by shop, and the seconds it took."""
        began, orders = time.perf_counter(), {}
        for number, shop in enumerate(shops):
            share = amount * (number + 1) // len(shops) - amount * number // len(shops)
            told = self.post("orders", count=share, shop=shop) if share else {"order_ids": []}
            orders[shop] = [str(key) for key in told["order_ids"]]
        return orders, time.perf_counter() - began

    def webhooks(self, on: bool) -> None:
        """Let the sandbox send its webhooks, or lose them all."""
        self.post("faults", webhooks={} if on else {"drop": 1.0}, api={})


@contextmanager
def sandbox_running(folder: Path, *, seed: int, webhooks: bool = False) -> Iterator[Sandbox]:
    """Run a sandbox whose story clock goes at the pace of the wall's."""
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    line = [sys.executable, "-m", "sandbox", "--port", str(port), "--data", str(folder / "world"), "--demo", "quiet",
            "--speed", "1", "--seed", str(seed)]  # fmt: skip
    sandbox = Sandbox(f"http://127.0.0.1:{port}")
    with running(line, env=os.environ, log=folder / "sandbox.log", answers=sandbox.clock):
        sandbox.post("reset", seed=seed)
        sandbox.webhooks(webhooks)
        yield sandbox
