"""Finance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shundan.edges.channels.tiktok.client import call, pages
from shundan.edges.channels.tiktok.groups.answers import Reached, Row, said

_PAGE = {"page_size": 100, "sort_order": "ASC"}


def statements(shop: Reached, *, since: int = 0, until: int = 0, payment_status: str = "") -> Iterator[Row]:
    query = said(statement_time_ge=since or None, statement_time_lt=until or None, payment_status=payment_status)
    query |= _PAGE | {"sort_field": "statement_time"}
    return pages(shop, "statement.search", "statements", query=query)


def statement_transactions(shop: Reached, statement_id: str) -> Iterator[Row]:
    path, query = {"statement_id": statement_id}, _PAGE | {"sort_field": "order_create_time"}
    return pages(shop, "statement.transactions", "transactions", path=path, query=query)


def order_transactions(shop: Reached, order_id: str) -> Row:
    """Return what was settled of one order, SKU by SKU."""
    return call(shop, "order.transactions", path={"order_id": order_id})


def unsettled(shop: Reached, *, since: int = 0, until: int = 0) -> Iterator[Row]:
    """Yield transactions that are not settled yet, with the reason and the estimate."""
    query = said(search_time_ge=since or None, search_time_lt=until or None)
    return pages(shop, "unsettled.search", "transactions", query=query | _PAGE | {"sort_field": "order_create_time"})


def payments(shop: Reached, *, since: int = 0, until: int = 0) -> Iterator[Row]:
    """Yield payments to the seller's bank account."""
    query = said(create_time_ge=since or None, create_time_lt=until or None)
    return pages(shop, "payment.search", "payments", query=query | _PAGE | {"sort_field": "create_time"})


def withdrawals(
    shop: Reached,
    *,
    kinds: Sequence[str] = ("WITHDRAW", "SETTLE", "TRANSFER", "REVERSE"),
    since: int = 0,
    until: int = 0,
) -> Iterator[Row]:
    """Yield what moved on the seller's balance."""
    query = {"types": list(kinds), "page_size": 100} | said(create_time_ge=since or None, create_time_lt=until or None)
    return pages(shop, "withdrawal.search", "withdrawals", query=query)
