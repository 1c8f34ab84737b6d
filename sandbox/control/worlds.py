"""Worlds by hand: which shops there are, how many buyers come, how long it all has been going on."""

from __future__ import annotations

import secrets
from typing import Any

from sandbox.box import Box
from sandbox.control import deeds
from sandbox.errors import ControlRefusal
from sandbox.faults import NO_FAULTS, set_faults
from sandbox.markets import DAY, HOUR, LOCAL
from sandbox.performance import performance_of
from sandbox.seed import UnknownShop, open_shop, plant_shops, read_shops
from sandbox.world.history import write_history
from sandbox.world.traffic import MOST, running_burst, set_traffic, traffic_of

Given = dict[str, Any]
LONGEST_DAYS, LONGEST_ORDERS, MOST_MINUTES = 400, 200_000, 24 * 60


def number(given: Given, name: str, *, low: float, high: float) -> float:
    value = given[name]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise ControlRefusal(f"{name} must be a number from {low:g} to {high:g}.")
    return float(value)


def reset(box: Box, given: Given) -> Given:
    """Empty the world and plant shops again, those of the demo or the named ones; app and time stay."""
    seed, shops, past = read_seed(given, box.seed), wanted_shops(given), wanted_history(given)
    for kind in list(box.store.kinds):
        if kind != "meta":
            box.store.clear(kind)
    box.store.put("meta", "seed", {"seed": seed})
    box.store.put("meta", "counters", {"notification": secrets.randbelow(10**6) + 10**6})
    set_faults(box, NO_FAULTS)
    box.store.drop("meta", "traffic")
    box.seed = box.store.table("meta")["seed"]["seed"]
    box.reload()
    if shops is None:
        plant_shops(box)
    else:
        plant(box, shops)
    if past and box.shops():
        write_history(box, days=past[0], orders=past[1])
    deeds.start_world(box)
    found = {"seed": box.seed, "shops": [shop["id"] for shop in box.shops()]}
    return {**found, "orders": len(box.book.orders)} if past else found


def read_seed(given: Given, present: int) -> int:
    seed = given.get("seed", present)
    if isinstance(seed, bool) or not isinstance(seed, int) or abs(seed) >= 2**53:
        raise ControlRefusal("seed must be a whole number.")
    return seed


def wanted_shops(given: Given) -> list[tuple[str, str]] | None:
    """Return the shops of `shops`: names as on the command line, in one text or a list."""
    named = given.get("shops")
    if named is None:
        return None
    if not isinstance(named, (str, list)) or (isinstance(named, list) and not all(isinstance(x, str) for x in named)):
        raise ControlRefusal("shops must be names such as US, GB:LOCAL, all or every.")
    try:
        return read_shops(named)
    except UnknownShop as unknown:
        raise ControlRefusal(str(unknown)) from None


def plant(box: Box, shops: list[tuple[str, str]]) -> None:
    for region, kind in shops:
        open_shop(box, region=region, kind=kind)


def wanted_history(given: Given) -> tuple[int, int] | None:
    """Return days and orders of the past that is asked for, or nothing."""
    if "history" not in given and "history_days" not in given:
        return None
    days = number({"history_days": 60, **given}, "history_days", low=1, high=LONGEST_DAYS)
    return int(days), int(number({"history": 2000, **given}, "history", low=0, high=LONGEST_ORDERS))


def open_one(box: Box, given: Given) -> Given:
    """Open one more shop; a tool that wants it has to be given consent again or asks for credentials."""
    kind = str(given.get("kind") or LOCAL).upper()
    try:
        shop = open_shop(box, region=str(given.get("region", "")).upper(), kind=kind)
    except UnknownShop as unknown:
        raise ControlRefusal(str(unknown)) from None
    deeds.start_world(box)
    return {key: shop[key] for key in ("id", "region", "name", "seller_type", "cipher")}


def read_traffic(box: Box, _: Given) -> Given:
    row = traffic_of(box)
    burst = running_burst(box, row)
    shown: Given = {"orders_per_hour": row["per_hour"], "burst": None}
    if burst is not None:
        shown["burst"] = {key: burst[key] for key in ("per_hour", "until", "hot")}
    return shown


def change_traffic(box: Box, given: Given) -> Given:
    """Set how many buyers come, by the hour or the day, or let a live begin; from then on people act here."""
    if not box.shops():
        raise ControlRefusal("This sandbox has no shops.", http=409)
    per_hour = None
    if "orders_per_day" in given:
        per_hour = number(given, "orders_per_day", low=0, high=MOST * 24) / 24
    if "orders_per_hour" in given:
        per_hour = number(given, "orders_per_hour", low=0, high=MOST)
    burst = read_burst(box, given["burst"]) if given.get("burst") else None
    if per_hour is None and burst is None:
        raise ControlRefusal("Say orders_per_hour, orders_per_day or burst.")
    set_traffic(box, per_hour=per_hour, burst=burst)
    return read_traffic(box, {})


def read_burst(box: Box, wanted: Any) -> Given:
    if not isinstance(wanted, dict):
        raise ControlRefusal("burst must be an object.")
    wanted = {"minutes": 60, "per_hour": MOST, **wanted}
    shop = str(wanted.get("shop") or "any")
    if shop != "any":
        shop = deeds.find_shop(box, shop, None)["id"]
    return {
        "per_hour": number(wanted, "per_hour", low=1, high=MOST),
        "seconds": number(wanted, "minutes", low=1, high=MOST_MINUTES) * 60,
        "shop": shop,
    }


def read_performance(box: Box, given: Given) -> Given:
    """Return the platform's measures of one shop or all, over so many days."""
    text = str(given.get("days", "30"))
    days = number({"days": int(text) if text.isdigit() else text}, "days", low=1, high=LONGEST_DAYS)
    shops = [deeds.find_shop(box, given["shop"], None)] if given.get("shop") else box.shops()
    return {"shops": [performance_of(box, shop["id"], days=int(days)) for shop in shops]}


def traffic_from(text: str) -> float:
    """Return orders an hour for `20/day`, `500/hour` or a plain number of orders an hour; raises ValueError."""
    amount, _, per = text.partition("/")
    rate = float(amount) / (DAY / HOUR if per in ("day", "d") else 1)
    if per not in ("", "day", "d", "hour", "h") or not 0 <= rate <= MOST:
        raise ValueError(text)
    return rate
