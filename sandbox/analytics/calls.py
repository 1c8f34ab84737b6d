"""The paths under /analytics/: sales and ratings per shop, product and SKU, from the orders."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.errors import Refusal, invalid
from sandbox.gateway import Call
from sandbox.paging import read_offset
from sandbox.table import answers


def moments(call: Call) -> tuple[int, int]:
    """Return the asked days of the shop's own zone as seconds."""
    zone = ZoneInfo(call.market.zone)
    try:
        low, high = (
            dt.datetime.strptime(call.query[name], "%Y-%m-%d").replace(tzinfo=zone)
            for name in ("start_date_ge", "end_date_lt")
        )
    except ValueError:
        raise invalid("start_date_ge", "a date such as 2026-11-01 is expected") from None
    if high <= low:
        raise Refusal(28001022, "invalid request params")
    return int(low.timestamp()), int(high.timestamp())


def sold(
    call: Call, *, product_id: str = "", sku_id: str = "", days: tuple[int, int] | None = None
) -> dict[str, dict[str, Any]]:
    """Return sales per SKU in the asked days: minor units, items and orders."""
    low, high = days or moments(call)
    found: dict[str, dict[str, Any]] = {}
    for _, order_id in call.box.book.span(call.shop["id"], "create_time", ge=low, lt=high):
        order = call.box.book.orders[order_id]
        if order["status"] in ("UNPAID",) or not order.get("paid_time"):
            continue
        for line in order["line_items"]:
            if product_id not in ("", line["product_id"]) or sku_id not in ("", line["sku_id"]):
                continue
            row = found.setdefault(
                line["sku_id"],
                {
                    "product": line["product_id"],
                    "minor": 0,
                    "items": 0,
                    "orders": set(),
                    "cancelled": 0,
                    "buyers": set(),
                },
            )
            row["minor"] += call.market.minor(line["sale_price"])
            row["items"] += 1
            row["orders"].add(order_id)
            row["buyers"].add(order["user_id"])
            row["cancelled"] += line["display_status"] == "CANCELLED"
    return found


def amount(call: Call, minor: int) -> dict[str, str]:
    """Return an amount in the shop's currency, or in dollars when the call asks for them."""
    if call.query.get("currency") == "USD" and call.market.currency != "USD":
        units = minor / 10**call.market.decimals
        return {"amount": f"{units / call.market.price_factor:.2f}", "currency": "USD"}
    return {"amount": call.market.money(minor), "currency": call.market.currency}


def latest(call: Call) -> str:
    return dt.datetime.fromtimestamp(call.box.now(), ZoneInfo(call.market.zone)).date().isoformat()


def gather(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "minor": sum(row["minor"] for row in rows),
        "items": sum(row["items"] for row in rows),
        "cancelled": sum(row["cancelled"] for row in rows),
        "orders": len(set().union(*(row["orders"] for row in rows))),
        "sku_orders": sum(len(row["orders"]) for row in rows),
        "buyers": len(set().union(*(row["buyers"] for row in rows))),
    }


def paged(call: Call, rows: list[dict[str, Any]], *, default: int = 10) -> dict[str, Any]:
    start, size = read_offset(call.query.get("page_token", "")), int(call.query.get("page_size") or default)
    return {
        "rows": rows[start : start + size],
        "next_page_token": str(start + size) if start + size < len(rows) else "",
        "total_count": len(rows),
        "latest_available_date": latest(call),
    }


@answers("GET", "/analytics/{v}/shop_products/performance", versions=("202405", "202509", "202605"))
def product_list(call: Call) -> dict[str, Any]:
    by_product: dict[str, list[dict[str, Any]]] = {row["id"]: [] for row in call.box.products(call.shop["id"])}
    for row in sold(call).values():
        by_product[row["product"]].append(row)
    key = {"items_sold": "items", "orders": "orders"}.get(call.query.get("sort_field", "gmv"), "minor")
    rows = sorted(
        ({"id": product_id, **gather(found)} for product_id, found in by_product.items()),
        key=lambda row: row[key],
        reverse=call.query.get("sort_order", "DESC") == "DESC",
    )
    page = paged(call, rows)
    return {"products": [show_product(call, row) for row in page.pop("rows")], **page}


def show_product(call: Call, row: dict[str, Any]) -> dict[str, Any]:
    if call.version == "202405":
        return {"id": int(row["id"]), **old_figures(call, row)}
    name = "total_performance" if call.version == "202605" else "overall_performance"
    return {
        "id": row["id"],
        name: {"gmv": amount(call, row["minor"]), "items_sold": row["items"], "orders": row["orders"]},
    }


def old_figures(call: Call, row: dict[str, Any]) -> dict[str, Any]:
    """Return an interval's or a product's sales in the words of the first versions."""
    return {"gmv": amount(call, row["minor"]), "orders": row["orders"], "units_sold": row["items"]}


