"""What the rules say the clocks of an order are: fallback, forecast and cross-check of what the order carries."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from functools import lru_cache, partial
from typing import Any, Protocol

from shundan.core.clocks import DeadlineKind, add_calendar_days, day_of, end_of_working_day
from shundan.core.facts import OrderFacts, OrderType
from shundan.ground.rulebook.queries.calendars import is_working_day
from shundan.ground.rulebook.queries.rules import FOLDER, Rule, find_rule

REGRET = timedelta(hours=1)
# These take the time their listing names: only a rule that speaks of them reckons it.
BY_AGREEMENT = frozenset({OrderType.PRE_ORDER, OrderType.MADE_TO_ORDER})
# What an order is cancelled without, by how far it is; what has not come so far waits to be shipped.
_WAITS_FOR = {"AWAITING_COLLECTION": "collection", "IN_TRANSIT": "delivery"}


class ShopTerms(Protocol):
    """What of a shop decides which rules hold."""

    @property
    def region(self) -> str: ...
    @property
    def zone(self) -> str: ...
    @property
    def seller_type(self) -> str: ...
    @property
    def ships_from(self) -> str: ...


@lru_cache(maxsize=32)
def _recipes(market: str) -> tuple[tuple[dict[str, Any], Rule], ...]:
    """Return a market's recipes with their rules; one whose rule is not in the books is left out."""
    rows = json.loads((FOLDER / "forecasts.json").read_text("utf-8"))
    found = ((row, find_rule(row["rule"])) for row in rows if row["market"] == market)
    return tuple((row, rule) for row, rule in found if rule is not None)


def forecast_order_deadlines(facts: OrderFacts, shop: ShopTerms) -> dict[str, tuple[datetime, str]]:
    """Return deadline kind -> (due_at, rule id) by the rules that held when the order was placed.

    A kind without a rule for this market, shipping, origin and order type is left out: nothing is guessed. Of a fast
    order only the buyer's window is reckoned: the rules are those of standard shipping.
    """
    found: dict[str, tuple[datetime, str]] = {}
    for recipe, rule in _recipes(shop.region):
        if recipe["kind"] not in found and _applies(recipe, rule, facts, shop):
            start = _start(recipe["starts"], facts)
            if start is not None:
                found[recipe["kind"]] = (_due(recipe, start, shop), recipe["rule"])
    return found


def _applies(recipe: dict[str, Any], rule: Rule, facts: OrderFacts, shop: ShopTerms) -> bool:
    shipping = "platform" if facts.shipping_by_platform else "seller"
    origin = "cross_border" if shop.seller_type == "CROSS_BORDER" else "local"
    return (
        rule.holds_on(facts.placed_at.date())
        and (recipe["kind"] == DeadlineKind.CANCEL_WINDOW or not facts.is_fast)
        and recipe.get("shipping", shipping) == shipping
        and recipe.get("origin", origin) == origin
        and (recipe["kind"] != DeadlineKind.AUTO_CANCEL or _waits_for(facts) == recipe.get("waits_for", "shipment"))
        and (facts.order_type in recipe["types"] if "types" in recipe else facts.order_type not in BY_AGREEMENT)
    )


def _waits_for(facts: OrderFacts) -> str:
    return _WAITS_FOR.get(facts.platform_status, "shipment")


def _start(event: str, facts: OrderFacts) -> datetime | None:
    match event:
        case "paid":
            return facts.paid_at
        case "released":  # "Awaiting Shipment": the buyer's hour to regret is over
            return facts.paid_at and facts.paid_at + REGRET
        case "release":
            return facts.release_at
        case _:
            return facts.placed_at


def _due(recipe: dict[str, Any], start: datetime, shop: ShopTerms) -> datetime:
    if "hours" in recipe:
        return start + timedelta(hours=recipe["hours"])
    if "calendar_days" in recipe:
        return add_calendar_days(start, recipe["calendar_days"], zone=shop.zone)
    cutoff = time.fromisoformat(recipe["cutoff"]) if "cutoff" in recipe else time.max
    day = day_of(start, zone=shop.zone, cutoff=cutoff)
    return _working_day(recipe["market"], day, recipe["working_days"], shop.zone, shop.ships_from)


@lru_cache(maxsize=4096)  # the orders of a day have the same few answers
def _working_day(market: str, day: date, days: int, zone: str, ships_from: str) -> datetime:
    works = partial(is_working_day, market, ships_from=ships_from)
    return end_of_working_day(day, days, zone=zone, is_working_day=works)
