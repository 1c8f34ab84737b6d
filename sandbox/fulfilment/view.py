"""How packages are shown."""

from __future__ import annotations

from typing import Any

from sandbox.box import Box
from sandbox.fulfilment.packages import lines_of
from sandbox.fulfilment.sizes import own_grams
from sandbox.orders.view import show_address


def show_orders(box: Box, package: dict[str, Any]) -> list[dict[str, Any]]:
    shown = []
    for order_id in package["orders"]:
        skus: dict[str, dict[str, Any]] = {}
        for line in box.book.orders[order_id]["line_items"]:
            if line["id"] in package["lines"]:
                sku = skus.setdefault(
                    line["sku_id"],
                    {
                        "id": line["sku_id"],
                        "name": line["sku_name"],
                        "image_url": line["sku_image"],
                        "quantity": 0,
                    },
                )
                sku["quantity"] += 1
        shown.append({"id": order_id, "skus": list(skus.values())})
    return shown


def show_found(box: Box, package: dict[str, Any]) -> dict[str, Any]:
    """Return the short form of the search."""
    return {
        "id": package["id"],
        "orders": show_orders(box, package),
        "create_time": package["create_time"],
        "update_time": package["update_time"],
        "status": package["status"],
        "tracking_number": package["tracking_number"],
        "order_line_item_ids": package["lines"],
        "shipping_provider_name": package["shipping_provider_name"],
        "shipping_provider_id": package["shipping_provider_id"],
    }


SAME = "shipping_provider_name shipping_provider_id shipping_type tracking_number create_time update_time warehouse_id"
ADDRESS = "full_address phone_number name postal_code address_detail region_code address_line1 address_line2"
BOX = {"length": "30", "width": "20", "height": "12", "unit": "CM"}


def weight_of(box: Box, package: dict[str, Any]) -> dict[str, str]:
    """Return what the seller said a package weighs, or what its goods weigh together."""
    return package.get("weight") or {"value": str(own_grams(box, package)), "unit": "GRAM"}


def show_package(box: Box, package: dict[str, Any]) -> dict[str, Any]:
    """Return the full form of the detail path."""
    order, lines = box.book.orders[package["orders"][0]], lines_of(box, package)
    warehouse = box.store.table("warehouse")[package["warehouse_id"]]
    address, sender = show_address(box, order), warehouse["address"]
    from_us = {"name": sender["contact_person"], "address_detail": sender["address_line1"]}
    shown = {
        "package_id": package["id"],
        "orders": show_orders(box, package),
        "package_status": package["status"],
        "package_sub_status": package["sub_status"],
        "split_and_combine_tag": package["tag"],
        "has_multi_skus": len({line["sku_id"] for line in lines}) > 1,
        "note_tag": "BUYER_NOTED" if order["buyer_message"] else "BUYER_UNNOTED",
        "delivery_option_name": order["delivery_option_name"],
        "delivery_option_id": order["delivery_option_id"],
        "order_line_item_ids": package["lines"],
        "recipient_address": {key: address.get(key, "") for key in ADDRESS.split()},
        "sender_address": {**{key: sender.get(key, "") for key in ADDRESS.split()}, **from_us},
        "weight": weight_of(box, package),
        "dimension": package.get("dimension") or BOX,
        **{key: package[key] for key in SAME.split()},
    }
    if package["shipping_type"] == "TIKTOK_DIGITAL":
        shown["shipping_type"] = "TIKTOK"
    for field in ("pickup_slot", "handover_method", "ship_exception_reason"):
        if package.get(field):
            shown[field] = package[field]
    return shown
