"""Statements, their transactions, payments and withdrawals, and what is not settled yet."""

from __future__ import annotations

from shundan.edges.channels.tiktok.endpoints.endpoint import Endpoint as E

_F = "/finance/{version}"
ROWS: dict[str, E] = {
    "statement.search": E("GET", _F + "/statements", ("202309",), "finance"),
    "statement.transactions": E(
        "GET", _F + "/statements/{statement_id}/statement_transactions", ("202501", "202309"), "finance"
    ),
    "order.transactions": E("GET", _F + "/orders/{order_id}/statement_transactions", ("202501", "202309"), "finance"),
    "unsettled.search": E("GET", _F + "/orders/unsettled", ("202507",), "finance"),
    "payment.search": E("GET", _F + "/payments", ("202605", "202309"), "finance"),
    "withdrawal.search": E("GET", _F + "/withdrawals", ("202309",), "finance"),
}
