"""Which subjects missed which clocks."""

from __future__ import annotations

from collections.abc import Iterable

from shundan.ground.rulebook.models import Deadline


def missed_keys(subject_kind: str, keys: Iterable[int], kinds: Iterable[str]) -> set[int]:
    """Return the keys of subjects that missed a clock of one of the kinds."""
    rows = Deadline.objects.filter(subject_kind=subject_kind, subject_key__in=list(keys), kind__in=list(kinds))
    return set(rows.exclude(missed_at=None).values_list("subject_key", flat=True))
