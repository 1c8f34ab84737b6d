"""The paths of a supplier's account. It is the shop's own money once more: statements flow in, payments flow out."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sandbox.errors import Refusal, invalid
from sandbox.finance.calls import shop_rows
from sandbox.gateway import Call
from sandbox.paging import page_rows
from sandbox.table import answers

IN, OUT = "RECHARGE", "WITHDRAW"


def flows(call: Call) -> list[dict[str, Any]]:
    """Return every movement of the account, each with its minor units."""
    closed = [
        {"id": f"1{row['id']}", "time": row["time"], "minor": row["settlement"], "type": IN, "reference": row["id"]}
        for row in shop_rows(call, "statement")
    ]
    paid = [
        {"id": f"2{row['id']}", "time": row["time"], "minor": row["minor"], "type": OUT, "reference": row["id"]}
        for row in shop_rows(call, "payment")
    ]
    return closed + paid


def read_time(call: Call, name: str, default: float) -> float:
    text = call.query.get(name)
    if not text:
        return default
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise invalid(name, "an ISO 8601 time is expected") from None
    return moment.replace(tzinfo=moment.tzinfo or dt.UTC).timestamp()


@answers("GET", "/finance/{v}/account_balances", versions=("202609",))
def account_balance(call: Call) -> dict[str, Any]:
    if call.query["currency"] != call.market.currency:
        raise Refusal(98001004, "Parameter currency is invalid")
    balance = sum(row["minor"] if row["type"] == IN else -row["minor"] for row in flows(call))
    return {"available_balance": {"amount": call.market.money(balance), "currency": call.market.currency}}


@answers("GET", "/finance/{v}/account_transactions", versions=("202609",))
def account_transactions(call: Call) -> dict[str, Any]:
    low, high = read_time(call, "start_time", 0), read_time(call, "end_time", float("inf"))
    wanted = call.query.get("flow_type")
    rows = [row for row in flows(call) if low <= row["time"] < high and wanted in (None, row["type"])]
    query = {**call.query, "sort_order": "DESC"}
    page, token = page_rows(rows, query, time="time", key="id", show=lambda row: show_flow(call, row))
    return {"flows": page, "has_more": bool(token), "next_page_token": token, "total_count": len(rows)}


def show_flow(call: Call, row: dict[str, Any]) -> dict[str, Any]:
    when = dt.datetime.fromtimestamp(row["time"], dt.UTC).isoformat().replace("+00:00", "Z")
    return {
        "transaction_id": row["id"],
        "reference_id": row["reference"],
        "type": row["type"],
        "direction": "IN" if (row["type"] == IN) == (row["minor"] >= 0) else "OUT",
        "amount": {"amount": call.market.money(abs(row["minor"])), "currency": call.market.currency},
        "create_time": when,
    }
