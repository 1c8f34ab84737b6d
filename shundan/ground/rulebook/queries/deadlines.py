"""The clocks of orders, parcels, cases and threads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from shundan.core import clocks
from shundan.ground.rulebook.models import Deadline


@dataclass(frozen=True)
class Clock:
    """One clock as pages and the API show it."""

    shop_key: int
    subject_kind: str
    subject_key: int
    subject_name: str
    kind: str
    due_at: datetime
    source: str
    rule: str
    met_at: datetime | None
    missed_at: datetime | None
    dropped_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.met_at is None and self.dropped_at is None


def deadlines_of(subject_kind: str, keys: Iterable[int]) -> dict[int, list[Clock]]:
    """Return every clock of the subjects, soonest first; a subject without clocks is left out."""
    found: dict[int, list[Clock]] = {}
    rows = Deadline.objects.filter(subject_kind=subject_kind, subject_key__in=list(keys)).order_by("due_at", "pk")
    for row in rows:
        found.setdefault(row.subject_key, []).append(_clock(row))
    return found


def open_deadlines(
    *, shop_keys: Iterable[int] | None = None, kinds: Iterable[str] = (), before: datetime | None = None
) -> QuerySet[Deadline]:
    """Return open clocks, soonest first, narrowed to shops, kinds and a moment."""
    rows = Deadline.objects.filter(met_at=None, dropped_at=None).order_by("due_at", "pk")
    if shop_keys is not None:
        rows = rows.filter(shop_id__in=list(shop_keys))
    if kinds:
        rows = rows.filter(kind__in=list(kinds))
    return rows.filter(due_at__lt=before) if before else rows


def soonest(subject_kind: str, keys: Iterable[int]) -> dict[int, tuple[datetime, str]]:
    """Return (due_at, kind) of each subject's soonest open clock that asks somebody to act; calm ones do not count."""
    rows = Deadline.objects.filter(
        subject_kind=subject_kind, subject_key__in=list(keys), met_at=None, dropped_at=None
    ).exclude(kind__in=sorted(clocks.CALM))
    found: dict[int, tuple[datetime, str]] = {}
    for key, due_at, kind in rows.order_by("due_at", "kind").values_list("subject_key", "due_at", "kind"):
        found.setdefault(key, (due_at, kind))
    return found


def _clock(row: Deadline) -> Clock:
    return Clock(
        row.shop_id, row.subject_kind, row.subject_key, row.subject_name, row.kind, row.due_at, row.source, row.rule,
        row.met_at, row.missed_at, row.dropped_at,
    )  # fmt: skip
