"""The paths under /finance/."""

from __future__ import annotations

from typing import Any

from sandbox.errors import Refusal
from sandbox.gateway import Call
from sandbox.orders.calls import own_order
from sandbox.paging import page_rows
from sandbox.table import answers

OLD_FEES = ("platform_commission_amount", "transaction_fee_amount", "affiliate_commission_amount")


def shop_rows(call: Call, kind: str) -> list[dict[str, Any]]:
    return [row for row in call.box.store.table(kind).values() if row["shop_id"] == call.shop["id"]]


def named(call: Call, ids: list[str]) -> list[dict[str, Any]]:
    entries = call.box.store.table("entry")
    return [entries[key] for key in ids]


def between(call: Call, rows: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    low, high = call.query.get(f"{name}_ge", 0), call.query.get(f"{name}_lt", 1 << 60)
    return [row for row in rows if low <= row["time"] < high]


def breakdowns(call: Call, row: dict[str, Any]) -> dict[str, Any]:
    money = call.market.money
    return {
        "revenue_breakdown": {
            "subtotal_before_discount_amount": money(row["gross"]),
            "seller_discount_amount": money(row["discount"]),
            "refund_subtotal_before_discount_amount": money(row["back"]),
            "seller_discount_refund_amount": money(row["back_discount"]),
        },
        "shipping_cost_breakdown": {
            "actual_shipping_fee_amount": money(row["shipping"]),
            "customer_paid_shipping_fee_amount": money(0),
            "shipping_fee_discount_amount": money(0),
        },
        "fee_tax_breakdown": {
            "fee": {name: money(minor) for name, minor in row["fees"].items()},
            "tax": {name: money(minor) for name, minor in row.get("taxes", {}).items()},
        },
    }


def sums(call: Call, row: dict[str, Any]) -> dict[str, str]:
    money = call.market.money
    return {
        "settlement_amount": money(row["settlement"]),
        "revenue_amount": money(row["revenue"]),
        "shipping_cost_amount": money(row["shipping"]),
        "fee_tax_amount": money(row["fee"]),
    }


def merged(skus: list[dict[str, Any]]) -> dict[str, Any]:
    """Return one row with the sums of several SKU rows."""
    kept: dict[str, dict[str, int]] = {"fees": {}, "taxes": {}}
    for row in skus:
        for part, found in kept.items():
            for name, minor in row.get(part, {}).items():
                found[name] = found.get(name, 0) + minor
    names = ("gross", "discount", "back", "back_discount", "revenue", "shipping", "fee", "settlement")
    return {**{name: sum(row[name] for row in skus) for name in names}, **kept}


@answers("GET", "/finance/{v}/statements")
def get_statements(call: Call) -> dict[str, Any]:
    rows = between(call, shop_rows(call, "statement"), "statement_time")
    if wanted := call.query.get("payment_status"):
        rows = [row for row in rows if row["status"] == wanted]
    money = call.market.money
    page, token = page_rows(
        rows,
        call.query,
        time="time",
        key="id",
        show=lambda row: {
            "id": row["id"],
            "statement_time": row["time"],
            "settlement_amount": money(row["settlement"]),
            "currency": call.market.currency,
            "revenue_amount": money(row["revenue"]),
            "fee_amount": money(row["fee"]),
            "adjustment_amount": money(row.get("adjustment", 0)),
            "payment_status": row["status"],
            "payment_id": row["payment_id"],
            "net_sales_amount": money(row["revenue"]),
            "shipping_cost_amount": money(row["shipping"]),
            **({"payment_time": row["payment_time"]} if row["payment_time"] else {}),
        },
    )
    return {"next_page_token": token, "statements": page}


@answers("GET", "/finance/{v}/statements/{statement_id}/statement_transactions", versions=("202309", "202501"))
def statement_transactions(call: Call) -> dict[str, Any]:
    statement = call.box.store.get("statement", call.path["statement_id"])
    if statement is None or statement["shop_id"] != call.shop["id"]:
        raise Refusal(22005007, "given merchant does not exist")
    rows = named(call, statement.get("entries", []))
    money, old = call.market.money, call.version == "202309"
    page, token = page_rows(
        rows,
        call.query,
        time="time",
        key="id",
        show=lambda row: show_old(call, row) if old else show_entry(call, row),
    )
    if old:
        return {**show_closed(call, statement), "next_page_token": token, "statement_transactions": page,
                "total_count": len(rows)}  # fmt: skip
    return {
        "next_page_token": token,
        "id": statement["id"],
        "create_time": statement["time"],
        "status": statement["status"],
        "currency": call.market.currency,
        "payable_amount": money(statement["settlement"]),
        "total_reserve_amount": money(0),
        "total_settlement_amount": money(statement["settlement"]),
        "total_count": len(rows),
        "transactions": page,
        "total_settlement_breakdown": {
            "total_revenue_amount": money(statement["revenue"]),
            "total_shipping_cost_amount": money(statement["shipping"]),
            "total_fee_tax_amount": money(statement["fee"]),
            "total_adjustment_amount": money(statement.get("adjustment", 0)),
        },
    }


def show_entry(call: Call, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "type": row["type"],
        "order_id": row["order_id"],
        "order_create_time": row["order_create_time"],
        "adjustment_amount": call.market.money(row.get("adjustment", 0)),
        **sums(call, row),
        **breakdowns(call, merged(row["skus"])),
    }


def show_closed(call: Call, statement: dict[str, Any]) -> dict[str, Any]:
    """Return a statement's own sums, as the first version of its path gives them beside its rows."""
    money = call.market.money
    return {
        "statement_id": statement["id"],
        "statement_time": statement["time"],
        "currency": call.market.currency,
        "settlement_amount": money(statement["settlement"]),
        "revenue_amount": money(statement["revenue"]),
        "net_sales_amount": money(statement["revenue"]),
        "shipping_cost_amount": money(statement["shipping"]),
        "fee_amount": money(statement["fee"]),
        "adjustment_amount": money(statement.get("adjustment", 0)),
    }


def show_old(call: Call, row: dict[str, Any], *, order: bool = True) -> dict[str, Any]:
    """Return one entry in its first form: of a statement with its order, of an order with its SKUs.

    The type is only told of what is no sale.
    """
    if not order:
        skus = [show_old_sku(call, sku) for sku in row["skus"]]
        return {"id": row["id"], **old_amounts(call, row), "sku_statement_transactions": skus}
    kind = {"type": row["type"]} if row["type"] != "ORDER" else {}
    whose = {"order_id": row["order_id"], "order_create_time": row["order_create_time"]}
    return {"id": row["id"], **whose, **kind, **old_amounts(call, row)}


def show_old_sku(call: Call, sku: dict[str, Any]) -> dict[str, Any]:
    told = {name: sku[name] for name in ("sku_id", "sku_name", "product_name")}
    return {**told, "quantity": sku["quantity"], **old_amounts(call, {**sku, "skus": [sku]})}


def old_amounts(call: Call, row: dict[str, Any]) -> dict[str, Any]:
    money, total = call.market.money, merged(row["skus"])
    return {
        "currency": call.market.currency,
        "settlement_amount": money(row["settlement"]),
        "revenue_amount": money(row["revenue"]),
        "fee_amount": money(row["fee"]),
        "actual_shipping_fee_amount": money(row["shipping"]),
        "gross_sales_amount": money(total["gross"]),
        "seller_discount_amount": money(total["discount"]),
        "gross_sales_refund_amount": money(total["back"]),
        "seller_discount_refund_amount": money(total["back_discount"]),
        **{name: money(total["fees"].get(name, 0)) for name in OLD_FEES},
    }


@answers("GET", "/finance/{v}/orders/{order_id}/statement_transactions", versions=("202309", "202501"))
def order_transactions(call: Call) -> dict[str, Any]:
    order, money = own_order(call, call.path["order_id"]), call.market.money
    entries = named(call, order.get("_entries", []))
    skus = [(entry, sku) for entry in entries for sku in entry["skus"]]
    total = merged([sku for _, sku in skus])
    if call.version == "202309":
        rows = [show_old(call, row, order=False) for row in entries]
        return {"order_id": order["id"], "order_create_time": order["create_time"], "statement_transactions": rows}
    return {
        "order_id": order["id"],
        "order_create_time": order["create_time"],
        "currency": call.market.currency,
        "revenue_amount": money(total["revenue"]),
        "fee_and_tax_amount": money(total["fee"]),
        "shipping_cost_amount": money(total["shipping"]),
        "settlement_amount": money(total["settlement"]),
        "total_count": len(skus),
        "sku_transactions": [
            {
                "sku_id": sku["sku_id"],
                "sku_name": sku["sku_name"],
                "statement_id": entry["statement_id"],
                "product_name": sku["product_name"],
                "quantity": str(sku["quantity"]),
                **sums(call, sku),
                **breakdowns(call, sku),
            }
            for entry, sku in skus
        ],
    }


@answers("GET", "/finance/{v}/payments", versions=("202309", "202605"))
def get_payments(call: Call) -> dict[str, Any]:
    rows, currency = between(call, shop_rows(call, "payment"), "create_time"), call.market.currency
    money = lambda minor: {"value": call.market.money(minor), "currency": currency}  # noqa: E731
    page, token = page_rows(
        rows,
        call.query,
        time="time",
        key="id",
        show=lambda row: {
            "create_time": row["time"],
            "id": row["id"],
            "status": "PAID",
            "amount": money(row["minor"]),
            "settlement_amount": money(row["minor"]),
            **({"reserve_amount": money(0)} if call.version == "202309" else {}),
            "payment_amount_before_exchange": money(row["minor"]),
            "exchange_rate": "1",
            "paid_time": row["time"],
            "bank_account": "****4417",
        },
    )
    return {"next_page_token": token, "payments": page}


@answers("GET", "/finance/{v}/withdrawals")
def get_withdrawals(call: Call) -> dict[str, Any]:
    rows = between(call, shop_rows(call, "payment"), "create_time") if "SETTLE" in call.query["types"] else []
    page, token = page_rows(
        rows,
        call.query,
        time="time",
        key="id",
        show=lambda row: {
            "id": row["id"],
            "type": "SETTLE",
            "amount": call.market.money(row["minor"]),
            "currency": call.market.currency,
            "status": "SUCCESS",
            "create_time": row["time"],
        },
    )
    return {"next_page_token": token, "total_count": len(rows), "withdrawals": page}
