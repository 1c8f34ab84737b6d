"""The paths under /product/: listings, stock and prices."""

from __future__ import annotations

from typing import Any

from sandbox.box import Box
from sandbox.errors import Refusal
from sandbox.gateway import Call
from sandbox.paging import page_of
from sandbox.table import answers
from sandbox.webhooks import tell
from sandbox.webhooks.news import tell_stock

HIGHEST_LIST_PRICE = 760_000  # 7,600 dollars
MOST_FOUND = 10_000  # of one search; who has more asks by time
SQUARE = {"height": 200, "width": 200}


def own_product(call: Call) -> dict[str, Any]:
    product = call.box.store.get("product", call.path["product_id"])
    if product is None or product["shop_id"] != call.shop["id"]:
        raise Refusal(12052032, "The product does not exist")
    return product


def own_sku(product: dict[str, Any], sku_id: str) -> dict[str, Any] | None:
    return next((sku for sku in product["skus"] if sku["id"] == sku_id), None)


def save(box: Box, product: dict[str, Any], *fields: str, source: str = "OPEN_API") -> None:
    product["update_time"] = box.now()
    box.store.put("product", product["id"], product)
    tell(
        box,
        product["shop_id"],
        "PRODUCT_INFORMATION_CHANGE",
        product_id=product["id"],
        change_source=source,
        changed_fields=list(fields),
        update_time=box.now(),
    )


def show_sku(call: Call, sku: dict[str, Any]) -> dict[str, Any]:
    price = call.market.money(sku["price"])
    return {
        "id": sku["id"],
        "seller_sku": sku["seller_sku"],
        "price": {"currency": call.market.currency, "tax_exclusive_price": price, "sale_price": price},
        "inventory": [{"warehouse_id": key, "quantity": quantity} for key, quantity in sku["available"].items()],
        "status_info": {"status": sku.get("status", "NORMAL")},
    }


@answers("POST", "/product/{v}/products/search", versions=("202309", "202312", "202502"))
def search_products(call: Call) -> dict[str, Any]:
    body, rows = call.body, []
    for product in call.box.products(call.shop["id"]):
        if body.get("status") not in (None, "ALL", product["status"]):
            continue
        if "APPROVED" not in body.get("audit_status", ["APPROVED"]):
            continue
        if body.get("seller_skus") and not any(sku["seller_sku"] in body["seller_skus"] for sku in product["skus"]):
            continue
        if body.get("sku_ids") and not any(sku["id"] in body["sku_ids"] for sku in product["skus"]):
            continue
        if all(
            body.get(f"{time}_ge", 0) <= product[time] <= body.get(f"{time}_le", 1 << 60)
            for time in ("create_time", "update_time")
        ):
            rows.append(product)
    if len(rows) > MOST_FOUND:
        raise Refusal(12052180, "The total number of search results can not exceed 10000.")
    by_id = {row["id"]: row for row in rows}
    page, token = page_of(
        sorted((row["create_time"], row["id"]) for row in rows),
        size=call.query["page_size"],
        token=call.query.get("page_token", ""),
        descending=False,
    )
    return {
        "total_count": len(rows),
        "next_page_token": token,
        "products": [show_found(call, by_id[key]) for _, key in page],
    }


def show_found(call: Call, product: dict[str, Any]) -> dict[str, Any]:
    """Return the short form of a search, with the fields its version has."""
    skus = [show_sku(call, sku) for sku in product["skus"]]
    shown = {
        "id": product["id"],
        "title": product["title"],
        "status": product["status"],
        "skus": skus,
        "sales_regions": [call.shop["region"]],
        "create_time": product["create_time"],
        "update_time": product["update_time"],
    }
    if call.version != "202309":
        shown.update(is_not_for_sale=False, audit={"status": "APPROVED"})
    if call.version != "202502":
        for sku in skus:
            sku.pop("status_info", None)
    return shown


def choice_of(sku: dict[str, Any]) -> dict[str, Any]:
    return {"id": "100089", "name": sku["option"], "value_id": sku["id"][-9:], "value_name": sku["name"]}


@answers("GET", "/product/{v}/products/{product_id}")
def get_product(call: Call) -> dict[str, Any]:
    row = own_product(call)
    image = f"{call.box.base_url}/sandbox/goods/{row['code']}.svg"
    return {
        "id": row["id"],
        "status": row["status"],
        "title": row["title"],
        "description": f"<p>{row['title']}</p>",
        "product_status": row["status"],
        "category_chains": [{"id": "600001", "parent_id": "0", "local_name": row["category"], "is_leaf": True}],
        "main_images": [{**SQUARE, "thumb_urls": [image], "uri": f"goods/{row['code']}", "urls": [image]}],
        "package_dimensions": {"length": "30", "width": "20", "height": "12", "unit": "CENTIMETER"},
        "package_weight": {"value": f"{row['grams'] / 1000:.3f}", "unit": "KILOGRAM"},
        "skus": [{**show_sku(call, sku), "sales_attributes": [choice_of(sku)]} for sku in row["skus"]],
        "create_time": row["create_time"],
        "update_time": row["update_time"],
        "is_cod_allowed": False,
        "is_not_for_sale": False,
        "audit": {"status": "APPROVED"},
        "has_draft": False,
    }


