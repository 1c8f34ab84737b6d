"""Statements and their transactions (202309 and 202501): what the platform pays, and what it keeps."""

from __future__ import annotations

from shundan.core.facts import StatementFacts, TransactionFacts
from shundan.edges.channels.tiktok.mapping.reading import (
    Payload,
    child,
    currency_in,
    first_moment,
    minor,
    named,
    rows,
    text,
)


def map_statement(row: Payload) -> tuple[StatementFacts, list[TransactionFacts]]:
    """Return a statement and its transactions; `row` is a snapshot's payload: {statement, transactions}."""
    told = child(row, "statement") or row
    return _statement(told), [_transaction(part, told) for part in rows(row, "transactions")]


def _statement(told: Payload) -> StatementFacts:
    currency = currency_in(told)
    fee = minor(told, "fee_amount", currency) + minor(told, "shipping_cost_amount", currency)
    revenue = "revenue_amount" if text(told, "revenue_amount") else "net_sales_amount"
    return StatementFacts(
        statement_id=named(told, "id"),
        at=first_moment(told, "statement_time"),
        currency=currency,
        settled_minor=minor(told, "settlement_amount", currency),
        revenue_minor=minor(told, revenue, currency),
        fee_minor=fee,
        adjustment_minor=minor(told, "adjustment_amount", currency),
        status=text(told, "payment_status"),
        payment_id=text(told, "payment_id"),
    )


def _transaction(row: Payload, statement: Payload) -> TransactionFacts:
    currency = currency_in(row) or currency_in(statement)
    fees = {
        key: amount
        for parts in (child(row, "fee_tax_breakdown"), child(row, "shipping_cost_breakdown"))
        for key, amount in _amounts(parts, currency).items()
    }
    fee = "fee_tax_amount" if text(row, "fee_tax_amount") else "fee_amount"
    return TransactionFacts(
        transaction_id=named(row, "id"),
        statement_id=text(statement, "id"),
        order_id=text(row, "order_id") or text(row, "adjustment_order_id"),
        kind=text(row, "type") or "ORDER",
        currency=currency,
        settled_minor=minor(row, "settlement_amount", currency),
        revenue_minor=minor(row, "revenue_amount", currency),
        fee_minor=minor(row, fee, currency),
        shipping_minor=minor(row, "shipping_cost_amount", currency),
        adjustment_minor=minor(row, "adjustment_amount", currency),
        at=first_moment(statement, "statement_time", "create_time"),
        fees=fees,
    )


def _amounts(parts: Payload, currency: str) -> dict[str, int]:
    """Return every amount that is not zero, nested breakdowns included, by the platform's field name."""
    found: dict[str, int] = {}
    for key in parts:
        if isinstance(parts[key], dict):
            found |= _amounts(parts[key], currency)
        elif amount := minor(parts, key, currency):
            found[key] = amount
    return found
