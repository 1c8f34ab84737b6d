"""Reads of the outbox: answers for the stages, what is open for a subject, what went wrong."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, QuerySet

from shundan.core.calls import CallKind, CallState
from shundan.edges.outbox.models import Call

__all__ = ["Call", "answered", "calls", "calls_of", "count_calls", "open_call", "open_calls", "stuck_calls"]
S = CallState
OPEN = (S.QUEUED, S.SENDING, S.UNSURE, S.ANSWERED)


def answered(kind: CallKind | str, *, limit: int | None = None) -> QuerySet[Call]:
    """Return the answered and the refused calls of a kind that their stage has not taken in, oldest first."""
    rows = Call.objects.filter(kind=CallKind(kind).value, call_state__in=[S.ANSWERED, S.FAILED])
    rows = rows.select_related("shop").order_by("pk")
    return rows[:limit] if limit else rows


def open_call(subject_kind: str, subject_key: int, *, kind: CallKind | None = None) -> Call | None:
    """Return the oldest call about a subject that has not come to its end."""
    rows = Call.objects.filter(subject_kind=subject_kind, subject_key=subject_key, call_state__in=OPEN)
    return (rows.filter(kind=kind.value) if kind else rows).order_by("pk").first()


def open_calls(subject_kind: str, subject_keys: Iterable[int]) -> dict[int, list[Call]]:
    """Return the open calls of many subjects, by subject key."""
    found: dict[int, list[Call]] = {}
    rows = Call.objects.filter(subject_kind=subject_kind, subject_key__in=list(subject_keys), call_state__in=OPEN)
    for call in rows.order_by("pk"):
        found.setdefault(call.subject_key, []).append(call)
    return found


def calls_of(subject_kind: str, subject_key: int) -> QuerySet[Call]:
    """Return every call about a subject, newest first."""
    return Call.objects.filter(subject_kind=subject_kind, subject_key=subject_key).order_by("-pk")


def calls(*, states: Iterable[CallState] = ()) -> QuerySet[Call]:
    """Return calls, newest first."""
    rows = Call.objects.select_related("shop").order_by("-pk")
    wanted = list(states)
    return rows.filter(call_state__in=wanted) if wanted else rows


def stuck_calls() -> QuerySet[Call]:
    """Return calls that a person should look at: unsure, refused and not taken in, or tried again and again."""
    waits = Call.objects.filter(call_state__in=[S.UNSURE, S.FAILED]) | Call.objects.filter(
        call_state=S.QUEUED, attempts__gte=3
    )
    return waits.select_related("shop").order_by("pk")


def count_calls() -> dict[str, int]:
    """Return how many calls stand in each open state."""
    rows = Call.objects.filter(call_state__in=[*OPEN, S.FAILED]).values_list("call_state").annotate(n=Count("pk"))
    return dict(rows.order_by())
