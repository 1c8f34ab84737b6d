"""Filters of a list: read from the query string, applied to the queryset; what is unknown is ignored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

Choices = Sequence[tuple[str, "str | Promise"]]


@dataclass(frozen=True)
class Filter:
    """One way to narrow a list.

    kind: choice, multi (any of several), text (contains), dates (?key_from=2026-11-01&key_to=…, days of the
        viewer's zone, both included), boolean (?key=1 or 0).
    field: the lookup it narrows, the key if left out ("shop_id", "order__order_state").
    choices: pairs (value, label), or a callable of the request that returns them.
    apply: called with (queryset, value) instead of a plain lookup; value is str, list, (start, end) or bool.
    """

    key: str
    label: str | Promise
    kind: str = "choice"
    field: str = ""
    choices: Choices | Callable[[HttpRequest], Choices] = ()
    apply: Callable[[QuerySet[Any], Any], QuerySet[Any]] | None = None
    icon: str = ""

    def choices_for(self, request: HttpRequest) -> Choices:
        """Return the pairs this viewer may choose from."""
        return self.choices(request) if callable(self.choices) else self.choices


@dataclass(frozen=True)
class ActiveFilter:
    """A filter as a page shows it: its pairs, what is set, in words, and the query without it."""

    filter: Filter
    choices: Choices
    value: Any
    words: str
    cleared_query: str
    start: str = ""
    end: str = ""

    @property
    def is_set(self) -> bool:
        """Tell whether the filter narrows the list now."""
        return self.value is not None


def read_filter(declared: Filter, request: HttpRequest) -> ActiveFilter:
    """Read one filter from the query string; a value that is not offered counts as not set."""
    query, choices = request.GET, declared.choices_for(request)
    value = _value(declared, query, {str(key) for key, _label in choices})
    rest = query.copy()
    for name in (declared.key, f"{declared.key}_from", f"{declared.key}_to", "after", "export"):
        rest.pop(name, None)
    return ActiveFilter(
        declared,
        choices,
        value,
        _words(declared, value, choices),
        rest.urlencode(),
        query.get(f"{declared.key}_from", ""),
        query.get(f"{declared.key}_to", ""),
    )


def narrow(queryset: QuerySet[Any], active: Iterable[ActiveFilter]) -> QuerySet[Any]:
    """Apply every filter that is set."""
    for one in active:
        if one.value is None:
            continue
        field = one.filter.field or one.filter.key
        if one.filter.apply:
            queryset = one.filter.apply(queryset, one.value)
        elif one.filter.kind == "multi":
            queryset = queryset.filter(**{f"{field}__in": one.value})
        elif one.filter.kind == "text":
            queryset = queryset.filter(**{f"{field}__icontains": one.value})
        elif one.filter.kind == "dates":
            start, end = one.value
            queryset = queryset.filter(
                **({f"{field}__gte": start} if start else {}), **({f"{field}__lt": end} if end else {})
            )
        else:
            queryset = queryset.filter(**{field: one.value})
    return queryset


def search(queryset: QuerySet[Any], fields: Sequence[str], words: str) -> QuerySet[Any]:
    """Keep rows in which each word is in some field; a field may name its lookup ("order_id__endswith")."""
    for word in words.split()[:6]:
        found = Q()
        for field in fields:
            last = field.rsplit("__", 1)[-1]
            found |= Q(**{field if last in _LOOKUPS else f"{field}__icontains": word})
        queryset = queryset.filter(found)
    return queryset


_LOOKUPS = {"exact", "iexact", "contains", "icontains", "startswith", "istartswith", "endswith", "iendswith"}


def _value(declared: Filter, query: QueryDict, offered: set[str]) -> Any:
    if declared.kind == "dates":
        start, end = _day(query.get(f"{declared.key}_from")), _day(query.get(f"{declared.key}_to"))
        after_end = end + timedelta(days=1) if end else None
        return (_midnight(start), _midnight(after_end)) if start or end else None
    if declared.kind == "multi":
        return [value for value in query.getlist(declared.key) if value in offered] or None
    text = query.get(declared.key, "").strip()
    if declared.kind == "boolean":
        return {"1": True, "0": False}.get(text)
    if declared.kind == "text":
        return text[:100] or None
    return text if text in offered else None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _midnight(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time())) if day else None


def _words(declared: Filter, value: Any, choices: Choices) -> str:
    if value is None:
        return ""
    if declared.kind == "boolean":
        return _("yes") if value else _("no")
    if declared.kind == "dates":
        start, end = value
        last = end - timedelta(days=1) if end else None
        return " – ".join(f"{timezone.localtime(day):%m-%d}" if day else "…" for day in (start, last))
    if declared.kind == "text":
        return str(value)
    labels = {str(key): str(label) for key, label in choices}
    return _(", ").join(labels[one] for one in (value if isinstance(value, list) else [value]))
