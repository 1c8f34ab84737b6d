"""An order as the first version of its path shows it: without the fields and words that came later."""

from __future__ import annotations

from typing import Any

LATER = """is_subscription_order buyer_nickname buyer_avatar order_rights is_refundable_sample authentication_required
instore_pickup_sla_time fast_rts_sla_time fast_collection_sla_time"""
LATER_AMOUNTS = """payment_platform_discount payment_discount_service_fee item_insurance_tax distance_shipping_fee
distance_fee"""
LATER_IN_LINES = """pfand_fee gift_retail_price is_unboxing_item unboxing_sku_code sub_item_info distance_shipping_fee
distance_fee unboxing_case_list shipping_vat_amount shipping_vat_rate is_pod_customized pod_info_id room_id
product_listing_type"""
WORDS = {
    "order_type": ("ZERO_LOTTERY", "PRE_ORDER", "MADE_TO_ORDER", "BACK_ORDER"),
    "shipping_type": ("TIKTOK", "SELLER"),
    "need_upload_invoice": ("UNKNOWN", "NEED_INVOICE", "INVOICE_UPLOADED", "INVOICE_PROCESSING"),
}


def without(row: dict[str, Any], names: str) -> dict[str, Any]:
    unwanted = set(names.split())
    return {key: value for key, value in row.items() if key not in unwanted}


def as_before(order: dict[str, Any]) -> dict[str, Any]:
    """Return a shown order in its older form; a word the older form lacks is left out with its field."""
    shown = without(order, LATER)
    for field, words in WORDS.items():
        if shown.get(field) not in words:
            shown.pop(field, None)
    shown["payment"] = without(order["payment"], LATER_AMOUNTS)
    shown["line_items"] = [without(line, LATER_IN_LINES) for line in order["line_items"]]
    address = order["recipient_address"]
    levels = [without(level, "iso_code") for level in address.get("district_info", [])]
    shown["recipient_address"] = {**address, **({"district_info": levels} if levels else {})}
    return shown