@answers("POST", "/product/{v}/inventory/search")
def search_inventory(call: Call) -> dict[str, Any]:
    wanted, skus = call.body.get("product_ids", []), call.body.get("sku_ids", [])
    if len(wanted) > 100:
        raise Refusal(12019120, "The number of provided product IDs exceeds the limit.")
    shown = []
    for product in call.box.products(call.shop["id"]):
        chosen = [
            sku for sku in product["skus"] if product["id"] in wanted or sku["id"] in skus or not (wanted or skus)
        ]
        if chosen:
            shown.append({"product_id": product["id"], "skus": [stock_of(sku) for sku in chosen]})
    return {"inventory": shown}


def stock_of(sku: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": sku["id"],
        "seller_sku": sku["seller_sku"],
        "total_available_quantity": sum(sku["available"].values()),
        "total_committed_quantity": sum(sku["committed"].values()),
        "warehouse_inventory": [
            {
                "warehouse_id": key,
                "available_quantity": quantity,
                "committed_quantity": sku["committed"].get(key, 0),
            }
            for key, quantity in sku["available"].items()
        ],
    }


@answers("POST", "/product/{v}/products/{product_id}/inventory/update")
def update_inventory(call: Call) -> dict[str, Any]:
    """Set what can be bought, per SKU and warehouse; a wrong SKU or warehouse is told per item."""
    product, refused = own_product(call), []
    for row in call.body["skus"]:
        sku = own_sku(product, row["id"])
        if sku is None:
            refused.append({"code": 12052556, "message": "The SKU id not exist.", "detail": {"sku_id": row["id"]}})
            continue
        for part in row["inventory"]:
            place, quantity = part.get("warehouse_id") or call.shop["warehouse_id"], int(part["quantity"])
            if place not in sku["available"]:
                refused.append(
                    {
                        "code": 12052097,
                        "message": "The warehouse does not exist",
                        "detail": {"sku_id": row["id"]},
                    }
                )
            elif not 0 <= quantity <= 99_999:
                refused.append(
                    {
                        "code": 12052055,
                        "message": "The SKU inventory quantity for the warehouse must be within allowed limits.",
                        "detail": {"sku_id": row["id"]},
                    }
                )
            else:
                moved = quantity - sku["available"][place]
                sku["available"][place] = quantity
                tell_stock(call.box, product, sku, source="api_sync", available=moved, committed=0)
    save(call.box, product, "INVENTORY")
    return {"errors": refused} if refused else {}


@answers("POST", "/product/{v}/products/{product_id}/prices/update")
def update_prices(call: Call) -> dict[str, Any]:
    """Set prices of some SKUs, all or none; a price to strike through is America's alone and has its limits."""
    product = own_product(call)
    if len({row["id"] for row in call.body["skus"]}) < len(call.body["skus"]):
        raise Refusal(12052553, "Sku id duplicate")
    for sku, minor in [read_price(call, product, row) for row in call.body["skus"]]:
        sku["price"] = minor
    save(call.box, product, "PRICE")
    return {}


def read_price(call: Call, product: dict[str, Any], row: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Return a SKU of the product with the minor units it is to cost."""
    sku = own_sku(product, row["id"])
    if sku is None:
        raise Refusal(12052557, "The SKU ID does not belong to the product.")
    if row["price"]["currency"] != call.market.currency:
        raise Refusal(12052084, "The provided currency is not available for this shop/region.")
    minor = minor_of(call, row["price"].get("amount") or row["price"].get("sale_price") or "")
    if minor <= 0:
        raise Refusal(12052073, "The product price is invalid")
    listed = [row["list_price"]] if "list_price" in row else []
    for struck in listed + row.get("external_list_prices", []):
        if call.shop["region"] != "US":
            raise Refusal(12052376, "list price not support")
        if not 0 < minor_of(call, struck["amount"]) <= HIGHEST_LIST_PRICE:
            raise Refusal(12052383, "product list price exceed limit")
    return sku, minor


def minor_of(call: Call, text: str) -> int:
    try:
        return call.market.minor(text)
    except ValueError:
        raise Refusal(12052012, "Incorrect price format") from None


NOT_LISTED = (12052048, "You cannot edit the specified product(s) as it isn't listed in your account or shop.")
NOT_THERE = (12052032, "The product does not exist")


def set_status(call: Call, status: str) -> dict[str, Any]:
    """Give each named product a status; both paths tell of a foreign one by a code of their own."""
    refused = []
    code, message = NOT_LISTED if status == "ACTIVATE" else NOT_THERE
    for product_id in call.body["product_ids"]:
        product = call.box.store.get("product", product_id)
        if product is None or product["shop_id"] != call.shop["id"]:
            refused.append({"code": code, "message": message, "detail": {"product_id": product_id}})
            continue
        product["status"], product["update_time"] = status, call.box.now()
        call.box.store.put("product", product_id, product)
        tell(
            call.box,
            call.shop["id"],
            "PRODUCT_STATUS_CHANGE",
            product_id=int(product_id),
            status="PRODUCT_STATUS_CHANGED",
            suspended_reason="",
            update_time=call.box.now(),
        )
    return {"errors": refused} if refused else {}


@answers("POST", "/product/{v}/products/activate")
def activate(call: Call) -> dict[str, Any]:
    return set_status(call, "ACTIVATE")


@answers("POST", "/product/{v}/products/deactivate")
def deactivate(call: Call) -> dict[str, Any]:
    return set_status(call, "SELLER_DEACTIVATED")
