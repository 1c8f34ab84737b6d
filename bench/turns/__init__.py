"""Who writes into SQLite when many want to: our backend, whose writers stand in a queue, beside Django's own.

Three processes write into one file, as a worker's lanes and two web processes do. `crowd`: eight, two and two threads
with short transactions. `pages`: eight threads that never pause, as steps with a backlog, and two processes that
write one row every 20 ms, as pages and webhooks do; what is timed is how long those take.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from bench.plan import Asked, Figure, Pair, Reference, Taken

ABOUT = "Many writers of one SQLite file: with a queue, and with SQLite's own waiting."
PARTS = ("crowd", "pages")
LONG = False
SECONDS = 5
OURS, DJANGOS = "shundan.ground.lib.sqlite", "django.db.backends.sqlite3"
CROWD = ((8, 20, 2.0), (2, 20, 2.0), (2, 20, 2.0))  # threads, rows a transaction, pause in ms
PAGES = ((8, 400, 0.0), (1, 1, 20.0), (1, 1, 20.0))


def measures(asked: Asked) -> Iterator[Pair]:
    """Yield both parts; PostgreSQL has no such queue, so they run on SQLite alone."""
    if "sqlite" not in asked.databases.kinds:
        return
    seconds = asked.scale or SECONDS
    if asked.wants("crowd"):
        run = partial(_run, asked.folder, CROWD, range(3), seconds)
        yield Pair(
            "crowd", partial(run, OURS), (Reference("Django's backend", partial(run, DJANGOS)),),
            (Figure("transactions/s"), Figure("p99 ms", less_is_better=True)),
            about="8, 2 and 2 threads in three processes, 20 rows a transaction, 2 ms of pause; waiting for BEGIN",
        )  # fmt: skip
    if asked.wants("pages"):
        run = partial(_run, asked.folder, PAGES, (1, 2), seconds)
        yield Pair(
            "pages", partial(run, OURS), (Reference("Django's backend", partial(run, DJANGOS)),),
            (Figure("transactions/s"), Figure("median ms", less_is_better=True), Figure("p99 ms", less_is_better=True)),
            about="one row every 20 ms from each of two processes, beside 8 threads with 400 rows a transaction",
        )  # fmt: skip


def _run(
    folder: Path, writers: tuple[tuple[int, int, float], ...], watched: Sequence[int], seconds: int,
    engine: str,
) -> Taken:  # fmt: skip
    """Let all processes write at once; return what those in `watched` made and how long they waited."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        line = [sys.executable, "-m", "bench.turns.child", engine, f"{place}/desk.sqlite3"]
        subprocess.run([*line, "0", "0", "0", "0"], check=True, stdout=subprocess.DEVNULL)  # makes the table
        started = [
            subprocess.Popen([*line, *map(str, (threads, rows, pause, seconds))], stdout=subprocess.PIPE, text=True)
            for threads, rows, pause in writers
        ]
        told = [json.loads(one.communicate()[0]) for one in started]
    waits = sorted(wait for number in watched for wait in told[number])
    return {
        "transactions/s": len(waits) / seconds,
        "median ms": waits[len(waits) // 2],
        "p99 ms": waits[int(len(waits) * 0.99)],
    }
