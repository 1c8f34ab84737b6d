"""The gate before SQLite's one writer: who must not wait long closes it, and transactions of steps wait in front.

SQLite gives its lock to whoever asks at the right moment, not to who waited longest: beside busy steps somebody who
has seconds may get no turn at all. The gate is a lock on an empty file beside the database. PostgreSQL needs none.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

LONGEST = 0.25  # seconds: whoever closes the gate over and over does not stop the steps for good
LOOK_AGAIN = 0.002
_lock = threading.Lock()
_files: dict[tuple[int, str, str], int] = {}  # (process, database, side) -> file


@contextmanager
def closed_gate() -> Iterator[None]:
    """Keep new transactions of steps waiting during this block."""
    file = _open("closing")
    if file is None:
        yield
        return
    fcntl.flock(file, fcntl.LOCK_SH)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


def wait_at_gate() -> None:
    """Wait until nobody keeps the gate closed, but not for long. Call before a transaction begins."""
    file = _open("waiting")
    if file is None:
        return
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            threading.Event().wait(LOOK_AGAIN)
        else:
            fcntl.flock(file, fcntl.LOCK_UN)
            return


def _open(side: str) -> int | None:
    """Return this process's file for one side of the gate; None where there is none, or inside a transaction."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return None
    name = str(connection.settings_dict["NAME"])
    key = (os.getpid(), name, side)
    with _lock:
        if key not in _files:
            if not os.path.isdir(os.path.dirname(name)):
                return None  # a database in memory
            _files[key] = os.open(f"{name}.gate", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return _files[key]
