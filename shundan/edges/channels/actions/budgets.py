"""How fast we may call: one budget per app, shop and group of endpoints, shared by every worker.

The platform's limits are dynamic, so what counts is to slow down when told and to recover. Nobody pays for a budget
that was never narrowed: each process looks at most once a second whether one was; only while one is narrow does each
of its calls take its turn in the database.
"""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from shundan.core.errors import OutsideUnavailable
from shundan.edges.channels.models import Budget
from shundan.ground.lib import clock
from shundan.ground.lib.db import in_transaction, lock

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 60.0
PATIENCE, PATIENCE_AWAY = 0.5, 10.0  # seconds one call waits for its turn; longer where it holds up nobody
RECOVERY, OPEN_BELOW = 0.85, 0.02
LOOK_EVERY = 1.0
Key = tuple[int, int, str]  # app, shop, group
_stop = threading.Event()


@dataclass
class _Seen:
    """The narrow budgets as this process saw them last."""

    at: float = float("-inf")
    keys: set[Key] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)


_seen = _Seen()


def take_turn(key: Key, *, patience: float = PATIENCE) -> float:
    """Take one call out of the budget; return how long to wait for it, in seconds.

    Raises OutsideUnavailable when that is longer than `patience`.
    """
    return in_transaction(lambda: _take(key, patience=patience)) if _is_narrow(key) else 0.0


def _is_narrow(key: Key) -> bool:
    with _seen.lock:
        if time.monotonic() - _seen.at < LOOK_EVERY:
            return key in _seen.keys
        _seen.at = time.monotonic()
    rows = Budget.objects.filter(Q(interval__gt=0) | Q(free_at__gt=clock.wall()))
    keys = set(rows.values_list("app_id", "shop_id", "group"))
    with _seen.lock:
        _seen.keys = keys
    return key in keys


def _take(key: Key, *, patience: float) -> float:
    now = clock.wall()
    for row in lock(_rows(key)):
        pause = (row.free_at - now).total_seconds()
        if pause > patience:
            raise OutsideUnavailable(
                f"The platform limits “{row.group}” calls of this shop at the moment.", service="TikTok Shop",
                status=429, outside_code=36009002, retry_after=pause,
            )  # fmt: skip
        _rows(key).update(free_at=max(row.free_at, now) + timedelta(seconds=row.interval))
        return max(pause, 0.0)
    return 0.0


def wait_turn(pause: float) -> None:
    if pause > 0:
        _stop.wait(pause)


def narrow(key: Key, *, retry_after: float | None, asked_at: datetime) -> None:
    """Slow down after a 429: double the interval, and rest as long as we were told to.

    `asked_at` is the wall time at which the refused call began: of many that were refused together, one counts.
    """
    now = clock.wall()

    def work() -> None:
        Budget.objects.get_or_create(app_id=key[0], shop_id=key[1], group=key[2], defaults={"free_at": now})
        for row in lock(_rows(key)):
            if row.narrowed_at is None or row.narrowed_at <= asked_at:
                row.interval = min(max(row.interval * 2, FIRST_PAUSE), LONGEST_PAUSE)
                row.narrowed_at = now
            rest = max(retry_after or 0.0, row.interval) * (1 + random.random() * 0.5)
            row.free_at = max(row.free_at, now + timedelta(seconds=min(rest, 3600.0)))
            row.save(update_fields=["interval", "free_at", "narrowed_at"])

    in_transaction(work)
    with _seen.lock:
        _seen.keys.add(key)


def is_known_narrow(key: Key) -> bool:
    """Return whether this process saw that budget narrow; asks nobody."""
    with _seen.lock:
        return key in _seen.keys


def widen(key: Key) -> None:
    """Recover a little after a call that was taken."""

    def work() -> bool:
        for row in lock(_rows(key)):
            row.interval = row.interval * RECOVERY if row.interval > OPEN_BELOW else 0.0
            row.save(update_fields=["interval"])
            return row.interval > 0
        return False

    if not in_transaction(work):
        with _seen.lock:
            _seen.keys.discard(key)


def _rows(key: Key) -> QuerySet[Budget]:
    return Budget.objects.filter(app_id=key[0], shop_id=key[1], group=key[2])


def forget_budgets() -> None:
    """Look anew at the next call: a test, or another sandbox, knows nothing of what this process saw."""
    with _seen.lock:
        _seen.at, _seen.keys = float("-inf"), set()
