"""Keyset paging: an order with a tie-break, and an opaque cursor that points between two rows."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Model, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from shundan.core.errors import Refused
from shundan.ground.look.queries.columns import read

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Sort:
    """One way to order a list; rows without a value come last in both directions.

    field may be an annotation or reach through relations ("order__placed_at"); the row carries the same path.
    """

    key: str
    label: str | Promise
    field: str
    descending: bool = False


@dataclass(frozen=True)
class Cursor:
    """A place in an ordered list: the sort value and key of the row it stands beside, and the way to read."""

    value: Any
    pk: Any
    back: bool = False


def encode(sort: Sort, item: Any, *, back: bool) -> str:
    """Write the cursor beside a row as URL-safe text."""
    parts = [sort.key, _plain(read(item, sort.field)), _plain(read(item, "pk")), int(back)]
    if parts[2] is None:
        parts[2] = _plain(read(item, "id"))
    packed = json.dumps(parts, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode(sort: Sort, text: str) -> Cursor | None:
    """Read a cursor; None for one that is broken or belongs to another order."""
    try:
        key, value, pk, back = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return Cursor(_rich(value), _rich(pk), bool(back)) if key == sort.key else None
    except (ValueError, TypeError, KeyError):
        return None


def page_of(rows: QuerySet[M], sort: Sort, *, after: str, limit: int) -> tuple[list[M], str | None]:
    """Return one page for a program and the cursor of the next, or None; raise Refused for a cursor of another list."""
    cursor = decode(sort, after) if after else None
    if after and cursor is None:
        raise Refused(_("The cursor does not fit this question."), field="after", remedy=_("Begin again without it."))
    items, _before, more = slice_rows(rows, sort, cursor, limit)
    return items, encode(sort, items[-1], back=False) if items and more else None


def slice_rows(queryset: QuerySet[Any], sort: Sort, cursor: Cursor | None, limit: int) -> tuple[list[Any], bool, bool]:
    """Return at most `limit` rows at the cursor, and whether rows exist before and after them."""
    back = bool(cursor and cursor.back)
    descending = sort.descending != back
    if _is_always_set(queryset.model, sort.field):
        # Without a word on empty values, which no index of PostgreSQL's would fit.
        ordered = queryset.order_by(f"-{sort.field}" if descending else sort.field, "-pk" if descending else "pk")
        if cursor and cursor.value is not None:
            ordered = ordered.filter(_beyond_set(sort, cursor, descending))
    else:
        # Rows without a value stand at the end of the list, so they come first when it is read backwards.
        ends = {"nulls_first": True} if back else {"nulls_last": True}
        by_field = F(sort.field).desc(**ends) if descending else F(sort.field).asc(**ends)
        ordered = queryset.order_by(by_field, "-pk" if descending else "pk")
        if cursor:
            ordered = ordered.filter(_beyond(sort, cursor, descending))
    rows = list(ordered[: limit + 1])
    more = len(rows) > limit
    rows = rows[:limit]
    if back:
        rows.reverse()
    return (rows, more, True) if back else (rows, cursor is not None, more)


def _is_always_set(model: type[Model], path: str) -> bool:
    """Return whether a path of fields can never be empty; False for what is no field, such as an annotation."""
    for name in path.split("__"):
        try:
            field = model._meta.get_field("id" if name == "pk" else name)
        except FieldDoesNotExist:
            return False
        if field.null or not field.concrete:
            return False
        model = field.related_model if field.is_relation else model  # type: ignore[assignment]
    return True


def _beyond_set(sort: Sort, cursor: Cursor, descending: bool) -> Q:
    """Return the condition for rows beyond a cursor; its first half alone is a range of the index."""
    side = "lt" if descending else "gt"
    reached = Q(**{f"{sort.field}__{side}e": cursor.value})
    passed = Q(**{f"{sort.field}__{side}": cursor.value}) | Q(**{f"pk__{side}": cursor.pk})
    return reached & passed


def _beyond(sort: Sort, cursor: Cursor, descending: bool) -> Q:
    side = "lt" if descending else "gt"
    empty = Q(**{f"{sort.field}__isnull": True})
    next_key = Q(**{f"pk__{side}": cursor.pk})
    if cursor.value is None:
        within = empty & next_key
        return within | Q(**{f"{sort.field}__isnull": False}) if cursor.back else within
    beyond = Q(**{f"{sort.field}__{side}": cursor.value}) | (Q(**{sort.field: cursor.value}) & next_key)
    return beyond if cursor.back else beyond | empty


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, Decimal):
        return {"n": str(value)}
    return value if isinstance(value, int | float | str | None) else {"s": str(value)}


def _rich(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, text),) = value.items()
    readers: dict[str, Any] = {"t": datetime.fromisoformat, "d": date.fromisoformat, "n": Decimal, "s": str}
    return readers[kind](text)
