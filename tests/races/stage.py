"""The stage of the races: a fresh PostgreSQL database, scenes played on it again and again, what went wrong as JSON.

DATABASE_URL=postgresql://… python -m tests.races.stage
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterable
from typing import Any

TIMES = 3
Scene = Callable[[], None]


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Begin all at the same moment, each in a thread with a connection of its own; return results and errors."""
    from django.db import connection

    start = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        connection.ensure_connection()
        start.wait()
        try:
            results[place] = work()
        except Exception as error:  # the scene looks at it
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def until_idle(*steps: Callable[[], int]) -> None:
    """Run steps until none of them finds anything."""
    for _ in range(200):
        if not sum(step() for step in steps):
            return
    raise AssertionError("the steps find no end")


def play_all(scenes: Iterable[Scene]) -> dict[str, str]:
    """Play each scene several times; return its name -> what went wrong, "" where nothing did."""
    found = {}
    for scene in scenes:
        found[scene.__name__] = ""
        for _ in range(TIMES):
            try:
                scene()
            except Exception:
                found[scene.__name__] = traceback.format_exc(limit=-4)
                break
    return found


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shundan.config.settings")
    import django

    django.setup()
    logging.disable(logging.ERROR)
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=True)
    from tests.races.scenes import SCENES

    only = set(sys.argv[1:])
    print(json.dumps(play_all(scene for scene in SCENES if not only or scene.__name__ in only)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
