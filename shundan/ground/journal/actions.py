"""Writes of the journal: rows beside the change they tell of, and the sealing that gives each its place."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import Max

from shundan.core.actors import Who
from shundan.ground.journal.models import Entry, Erasable
from shundan.ground.journal.queries import WORDS, chain_hash
from shundan.ground.lib import clock
from shundan.ground.lib.rows import insert_rows, insert_values, update_rows

_CODE = re.compile(r"[A-Za-z0-9_.:-]*")


@dataclass(frozen=True)
class Draft:
    """What to record. `facts` holds keys and codes only; `personal` goes into an erasable row, hashed here.

    A person's own words among the facts (a reason, say) are moved to the erasable row: nobody knows whom they name.
    """

    subject_kind: str
    subject_key: int
    verb: str
    by: Who
    at: datetime
    shop_key: int | None = None
    subject_name: str = ""
    from_state: str = ""
    to_state: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    personal: dict[str, str] = field(default_factory=dict)


def record(drafts: Iterable[Draft]) -> int:
    """Write one row each, inside the caller's transaction. Returns how many."""
    drafts = [_set_words_apart(draft) for draft in drafts]
    told = [_told(draft, clock.wall()) for draft in drafts]
    if not any(draft.personal for draft in drafts):
        insert_values(Entry, _COLUMNS, told)
        return len(told)
    entries = [Entry(**dict(zip(_COLUMNS, values, strict=True))) for values in told]
    insert_rows(entries)
    insert_rows(
        [Erasable(entry=entry, values=draft.personal)
         for entry, draft in zip(entries, drafts, strict=True) if draft.personal]
    )  # fmt: skip
    return len(entries)


def _set_words_apart(draft: Draft) -> Draft:
    words = {key: str(value) for key, value in draft.facts.items() if key in WORDS and not _CODE.fullmatch(str(value))}
    if not words:
        return draft
    facts = {key: value for key, value in draft.facts.items() if key not in words}
    return replace(draft, facts=facts, personal={**words, **draft.personal})


def erase_personal(subject_kind: str, subject_keys: Iterable[int]) -> int:
    """Remove the personal values that the rows of these subjects speak of; rows and chain stay. Returns how many."""
    entries = Entry.objects.filter(subject_kind=subject_kind, subject_key__in=list(subject_keys))
    return Erasable.objects.filter(entry__in=entries).delete()[0]


_COLUMNS = (
    "shop_id", "subject_kind", "subject_key", "subject_name", "verb", "from_state", "to_state", "by_kind", "by_key",
    "via", "at", "written_at", "facts", "chain",
)  # fmt: skip


def _told(draft: Draft, written_at: datetime) -> tuple[Any, ...]:
    facts = draft.facts
    if draft.personal:
        text = json.dumps(draft.personal, sort_keys=True, ensure_ascii=False)
        facts = {**facts, "personal_sha256": hashlib.sha256(text.encode()).hexdigest()}
    by = draft.by
    return (
        draft.shop_key, draft.subject_kind, draft.subject_key, draft.subject_name, draft.verb, draft.from_state,
        draft.to_state, by.kind, by.key, by.via, draft.at, written_at, facts, "",
    )  # fmt: skip


def seal_next_entries(*, limit: int = 1000) -> int:
    """Give committed rows their position and chained hash, per shop. One worker at a time; returns how many.

    Positions follow the order of sealing, not of ids: a row that committed late is sealed late and still read.
    """
    with transaction.atomic():
        rows = Entry.objects.filter(position=None).order_by("pk").select_for_update()
        entries = sorted(rows[:limit], key=lambda entry: (entry.shop_id or 0, entry.pk))
        for shop_key, group in groupby(entries, key=lambda entry: entry.shop_id):
            last = Entry.objects.filter(shop_id=shop_key).aggregate(last=Max("position"))["last"] or 0
            chain = Entry.objects.filter(shop_id=shop_key, position=last).values_list("chain", flat=True).first() or ""
            for position, entry in enumerate(group, start=last + 1):
                chain = chain_hash(chain, entry)
                entry.position, entry.chain = position, chain
        update_rows(entries, ["position", "chain"])
    return len(entries)
