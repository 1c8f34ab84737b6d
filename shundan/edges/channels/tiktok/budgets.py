"""How fast we may call: one budget per app, shop and group of endpoints, narrowed by every 429 and widened by success.

Kept in the process: the platform's own limits are dynamic, so what counts is to slow down when told and to recover.
"""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass

from shundan.core.errors import OutsideUnavailable

FIRST_PAUSE, LONGEST_PAUSE, PATIENCE = 0.25, 60.0, 0.5
_lock = threading.Lock()
_stop = threading.Event()


@dataclass
class Budget:
    interval: float = 0.0  # seconds between two calls
    free_at: float = 0.0  # time.monotonic()


_budgets: dict[tuple[str, str, str], Budget] = {}


def take(app_key: str, cipher: str, group: str) -> None:
    """Take one call out of the budget: wait a moment, or raise OutsideUnavailable when it takes longer."""
    with _lock:
        budget = _budgets.setdefault((app_key, cipher, group), Budget())
        now = time.monotonic()
        pause = budget.free_at - now
        if pause <= PATIENCE:
            budget.free_at = max(budget.free_at, now) + budget.interval
    if pause > PATIENCE:
        raise OutsideUnavailable(
            f"The platform limits “{group}” calls of this shop at the moment.", service="TikTok Shop", status=429,
            outside_code=36009002, retry_after=pause,
        )  # fmt: skip
    if pause > 0:
        _stop.wait(pause)


def narrow(app_key: str, cipher: str, group: str, *, retry_after: float | None) -> None:
    """Slow down after a 429: double the interval, and rest as long as we were told to."""
    with _lock:
        budget = _budgets.setdefault((app_key, cipher, group), Budget())
        budget.interval = min(max(budget.interval * 2, FIRST_PAUSE), LONGEST_PAUSE)
        spread = 1 + random.random() * 0.5
        budget.free_at = time.monotonic() + max(retry_after or 0.0, budget.interval) * spread


def widen(app_key: str, cipher: str, group: str) -> None:
    """Recover a little after a call that was taken."""
    with _lock:
        budget = _budgets.get((app_key, cipher, group))
        if budget and budget.interval:
            budget.interval = budget.interval * 0.8 if budget.interval > 0.02 else 0.0


def forget_budgets() -> None:
    """Begin anew: a test or another sandbox knows nothing of the limits of the last one."""
    with _lock:
        _budgets.clear()
