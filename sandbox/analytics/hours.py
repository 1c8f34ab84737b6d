"""One day of a shop, hour by hour."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.analytics.calls import amount, gather, sold
from sandbox.errors import Refusal
from sandbox.gateway import Call
from sandbox.table import answers

PER_HOUR = "/analytics/{v}/shop/performance/{date}/performance_per_hour"
HOUR = dt.timedelta(hours=1)


def read_day(call: Call) -> dt.datetime:
    """Return the asked day's first moment in the shop's own zone."""
    try:
        day = dt.date.fromisoformat(call.path["date"])
    except ValueError:
        raise Refusal(28001022, "invalid request params") from None
    return dt.datetime.combine(day, dt.time(), ZoneInfo(call.market.zone))


@answers("GET", PER_HOUR, versions=("202510",))
def performance_per_hour(call: Call) -> dict[str, Any]:
    """Return the sales of each hour that has begun, and of the day so far."""
    first, now = read_day(call), dt.datetime.fromtimestamp(call.box.now(), dt.UTC)
    last = min(first + dt.timedelta(days=1), now)
    intervals: list[dict[str, Any]] = []
    begin = first.astimezone(dt.UTC)
    while begin < last:
        row = gather(list(sold(call, days=(int(begin.timestamp()), int((begin + HOUR).timestamp()))).values()))
        intervals.append({"index": len(intervals), **figures(call, row)})
        begin += HOUR
    whole = gather(list(sold(call, days=(int(first.timestamp()), int(last.timestamp()) + 1)).values()))
    return {
        "performance": {
            "overall": figures(call, whole),
            "intervals": intervals,
            "latest_available_timestamp": min(call.box.now(), int(last.timestamp())),
        }
    }


def figures(call: Call, row: dict[str, Any]) -> dict[str, Any]:
    """Return one span's figures. Seven visitors to one customer; a click on every third sight of a product."""
    orders = row["orders"]
    each = row["minor"] // orders if orders else 0
    visitors = 7 * row["buyers"]
    return {
        "gmv": amount(call, row["minor"]),
        "items_sold": row["items"],
        "visitors": visitors,
        "customers": row["buyers"],
        "customers_count": row["buyers"],
        "orders_count": orders,
        "sku_orders_count": row["sku_orders"],
        "avg_order_value": amount(call, each),
        "avg_sku_order_value": amount(call, row["minor"] // row["sku_orders"] if row["sku_orders"] else 0),
        "product_impressions": 9 * visitors,
        "product_clicks": 3 * visitors,
        "unique_product_impressions": 3 * visitors,
        "unique_clicks": visitors,
    }
