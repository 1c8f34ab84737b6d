"""Orders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shundan.edges.channels.tiktok.client import call, pages
from shundan.edges.channels.tiktok.groups.answers import Batch, Reached, Row, batch, rows_of, said


def orders(shop: Reached, order_ids: Sequence[str]) -> list[Row]:
    """Return up to 50 orders in full."""
    return rows_of(call(shop, "order.detail", query={"ids": list(order_ids)}), "orders")


def search_orders(
    shop: Reached, *, status: str = "", buyer_user_id: str = "", warehouse_ids: Sequence[str] = (),
    cancel_requested: bool | None = None, since: int = 0, until: int = 0, by: str = "update_time",
) -> Iterator[Row]:  # fmt: skip
    """Yield orders, oldest first; `since` and `until` are unix seconds of `by` (update_time or create_time)."""
    body = said(
        order_status=status, buyer_user_id=buyer_user_id, warehouse_ids=list(warehouse_ids),
        is_buyer_request_cancel=cancel_requested,
    )  # fmt: skip
    body |= {f"{by}_ge": since} if since else {}
    body |= {f"{by}_lt": until} if until else {}
    query = {"page_size": 100, "sort_field": by, "sort_order": "ASC"}
    return pages(shop, "order.search", "orders", query=query, body=body)


def price_detail(shop: Reached, order_id: str) -> Row:
    """Return how the order's price is made up, as a whole and line by line."""
    return call(shop, "order.price_detail", path={"order_id": order_id})


def external_references(shop: Reached, order_id: str, *, platform: str) -> list[Row]:
    """Return what another system calls this order."""
    told = call(shop, "order.external_list", path={"order_id": order_id}, query={"platform": platform})
    return rows_of(told, "external_orders")


def find_by_reference(shop: Reached, reference: str, *, platform: str) -> list[Row]:
    """Return the orders another system knows by this reference."""
    told = call(shop, "order.external_search", query={"platform": platform, "external_order_id": reference})
    return rows_of(told, "orders")


def add_references(shop: Reached, references: Sequence[Row]) -> Batch:
    """Tell what another system calls orders: [{id, external_order: {id, platform, line_items}}]."""
    return batch(call(shop, "order.external_add", body={"orders": list(references)}), "order_id")
