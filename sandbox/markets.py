"""What differs from market to market, as one table. A further market is a further row."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

HOUR = 3600
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Carrier:
    id: str
    name: str
    prefix: str


@dataclass(frozen=True, slots=True)
class Market:
    """Currency, zone, promises and fees of one market. Days are working days where `working` says so."""

    region: str
    country: str
    currency: str
    decimals: int
    zone: str
    locale: str
    dial: str
    price_factor: float
    shipping_fee: int
    tax_percent: float
    tax_included: bool
    fee_percent: float
    payment_percent: float
    ship_days: int
    collect_days: int
    cancel_days: int
    deliver_days: int
    transit_days: tuple[int, int]
    return_days: int
    answer_days: int
    workdays: tuple[int, ...]
    platform_carriers: tuple[Carrier, ...]
    seller_carriers: tuple[Carrier, ...]
    levels: tuple[str, ...]

    def day_end(self, moment: float, *, days: int) -> int:
        """Return 23:59:59 local time so many working days after the moment."""
        day = dt.datetime.fromtimestamp(moment, ZoneInfo(self.zone))
        while days > 0:
            day += dt.timedelta(days=1)
            days -= day.weekday() in self.workdays
        return int(day.replace(hour=23, minute=59, second=59, microsecond=0).timestamp())

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


WEEK = (0, 1, 2, 3, 4)
MARKETS: dict[str, Market] = {
    "US": Market(
        region="US",
        country="United States",
        currency="USD",
        decimals=2,
        zone="America/Los_Angeles",
        locale="en-US",
        dial="+1",
        price_factor=1.0,
        shipping_fee=599,
        tax_percent=7.25,
        tax_included=False,
        fee_percent=6.0,
        payment_percent=0.0,
        ship_days=2,
        collect_days=3,
        cancel_days=7,
        deliver_days=6,
        transit_days=(3, 6),
        return_days=14,
        answer_days=2,
        workdays=WEEK,
        platform_carriers=(
            Carrier("7117858858072016641", "Larkline Ground", "LK"),
            Carrier("7117859084333745921", "Meridian Post", "94"),
        ),
        seller_carriers=(Carrier("7117858858072016710", "Wayfare Express", "WF"),),
        levels=("Country", "State", "County", "City"),
    ),
    "GB": Market(
        region="GB",
        country="United Kingdom",
        currency="GBP",
        decimals=2,
        zone="Europe/London",
        locale="en-GB",
        dial="+44",
        price_factor=0.82,
        shipping_fee=399,
        tax_percent=20.0,
        tax_included=True,
        fee_percent=9.0,
        payment_percent=0.0,
        ship_days=2,
        collect_days=3,
        cancel_days=5,
        deliver_days=5,
        transit_days=(2, 4),
        return_days=14,
        answer_days=2,
        workdays=WEEK,
        platform_carriers=(Carrier("7129720299146184451", "Puffin Parcels", "PF"),),
        seller_carriers=(
            Carrier("7129720299146184452", "Thistle Mail", "TM"),
            Carrier("7129720299146184453", "Harrow & Vale Couriers", "HV"),
        ),
        levels=("Country", "Nation", "County", "Post town"),
    ),
    "ID": Market(
        region="ID",
        country="Indonesia",
        currency="IDR",
        decimals=0,
        zone="Asia/Jakarta",
        locale="id-ID",
        dial="+62",
        price_factor=15500.0,
        shipping_fee=12000,
        tax_percent=0.0,
        tax_included=True,
        fee_percent=8.0,
        payment_percent=1.8,
        ship_days=2,
        collect_days=3,
        cancel_days=3,
        deliver_days=10,
        transit_days=(2, 5),
        return_days=6,
        answer_days=2,
        workdays=(0, 1, 2, 3, 4, 5),
        platform_carriers=(
            Carrier("6841743441349706241", "Kancil Ekspres", "KCL"),
            Carrier("6841743441349706242", "Garis Kilat", "GKL"),
        ),
        seller_carriers=(Carrier("6841743441349706250", "Merpati Pagi", "MPG"),),
        levels=("Country", "Province", "City", "District", "Village"),
    ),
}


def market_of(region: str) -> Market:
    return MARKETS[region]
