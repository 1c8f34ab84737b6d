"""The clock that is followed, when it says nothing."""

from __future__ import annotations

import urllib.request
from datetime import UTC, datetime

import pytest

from shundan.ground.lib import clock


def test_a_clock_that_is_silent_is_waited_for_once_and_not_at_every_look(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def ask(url: str, timeout: float) -> None:
        asked.append(timeout)
        raise TimeoutError

    monkeypatch.setattr(urllib.request, "urlopen", ask)
    followed = clock._Followed(datetime(2026, 11, 24, 6, 30, tzinfo=UTC), 0.0, 60.0)
    floor = datetime.min.replace(tzinfo=UTC)
    for name, value in (("_followed", followed), ("_asked", 0.0), ("_latest", floor)):
        monkeypatch.setattr(clock, name, value)
    now = [1000.0]
    monkeypatch.setattr(clock.time, "monotonic", lambda: now[0])
    monkeypatch.setenv("SHUNDAN_CLOCK_URL", "http://127.0.0.1:1/clock")
    first = clock.now()
    for _ in range(3):
        now[0] += 1.5
        clock.now()
    assert (asked, (clock.now() - first).total_seconds()) == ([1], 4.5 * 60)
    now[0] += 1.5
    clock.now()
    assert len(asked) == 2
