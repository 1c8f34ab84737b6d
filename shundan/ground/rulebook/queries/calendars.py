"""Which days are working days in a market."""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from typing import Any

import holidays

from shundan.ground.rulebook.queries.rules import FOLDER

_LAST_WEEKDAY = {"Mon-Fri": 4, "Mon-Sat": 5, "Mon-Sun": 6}


@lru_cache(maxsize=1)
def _calendars() -> dict[str, dict[str, Any]]:
    loaded: dict[str, dict[str, Any]] = json.loads((FOLDER / "calendars.json").read_text("utf-8"))
    return loaded


@lru_cache(maxsize=256)
def _holidays(place: str, year: int) -> frozenset[date]:
    country, _, part = place.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))


@lru_cache(maxsize=4096)
def is_working_day(market: str, day: date) -> bool:
    """Return whether a day counts as a working day by the market's calendar; unknown markets work Monday to Friday."""
    calendar = _calendars().get(market, {"weekdays": "Mon-Fri"})
    if day.weekday() > _LAST_WEEKDAY[calendar["weekdays"]]:
        return False
    own = calendar.get("days", ())
    if day.isoformat() in own or f"{day:%m-%d}" in own:
        return False
    place = calendar.get("holidays", "")
    return not place or day not in _holidays(place, day.year)
