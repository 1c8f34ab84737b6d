"""How an order is shown to a seller's app: no private fields, the buyer masked where the platform does."""

from __future__ import annotations

from typing import Any

from sandbox.box import Box
from sandbox.markets import DAY, Market
from sandbox.places import mask_all, mask_person

ONLY_NEW = ("is_subscription_order", "buyer_nickname")
DETAIL_ONLY = ("payment_card_type", "payment_method_code")
MASKED_AFTER = 30 * DAY


def show_order(box: Box, order: dict[str, Any], *, version: str, detail: bool = True) -> dict[str, Any]:
    """Return the order object of the API; absent fields are left out, not null."""
    shown = {key: value for key, value in order.items() if key[0] != "_" and key != "shop_id"}
    shown["recipient_address"] = show_address(box, order)
    shown["packages"] = [{"id": key} for key in order["packages"]]
    shown["line_items"] = [show_line(line) for line in order["line_items"]]
    if not order["cancel_order_sla_time"]:
        del shown["cancel_order_sla_time"]
    if version == "202309" and detail:
        for field in ONLY_NEW:
            shown.pop(field, None)
    return shown


def show_line(line: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in line.items() if value != "" or key in ("seller_sku", "sku_name")}


def show_address(box: Box, order: dict[str, Any]) -> dict[str, Any]:
    """Return the address, masked by status, 30 days after completion, or when the platform ships."""
    address = order["_address"]
    status = order["status"]
    old = status == "COMPLETED" and order["update_time"] < box.now() - MASKED_AFTER
    if status in ("UNPAID", "ON_HOLD", "CANCELLED") or old:
        return mask_all(address)
    if order["shipping_type"] == "TIKTOK" and address["region_code"] == "ID":
        return mask_person(address)
    return address


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
