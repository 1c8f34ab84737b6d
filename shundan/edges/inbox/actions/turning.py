"""Webhooks that were turned away, counted by day, app and answer: in memory first, stored at most once a second."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from datetime import date

from django.db import DatabaseError, connection
from django.db.models import F

from shundan.edges.inbox.models import TurnedAway
from shundan.ground.lib import clock
from shundan.ground.lib.db import in_transaction

log = logging.getLogger(__name__)
STORE_EVERY = 1.0
_lock = threading.Lock()
_counts: Counter[tuple[date, str, int]] = Counter()
_stored_at = float("-inf")
_timer: threading.Timer | None = None


def count_turned_away(status: int, app_key: str, *, serving: bool) -> None:
    """Count one webhook that was not stored. `serving`: a timer of this process stores what is left over."""
    global _timer
    with _lock:
        _counts[clock.wall().date(), app_key, status] += 1
        due = time.monotonic() - _stored_at >= STORE_EVERY
        if serving and _timer is None:  # the one who is turned away does not wait for the database
            _timer = threading.Timer(0.0 if due else STORE_EVERY, _store_later)
            _timer.daemon = True
            _timer.start()
    if due and not serving:
        store_turned_away()


def store_turned_away() -> int:
    """Add what was counted since to the stored counts; return how many. A busy database gets them later."""
    global _stored_at
    with _lock:
        counts = dict(_counts)
        _counts.clear()
        _stored_at = time.monotonic()
    try:
        in_transaction(lambda: _add(counts))
    except DatabaseError as error:
        log.warning("%d refused webhooks are not counted yet: %s", sum(counts.values()), type(error).__name__)
        with _lock:
            _counts.update(counts)
        return 0
    return sum(counts.values())


def _add(counts: dict[tuple[date, str, int], int]) -> None:
    now = clock.wall()
    for (day, app_key, status), count in sorted(counts.items()):
        row = TurnedAway(day=day, app_key=app_key, status=status, count=0, last_at=now)
        TurnedAway.objects.bulk_create([row], ignore_conflicts=True)
        same = TurnedAway.objects.filter(day=day, app_key=app_key, status=status)
        same.update(count=F("count") + count, last_at=now)


def _store_later() -> None:
    global _timer
    with _lock:
        _timer = None
    try:
        store_turned_away()
    finally:
        connection.close()  # this thread ends here
