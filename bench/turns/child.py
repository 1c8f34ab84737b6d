"""One process that writes: `python -m bench.turns.child ENGINE FILE THREADS ROWS PAUSE_MS SECONDS`.

It prints how many milliseconds each of its transactions took to get its turn, or, where it writes one row, to end.
"""

from __future__ import annotations

import json
import sys
import threading
import time


def main(engine: str, path: str, threads: int, rows: int, pause: float, seconds: float) -> list[float]:
    """Write for some seconds and return the waits; without threads, make the table."""
    from django.conf import settings

    options = {
        "transaction_mode": "IMMEDIATE", "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }  # fmt: skip
    settings.configure(DATABASES={"default": {"ENGINE": engine, "NAME": path, "OPTIONS": options}})
    from django.db import connection, transaction

    if not threads:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE page (id INTEGER PRIMARY KEY, number INTEGER, word TEXT)")
        return []
    waits: list[float] = []
    until = time.monotonic() + seconds

    def write() -> None:
        while (began := time.monotonic()) < until:
            with transaction.atomic(), connection.cursor() as cursor:
                waited = time.monotonic() - began
                for number in range(rows):
                    cursor.execute("INSERT INTO page (number, word) VALUES (%s, %s)", [number, "x" * 100])
            waits.append(1000 * (waited if rows > 1 else time.monotonic() - began))
            time.sleep(pause / 1000)
        connection.close()

    lanes = [threading.Thread(target=write) for _ in range(threads)]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()
    return waits


if __name__ == "__main__":
    engine, path, threads, *amounts = sys.argv[1:]
    rows, pause, seconds = map(float, amounts)
    print(json.dumps(main(engine, path, int(threads), int(rows), pause, seconds)))