def intervals(call: Call) -> list[tuple[str, str, tuple[int, int]]]:
    zone, (low, high) = ZoneInfo(call.market.zone), moments(call)
    first, last = (dt.datetime.fromtimestamp(moment, zone) for moment in (low, high))
    if call.query.get("granularity", "ALL") == "ALL":
        return [(first.date().isoformat(), last.date().isoformat(), (low, high))]
    days: list[tuple[str, str, tuple[int, int]]] = []
    while first < last and len(days) < 400:
        after = first + dt.timedelta(days=1)
        days.append(
            (
                first.date().isoformat(),
                after.date().isoformat(),
                (int(first.timestamp()), int(after.timestamp())),
            )
        )
        first = after
    return days


@answers("GET", "/analytics/{v}/shop_products/{product_id}/performance", versions=("202405", "202509"))
def product_detail(call: Call) -> dict[str, Any]:
    """Return sales per interval and how many buyers gave how many stars."""
    product = call.box.store.get("product", call.path["product_id"])
    if product is None or product["shop_id"] != call.shop["id"]:
        raise Refusal(28001007, "can't find any related data")
    shown = []
    for start, end, days in intervals(call):
        row = gather(list(sold(call, product_id=product["id"], days=days).values()))
        if call.version == "202405":
            shown.append({"start_date": start, "end_date": end, **old_figures(call, row)})
            continue
        shown.append(
            {
                "start_date": start,
                "end_date": end,
                "sales": {
                    "gmv": amount(call, row["minor"]),
                    "orders": row["orders"],
                    "items_sold": row["items"],
                },
                "cancel_and_refunds": {
                    "returned": 0,
                    "canceled": row["cancelled"],
                    "refunded": 0,
                    "replacements": 0,
                },
            }
        )
    if call.version == "202405":
        return {"performance": {"intervals": shown}, "latest_available_date": latest(call)}
    counts = [sum(sku["stars"][place] for sku in product["skus"]) for place in range(5)]
    total = sum(counts)
    ratings = [
        {
            "stars": f"{place + 1}_STAR",
            "count": count,
            "percentage": f"{100 * count / total:.2f}" if total else "0.00",
        }
        for place, count in enumerate(counts)
    ]
    return {
        "performance": {"intervals": shown, "ratings": ratings, "top_contents": [], "top_creators": []},
        "latest_available_date": latest(call),
    }


@answers("GET", "/analytics/{v}/shop/performance", versions=("202405", "202509", "202609"))
def shop_performance(call: Call) -> dict[str, Any]:
    shown = []
    for start, end, days in intervals(call):
        row = gather(list(sold(call, days=days).values()))
        if call.version == "202405":
            shown.append({"start_date": start, "end_date": end, **old_shop_figures(call, row)})
            continue
        if call.version == "202609":
            sales: dict[str, Any] = {
                "gmv": amount(call, row["minor"]),
                "items_sold": row["items"],
                "orders_count": row["orders"],
                "customers_count": row["buyers"],
            }
        else:
            sales = {
                "gmv": {"overall": amount(call, row["minor"]), "breakdowns": []},
                "items_sold": row["items"],
                "orders_count": row["orders"],
                "sku_orders_count": row["sku_orders"],
                "avg_customers_count": row["buyers"],
            }
        shown.append({"start_date": start, "end_date": end, "sales": sales})
    return {"performance": {"intervals": shown}, "latest_available_date": latest(call)}


def old_shop_figures(call: Call, row: dict[str, Any]) -> dict[str, Any]:
    return {
        **old_figures(call, row),
        "buyers": row["buyers"],
        "sku_orders": row["sku_orders"],
        "cancellations_and_returns": row["cancelled"],
        "avg_order_value": amount(call, row["minor"] // row["orders"] if row["orders"] else 0),
    }


@answers("GET", "/analytics/{v}/shop_skus/performance", versions=("202406", "202509"))
def sku_list(call: Call) -> dict[str, Any]:
    rows = sorted(({"id": sku_id, **row} for sku_id, row in sold(call).items()), key=lambda row: -row["minor"])
    page = paged(call, rows)
    return {
        "skus": [
            {
                "id": int(row["id"]),
                "product_id": int(row["product"]),
                "gmv": amount(call, row["minor"]),
                "sku_orders": len(row["orders"]),
                "units_sold": row["items"],
            }
            for row in page.pop("rows")
        ],
        **page,
    }


@answers("GET", "/analytics/{v}/shop_skus/{sku_id}/performance", versions=("202406", "202509"))
def sku_detail(call: Call) -> dict[str, Any]:
    found = call.box.sku(call.path["sku_id"])
    if found is None or found[0]["shop_id"] != call.shop["id"]:
        raise Refusal(28001007, "can't find any related data")
    shown = []
    for start, end, days in intervals(call):
        row = gather(list(sold(call, sku_id=found[1]["id"], days=days).values()))
        units = "units_sold" if call.version == "202406" else "items_sold"
        shown.append(
            {
                "start_date": start,
                "end_date": end,
                "gmv": amount(call, row["minor"]),
                units: row["items"],
                "sku_orders": row["orders"],
            }
        )
    performance = {"product_id": int(found[0]["id"]), "intervals": shown}
    if call.version != "202406":
        performance["sku_id"] = found[1]["id"]
    return {"latest_available_date": latest(call), "performance": performance}
