"""What a buyer pays: goods after discounts, shipping, the taxes and small fees of his market."""

from __future__ import annotations

from typing import Any

from sandbox.markets import Market

Order = dict[str, Any]


def payment_of(market: Market, order: Order, *, free_shipping: bool, platform_pays: bool) -> dict[str, str]:
    """Return the amounts of an order: total = goods after discounts + shipping + tax + every small fee."""
    total_of = lambda field: sum(market.minor(line[field]) for line in order["line_items"])  # noqa: E731
    sub_total, fee = total_of("sale_price"), 0 if free_shipping else market.shipping_fee
    platform_fee_off = fee if platform_pays else 0
    shipping = fee - platform_fee_off
    rate = 0.0 if market.tax.included else market.tax.rate(state_of(order))
    product_tax = tax_lines(market, order, rate)
    shipping_tax = round(shipping * rate / 100)
    if market.tax.on_shipping:
        show_shipping_vat(market, order, shipping)
    extra = {} if free_shipping else small_fees(market, order, sub_total)
    amounts = {
        "original_total_product_price": total_of("original_price"),
        "seller_discount": total_of("seller_discount"),
        "platform_discount": total_of("platform_discount"),
        "sub_total": sub_total,
        "original_shipping_fee": fee,
        "shipping_fee_platform_discount": platform_fee_off,
        "shipping_fee_seller_discount": 0,
        "shipping_fee_cofunded_discount": 0,
        "shipping_fee": shipping,
        "product_tax": product_tax,
        "shipping_fee_tax": shipping_tax,
        "tax": product_tax + shipping_tax,
        "buyer_service_fee": 0,
        "handling_fee": 0,
        **extra,
        "total_amount": sub_total + shipping + product_tax + shipping_tax + sum(extra.values()),
    }
    return {"currency": market.currency, **{name: market.money(minor) for name, minor in amounts.items()}}


def state_of(order: Order) -> str:
    return next((row["address_name"] for row in order["_address"]["district_info"] if row["address_level"] == "L1"), "")


def tax_lines(market: Market, order: Order, rate: float) -> int:
    """Write the tax that comes on top of each line; return the sum."""
    if market.tax.included:
        return 0
    total = 0
    for line in order["line_items"]:
        tax = round(market.minor(line["sale_price"]) * rate / 100)
        total += tax
        line["item_tax"] = [
            {"tax_type": market.tax.name, "tax_amount": market.money(tax), "tax_rate": f"{rate / 100:.4f}"}
        ]
    return total


def show_shipping_vat(market: Market, order: Order, shipping: int) -> None:
    """Tell per line how much tax the shipping fee holds; the lines add up."""
    lines, rest = order["line_items"], round(shipping * market.tax.percent / (100 + market.tax.percent))
    for left, line in zip(range(len(lines), 0, -1), lines, strict=True):
        part = rest // left
        rest -= part
        line["shipping_vat_amount"] = market.money(part)
        line["shipping_vat_rate"] = f"{market.tax.percent / 100:.4f}"


def small_fees(market: Market, order: Order, sub_total: int) -> dict[str, int]:
    """Return the fees of this market that this order has to bear."""
    found = {}
    for name, rule in market.extra_fees.items():
        if rule.get("state") in (None, state_of(order)) and sub_total < rule.get("under", 1 << 60):
            found[name] = int(rule["minor"])
    return found
