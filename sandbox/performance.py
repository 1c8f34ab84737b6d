"""How a shop does by the platform's measures: late dispatch, own cancellations, tracking, delivery, ratings."""

from __future__ import annotations

from typing import Any

from sandbox.box import Box
from sandbox.markets import DAY

Row = dict[str, Any]
OWN_FAULTS = ("Seller didn't ship in time", "Package wasn't collected in time")


def performance_of(box: Box, shop_id: str, *, days: int) -> Row:
    """Return counts and percentages of the days up to now; platform-fulfilled orders and samples are left out."""
    now, since = box.now(), box.now() - days * DAY
    orders = [box.book.orders[key] for _, key in box.book.span(shop_id, "create_time", ge=since - 60 * DAY, lt=None)]
    own = [row for row in orders if row["fulfillment_type"] == "FULFILLMENT_BY_SELLER" and not row["is_sample_order"]]
    due = [row for row in own if since <= row.get("tts_sla_time", 0) < now and not gone_before(row)]
    fresh = [row for row in own if row["create_time"] >= since and row["status"] != "UNPAID"]
    arrived = [row for row in own if since <= row.get("delivery_time", 0) < now]
    packages = [box.store.table("package")[key] for row in own for key in row["packages"]]
    sent = [row for row in packages if since <= (row.get("rts_time") or 0) < now and row["shipping_type"] == "SELLER"]
    ratings = [row for row in box.store.table("rating").values() if row["shop_id"] == shop_id and row["time"] >= since]
    returned = [row for row in arrived if box.cases_of(row["id"], "return")]
    return {
        "shop": shop_id,
        "days": days,
        "late_dispatch": share([row for row in due if is_late(row)], due),
        "seller_fault_cancellation": share([row for row in fresh if own_fault(row)], fresh),
        "valid_tracking": share([row for row in sent if row.get("collected")], sent),
        "on_time_delivery": share(
            [row for row in arrived if row["delivery_time"] <= row["delivery_sla_time"]], arrived
        ),
        "negative_rating": share([row for row in ratings if row["stars"] <= 2], ratings),
        "returned": share(returned, arrived),
    }


def gone_before(order: Row) -> bool:
    """Tell whether an order was cancelled before its dispatch was due; it can be neither late nor on time."""
    return bool(order.get("cancel_time", 1 << 60) < order["tts_sla_time"])


def is_late(order: Row) -> bool:
    return bool(order.get("collection_time", 1 << 60) > order["tts_sla_time"])


def own_fault(order: Row) -> bool:
    if order["status"] != "CANCELLED":
        return False
    return order["cancellation_initiator"] == "SELLER" or order["cancel_reason"] in OWN_FAULTS


def share(part: list[Row], whole: list[Row]) -> Row:
    return {
        "count": len(part),
        "of": len(whole),
        "percent": round(100 * len(part) / len(whole), 2) if whole else None,
    }
