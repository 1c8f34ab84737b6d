"""What a person may push on the System pages: try again, with its journal row."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from shundan.core.actors import Who
from shundan.core.errors import Refused
from shundan.edges.inbox.actions import retry_arrival
from shundan.ground.jobs.actions import retry_snag
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib.db import in_transaction


def retry_arrivals(keys: Iterable[int], *, by: Who, now: datetime) -> int:
    """Read arrivals once more; those read meanwhile are left out. Returns how many."""
    done = 0
    for key in keys:
        try:
            in_transaction(lambda key=key: _retry_arrival(key, by=by, now=now))  # type: ignore[misc]
        except Refused:
            continue  # somebody else was first, or it was pruned: nothing is left to do for this one
        done += 1
    return done


def retry_snags(keys: Iterable[int], *, by: Who, now: datetime) -> int:
    """Let steps try stuck rows again at once. Returns how many."""
    chosen = list(keys)

    def work() -> None:
        for key in chosen:
            retry_snag(key, by=by)
        record(Draft("snag", key, "retry_snag", by, now) for key in chosen)

    in_transaction(work)
    return len(chosen)


def _retry_arrival(key: int, *, by: Who, now: datetime) -> None:
    retry_arrival(key, by=by)
    record([Draft("arrival", key, "retry_arrival", by, now)])
