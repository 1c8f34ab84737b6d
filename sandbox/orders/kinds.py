"""The kinds of order, as one table: what differs from a normal one when it is placed."""

from __future__ import annotations

from typing import Any

from sandbox.markets import DAY, Market

Order = dict[str, Any]
FREE = ("SAMPLE", "GIFT", "REPLACEMENT", "EXCHANGE")
KINDS: dict[str, dict[str, Any]] = {
    "NORMAL": {},
    "SAMPLE": {"is_sample_order": True},
    "GIFT": {},
    "REPLACEMENT": {"is_replacement_order": True},
    "EXCHANGE": {"is_exchange_order": True},
    "PRE_ORDER": {"order_type": "PRE_ORDER"},
    "MADE_TO_ORDER": {"order_type": "MADE_TO_ORDER", "handling_duration": {"days": "5", "type": "BUSINESS_DAY"}},
    "COD": {"is_cod": True, "payment_method_name": "Cash on delivery"},
    "FBT": {"fulfillment_type": "FULFILLMENT_BY_TIKTOK", "shipping_type": "TIKTOK"},
    "VIRTUAL": {"order_type": "VIRTUAL_ORDER", "shipping_type": "TIKTOK_DIGITAL"},
    "POD": {},
    "BLIND_BOX": {},
}


def apply_kind(order: Order, kind: str, market: Market) -> None:
    """Make a fresh order one of this kind; its amounts are worked out afterwards."""
    order.update(KINDS[kind])
    if kind == "PRE_ORDER":
        order["release_date"] = order["create_time"] + 2 * DAY
    for line in order["line_items"]:
        if kind in ("PRE_ORDER", "MADE_TO_ORDER"):
            line["sku_type"] = kind
        if kind == "POD":
            line["is_pod_customized"], line["pod_info_id"] = True, f"POD{line['id']}"
        if kind == "BLIND_BOX":
            line["is_unboxing_item"] = True
        if kind == "GIFT":
            line["is_gift"] = True
            line["gift_retail_price"] = line["original_price"]
        if kind in FREE:
            line["seller_discount"], line["platform_discount"] = line["original_price"], market.money(0)
            line["sale_price"] = market.money(0)
