"""Asking what changed: LIST[kind] reads one page of ids with their update times, by time of update or of creation."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from shundan.core.errors import OutsideRefused, OutsideUnavailable
from shundan.edges.channels.queries import Access
from shundan.edges.channels.tiktok.client import call
from shundan.edges.channels.tiktok.mapping.reading import child, first_moment, reaches_back, whole
from shundan.edges.channels.tiktok.refusals import SERVICE
from shundan.ground.lib import clock

TOO_MANY = 12052180  # "The total number of search results can not exceed 10000."
MOST_FOUND = 10_000
BEGINNING = datetime(2018, 1, 1, tzinfo=UTC)  # no product of the platform is older
_PIECE = re.compile(r"(\d+)-(\d+)/(.*)", re.DOTALL)


@dataclass(frozen=True)
class Window:
    """What to ask for: [since, until) by "update" or "create" time, from the page that `token` names."""

    since: datetime
    until: datetime
    by: str = "update"
    token: str = ""

    def bounds(self) -> dict[str, int]:
        return {
            f"{self.by}_time_ge": int(self.since.timestamp()),
            f"{self.by}_time_lt": int(self.until.timestamp()),
        }


@dataclass(frozen=True)
class Page:
    rows: tuple[tuple[str, datetime], ...]  # (outside id, the platform's update time)
    token: str = ""  # "" when this was the last page


List = Callable[[Access, Window], Page]


def _searched(name: str, rows: str, key: str, size: int) -> List:
    """Return a LIST over one of the searches that sort and filter by update and creation time."""

    def read(access: Access, window: Window) -> Page:
        query = {
            "page_size": size,
            "sort_field": f"{window.by}_time",
            "sort_order": "ASC",
            "page_token": window.token,
        }
        told = call(access, name, query=query, body=window.bounds())
        _check_whole(told, rows, first=not window.token)
        return _page(told, rows, key)

    return read


def _check_whole(told: Mapping[str, Any], rows: str, *, first: bool) -> None:
    """Raise OutsideUnavailable for an answer that counts rows which it neither holds nor names a page for.

    Such an answer must not complete a window. One without any field is an empty one: all are told only if they apply.
    """
    if first and not told.get(rows) and not told.get("next_page_token") and whole(told, "total_count"):
        raise OutsideUnavailable(f"{SERVICE} counts {rows} that its answer does not hold.", service=SERVICE)


def _page(told: Mapping[str, Any], rows: str, key: str, *moments: str) -> Page:
    names = moments or ("update_time", "create_time")
    return Page(
        tuple((str(row[key]), first_moment(row, *names)) for row in told.get(rows) or []),
        str(told.get("next_page_token") or ""),
    )


def count_orders(access: Access, window: Window) -> int:
    """Return how many orders the platform has in a window; its search tells the number beside any page."""
    told = call(access, "order.search", query={"page_size": 1}, body=window.bounds())
    return int(told["total_count"])


def list_products(access: Access, window: Window) -> Page:
    """Products changed in the window; as no search finds more than MOST_FOUND of them, it is read in pieces."""
    told, token = _read_piece(access, window, {"status": "ALL"})
    return Page(_page(told, "products", "id").rows, token)


def list_rated(access: Access, window: Window) -> Page:
    """Scores have no update time and are counted by day: every product on sale is asked for once a day."""
    today = window.until.replace(hour=0, minute=0, second=0, microsecond=0)
    ever = Window(BEGINNING, window.until, by="create", token=window.token)
    told, token = _read_piece(access, ever, {"status": "ACTIVATE"})
    return Page(tuple((str(row["id"]), today) for row in told.get("products") or []), token)


def _read_piece(access: Access, window: Window, filters: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    """Return one page of a product search and the token of the next; both bounds count, unlike in other searches.

    A piece of the window that holds too many is halved, the newer half first; a window is left when its oldest piece
    is read. The token says which piece is being read: "first second-last second/the platform's token".
    """
    first, last = int(window.since.timestamp()), int(window.until.timestamp())
    said = _PIECE.fullmatch(window.token)
    start, end, token = (int(said[1]), int(said[2]), said[3]) if said else (first, last, "")
    body = {**filters, f"{window.by}_time_ge": start, f"{window.by}_time_le": end}
    try:
        told = call(access, "product.search", query={"page_size": 100, "page_token": token}, body=body)
    except OutsideRefused as error:
        if error.outside_code != TOO_MANY or start >= end:
            raise
        told = {"total_count": MOST_FOUND}
    if int(told.get("total_count") or 0) >= MOST_FOUND and start < end:
        return {}, f"{(start + end) // 2 + 1}-{end}/"
    _check_whole(told, "products", first=not token)
    token = str(told.get("next_page_token") or "")
    if token:
        return told, f"{start}-{end}/{token}"
    # This piece was small enough; an older one is tried twice as long.
    return told, f"{max(first, start - 2 * (end - start + 1))}-{start - 1}/" if start > first else ""


def list_statements(access: Access, window: Window) -> Page:
    query = {
        "page_size": 100, "sort_field": "statement_time", "sort_order": "ASC", "page_token": window.token,
        "statement_time_ge": int(window.since.timestamp()), "statement_time_lt": int(window.until.timestamp()),
    }  # fmt: skip
    return _page(call(access, "statement.search", query=query), "statements", "id", "payment_time", "statement_time")


def list_conversations(access: Access, window: Window) -> Page:
    """Conversations take no filter, and nobody says in which order they come: read on until all there is was seen.

    Only a page that itself comes newest first, and ends before the window begins, is taken for the last of interest.
    """
    told = call(access, "conversation.list", query={"page_size": 20, "page_token": window.token})
    rows = tuple((str(row["id"]), _said_at(row)) for row in told.get("conversations") or [])
    done = reaches_back([at for _, at in rows], to=window.since)
    fresh = tuple(row for row in rows if row[1] >= window.since)
    return Page(fresh, "" if done else str(told.get("next_page_token") or ""))


def _said_at(row: Mapping[str, Any]) -> datetime:
    latest = child(row, "latest_message")
    return first_moment(latest or row, "create_time")


def list_warehouses(access: Access, window: Window) -> Page:
    return Page((("all", clock.now()),))


LIST: Mapping[str, List] = {
    "order": _searched("order.search", "orders", "id", 100),
    "package": _searched("package.search", "packages", "id", 50),
    "cancellation": _searched("cancellation.search", "cancellations", "cancel_id", 50),
    "return": _searched("return.search", "return_orders", "return_id", 50),
    "listing": list_products,
    "score": list_rated,
    "statement": list_statements,
    "conversation": list_conversations,
    "warehouse": list_warehouses,
}
