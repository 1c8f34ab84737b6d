"""Reading single fields of a payload: absent, null, "" and 0 times are all "not told"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from shundan.core.errors import Refused, Unreadable
from shundan.core.money import to_minor

Payload = Mapping[str, Any]
_TOO_MUCH = 10**15


def named(row: Payload, *keys: str) -> str:
    """Return the first of the fields that is told; raise Unreadable when none is: without it the thing has no name."""
    found = next((value for key in keys if (value := text(row, key))), "")
    if not found:
        raise Unreadable(f"The answer does not tell {' or '.join(keys)}.")
    return found


def whole(row: Payload, key: str) -> int:
    """Return a count; what is no whole number counts as 0."""
    try:
        found = int(float(text(row, key) or 0))
    except (ValueError, OverflowError):
        return 0
    return found if abs(found) < _TOO_MUCH else 0


def text(row: Payload, key: str) -> str:
    """Return a field as text; numbers (ids are sometimes sent as such) become text, everything else is ""."""
    value = row.get(key)
    if type(value) is str:  # nearly always
        # No database takes a zero byte, nor half a character.
        return value.strip() if value.isprintable() else _storable(value)
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return _storable(str(value))


def _storable(told: str) -> str:
    return told.replace("\0", "").encode("utf-8", "replace").decode().strip()


def moment(row: Payload, key: str) -> datetime | None:
    """Return unix seconds (or milliseconds) as aware UTC; None when not told or beyond the calendar."""
    try:
        seconds = float(row.get(key) or 0)
        return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC) if seconds > 0 else None
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def first_moment(row: Payload, *keys: str) -> datetime:
    """Return the first of the moments that is told; the epoch when none is."""
    return next((at for key in keys if (at := moment(row, key))), datetime.fromtimestamp(0, UTC))


def reaches_back(moments: Sequence[datetime], *, to: datetime) -> bool:
    """Return whether a page of rows goes back beyond a moment, so that no later page holds anything newer.

    Nobody says in which order such rows come: a page that is not itself newest first says nothing about the next one.
    """
    return bool(moments) and moments[-1] < to and list(moments) == sorted(moments, reverse=True)


def minor(row: Payload, key: str, currency: str) -> int:
    """Return a decimal text as minor units; what is no number, or no amount of money, counts as 0."""
    try:
        found = to_minor(text(row, key), currency)
    except (Refused, ArithmeticError):
        return 0
    return found if abs(found) < _TOO_MUCH else 0


def currency_in(row: Payload) -> str:
    """Return the currency that is told; what is not three letters is none."""
    told = text(row, "currency").upper()
    return told if len(told) == 3 and told.isascii() and told.isalpha() else ""


def rows(row: Payload, key: str) -> list[Payload]:
    """Return a list of objects; anything else in its place is an empty list."""
    value = row.get(key)
    return [part for part in value if type(part) is dict or isinstance(part, Mapping)] if type(value) is list else []


def child(row: Payload, key: str) -> Payload:
    value = row.get(key)
    return value if type(value) is dict or isinstance(value, Mapping) else {}


def texts(row: Payload, key: str) -> tuple[str, ...]:
    value = row.get(key)
    told = [_storable(str(part)) for part in value if isinstance(part, (str, int))] if isinstance(value, list) else []
    return tuple(part for part in told if part)


def flag(row: Payload, key: str) -> bool:
    """Return a truth value; some answers write it as text."""
    value = row.get(key)
    return value.strip().lower() == "true" if isinstance(value, str) else bool(value)


def distinct(values: Iterable[str]) -> tuple[str, ...]:
    """Return the values that are not empty, once each, in their order."""
    return tuple(dict.fromkeys(value for value in values if value))
