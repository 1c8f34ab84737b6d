"""Which days are working days in a market."""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from typing import Any
from unicodedata import combining, normalize

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
def is_working_day(market: str, day: date, ships_from: str = "") -> bool:
    """Return whether a day counts as a working day by the market's calendar; unknown markets work Monday to Friday.

    `ships_from`: the warehouse's "state/city", as the platform writes them, whose own holidays count where it says so.
    """
    calendar = _calendars().get(market, {"weekdays": "Mon-Fri"})
    if day.weekday() > _LAST_WEEKDAY[calendar["weekdays"]]:
        return False
    own = {*calendar.get("days", ()), *_days_of(calendar, ships_from)}
    if day.isoformat() in own or f"{day:%m-%d}" in own:
        return False
    place = calendar.get("holidays", "")
    return not place or day not in _holidays(place, day.year)


def _days_of(calendar: dict[str, Any], ships_from: str) -> list[str]:
    """Return the holidays of a warehouse's state and city, whose names may come with accents or without."""
    place = _plain(ships_from)
    states, cities = calendar.get("by_state", {}), calendar.get("by_city", {})
    found = [states[name] for name in states if _plain(name) == place.partition("/")[0]]
    return [day for days in (*found, *(cities[name] for name in cities if _plain(name) == place)) for day in days]


def _plain(name: str) -> str:
    return "".join(letter for letter in normalize("NFKD", name) if not combining(letter)).casefold()
