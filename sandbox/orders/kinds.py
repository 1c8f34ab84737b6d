"""The kinds of order, as one table: what differs from a normal one when it is placed."""

from __future__ import annotations

import random
from typing import Any

from sandbox.markets import DAY, Market
from sandbox.orders.ways import FAST, has_fast, take_way

Order = dict[str, Any]
FREE = ("SAMPLE", "GIVEAWAY", "REPLACEMENT", "EXCHANGE")
FOLLOWS = {"REPLACEMENT": "replaced_order_id", "EXCHANGE": "exchange_source_order_id"}
KINDS: dict[str, dict[str, Any]] = {
    "NORMAL": {},
    "SAMPLE": {"is_sample_order": True},
    "GIFT": {},
    "GIVEAWAY": {"order_type": "ZERO_LOTTERY"},
    "REPLACEMENT": {"is_replacement_order": True},
    "EXCHANGE": {"is_exchange_order": True},
    "PRE_ORDER": {"order_type": "PRE_ORDER"},
    "MADE_TO_ORDER": {"order_type": "MADE_TO_ORDER"},
    "BACK_ORDER": {"order_type": "BACK_ORDER"},
    "COD": {"is_cod": True, "payment_method_name": "Cash on delivery", "payment_method_code": "COD"},
    "FBT": {"fulfillment_type": "FULFILLMENT_BY_TIKTOK", "shipping_type": "TIKTOK"},
    "VIRTUAL": {"order_type": "VIRTUAL_ORDER", "shipping_type": "TIKTOK_DIGITAL"},
    "POD": {},
    "BLIND_BOX": {},
    "BUNDLE": {},
    "COMBINED_LISTING": {},
    "LIVE": {},
    "SPLIT": {},
    **{name: {} for name in FAST},
}
LINE_TYPES = {"PRE_ORDER": "PRE_ORDER", "MADE_TO_ORDER": "MADE_TO_ORDER", "GIVEAWAY": "ZERO_LOTTERY"}
HANDLING = {"MADE_TO_ORDER": (3, 14), "BACK_ORDER": (3, 15)}
RELEASE_DAYS = (3, 3, 5, 7, 14, 30)
# How often each kind comes about by itself, of a hundred orders; cash on delivery has a share of its own per market.
SHARES = {
    "NORMAL": 86.0,
    "SAMPLE": 3.0,
    "GIFT": 2.0,
    "GIVEAWAY": 0.3,
    "PRE_ORDER": 1.5,
    "MADE_TO_ORDER": 1.0,
    "BACK_ORDER": 0.4,
    "FBT": 1.0,
    "BUNDLE": 1.5,
    "COMBINED_LISTING": 0.8,
    "LIVE": 1.5,
    "SPLIT": 0.8,
    "EXCHANGE": 0.2,
}
# Of a hundred other normal orders, where there are fast ones.
FAST_SHARES = {"INSTANT": 1.0, "SAMEDAY_8H": 0.5, "SAMEDAY": 1.5, "NEXTDAY": 3.0}


def choose_kind(market: Market, luck: random.Random) -> str:
    """Return the kind of an order that comes about by itself."""
    kind = luck.choices(tuple(SHARES), weights=tuple(SHARES.values()))[0]
    if kind == "NORMAL" and market.has_cod and luck.random() < market.cod_share:
        return "COD"
    if kind == "NORMAL" and has_fast(market):
        return luck.choices((*FAST_SHARES, kind), weights=(*FAST_SHARES.values(), 100 - sum(FAST_SHARES.values())))[0]
    return kind


def apply_kind(order: Order, kind: str, market: Market, luck: random.Random) -> None:
    """Make a fresh order one of this kind; its amounts are worked out afterwards."""
    order.update(KINDS[kind])
    if kind == "PRE_ORDER":
        order["release_date"] = order["create_time"] + luck.choice(RELEASE_DAYS) * DAY
    if kind in HANDLING:
        days = str(luck.randint(*HANDLING[kind]))
        order["handling_duration"] = {"days": days, "type": "BUSINESS_DAY"}
        for line in order["line_items"]:
            line["handling_duration_days"] = days
    if kind == "COD":
        order["status"], order["is_on_hold_order"] = "ON_HOLD", True  # nobody pays before the door
        for line in order["line_items"]:
            line["display_status"] = "AWAITING_SHIPMENT"
    if kind == "SPLIT":
        order["_split"] = True
    if kind in FAST:
        take_way(order, kind)
    for line in order["line_items"]:
        line["sku_type"] = LINE_TYPES.get(kind, "NORMAL")
        if kind == "POD":
            line["is_pod_customized"], line["pod_info_id"] = True, f"POD{line['id']}"
        if kind == "BLIND_BOX":
            line["is_unboxing_item"] = True
        if line["is_gift"] or kind in FREE:
            give_away(line, market)


def give_away(line: dict[str, Any], market: Market) -> None:
    """The seller bears the whole price; a gift tells what it would cost in the shop."""
    if line["is_gift"]:
        line["gift_retail_price"] = line["original_price"]
    line["seller_discount"], line["platform_discount"] = line["original_price"], market.money(0)
    line["sale_price"] = market.money(0)
