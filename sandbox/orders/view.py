"""How an order is shown to a seller's app: no private fields, the buyer masked where the platform does."""

from __future__ import annotations

from typing import Any

from sandbox.box import Box
from sandbox.markets import DAY, Market
from sandbox.orders.sets import show_parts
from sandbox.places import mask

ONLY_NEW = ("is_subscription_order", "buyer_nickname", "order_rights")
ONLY_NEW_LINES = [
    "gift_retail_price",
    "is_unboxing_item",
    "sub_item_info",
    "shipping_vat_amount",
    "shipping_vat_rate",
    "is_pod_customized",
    "pod_info_id",
]
DETAIL_ONLY = ("payment_card_type", "payment_method_code", "payment_auth_code")


def show_order(box: Box, order: dict[str, Any], *, version: str, detail: bool = True) -> dict[str, Any]:
    """Return the order object of the API; absent fields are left out, not null."""
    old = version == "202309" and detail
    shown = {key: value for key, value in order.items() if key[0] != "_" and key != "shop_id"}
    shown["recipient_address"] = show_address(box, order)
    shown["packages"] = [{"id": key} for key in order["packages"]]
    shown["line_items"] = [show_line(line, order["warehouse_id"], old=old) for line in order["line_items"]]
    if not order["cancel_order_sla_time"]:
        del shown["cancel_order_sla_time"]
    for field in ONLY_NEW if old else () if detail else DETAIL_ONLY:
        shown.pop(field, None)
    return shown


def show_line(line: dict[str, Any], warehouse_id: str, *, old: bool) -> dict[str, Any]:
    shown = {
        key: value
        for key, value in line.items()
        if (value != "" or key in ("seller_sku", "sku_name")) and key[0] != "_" and not (old and key in ONLY_NEW_LINES)
    }
    if "_parts" in line and not old:
        shown["sub_item_info"] = show_parts(line, warehouse_id)
    return shown


def show_address(box: Box, order: dict[str, Any]) -> dict[str, Any]:
    """Return the address as far as the market shows it at this moment."""
    return mask(order["_address"], masking(box.market(order["shop_id"]), order, now=box.now()))


def masking(market: Market, order: dict[str, Any], *, now: int) -> str:
    """Return how the buyer is hidden: by status, by age, or because the platform ships."""
    status = order["status"]
    if status in market.masks:
        return market.masks[status]
    old = market.masked_after_days and order["update_time"] < now - market.masked_after_days * DAY
    if status == "COMPLETED" and old:
        return "stars"
    if market.erased_after_days and order["create_time"] < now - market.erased_after_days * DAY:
        return "empty"
    if order["fulfillment_type"] != "FULFILLMENT_BY_SELLER" and market.masked_after_days:
        return "stars"
    return market.platform_mask if order["shipping_type"] == "TIKTOK" else ""


def show_price_detail(box: Box, order: dict[str, Any]) -> dict[str, Any]:
    """Return the amounts once more, per order and per line."""
    market, paid = box.market(order["shop_id"]), order["payment"]
    zero = market.money(0)
    top = {
        "currency": market.currency,
        "total": paid["total_amount"],
        "payment": paid["total_amount"],
        "sku_list_price": paid["original_total_product_price"],
        "sku_sale_price": paid["sub_total"],
        "subtotal": paid["sub_total"],
        "subtotal_deduction_seller": paid["seller_discount"],
        "subtotal_deduction_platform": paid["platform_discount"],
        "subtotal_tax_amount": paid["product_tax"],
        "voucher_deduction_platform": zero,
        "voucher_deduction_seller": zero,
        "shipping_list_price": paid["original_shipping_fee"],
        "shipping_sale_price": paid["shipping_fee"],
        "shipping_fee_deduction_seller": paid["shipping_fee_seller_discount"],
        "shipping_fee_deduction_platform": paid["shipping_fee_platform_discount"],
        "shipping_fee_deduction_platform_voucher": zero,
        "tax_amount": paid["tax"],
        "net_price_amount": paid["sub_total"],
        "cod_fee": zero,
    }
    return {**top, "line_items": [show_line_price(market, line) for line in order["line_items"]]}


def show_line_price(market: Market, line: dict[str, Any]) -> dict[str, Any]:
    tax = line.get("item_tax", [{"tax_amount": market.money(0), "tax_rate": "0"}])[0]
    total = market.money(market.minor(line["sale_price"]) + market.minor(tax["tax_amount"]))
    return {
        "id": line["id"],
        "currency": market.currency,
        "total": total,
        "payment": total,
        "sku_list_price": line["original_price"],
        "sku_sale_price": line["sale_price"],
        "subtotal": line["sale_price"],
        "subtotal_deduction_seller": line["seller_discount"],
        "subtotal_deduction_platform": line["platform_discount"],
        "subtotal_tax_amount": tax["tax_amount"],
        "tax_amount": tax["tax_amount"],
        "tax_rate": tax["tax_rate"],
        "net_price_amount": line["sale_price"],
    }
