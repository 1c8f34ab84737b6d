"""Reads of the journal."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

from django.db.models import Q

from shundan.ground.journal.models import Entry

# Facts that people write in their own words.
WORDS = ("why", "reason", "accepted_weight")


def entries_of(subjects: Iterable[tuple[str, int]], *, limit: int = 200) -> list[Entry]:
    """Return the newest entries about any of the (kind, key) subjects, newest first.

    A person's own words stand among the facts again, as long as they are kept.
    """
    wanted = Q(pk__in=[])
    by_kind: dict[str, list[int]] = {}
    for kind, key in subjects:
        by_kind.setdefault(kind, []).append(key)
    for kind, keys in by_kind.items():
        wanted |= Q(subject_kind=kind, subject_key__in=keys)
    entries = list(Entry.objects.filter(wanted).select_related("erasable").order_by("-pk")[:limit])
    for entry in entries:
        if told := getattr(entry, "erasable", None):
            entry.facts = entry.facts | {key: told.values[key] for key in WORDS if key in told.values}
    return entries


def touched_by_people(subject_kind: str, keys: Iterable[int]) -> set[int]:
    """Return which of these subjects a person or a program has worked on."""
    rows = Entry.objects.filter(subject_kind=subject_kind, subject_key__in=list(keys), by_kind__in=["person", "token"])
    return set(rows.order_by().values_list("subject_key", flat=True).distinct())


def sealed_after(shop_key: int | None, position: int, *, limit: int = 1000) -> list[Entry]:
    """Return sealed entries of a shop after a position, in order: the only way to read without missing any."""
    return list(Entry.objects.filter(_of_shop(shop_key), position__gt=position).order_by("position")[:limit])


def last_position(shop_key: int | None) -> int:
    """Return the newest sealed position of a shop (None: of what belongs to no shop), 0 before there is one."""
    rows = Entry.objects.filter(_of_shop(shop_key), position__isnull=False).order_by("-position")
    return rows.values_list("position", flat=True).first() or 0


def sealed_since(marks: Mapping[int | None, int], *, verbs: Iterable[str], limit: int = 500) -> list[Entry]:
    """Return the newest sealed entries with one of the verbs after each shop's mark, newest first; one query."""
    after = Q(pk__in=[])
    for shop_key, position in marks.items():
        after |= Q(shop_id=shop_key, position__gt=position)
    rows = Entry.objects.filter(after, verb__in=list(verbs)).order_by("-position", "-pk")[:limit]
    return sorted(rows, key=lambda entry: -entry.pk)  # ordered here: the database shall walk positions, not all keys


def _of_shop(shop_key: int | None) -> Q:
    return Q(shop__isnull=True) if shop_key is None else Q(shop_id=shop_key)


def broken_at(shop_key: int | None) -> int | None:
    """Return the first position whose hash does not fit, or None when the whole chain of the shop holds."""
    chain = ""
    expected = 1
    for entry in Entry.objects.filter(_of_shop(shop_key), position__isnull=False).order_by("position").iterator():
        chain = chain_hash(chain, entry)
        if entry.position != expected or entry.chain != chain:
            return int(entry.position or expected)
        expected += 1
    return None


def chain_hash(previous: str, entry: Entry) -> str:
    """Return the hash that binds a row to all rows before it."""
    told = [
        previous, entry.pk, entry.subject_kind, entry.subject_key, entry.subject_name, entry.verb, entry.from_state,
        entry.to_state, entry.by_kind, entry.by_key, entry.via, entry.at.isoformat(), entry.facts,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def newest_entries(shop_keys: Iterable[int] | None, *, by_people: bool = False, limit: int = 20) -> list[Entry]:
    """Return the newest entries of shops (None: all), of people and programs only if asked."""
    entries = Entry.objects.order_by("-pk")
    if shop_keys is not None:
        entries = entries.filter(shop_id__in=list(shop_keys))
    if by_people:
        entries = entries.filter(by_kind__in=("person", "token"))
    return list(entries[:limit])
