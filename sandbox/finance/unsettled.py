"""The path /finance/…/orders/unsettled: what is still to come, estimated."""

from __future__ import annotations

from typing import Any

from sandbox.finance.ledger import earned
from sandbox.gateway import Call
from sandbox.paging import page_rows
from sandbox.table import answers

ON_THE_WAY = ("AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED", "COMPLETED")


@answers("GET", "/finance/{v}/orders/unsettled", versions=("202507",))
def unsettled(call: Call) -> dict[str, Any]:
    """Return shipped or delivered orders whose money is not on a statement yet, with an estimate."""
    low, high = call.query.get("search_time_ge", 0), call.query.get("search_time_lt", 1 << 60)
    rows = [
        estimate(call, order)
        for _, key in call.box.book.span(call.shop["id"], "create_time", ge=low, lt=high)
        if (order := call.box.book.orders[key])["status"] in ON_THE_WAY and not order.get("_settled")
    ]
    page, token = page_rows(rows, call.query, time="time", key="id", show=lambda row: show(call, row))
    money, total = call.market.money, lambda name: sum(row[name] for row in rows)
    return {
        "next_page_token": token,
        "total_count": len(rows),
        "sum_est_settlement_amount": money(total("settlement")),
        "sum_est_revenue_amount": money(total("revenue")),
        "sum_est_adjustment_amount": money(0),
        "sum_est_fee_amount": money(total("fee")),
        "transactions": page,
    }


def estimate(call: Call, order: dict[str, Any]) -> dict[str, Any]:
    skus = earned(call.box, order)
    total = {name: sum(row[name] for row in skus) for name in ("revenue", "shipping", "fee", "settlement")}
    return {"id": order["id"], "time": order["create_time"], "order": order, **total}


def show(call: Call, row: dict[str, Any]) -> dict[str, Any]:
    money, delivered = call.market.money, row["order"]["status"] in ("DELIVERED", "COMPLETED")
    return {
        "type": "ORDER",
        "id": row["id"],
        "status": "UNSETTLED",
        "currency": call.market.currency,
        "order_id": row["id"],
        "unsettled_reason": "Settlement period is not over" if delivered else "Order is not delivered",
        "order_create_time": row["time"],
        "order_delivery_time": row["order"].get("delivery_time", 0),
        "est_settlement_amount": money(row["settlement"]),
        "est_revenue_amount": money(row["revenue"]),
        "est_adjustment_amount": money(0),
        "est_fee_tax_amount": money(row["fee"]),
        "est_shipping_cost_amount": money(row["shipping"]),
    }
