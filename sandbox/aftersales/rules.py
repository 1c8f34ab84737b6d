"""Reasons, deadlines and amounts that cancellations and returns share."""

from __future__ import annotations

from typing import Any

from sandbox.box import Box
from sandbox.errors import Refusal
from sandbox.markets import HOUR, Market

SELLER_CANCEL = {
    "seller_cancel_reason_out_of_stock": "Out of stock",
    "seller_cancel_reason_out_of_stock_uk": "Out of stock",
    "seller_cancel_reason_wrong_price": "Pricing error",
    "seller_cancel_paid_reason_address_not_deliver": "Unable to deliver to buyer address",
    "seller_cancel_unable_to_deliver_to_buyer_address": "Unable to deliver to buyer address",
    "seller_cancel_paid_reason_buyer_requested_cancellation": "Buyer requested cancellation",
}
SELLER_CANCEL_UNPAID = {
    "seller_cancel_unpaid_reason_out_of_stock": "Out of stock",
    "seller_cancel_unpaid_reason_wrong_price": "Pricing error",
    "seller_cancel_unpaid_reason_buyer_hasnt_paid_within_time_allowed": "Buyer did not pay on time",
    "seller_cancel_unpaid_reason_buyer_requested_cancellation": "Buyer requested cancellation",
}
BUYER_CANCEL = {
    "ecom_order_to_ship_canceled_reason_created_by_mistakes": "Order created by mistake",
    "ecom_order_to_ship_canceled_reason_no_longer_needed": "No longer needed",
    "ecom_order_to_ship_canceled_reason_better_price": "Better price available",
    "ecom_order_to_ship_canceled_reason_change_address": "Need to change the delivery address",
}
RETURN = {
    "ecom_order_delivered_refund_reason_missing_product_seller": "Missing product",
    "ecom_order_delivered_refund_and_return_reason_wrong_product_seller": "Wrong product was sent",
    "ecom_order_delivered_refund_and_return_reason_damaged_seller": "Item is damaged",
    "ecom_order_delivered_refund_and_return_reason_not_as_described": "Item does not match the description",
    "ecom_order_delivered_refund_and_return_reason_no_longer_needed": "No longer needed",
    "ecom_order_shipped_refund_reason_not_received": "Package not received",
}
REJECT_CANCEL = {
    "seller_reject_apply_product_has_been_packed": "The product has been packed",
    "seller_reject_apply_you_have_reached_an_agreement_with_the_buyer": "An agreement with the buyer was reached",
    "seller_reject_apply_unable_to_change_address": "The address cannot be changed any more",
}
REJECT_RETURN = {
    "seller_reject_apply_package_has_not_exceeded_estimated_delivery_time": "The package is still "
    "within its delivery time",
    "seller_reject_apply_you_have_reached_an_agreement_with_the_buyer": "An agreement with the buyer was reached",
    "reverse_reject_request_reason_1": "The returned item is not the one that was sent",
    "reverse_reject_request_reason_2": "The returned item was used or is damaged",
    "reverse_reject_request_reason_3": "The buyer's proof does not show the problem",
    "reverse_reject_request_reason_4": "The item matches its description",
    "reverse_reject_request_reason_5": "The request came after its time was over",
}
SOUTH_EAST_ASIA = ("ID", "TH", "VN", "MY", "PH", "SG")
# Where the platform has taken a reason away, and the one that only Britain has.
OFFLINE = {
    "seller_cancel_paid_reason_address_not_deliver": ("ID", "PH", "VN", "MY", "TH"),
    "seller_cancel_unable_to_deliver_to_buyer_address": ("SG",),
    **{f"reverse_reject_request_reason_{number}": ("US",) for number in (1, 2, 3, 5)},
}
ONLY_IN = {"seller_cancel_reason_out_of_stock_uk": "GB"}


def offered(reasons: dict[str, str], region: str) -> dict[str, str]:
    """Return those of the reasons that may be given in a market."""
    return {
        name: text
        for name, text in reasons.items()
        if region not in OFFLINE.get(name, ()) and ONLY_IN.get(name, region) == region
    }


def check_reason(reason: str, reasons: dict[str, str], region: str) -> None:
    """Refuse a reason nobody knows here, and one that was taken away."""
    if reason not in reasons or ONLY_IN.get(reason, region) != region:
        raise Refusal(25001014, "Unknown return reason")
    if region in OFFLINE.get(reason, ()):
        raise Refusal(25001020, "The provided return reason is currently offline")


def open_cancel_of(box: Box, order: dict[str, Any]) -> dict[str, Any] | None:
    for row in box.cases_of(order["id"], "cancel"):
        if row["cancel_status"] == "CANCELLATION_REQUEST_PENDING":
            return row
    return None


