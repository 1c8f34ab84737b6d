"""Start the staff: `python -m sandbox.staff --desk URL --data DIR`."""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

from sandbox.staff.clerk import Clerk
from sandbox.staff.packer import Packer
from sandbox.staff.person import Person, Refused

PAUSE = 4.0


def work_day(people: list[Person], stop: threading.Event, *, pause: float = PAUSE) -> None:
    """Take turns until told to stop; a desk that does not answer is waited for."""
    for turn in rounds(people):
        if stop.is_set():
            return
        try:
            turn()
        except Refused as no:
            print(no, file=sys.stderr, flush=True)
        except (httpx.HTTPError, KeyError, TypeError) as trouble:
            print(f"staff: {type(trouble).__name__} {trouble}", file=sys.stderr, flush=True)
            stop.wait(pause * 2)
        stop.wait(pause / 4)


def rounds(people: list[Person]) -> Iterator[Callable[[], Any]]:
    while True:
        for person in people:
            yield from person.turns()


def token_for(role: str, folder: Path) -> str:
    """Ask the desk's own command for a token of this role."""
    program = Path(sys.executable).parent / "shundan"
    line = [str(program), "token", "--role", role, "--name", f"demo {role}", "--data", str(folder)]
    return subprocess.run(line, check=True, capture_output=True, text=True).stdout.strip()


def main(given: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="sandbox.staff", description="Scripted packer and clerk for a demo desk.")
    parser.add_argument("--desk", default="http://127.0.0.1:8000")
    parser.add_argument("--sandbox", default="", help="accepted for the caller's ease; the staff never asks it")
    parser.add_argument("--data", type=Path, help="the desk's data folder, to get tokens from its command")
    parser.add_argument("--packer-token", default="")
    parser.add_argument("--clerk-token", default="")
    options = parser.parse_args(given)
    if not (options.packer_token and options.clerk_token) and not options.data:
        parser.error("give both tokens, or --data")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    packer = options.packer_token or token_for("packer", options.data)
    clerk = options.clerk_token or token_for("clerk", options.data)
    people: list[Person] = [
        Packer(options.desk, packer, name="packer"), Clerk(options.desk, clerk, name="clerk"),
    ]  # fmt: skip
    work_day(people, stop)
    return 0


if __name__ == "__main__":
    sys.exit(main())
