"""Writes of deadlines: set from the platform or the rulebook, met, dropped, and marked when they were missed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

from django.db.models import F, Q, QuerySet

from shundan.core.clocks import CALM
from shundan.ground.lib import clock
from shundan.ground.lib.db import claim, in_transaction
from shundan.ground.lib.rows import insert_rows, insert_values, update_rows
from shundan.ground.rulebook.models import Deadline

PLATFORM = "platform"
RULEBOOK = "rulebook"
PERSON = "person"
K = TypeVar("K", bound=tuple[object, ...])  # what a clock is found by


class DeadlineDraft(NamedTuple):
    """One clock of one subject. `source`: platform wins over person, person over rulebook."""

    shop_key: int
    subject_kind: str
    subject_key: int
    kind: str
    due_at: datetime
    source: str = RULEBOOK
    rule: str = ""
    subject_name: str = ""


_TOLD = ("shop_id", *DeadlineDraft._fields[1:])  # the columns of a draft


def set_deadlines(rows: Iterable[DeadlineDraft]) -> int:
    """Store clocks inside the caller's transaction, a constant number of queries; return how many changed.

    What the platform told is never replaced by what the rulebook reckons. A clock that was met stays met; one that
    moved to a later moment is no longer missed.
    """
    drafts = {(d.shop_key, d.subject_kind, d.subject_key, d.kind): d for d in rows}
    if not drafts:
        return 0
    wanted = Q()
    for kind in {d.subject_kind for d in drafts.values()}:
        wanted |= Q(
            subject_kind=kind, subject_key__in={d.subject_key for d in drafts.values() if d.subject_kind == kind}
        )
    stored = {
        (row.shop_id, row.subject_kind, row.subject_key, row.kind): row for row in Deadline.objects.filter(wanted)
    }
    new, changed = _merge(drafts, stored)
    insert_rows(new, ignore_conflicts=True)
    update_rows(changed, ["due_at", "source", "rule", "missed_at", "dropped_at"])
    return len(new) + len(changed)


def add_deadlines(drafts: Iterable[DeadlineDraft]) -> None:
    """Store the clocks of subjects that were made in this very transaction and so have none yet."""
    insert_values(Deadline, _TOLD, drafts)


def keep_deadlines(
    subject_kind: str, drafts: Iterable[DeadlineDraft], *, met: Mapping[int, Mapping[str, datetime]],
    dropped: Iterable[int], at: datetime,
) -> dict[int, tuple[datetime, str] | None]:  # fmt: skip
    """Set, meet (subject key -> kind -> when) and drop clocks of subjects whose rows are locked, with one reading.

    Returns, of every subject named, when its soonest open clock that asks somebody to act is due, and its kind.
    """
    told, ended = {(draft.subject_key, draft.kind): draft for draft in drafts}, set(dropped)
    keys = {key for key, _ in told} | met.keys() | ended
    if not keys:
        return {}
    stored = {
        (row.subject_key, row.kind): row
        for row in Deadline.objects.filter(subject_kind=subject_kind, subject_key__in=keys)
    }
    new, moved = _merge(told, stored)
    changed = {row.pk: row for row in moved}
    for (key, kind), row in stored.items():
        if row.met_at is None and row.dropped_at is None and (key in ended or kind in met.get(key, ())):
            if kind in met.get(key, ()):
                _meet(row, met[key][kind])
            else:
                row.dropped_at = at
            changed[row.pk] = row
    insert_rows(new)
    update_rows(list(changed.values()), ["due_at", "source", "rule", "met_at", "missed_at", "dropped_at"])
    found: dict[int, tuple[datetime, str] | None] = dict.fromkeys(keys)
    for row in (*stored.values(), *new):
        if row.met_at is None and row.dropped_at is None and row.kind not in CALM:
            known = found[row.subject_key]
            found[row.subject_key] = min(known, (row.due_at, row.kind)) if known else (row.due_at, row.kind)
    return found


def _merge(drafts: Mapping[K, DeadlineDraft], stored: Mapping[K, Deadline]) -> tuple[list[Deadline], list[Deadline]]:
    """Return the rows to insert for these drafts, and the stored ones that they have changed."""
    new = [_row(draft) for key, draft in drafts.items() if key not in stored]
    return new, [stored[key] for key, draft in drafts.items() if key in stored and _update(stored[key], draft)]


def _meet(row: Deadline, at: datetime) -> None:
    row.met_at = at
    row.missed_at = row.due_at if at > row.due_at and row.kind not in CALM else None


_STRENGTH = {RULEBOOK: 0, PERSON: 1, PLATFORM: 2}


def _row(draft: DeadlineDraft) -> Deadline:
    return Deadline(
        shop_id=draft.shop_key, subject_kind=draft.subject_kind, subject_key=draft.subject_key, kind=draft.kind,
        subject_name=draft.subject_name, due_at=draft.due_at, source=draft.source, rule=draft.rule,
    )  # fmt: skip


def _update(row: Deadline, draft: DeadlineDraft) -> bool:
    """Write the draft into the row; return whether anything changed."""
    if _STRENGTH[draft.source] < _STRENGTH[row.source]:
        return False
    if (row.due_at, row.source, row.rule, row.dropped_at) == (draft.due_at, draft.source, draft.rule, None):
        return False
    if draft.due_at > row.due_at:
        row.missed_at = None
    row.due_at, row.source, row.rule, row.dropped_at = draft.due_at, draft.source, draft.rule, None
    return True


def meet_deadlines(wanted: Iterable[tuple[str, int, str]], *, at: datetime) -> int:
    """Close clocks as met, given as (subject kind, subject key, deadline kind); return how many.

    A clock met after its moment keeps the mark that it was missed.
    """
    asked = set(wanted)
    if not asked:
        return 0
    rows = _open().filter(
        subject_kind__in={subject_kind for subject_kind, _, _ in asked}, subject_key__in={key for _, key, _ in asked},
        kind__in={kind for _, _, kind in asked},
    )  # fmt: skip
    met = [row for row in rows if (row.subject_kind, row.subject_key, row.kind) in asked]
    for row in met:
        _meet(row, at)
    update_rows(met, ["met_at", "missed_at"])
    return len(met)


def drop_deadlines(subjects: Iterable[tuple[str, int]], *, at: datetime, kinds: Sequence[str] = ()) -> int:
    """Close every open clock (or those of `kinds`) of (subject kind, subject key): it no longer applies."""
    groups: dict[str, list[int]] = {}
    for subject_kind, key in subjects:
        groups.setdefault(subject_kind, []).append(key)
    dropped = 0
    for subject_kind, keys in groups.items():
        rows = _open().filter(subject_kind=subject_kind, subject_key__in=keys)
        dropped += (rows.filter(kind__in=kinds) if kinds else rows).update(dropped_at=at)
    return dropped


def mark_missed(*, now: datetime | None = None, limit: int = 500) -> int:
    """Mark open clocks whose moment has passed; the moment it was missed is the moment it was due."""
    moment = now or clock.now()

    def mark() -> int:
        rows = claim(
            _open().filter(missed_at=None, due_at__lt=moment).exclude(kind__in=sorted(CALM)).order_by("due_at"),
            limit=limit,
        )
        return Deadline.objects.filter(pk__in=[row.pk for row in rows]).update(missed_at=F("due_at"))

    return in_transaction(mark)


def _open() -> QuerySet[Deadline]:
    return Deadline.objects.filter(met_at=None, dropped_at=None)