def reject_for_shipping(box: Box, order: dict[str, Any]) -> None:
    """Turn down the cancellation that waits: by shipping in the US, everywhere by the first scan."""
    row = open_cancel_of(box, order) if order["is_buyer_request_cancel"] else None
    if row is not None:
        from sandbox.aftersales.cancellations import close_cancel

        close_cancel(box, row, "CANCELLATION_REQUEST_CANCELLED", by="SYSTEM")


def cancel_answer_by(box: Box, market: Market) -> int:
    return box.now() + market.cancel_answer_hours * HOUR


def answer_by(box: Box, market: Market, worth: dict[str, str]) -> int:
    """Return until when the seller may answer a return: working days, more of them for dear goods, else hours."""
    if not market.return_answer_days:
        return box.now() + market.return_answer_hours * HOUR
    dear = market.dear_from and market.minor(worth["refund_total"]) >= market.dear_from
    return market.day_end(box.now(), days=market.dear_answer_days if dear else market.return_answer_days)


def amounts(market: Market, order: dict[str, Any], lines: list[dict[str, Any]]) -> dict[str, str]:
    """Return what these lines would give back: goods, tax, and the shipping fee when the whole order goes."""
    goods = sum(market.minor(line["sale_price"]) for line in lines)
    tax = sum(market.minor(entry["tax_amount"]) for line in lines for entry in line.get("item_tax", ()))
    whole = len(lines) == len(order["line_items"])
    fee = market.minor(order["payment"]["shipping_fee"]) if whole else 0
    tax += market.minor(order["payment"]["shipping_fee_tax"]) if whole else 0
    small = {
        name: market.minor(order["payment"].get(name, "0")) if whole else 0
        for name in ("buyer_service_fee", "retail_delivery_fee", "small_order_fee")
    }
    return {
        "currency": market.currency,
        "refund_total": market.money(goods + tax + fee + sum(small.values())),
        "refund_subtotal": market.money(goods),
        "refund_shipping_fee": market.money(fee),
        "refund_tax": market.money(tax),
        "retail_delivery_fee": market.money(small["retail_delivery_fee"]),
        "buyer_service_fee": market.money(small["buyer_service_fee"]),
    }


def case_lines(box: Box, order: dict[str, Any], lines: list[dict[str, Any]], *, kind: str) -> list[dict[str, Any]]:
    """Return the line part of a cancellation or a return."""
    market = box.market(order["shop_id"])
    shown = []
    for line in lines:
        goods = market.minor(line["sale_price"])
        tax = sum(market.minor(entry["tax_amount"]) for entry in line.get("item_tax", ()))
        shown.append(
            {
                f"{kind}_line_item_id": box.ids.new("caseline"),
                "order_line_item_id": line["id"],
                "sku_id": line["sku_id"],
                "sku_name": line["sku_name"],
                "product_name": line["product_name"],
                "seller_sku": line["seller_sku"],
                "product_image": {"url": line["sku_image"], "width": 200, "height": 200},
                "refund_amount": {
                    "currency": market.currency,
                    "refund_total": market.money(goods + tax),
                    "refund_subtotal": market.money(goods),
                    "refund_shipping_fee": market.money(0),
                    "refund_tax": market.money(tax),
                    "retail_delivery_fee": market.money(0),
                    "buyer_service_fee": market.money(0),
                },
            }
        )
    return shown


def wanted_lines(order: dict[str, Any], body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the live lines a request names; refuse one that names more than there is."""
    lines = pick_lines(order, body)
    named = body.get("order_line_item_ids") or [
        row.get("order_line_item_id") for row in body.get("order_line_list", [])
    ]
    asked = len(set(named)) if named else sum(int(row["quantity"]) for row in body.get("skus", []))
    if not lines or len(lines) < asked:
        raise Refusal(25005011, "The requested line item(s) for return or refund exceeds the allowable limit.")
    return lines


def pick_lines(order: dict[str, Any], body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the live lines a request names, by line ids or by SKU and quantity; all when it names none."""
    live = [line for line in order["line_items"] if line["display_status"] != "CANCELLED"]
    named = body.get("order_line_item_ids") or [
        row.get("order_line_item_id") for row in body.get("order_line_list", [])
    ]
    if named:
        return [line for line in live if line["id"] in named]
    if body.get("skus"):
        chosen = []
        for want in body["skus"]:
            same = [line for line in live if line["sku_id"] == want["sku_id"] and line not in chosen]
            chosen += same[: int(want["quantity"])]
        return chosen
    return live
