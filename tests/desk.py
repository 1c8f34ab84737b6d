"""A whole installation for journeys: desk, worker and sandbox as real processes, driven from outside only."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self, TypeVar

import httpx

PROGRAM = str(Path(sys.executable).parent / "shundan")
T = TypeVar("T")


def free_port() -> int:
    """Return a port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Desk:
    """`./run --demo quiet` on ports and a folder of its own; use it as a context."""

    def __init__(self, folder: Path, *, database_url: str = "", demo: str = "quiet") -> None:
        self.folder, self.demo = folder, demo
        self.port, self.sandbox_port = free_port(), free_port()
        self.url, self.sandbox_url = f"http://127.0.0.1:{self.port}", f"http://127.0.0.1:{self.sandbox_port}"
        self.env = {key: value for key, value in os.environ.items() if not key.startswith(("SHUNDAN_", "DJANGO_"))}
        self.env |= {"DATABASE_URL": database_url}
        self.log = folder.parent / f"{folder.name}.log"

    def __enter__(self) -> Self:
        self.buyer = httpx.Client(base_url=f"{self.sandbox_url}/sandbox", timeout=30)
        try:
            self.start()
            self.api = httpx.Client(base_url=f"{self.url}/api/v1", timeout=30, headers=self.bearer("owner"))
        except BaseException:
            self.stop()
            self.buyer.close()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()
        self.api.close()
        self.buyer.close()

    def start(self) -> None:
        """Start everything and wait until the desk is ready."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "run", "--data", str(self.folder), "--port", str(self.port), "--sandbox-port",
                 str(self.sandbox_port), "--demo", self.demo],
                stdout=log, stderr=log, env=self.env, start_new_session=True,
            )  # fmt: skip
        until(lambda: self._ready(), for_s=90, what="the desk is ready", tail=self.log)

    def _ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200
        except httpx.TransportError:
            assert self.process.poll() is None, f"the desk ended: {self.log.read_text()[-3000:]}"
            return False

    def stop(self) -> None:
        """Stop everything as Ctrl-C does."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=30)

    def command(self, *arguments: str) -> str:
        """Run a command of the desk and return what it printed."""
        done = subprocess.run(
            [PROGRAM, *arguments, "--data", str(self.folder)],
            env=self.env,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def bearer(self, role: str) -> dict[str, str]:
        """Return the headers of a new token of the role."""
        return {"Authorization": f"Bearer {self.command('token', '--role', role, '--name', f'journey {role}')}"}

    def get(self, path: str, **query: Any) -> Any:
        """Read from the desk's API."""
        answer = self.api.get(path, params=query)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:500]}"
        return answer.json()

    def post(self, path: str, body: dict[str, Any] | None = None, *, expect: int = 200) -> Any:
        """Change something through the desk's API."""
        answer = self.api.post(path, json=body or {})
        assert answer.status_code == expect, f"{path}: {answer.status_code} {answer.text[:500]}"
        return answer.json() if answer.content else None

    def control(self, path: str, body: dict[str, Any]) -> Any:
        """Make the sandbox's world act."""
        answer = self.buyer.post(path, json=body)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:500]}"
        return answer.json()

    def truth(self, shop: str = "") -> dict[str, dict[str, Any]]:
        """Return what the platform says of every order, by id."""
        answer = self.buyer.get("/truth", params={"shop": shop} if shop else {})
        return {row["id"]: row for row in answer.json()["orders"]}

    def order(self, order_id: str, shop: str) -> Any:
        """Return the desk's order, or None while it is not stored."""
        answer = self.api.get(f"/orders/{shop}/{order_id}")
        return answer.json() if answer.status_code == 200 else None

    def wait_for(self, order_id: str, shop: str, *states: str, for_s: float = 60) -> Any:
        """Wait until the order is in one of the states and return it."""

        def look() -> Any:
            order = self.order(order_id, shop)
            return order if order and order["state"] in states else None

        return until(look, for_s=for_s, what=f"order {order_id} is {' or '.join(states)}",
                     tail=self.log, seen=lambda: (self.order(order_id, shop) or {}).get("state"))  # fmt: skip


def until(
    look: Callable[[], T], *, for_s: float, what: str, tail: Path | None = None,
    seen: Callable[[], object] | None = None,
) -> T:  # fmt: skip
    """Look again and again until there is something; fail with what was seen last."""
    end = time.monotonic() + for_s
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.1)
    log = tail.read_text(errors="replace")[-2000:] if tail and tail.exists() else ""
    raise AssertionError(f"waited {for_s} s in vain: {what}; seen: {seen() if seen else '-'}\n{log}")
