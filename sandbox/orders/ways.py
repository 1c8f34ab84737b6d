"""The delivery options of a warehouse: the usual one, the seller's own, and the fast ones of South-East Asia."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.markets import HOUR, LOCAL, Market

Row = dict[str, Any]
Hours = tuple[float, float]
PRINTS_EARLY, ON_DEMAND = 300, 200  # up to these levels
DRIVERS_FROM, DRIVERS_UNTIL = 7, 21  # not published; the platform only has a code for calling him at another time


@dataclass(frozen=True, slots=True)
class Way:
    """One option: its word in the API, `fulfillment_priority_level`, and how quickly the courier comes and drives."""

    type: str
    name: str
    ending: str
    level: int = 600
    fetch_hours: Hours | None = None
    transit_hours: Hours | None = None
    again_hours: float = 24

    @property
    def is_fast(self) -> bool:
        return self.level < 600

    @property
    def prints_early(self) -> bool:
        """Tell whether the label may be printed before the shipment is arranged."""
        return self.level <= PRINTS_EARLY

    @property
    def calls_driver(self) -> bool:
        """Tell whether a driver comes when he is called, in the drivers' hours of the shop's day."""
        return self.level <= ON_DEMAND


WAYS = {
    "STANDARD": Way("STANDARD", "Standard shipping", "01"),
    "SEND_BY_SELLER": Way("SEND_BY_SELLER", "Shipped by seller", "02"),
    "INSTANT": Way("INSTANT", "Instant", "03", 100, (0.3, 0.8), (0.4, 1.5), 1),
    "SAMEDAY_8H": Way("SAMEDAY", "Same day, 8 hours", "04", 200, (0.5, 1.5), (1, 5), 2),
    "SAMEDAY": Way("SAMEDAY", "Same day", "05", 300, (0.5, 2.5), (2, 6), 3),
    "NEXTDAY": Way("NEXTDAY", "Next day", "06", 400, (1, 5), (10, 22), 24),
}
FAST = tuple(name for name, way in WAYS.items() if way.is_fast)
BY_ENDING = {way.ending: way for way in WAYS.values()}


def ways_of(market: Market) -> dict[str, Way]:
    """Return what a warehouse offers; the fast ones only local sellers of South-East Asia have."""
    return {name: way for name, way in WAYS.items() if not way.is_fast or has_fast(market)}


def has_fast(market: Market) -> bool:
    return market.priority and market.kind == LOCAL


def option_id(warehouse_id: str, way: Way) -> str:
    return warehouse_id[:-2] + way.ending


def way_of(order: Row) -> Way:
    return BY_ENDING[order["delivery_option_id"][-2:]]


def take_way(order: Row, name: str) -> None:
    """Let a fresh order travel by this option."""
    way = WAYS[name]
    order["delivery_option_id"], order["delivery_option_name"] = option_id(order["warehouse_id"], way), way.name


def is_drivers_hour(market: Market, moment: float) -> bool:
    return DRIVERS_FROM <= dt.datetime.fromtimestamp(moment, ZoneInfo(market.zone)).hour < DRIVERS_UNTIL


# What the platform publishes of fast orders, used in all six markets because no other has a number of its own:
# Indonesia's rows for instant orders (that for orders after 15:00 is missing: the next INSTANT_MORNING is taken) and
# its noon for the next day, Thailand's for the same day, with its auto-cancellation. Nothing is published of the
# scan and of the arrival of what a driver is called for.
NIGHT_ENDS, INSTANT_MORNING, INSTANT_CLOSES, INSTANT_HOURS = 8, 11, 15, 3
SAMEDAY_CLOSES, SAMEDAY_HOUR = 15, 17
NEXTDAY_CLOSES = 12
SCANNED_AFTER_HOURS = 2
THERE_AFTER_HOURS = {100: 4, 200: 8}


def fast_promises(market: Market, way: Way, start: int) -> tuple[int, int, int]:
    """Return until when a fast order has to be arranged, scanned and there, counted from when it was placed."""
    if way.calls_driver:
        ship = instant_end(market, start)
        return ship, ship + SCANNED_AFTER_HOURS * HOUR, ship + THERE_AFTER_HOURS[way.level] * HOUR
    closes = SAMEDAY_CLOSES if way is WAYS["SAMEDAY"] else NEXTDAY_CLOSES
    local = dt.datetime.fromtimestamp(start, ZoneInfo(market.zone))
    today = local.hour < closes and market.is_workday(local.date())
    ends = market.day_end(start, days=0 if today else 1)
    if way is WAYS["SAMEDAY"]:
        return ends + 1 - (24 - SAMEDAY_HOUR) * HOUR, ends, ends
    return ends, ends, market.calendar_day_end(ends, days=1)


def instant_end(market: Market, start: int) -> int:
    local = dt.datetime.fromtimestamp(start, ZoneInfo(market.zone))
    if NIGHT_ENDS <= local.hour < INSTANT_CLOSES:
        return start + INSTANT_HOURS * HOUR
    later = local.hour >= INSTANT_CLOSES
    return market.calendar_day_end(start, days=int(later)) + 1 - (24 - INSTANT_MORNING) * HOUR
