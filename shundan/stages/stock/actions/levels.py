"""The one place that changes levels: what is on hand, reserved and expected, with its ledger rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.allocation import Place
from shundan.core.errors import Conflict
from shundan.ground.lib.db import lock
from shundan.ground.lib.rows import add_to_rows, insert_values
from shundan.stages.stock.models import LedgerRow, Level, Listing

_LEDGER = ("key", "item_id", "warehouse_id", "reason", "on_hand_change", "reserved_change", "at", "by", "note")


@dataclass(frozen=True)
class LevelChange:
    """One change of one place. `key` is unique for ever: the same thing cannot be booked twice."""

    item_key: int
    warehouse_key: int
    key: str = ""
    reason: str = ""
    on_hand: int = 0
    reserved: int = 0
    expected: int = 0
    note: str = ""

    @property
    def place(self) -> Place:
        return self.item_key, self.warehouse_key


def lock_levels(places: Iterable[Place], *, now: datetime) -> dict[Place, Level]:
    """Lock the levels of these places in key order, making those that do not exist. Call inside a transaction."""
    wanted = set(places)
    if not wanted:
        return {}
    rows = _locked(wanted)
    if absent := wanted - rows.keys():
        Level.objects.bulk_create(
            [Level(item_id=item, warehouse_id=warehouse, changed_at=now) for item, warehouse in sorted(absent)],
            ignore_conflicts=True,
        )
        rows |= _locked(absent)
    return rows


def _locked(places: set[Place]) -> dict[Place, Level]:
    rows = lock(Level.objects.filter(item__in={item for item, _ in places}, warehouse__in={one for _, one in places}))
    return {(row.item_id, row.warehouse_id): row for row in rows if (row.item_id, row.warehouse_id) in places}


def change_levels(changes: Iterable[LevelChange], *, by: Who, now: datetime) -> None:
    """Book changes inside the caller's transaction; raise Conflict when units would be promised that are not there.

    One UPDATE for all places, refused by the database too when on hand would fall below what is reserved.
    """
    booked = [change for change in changes if change.on_hand or change.reserved or change.expected]
    if not booked:
        return
    levels = lock_levels({change.place for change in booked}, now=now)
    totals: dict[int, list[int]] = {}
    for change in booked:
        sums = totals.setdefault(levels[change.place].pk, [0, 0, 0])
        for position, units in enumerate((change.on_hand, change.reserved, change.expected)):
            sums[position] += units
    for level in levels.values():
        on_hand, reserved, __ = totals[level.pk]
        if level.on_hand + on_hand < level.reserved + reserved or level.reserved + reserved < 0:
            raise Conflict(
                _("There are not as many free units."), code="not_enough", remedy=_("Count the bin, or wait for goods.")
            )
    who = by.named
    insert_values(LedgerRow, _LEDGER, [
        (change.key, change.item_key, change.warehouse_key, change.reason, change.on_hand, change.reserved, now, who,
         change.note[:200])
        for change in booked if change.on_hand or change.reserved
    ])  # fmt: skip
    # Expected is soft: a line that was told twice in other words must not stop the shelf.
    add_to_rows(Level, totals, ("on_hand", "reserved", "expected"), floored=("expected",), stamp=("changed_at", now))
    Listing.objects.filter(item__in={change.item_key for change in booked}, dirty_at=None).update(dirty_at=now)
