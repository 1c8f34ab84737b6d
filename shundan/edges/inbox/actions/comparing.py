"""Counting hours: how many orders of one hour the platform says it has, beside how many the desk has.

A gap heals itself: the hour is halved until what is missing fits one page, and what the desk does not know is wanted.
It costs one call per shop and turn while all is well, and a handful where orders are missing.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shundan.core.actors import step
from shundan.core.errors import ShundanError
from shundan.edges.channels.queries import Access, access_of, reachable_shops
from shundan.edges.channels.tiktok.changes import LIST, Window, count_orders
from shundan.edges.channels.tiktok.refusals import MALFORMED
from shundan.edges.inbox.actions.wants import BACKFILL, want
from shundan.edges.inbox.models import HourCount, Snapshot, Sweep, Want
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib import clock
from shundan.ground.lib.db import in_transaction

log = logging.getLogger(__name__)
EVERY = timedelta(seconds=20)  # wall, per shop
AGAIN = timedelta(seconds=60)  # wall: when an hour with a gap is counted again
SETTLES = timedelta(minutes=10)  # story: an hour is counted when it is over for so long
RECENT = timedelta(hours=48)  # every hour of these is counted once; of older ones samples are
KEPT = timedelta(days=7)  # wall: an older hour may be drawn again after it
HOUR = timedelta(hours=1)
CALLS = 10  # of one turn
ONE_PAGE = 100


@dataclass(frozen=True)
class DeskSide:
    """What the desk has: orders of a shop created in a span of time, and which of some order ids are stored."""

    count: Callable[[int, datetime, datetime], int]
    stored: Callable[[int, list[str]], set[str]]


def compare_next_hours(desk: DeskSide, *, limit: int = 4) -> int:
    """Count one hour of each shop whose turn it is on both sides; return how many were counted."""
    now = clock.wall()
    due = Sweep.objects.filter(kind="order", shop_id__in=reachable_shops()).exclude(compare_at__gt=now)
    done = 0
    for row in due.order_by("compare_at", "pk")[:limit]:
        mine = Sweep.objects.filter(pk=row.pk, compare_at=row.compare_at).update(compare_at=now + EVERY)
        hour = next_hour(row, now=now) if mine else None
        if hour is not None:
            done += _compare(row, hour, desk)
    return done


def next_hour(row: Sweep, *, now: datetime) -> datetime | None:
    """Choose the hour to count: one with a gap, a recent one not counted yet, or a sample of the known past."""
    told = HourCount.objects.filter(shop_id=row.shop_id)
    gap = told.filter(next_at__lte=now).order_by("next_at").values_list("hour", flat=True).first()
    if gap is not None:
        return gap
    history = Want.objects.filter(shop_id=row.shop_id, kind="order", lane__gte=BACKFILL, closed_at=None)
    if row.back_from is None or history.exists():
        return None  # the desk cannot have them yet
    last = _full_hour(row.complete_to - SETTLES) - HOUR
    first = _full_hour(row.back_from) + HOUR
    recent = [last - HOUR * back for back in range(int(RECENT / HOUR)) if last - HOUR * back >= first]
    counted = set(told.filter(hour__in=recent).values_list("hour", flat=True))
    fresh = next((hour for hour in recent if hour not in counted), None)
    return fresh or _sample(row, first, last - RECENT, now=now)


def _sample(row: Sweep, first: datetime, last: datetime, *, now: datetime) -> datetime | None:
    if last < first:
        return None
    hour = first + HOUR * random.randrange(int((last - first) / HOUR) + 1)
    young = HourCount.objects.filter(shop_id=row.shop_id, hour=hour, counted_at__gt=now - KEPT)
    return None if young.exists() else hour


def _full_hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _compare(row: Sweep, hour: datetime, desk: DeskSide) -> int:
    """Count one hour; a failure leaves it for its next turn."""
    try:
        access = access_of(row.shop_id)
        platform = count_orders(access, Window(hour, hour + HOUR, by="create"))
        here = desk.count(row.shop_id, hour, hour + HOUR)
        missing = _find_missing(access, row.shop_id, hour, platform, desk) if here < platform else []
    except ShundanError as error:
        log.info("hour %s of shop %s was not counted: %s", hour.isoformat(), row.shop_id, error.message)
        return 0
    except MALFORMED as error:
        log.warning("hour %s of shop %s cannot be counted: %s", hour.isoformat(), row.shop_id, type(error).__name__)
        return 0
    in_transaction(lambda: _note(row, hour, platform=platform, here=here, missing=missing))
    return 1


def _find_missing(access: Access, shop_key: int, hour: datetime, platform: int, desk: DeskSide) -> list[str]:
    """Return ids in this hour that the desk does not know; halves the span as long as it holds more than a page."""
    spans, calls, missing = [(hour, hour + HOUR, platform)], 1, []
    while spans and calls < CALLS:
        start, end, count = spans.pop()
        if desk.count(shop_key, start, end) >= count:
            continue
        calls += 1
        middle = start + timedelta(seconds=int((end - start).total_seconds()) // 2)
        if count <= ONE_PAGE or middle == start:
            page = LIST["order"](access, Window(start, end, by="create"))
            missing += _unknown(shop_key, [key for key, _at in page.rows], desk)
            continue
        early = count_orders(access, Window(start, middle, by="create"))
        spans += [(start, middle, early), (middle, end, count - early)]
    return missing


def _unknown(shop_key: int, ids: list[str], desk: DeskSide) -> list[str]:
    """Leave out what is stored, wanted, or fetched and about to be stored."""
    known = desk.stored(shop_key, ids)
    of_shop = {"shop_id": shop_key, "kind": "order", "outside_id__in": ids}
    known |= set(Want.objects.filter(**of_shop, closed_at=None).values_list("outside_id", flat=True))
    known |= set(Snapshot.objects.filter(**of_shop, applied_at=None).values_list("outside_id", flat=True))
    return [key for key in ids if key not in known]


def _note(row: Sweep, hour: datetime, *, platform: int, here: int, missing: list[str]) -> None:
    now = clock.wall()
    told = HourCount.objects.filter(shop_id=row.shop_id, hour=hour).first() or HourCount(shop_id=row.shop_id, hour=hour)
    told.platform, told.desk, told.counted_at = platform, here, now
    told.next_at = now + AGAIN if here < platform else None
    if missing:
        want(row.shop_id, "order", missing, reason="count of an hour")
        told.gap_at, told.healed_at = told.gap_at or now, None
        told.wanted += len(missing)
    elif here >= platform and told.gap_at is not None and told.healed_at is None:
        told.healed_at = now
        facts = {"hour": hour.isoformat(), "orders": told.wanted}
        _journal(row, "heal_gap", facts)
    told.save()


def _journal(row: Sweep, verb: str, facts: dict[str, object]) -> None:
    by = step("compare_next_hours")
    record([
        Draft("shop", row.shop_id, verb, by, clock.now(), shop_key=row.shop_id, subject_name=row.shop.shop_id,
              facts=facts)
    ])  # fmt: skip
