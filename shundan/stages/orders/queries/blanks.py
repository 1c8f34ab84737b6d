"""What an order does not know yet: the values that a file would fill."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from shundan.core.privacy import is_masked
from shundan.stages.orders.models import Address, Order

FILLED_TEXTS = (
    "buyer_note", "seller_note", "delivery_option_id", "delivery_option", "tracking_number", "carrier_name",
    "cancel_reason", "origin_order_id", "payment_method",
)  # fmt: skip
FILLED_TIMES = ("paid_at", "release_at", "collected_at", "delivered_at", "cancelled_at")
FILLED_PARTS = ("name", "phone", "region", "postal_code", "state", "city", "district", "full")
_AT_ONCE = 500


def fillable_values(shop_key: int, order_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return order id -> its blank or masked values and its update pair, as JSON, of the orders that are stored."""
    found: dict[str, dict[str, Any]] = {}
    wanted = list(order_ids)
    for start in range(0, len(wanted), _AT_ONCE):
        orders = list(Order.objects.filter(shop=shop_key, order_id__in=wanted[start : start + _AT_ONCE]))
        addresses = {row.order_id: row for row in Address.objects.filter(order__in=orders)}
        for order in orders:
            address = addresses.get(order.pk)
            found[order.order_id] = {
                "pair": [order.updated_at.isoformat(), order.asked_at.isoformat()],
                "order": _blank(order, FILLED_TEXTS) | dict.fromkeys(_empty_times(order)) | _packages(order),
                "address": _blank(address, FILLED_PARTS) | _lines(address) if address else {},
            }
    return found


def _blank(row: Any, names: Iterable[str]) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in names}
    return {name: value for name, value in told.items() if not value or is_masked(value)}


def _empty_times(order: Order) -> list[str]:
    values: dict[str, datetime | None] = {name: getattr(order, name) for name in FILLED_TIMES}
    return [name for name, value in values.items() if value is None]


def _packages(order: Order) -> dict[str, Any]:
    return {} if order.package_ids else {"package_ids": []}


def _lines(address: Address) -> dict[str, Any]:
    lines = list(address.lines)
    return {"lines": lines} if not any(lines) or any(map(is_masked, lines)) else {}
