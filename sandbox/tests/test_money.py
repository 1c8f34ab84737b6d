"""Statements, transactions and payments agree to the cent, refunds included."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sandbox.markets import MARKETS
from sandbox.tests.worlds import tool_of_every_market


def amount(row, name):
    return Decimal(row[name])


@pytest.mark.parametrize("shop", [f"{region}:{kind}" for region, kind in MARKETS])
def test_entries_statements_and_payments_add_up_in_every_market(tmp_path, shop):
    tool, region = tool_of_every_market(tmp_path, shop), shop
    made = tool.control("orders", shop=tool.shops[shop]["id"], count=10, status="DELIVERED", lines=2)["order_ids"]
    tool.control("buyers/return", order_id=made[0], type="REFUND")
    tool.advance(days=45 if region.startswith("JP") else 19)  # in Japan the money comes after the completion
    statements = tool.call("GET", "/finance/202309/statements", region=region, query={"sort_field": "statement_time"})[
        "statements"
    ]
    assert statements
    seen = 0
    for statement in statements:
        page = tool.call(
            "GET",
            f"/finance/202501/statements/{statement['id']}/statement_transactions",
            region=region,
            query={"sort_field": "order_create_time", "page_size": 100},
        )
        rows = page["transactions"]
        seen += len(rows)
        assert amount(statement, "settlement_amount") == sum(amount(row, "settlement_amount") for row in rows)
        assert amount(statement, "settlement_amount") == (
            amount(statement, "revenue_amount")
            + amount(statement, "fee_amount")
            + amount(statement, "shipping_cost_amount")
            + amount(statement, "adjustment_amount")
        )
        for row in rows:
            parts = row["fee_tax_breakdown"]
            fees = sum(Decimal(value) for part in ("fee", "tax") for value in parts[part].values())
            assert fees == amount(row, "fee_tax_amount")
            assert (
                amount(row, "settlement_amount")
                == amount(row, "revenue_amount") + amount(row, "shipping_cost_amount") + fees
            )
    assert seen == 11
    payments = tool.call("GET", "/finance/202309/payments", region=region, query={"sort_field": "create_time"})[
        "payments"
    ]
    paid = {row["id"]: Decimal(row["amount"]["value"]) for row in payments}
    for statement in statements:
        if statement["payment_id"]:
            assert paid[statement["payment_id"]] == amount(statement, "settlement_amount")


def test_an_orders_transactions_are_split_by_sku(tool):
    order_id = tool.control("orders", shop="US", count=1, status="DELIVERED", lines=3)["order_ids"][0]
    tool.advance(days=8)
    answer = tool.call("GET", f"/finance/202501/orders/{order_id}/statement_transactions")
    assert len(answer["sku_transactions"]) == 3
    assert amount(answer, "settlement_amount") == sum(
        amount(row, "settlement_amount") for row in answer["sku_transactions"]
    )


def test_what_is_not_settled_is_estimated(tool):
    order_id = tool.place(status="IN_TRANSIT")
    answer = tool.call("GET", "/finance/202507/orders/unsettled", query={"sort_field": "order_create_time"})
    assert [row["order_id"] for row in answer["transactions"]] == [order_id]
    assert answer["sum_est_settlement_amount"] == answer["transactions"][0]["est_settlement_amount"]
