"""The story clock: wall time, unless SHUNDAN_CLOCK_URL names a clock to follow.

`now()` is story time and never goes back within a process; `wall()` is wall time, for leases, back-off, schedules,
sessions and one-time codes. Followed clocks are asked at most once a second, and left alone for five when they do not
answer; between answers story time runs on at the speed last told.
"""

from __future__ import annotations

import json
import os
import threading
import time
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass
class _Followed:
    story: datetime
    at: float  # time.monotonic() of the answer
    speed: float


PAUSE = 5.0  # seconds a clock that did not answer is left alone

_lock = threading.Lock()
_followed: _Followed | None = None
_asked = 0.0  # when it may be asked again; 0: at once
_latest = datetime.min.replace(tzinfo=UTC)


def wall() -> datetime:
    """Return wall time, aware UTC."""
    return datetime.now(UTC)


def follows() -> str:
    """Return the URL of the clock that is followed, or ""."""
    return os.environ.get("SHUNDAN_CLOCK_URL", "")


def now() -> datetime:
    """Return story time, aware UTC; never earlier than an earlier answer in this process."""
    global _latest
    url = follows()
    if not url:
        return wall()
    with _lock:
        _refresh(url)
        if _followed is None:
            story = wall() if _latest.year == 1 else _latest
        else:
            passed = time.monotonic() - _followed.at
            story = _followed.story + timedelta(seconds=passed * _followed.speed)
        _latest = max(_latest, story)
        return _latest


def look_again() -> None:
    """Ask the followed clock anew at the next look: somebody noticed that it has jumped."""
    global _asked
    with _lock:
        _asked = 0.0


def speed() -> float:
    """Return how fast story time runs against wall time (1.0 without a followed clock)."""
    if not follows():
        return 1.0
    now()
    return _followed.speed if _followed else 1.0


def _refresh(url: str) -> None:
    global _followed, _asked
    if time.monotonic() < _asked and _asked:
        return
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            told = json.load(answer)
        story = datetime.fromtimestamp(float(told["now"]), UTC)
        _followed = _Followed(story, time.monotonic(), float(told["speed"]))
        pause = 1.0
    except (OSError, ValueError, KeyError):
        pause = PAUSE  # it is down for a moment: run on at the last known speed, and wait for it now and then only
    _asked = time.monotonic() + pause
