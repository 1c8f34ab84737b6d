"""Pages by key: an opaque token remembers the last entry, so nothing is shown twice when rows are added."""

from __future__ import annotations

import base64
import binascii
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import Any

from sandbox.errors import invalid

Entry = tuple[int, str]


def write_token(entry: Entry) -> str:
    return base64.urlsafe_b64encode(f"{entry[0]}.{entry[1]}".encode()).decode().rstrip("=")


def read_token(token: str) -> Entry:
    try:
        moment, _, key = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode().partition(".")
        return int(moment), key
    except (ValueError, binascii.Error):
        raise invalid("page_token", "it was not issued by this path") from None


def read_offset(token: str) -> int:
    """Return the place where a page starts, for lists that are made anew for each call."""
    if token and not (token.isascii() and token.isdigit() and len(token) < 10):
        raise invalid("page_token", "it was not issued by this path")
    return int(token or 0)


def page_of(entries: Sequence[Entry], *, size: int, token: str, descending: bool) -> tuple[list[Entry], str]:
    """Return one page of ascending `entries` and the token of the next page, empty when there is none."""
    if descending:
        end = bisect_left(entries, read_token(token)) if token else len(entries)
        page = list(reversed(entries[max(0, end - size) : end]))
        more = end - size > 0
    else:
        start = bisect_right(entries, read_token(token)) if token else 0
        page = list(entries[start : start + size])
        more = start + size < len(entries)
    return page, write_token(page[-1]) if more and page else ""


def page_rows(
    rows: list[dict[str, Any]],
    query: dict[str, Any],
    *,
    time: str,
    key: str,
    default: int = 20,
    show: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
) -> tuple[list[dict[str, Any]], str]:
    """Return a page of rows sorted by a time field, as the query asks."""
    by_key = {row[key]: row for row in rows}
    entries = sorted((int(row[time]), row[key]) for row in rows)
    page, token = page_of(
        entries,
        size=int(query.get("page_size") or default),
        token=query.get("page_token", ""),
        descending=query.get("sort_order") == "DESC",
    )
    found = [by_key[name] for _, name in page]
    return [show(row) for row in found] if show else found, token
