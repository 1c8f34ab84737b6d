"""Asking what changed: LIST[kind] reads one page of ids with their update times, by time of update or of creation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shundan.edges.channels.queries import Access
from shundan.edges.channels.tiktok.client import call
from shundan.edges.channels.tiktok.mapping.reading import child, first_moment
from shundan.ground.lib import clock


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
        return _page(told, rows, key)

    return read


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
    """Products filter with "le" where the others have "lt"."""
    bounds = window.bounds()
    body = {
        "status": "ALL",
        f"{window.by}_time_ge": bounds[f"{window.by}_time_ge"],
        f"{window.by}_time_le": bounds[f"{window.by}_time_lt"],
    }
    told = call(access, "product.search", query={"page_size": 100, "page_token": window.token}, body=body)
    return _page(told, "products", "id")


def list_rated(access: Access, window: Window) -> Page:
    """Scores have no update time and are counted by day: every product on sale is asked for once a day."""
    today = window.until.replace(hour=0, minute=0, second=0, microsecond=0)
    told = call(
        access,
        "product.search",
        query={"page_size": 100, "page_token": window.token},
        body={"status": "ACTIVATE"},
    )
    return Page(
        tuple((str(row["id"]), today) for row in told.get("products") or []),
        str(told.get("next_page_token") or ""),
    )


def list_statements(access: Access, window: Window) -> Page:
    query = {
        "page_size": 100, "sort_field": "statement_time", "sort_order": "ASC", "page_token": window.token,
        "statement_time_ge": int(window.since.timestamp()), "statement_time_lt": int(window.until.timestamp()),
    }  # fmt: skip
    return _page(call(access, "statement.search", query=query), "statements", "id", "payment_time", "statement_time")


def list_conversations(access: Access, window: Window) -> Page:
    """Conversations come newest first and take no filter: read on until they are older than the window."""
    told = call(access, "conversation.list", query={"page_size": 20, "page_token": window.token})
    rows = []
    for row in told.get("conversations") or []:
        latest = child(row, "latest_message")
        rows.append(
            (
                str(row["id"]),
                first_moment(latest, "create_time") if latest else first_moment(row, "create_time"),
            )
        )
    fresh = tuple(row for row in rows if row[1] >= window.since)
    return Page(fresh, str(told.get("next_page_token") or "") if len(fresh) == len(rows) else "")


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
