"""How an order comes about: one line per unit, amounts that add up, stock taken from the shelf."""

from __future__ import annotations

import random
from typing import Any

from sandbox.box import Box
from sandbox.markets import HOUR, Market
from sandbox.orders.kinds import FREE, apply_kind
from sandbox.orders.live import join_live
from sandbox.orders.prices import payment_of
from sandbox.orders.sets import part_of_set
from sandbox.orders.ways import WAYS, option_id
from sandbox.places import invent_buyer, platform_address
from sandbox.stock import take_stock

PAY_WITHIN = 48 * HOUR


def new_buyer(box: Box, market: Market) -> dict[str, Any]:
    """Return an invented buyer, kept so that he can come back."""
    buyer_id = box.ids.new("buyer")
    luck = box.luck("buyer", buyer_id)
    buyer = invent_buyer(market, luck, number=len(box.store.table("buyer")) + 1)
    box.buyers.setdefault(market.region, []).append(buyer_id)
    return box.store.put("buyer", buyer_id, {"id": buyer_id, **buyer})


def make_order(
    box: Box,
    shop: dict[str, Any],
    *,
    picks: list[tuple[str, int]],
    buyer: dict[str, Any],
    address: dict[str, Any] | None = None,
    flaw: str = "",
    kind: str = "NORMAL",
    message: str = "",
    gifts: list[str] | None = None,
) -> dict[str, Any]:
    """Place an order that waits for its payment; `flaw` makes it one that a careful seller would hold."""
    market = box.market(shop["id"])
    order_id = box.ids.new("order")
    luck = box.luck("order", order_id)
    lines = []
    for sku_id, quantity in picks:
        seller_off = luck.choice((0, 0, 0, 5, 10, 15)) if flaw != "price" else 90
        platform_off = luck.choice((0, 0, 0, 0, 5))
        for _ in range(quantity):
            lines.append(make_line(box, market, sku_id, seller_off=seller_off, platform_off=platform_off))
        take_stock(box, shop, sku_id, quantity)
    for sku_id in gifts or ():
        lines.append({**make_line(box, market, sku_id, seller_off=0, platform_off=0), "is_gift": True})
        take_stock(box, shop, sku_id, 1)
    order = blank_order(box, shop, market, buyer, order_id=order_id)
    order.update(line_items=lines, buyer_message=message)
    apply_kind(order, kind, market, luck)
    order["_username"] = buyer["username"]
    order["_address"] = platform_address(market, buyer, spoil(address or buyer["address"], flaw))
    order["payment"] = payment_of(market, order, free_shipping=kind in FREE, platform_pays=luck.random() < 0.4)
    if kind == "LIVE":
        join_live(box, order)
    box.book.add(order)
    return order


def blank_order(
    box: Box, shop: dict[str, Any], market: Market, buyer: dict[str, Any], *, order_id: str
) -> dict[str, Any]:
    """Return an unpaid normal order without lines, amounts and address."""
    now, luck = box.now(), box.luck("way", order_id)
    order = {
        "id": order_id,
        "shop_id": shop["id"],
        "user_id": buyer["id"],
        "status": "UNPAID",
        "line_items": [],
        "create_time": now,
        "update_time": now,
        "order_type": "NORMAL",
        "is_on_hold_order": False,
        "shipping_type": "SELLER" if luck.random() < market.seller_ships.get(market.kind, 0) else "TIKTOK",
        "fulfillment_type": "FULFILLMENT_BY_SELLER",
        "delivery_type": "HOME_DELIVERY",
        "is_cod": False,
        "is_sample_order": False,
        "is_replacement_order": False,
        "is_exchange_order": False,
        "is_subscription_order": False,
        "is_buyer_request_cancel": False,
        "has_updated_recipient_address": False,
        "buyer_message": "",
        "seller_note": "",
        "buyer_email": buyer["email"],
        "buyer_nickname": buyer["nickname"],
        "warehouse_id": shop["warehouse_id"],
        "payment_method_name": luck.choice(market.payment_methods),
        "commerce_platform": "TOKOPEDIA" if luck.random() < market.commerce_share else "TIKTOK_SHOP",
        "delivery_option_id": option_id(shop["warehouse_id"], WAYS["STANDARD"]),
        "delivery_option_name": WAYS["STANDARD"].name,
        "packages": [],
        "tracking_number": "",
        "shipping_provider": "",
        "shipping_provider_id": "",
        "cancel_order_sla_time": now + PAY_WITHIN,
    }
    return {**order, **local_fields(market, buyer, luck)}


def local_fields(market: Market, buyer: dict[str, Any], luck: random.Random) -> dict[str, Any]:
    """Return what only orders of this market carry."""
    local: dict[str, Any] = {}
    if market.tax_number:
        local[market.tax_number] = buyer["tax_number"]
        local[f"{market.tax_number}_name"] = buyer["name"]
        local["payment_auth_code"] = f"{luck.randrange(10**6):06d}"
    if market.invoice:
        local["need_upload_invoice"] = "NEED_INVOICE"
    if market.region == "US" and luck.random() < 0.1:
        local["fast_delivery_program"] = "3_DAY_DELIVERY"
    if market.priority:
        local["order_rights"] = [1] if luck.random() < 0.3 else []
    return local


def spoil(address: dict[str, Any], flaw: str) -> dict[str, Any]:
    return {**address, "line1": "", "line2": "", "postal_code": ""} if flaw == "address" else address


def make_line(box: Box, market: Market, sku_id: str, *, seller_off: int, platform_off: int) -> dict[str, Any]:
    found = box.sku(sku_id)
    assert found is not None
    product, sku = found
    step = 1 if market.decimals else 100
    price = sku["price"]
    seller_discount = price * seller_off // 100 // step * step
    platform_discount = price * platform_off // 100 // step * step if seller_off < 50 else 0
    line_id = box.ids.new("line")
    line = {
        "id": line_id,
        "sku_id": sku_id,
        "product_id": product["id"],
        "product_name": product["title"],
        "sku_name": sku["name"],
        "sku_image": f"{box.base_url}/sandbox/goods/{product['code']}.svg",
        "original_price": market.money(price),
        "sale_price": market.money(price - seller_discount - platform_discount),
        "seller_discount": market.money(seller_discount),
        "platform_discount": market.money(platform_discount),
        "display_status": "UNPAID",
        "sku_type": "NORMAL",
        "seller_sku": sku["seller_sku"],
        "currency": market.currency,
        "package_id": "",
        "package_status": "",
        "is_gift": False,
        "is_dangerous_good": False,
        "needs_prescription": False,
        "cancel_reason": "",
        "cancel_user": "",
        "tracking_number": "",
        "shipping_provider_id": "",
        "shipping_provider_name": "",
    }
    if sku.get("parts"):
        line.update(part_of_set(box, market, sku, line))
    return line
