"""What differs from market to market: the rows of markets.json. A further market is a further row there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson

HOUR = 3600
DAY = 24 * HOUR
LOCAL, CROSS_BORDER = "LOCAL", "CROSS_BORDER"
UNPUBLISHED_ANSWER_HOURS = 48  # to answer a wish to cancel: published for ID only, taken wherever nothing is


@dataclass(frozen=True, slots=True)
class Carrier:
    id: str
    name: str
    prefix: str


@dataclass(frozen=True, slots=True)
class Tax:
    """What the buyer is taxed: inside the price, or on top of it, there at the rate of his state."""

    name: str
    percent: float
    included: bool
    on_shipping: bool = False
    rates: dict[str, float] = field(default_factory=dict)

    def rate(self, state: str) -> float:
        return self.rates.get(state, self.percent)


@dataclass(frozen=True, slots=True)
class Fee:
    """One deduction of a statement: a share of the base, or an amount per SKU, item or order.

    `base` is revenue, paid (revenue and shipping), fees, or net (revenue without the tax in it).
    """

    name: str
    percent: float = 0.0
    minor: int = 0
    per: str = "sku"
    base: str = "revenue"
    cap: int = 0
    kept: bool = False
    at_least: int = 0
    below: int = 0

    def applies(self, price: int) -> bool:
        return price >= self.at_least and (not self.below or price < self.below)


@dataclass(frozen=True, slots=True)
class Market:
    """One market as sellers of one kind meet it. Days are working days unless the name says otherwise."""

    region: str
    country: str
    currency: str
    zone: str
    locale: str
    dial: str
    phone: str
    price_factor: float
    shipping_fee: int
    tax: Tax
    ship_days: int
    scan_days: int
    deliver_days: int
    cancel_days: int
    transit_days: tuple[int, int]
    return_days: int
    workdays: tuple[int, ...]
    levels: tuple[str, ...]
    payment_methods: tuple[str, ...]
    platform_carriers: tuple[Carrier, ...]
    seller_carriers: tuple[Carrier, ...]
    cancel_answer_hours: int = UNPUBLISHED_ANSWER_HOURS
    settle_days: int = 0
    settle_workdays: int = 0
    kind: str = LOCAL
    kinds: tuple[str, ...] = (LOCAL, CROSS_BORDER)
    decimals: int = 2
    price_step: int = 0
    fees: tuple[Fee, ...] = ()
    withheld: tuple[Fee, ...] = ()
    extra_fees: dict[str, dict[str, Any]] = field(default_factory=dict)
    refund_admin_percent: float = 0.0
    refund_admin_cap: int = 0
    seller_ships: dict[str, float] = field(default_factory=dict)
    ship_hours: int = 0
    scan_calendar_days: int = 0
    cut_off_hour: int = 0
    collect_cancel_days: int = 0
    return_answer_days: int = 0
    return_answer_hours: int = 48
    dear_from: int = 0
    dear_answer_days: int = 0
    ship_back_days: int = 7
    inspect_days: int = 8
    inspect_workdays: int = 0
    deliver_due_days: int = 0
    from_release: bool = False
    holidays_like: str = ""
    more_holidays: tuple[str, ...] = ()
    masks: dict[str, str] = field(default_factory=dict)
    masked_after_days: int = 0
    erased_after_days: int = 0
    platform_mask: str = ""
    free_cancel: str = ""
    free_cancel_below: int = 0
    free_cancel_after: str = ""
    recall_until_last_hub: bool = False
    recall_when_late: bool = False
    rejects_by_shipping: bool = False
    cod: tuple[str, ...] = ()
    cod_share: float = 0.0
    priority: bool = False
    fast_dispatch: bool = False
    commerce_share: float = 0.0
    invoice: bool = False
    tax_number: str = ""
    name_parts: tuple[str, ...] = ()
    post_town: bool = False
    street: str = "{number} {street}"
    address_lines: int = 2
    family_first: bool = False
    local_script: bool = False

    @property
    def has_cod(self) -> bool:
        return self.kind in self.cod

    def is_workday(self, day: dt.date) -> bool:
        place = self.holidays_like or self.region
        return day.weekday() in self.workdays and day not in holidays_of(place, day.year, self.more_holidays)

    def day_end(self, moment: float, *, days: int) -> int:
        """Return 23:59:59 local time so many working days after the moment."""
        day = dt.datetime.fromtimestamp(moment, ZoneInfo(self.zone))
        while days > 0:
            day += dt.timedelta(days=1)
            days -= self.is_workday(day.date())
        return int(day.replace(hour=23, minute=59, second=59, microsecond=0).timestamp())

    def calendar_day_end(self, moment: float, *, days: int) -> int:
        day = dt.datetime.fromtimestamp(moment, ZoneInfo(self.zone)) + dt.timedelta(days=days)
        return int(day.replace(hour=23, minute=59, second=59, microsecond=0).timestamp())

    def promise_end(self, moment: float, *, days: int) -> int:
        """Return the end of a dispatch promise: what came before the cut-off of a working day is due a day earlier."""
        local = dt.datetime.fromtimestamp(moment, ZoneInfo(self.zone))
        early = local.hour < self.cut_off_hour and self.is_workday(local.date())
        return self.day_end(moment, days=max(0, days - early))

    def settle_time(self, delivered: int) -> int:
        """Return when the money of a delivered order is due: days later, or working days after its completion."""
        if self.settle_workdays:
            return self.day_end(delivered + self.return_days * DAY, days=self.settle_workdays)
        return delivered + self.settle_days * DAY

    def money(self, minor: int) -> str:
        """Return minor units as the decimal string of this currency."""
        if self.decimals == 0:
            return str(minor)
        sign, minor = ("-" if minor < 0 else ""), abs(minor)
        return f"{sign}{minor // 100}.{minor % 100:02d}"

    def minor(self, text: str) -> int:
        """Return a decimal string as minor units."""
        sign = -1 if text.startswith("-") else 1
        whole, _, part = text.lstrip("-").partition(".")
        if self.decimals == 0:
            return sign * int(whole or 0)
        return sign * (int(whole or 0) * 100 + int((part + "00")[:2]))

    def carriers(self) -> tuple[Carrier, ...]:
        return self.platform_carriers + self.seller_carriers


@cache
def holidays_of(place: str, year: int, more: Iterable[str] = ()) -> frozenset[dt.date]:
    """Return the public holidays of a country or of a part of it (`GB-ENG`); `more` are days, of any year or of one."""
    import holidays  # a large package, wanted only when the first promise is made

    country, _, part = place.partition("-")
    named = {dt.date.fromisoformat(day if len(day) > 5 else f"{year}-{day}") for day in more}
    return frozenset(set(holidays.country_holidays(country, subdiv=part or None, years=year)) | named)


def read_row(row: dict[str, Any]) -> Market:
    fields: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    for name, kind in (("platform_carriers", Carrier), ("seller_carriers", Carrier), ("fees", Fee), ("withheld", Fee)):
        fields[name] = tuple(kind(**part) for part in row.get(name, ()))
    return Market(**{**fields, "tax": Tax(**row["tax"])})


def read_changes(given: dict[str, Any]) -> dict[str, Any]:
    """Return what is different for sellers from abroad."""
    changes: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in given.items()}
    if "withheld" in changes:
        changes["withheld"] = tuple(Fee(**part) for part in changes["withheld"])
    if "tax" in changes:
        changes["tax"] = Tax(**changes["tax"])
    return changes


def read_markets(path: Path) -> dict[tuple[str, str], Market]:
    found = {}
    for row in orjson.loads(path.read_bytes()):
        abroad = row.pop("cross_border", {})
        market = read_row({**UNPUBLISHED.get(row["region"], {}), **row})
        for kind in market.kinds:
            found[market.region, kind] = replace(market, kind=kind)
        if CROSS_BORDER in market.kinds:
            found[market.region, CROSS_BORDER] = replace(market, kind=CROSS_BORDER, **read_changes(abroad))
    return found


# Days that nobody has published, taken to be like the neighbours' published ones: all of Mexico's; those of local
# sellers in Malaysia, the Philippines and Singapore; Japan's but for the three working days to ship.
LIKE_NEIGHBOURS = {"ship_days": 2, "scan_days": 3, "cancel_days": 4, "collect_cancel_days": 6, "deliver_days": 10}
UNPUBLISHED: dict[str, dict[str, int]] = {
    "MX": {"ship_days": 2, "scan_days": 3, "cancel_days": 5, "deliver_days": 8, "return_days": 30},
    "MY": {**LIKE_NEIGHBOURS, "return_days": 7},
    "PH": LIKE_NEIGHBOURS,
    "SG": LIKE_NEIGHBOURS,
    "JP": {"scan_days": 4, "cancel_days": 7, "deliver_days": 8, "return_days": 14},
}
MARKETS = read_markets(Path(__file__).with_name("markets.json"))
REGIONS = tuple(dict.fromkeys(region for region, _ in MARKETS))


def market_of(region: str, kind: str = LOCAL) -> Market:
    return MARKETS[region, kind]
