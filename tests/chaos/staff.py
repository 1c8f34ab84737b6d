"""Packer and clerk in a hurry: `python -m tests.chaos.staff DESK TOKEN` until TERM."""

from __future__ import annotations

import signal
import sys
import threading

from sandbox.staff.__main__ import work_day
from sandbox.staff.clerk import Clerk
from sandbox.staff.packer import Packer

PAUSE = 0.2


def main(desk: str, token: str) -> int:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    work_day([Packer(desk, token, name="packer"), Clerk(desk, token, name="clerk")], stop, pause=PAUSE)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
