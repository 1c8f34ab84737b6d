"""What the pack station shows: the parcel on the table, its lines, the weight, and how the packer's day goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from shundan.core.actors import Who
from shundan.core.errors import Refused
from shundan.stages.packing.models import PackScan, Parcel
from shundan.stages.packing.queries.parcels import parcels_seen_by, with_orders
from shundan.stages.packing.queries.weights import Expected, expected_weight
from shundan.stages.stock.queries import warehouses_seen_by


@dataclass(frozen=True)
class StationLine:
    """One row of the station; `standing` is done, current, wrong or waiting."""

    row: Any
    standing: str
    name: str
    codes: tuple[str, ...]

    @property
    def left(self) -> int:
        return int(self.row.quantity - self.row.checked)


@dataclass(frozen=True)
class Table:
    """The parcel on the table."""

    parcel: Parcel
    orders: tuple[Any, ...]
    lines: tuple[StationLine, ...]
    expected: Expected | None
    due_at: datetime | None
    wave: str
    now: datetime

    @property
    def checked(self) -> int:
        return sum(int(line.row.checked) for line in self.lines)

    @property
    def units(self) -> int:
        return sum(int(line.row.quantity) for line in self.lines)

    @property
    def is_full(self) -> bool:
        return self.checked == self.units

    @property
    def is_urgent(self) -> bool:
        return bool(self.due_at and self.due_at - self.now <= timedelta(hours=2))

    @property
    def band(self) -> dict[str, int]:
        """Where the right weight lies on a scale that ends a little behind it, for drawing."""
        if self.expected is None:
            return {"width": 1, "start": 0, "length": 0}
        low = max(self.expected.grams - self.expected.tolerance, 0)
        high = self.expected.grams + self.expected.tolerance
        return {"width": max(high * 5 // 4, 1), "start": low, "length": high - low}

    @property
    def notes(self) -> list[str]:
        return [order.buyer_note for order in self.orders if order.buyer_note]


@dataclass(frozen=True)
class Day:
    """How many parcels a packer closed today (days of the warehouse's zone) and in the last hour."""

    today: int
    hour: int
    stopped: int


@dataclass(frozen=True)
class Said:
    """What the station answers to the last act: its tone is right, wrong or stop."""

    tone: str
    words: str
    remedy: str = ""
    shelf: str = ""
    code: str = ""
    needs_reason: bool = False

    @classmethod
    def refused(cls, refusal: Refused, code: str = "") -> Said:
        stopped = refusal.code == "stopped"
        tone = "stop" if stopped else "wrong"
        odd = refusal.code == "weight_differs"
        return cls(tone, refusal.message, refusal.remedy, getattr(refusal, "shelf", ""), code, odd)


def table_of(parcel_key: int, *, who: Who | None, now: datetime, wrong: bool = False) -> Table | None:
    """Return the parcel on the table with everything the station shows; None when it is not in scope."""
    parcel = with_orders(parcels_seen_by(who).select_related("waveparcel__wave")).filter(pk=parcel_key).first()
    if parcel is None:
        return None
    orders = tuple(link.order for link in parcel.parcel_orders.all())
    wave = getattr(parcel, "waveparcel", None)
    return Table(
        parcel=parcel,
        orders=orders,
        lines=tuple(_lines(parcel, wrong=wrong)),
        expected=expected_weight(parcel),
        due_at=min((order.next_due_at for order in orders if order.next_due_at), default=None),
        wave=wave.wave.wave_id if wave else "",
        now=now,
    )


def _lines(parcel: Parcel, *, wrong: bool) -> list[StationLine]:
    """Say which line is next: the first one that misses units."""
    shown, current = [], False
    for row in parcel.parcel_lines.all():
        standing = "done" if row.checked == row.quantity else "waiting" if current else "current"
        current = current or standing == "current"
        codes = tuple(dict.fromkeys(code for code in (row.item.barcode, row.item.sku, row.line.seller_sku) if code))
        name, variant = row.item.name_zh or row.line.title, row.line.variant
        name = name if variant in name else f"{name} {variant}"
        shown.append(StationLine(row, "wrong" if wrong and standing == "current" else standing, name, codes))
    return shown


def day_of(who: Who, *, now: datetime) -> Day:
    """Count what one packer did: three bounded counts over their own scans."""
    zone = next((one.zone for one in warehouses_seen_by(who)), "UTC")
    mine = PackScan.objects.filter(by=who.named)
    midnight = now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    done = mine.filter(result="done")
    return Day(
        today=done.filter(at__gte=midnight)[:2000].count(),
        hour=done.filter(at__gte=now - timedelta(hours=1))[:2000].count(),
        stopped=mine.filter(result="stopped", at__gte=midnight)[:200].count(),
    )
