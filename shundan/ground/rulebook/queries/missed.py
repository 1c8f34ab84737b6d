"""How many subjects missed which clocks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, QuerySet

from shundan.ground.rulebook.models import Deadline


def count_missed(subject_kind: str, keys: QuerySet[Any, Any], kinds: Iterable[str]) -> int:
    """Return how many of the subjects (a query of their keys) missed a clock of one of the kinds."""
    rows = Deadline.objects.filter(subject_kind=subject_kind, subject_key__in=keys, kind__in=list(kinds))
    return rows.exclude(missed_at=None).aggregate(n=Count("subject_key", distinct=True))["n"]
