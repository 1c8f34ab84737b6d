"""The paths under /product/ that end listings and set how their stock is run."""

from __future__ import annotations

from typing import Any

from sandbox.errors import Refusal
from sandbox.gateway import Call
from sandbox.table import answers
from sandbox.webhooks import tell
from sandbox.webhooks.news import seller_number


@answers("DELETE", "/product/{v}/products")
def delete_products(call: Call) -> dict[str, Any]:
    """End listings; a deleted product stays visible as such, its SKUs can no longer be bought."""
    refused = []
    for product_id in call.body["product_ids"]:
        product = call.box.store.get("product", product_id)
        if product is None or product["shop_id"] != call.shop["id"]:
            code, message = (
                12052048,
                "You cannot edit the specified product(s) as it isn't listed in your account or shop.",
            )
        elif product["status"] == "DELETED":
            code, message = 12052901, "The product in its current status is not available for this operation"
        else:
            delete(call, product)
            continue
        refused.append({"code": code, "message": message, "detail": {"product_id": product_id}})
    return {"errors": refused} if refused else {}


def delete(call: Call, product: dict[str, Any]) -> None:
    product["status"], product["update_time"] = "DELETED", call.box.now()
    for sku in product["skus"]:
        sku["available"] = dict.fromkeys(sku["available"], 0)
    call.box.store.put("product", product["id"], product)
    tell(
        call.box,
        call.shop["id"],
        "PRODUCT_STATUS_CHANGE",
        product_id=int(product["id"]),
        status="PRODUCT_STATUS_CHANGED",
        suspended_reason="",
        update_time=call.box.now(),
    )


@answers("POST", "/product/{v}/inventory/operation/settings", versions=("202604", "202608"))
def set_stock_operation(call: Call) -> dict[str, Any]:
    """Set for each named SKU whether the platform fills its shelf up again when it runs empty."""
    if call.body["seller_id"] not in (str(seller_number(call.shop)), call.shop["id"]):
        raise Refusal(12019112, "seller id is invalid")
    wanted = bool(call.body.get("stock_operation_setting", {}).get("enable_auto_restock"))
    done, failed = [], []
    for sku_id in call.body.get("sku_ids", []):
        found = call.box.sku(sku_id)
        if found is None or found[0]["shop_id"] != call.shop["id"]:
            failed.append(sku_id)
            continue
        product, sku = found
        sku["auto_restock"] = wanted
        call.box.store.put("product", product["id"], product)
        done.append(sku_id)
    if failed and not done:
        raise Refusal(12001017, "sku id is invalid")
    return {"stock_operation": {"success_sku_ids": done, "failed_sku_ids": failed}}
