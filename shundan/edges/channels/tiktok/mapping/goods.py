"""Products as listings, warehouses, and how many stars a product got."""

from __future__ import annotations

from dataclasses import dataclass

from shundan.core.facts import ListingFacts
from shundan.edges.channels.tiktok.mapping.reading import (
    Payload,
    child,
    currency_in,
    flag,
    minor,
    moment,
    named,
    rows,
    text,
    texts,
    whole,
)


@dataclass(frozen=True)
class WarehouseFacts:
    warehouse_id: str
    name: str
    kind: str  # SALES_WAREHOUSE | RETURN_WAREHOUSE
    region: str = ""
    is_default: bool = False
    enabled: bool = True
    place: str = ""  # "state/city"; empty when neither is told


def map_listing(row: Payload) -> list[ListingFacts]:
    """Return one listing for each SKU of a product, from product detail or product search."""
    image = next((url for part in rows(row, "main_images") for url in _urls(part)), "")
    return [_listing(row, sku, image) for sku in rows(row, "skus")]


def _listing(row: Payload, sku: Payload, image: str) -> ListingFacts:
    price = child(sku, "price")
    currency = currency_in(price)
    traits = rows(sku, "sales_attributes")
    own = next((url for part in traits for url in _urls(child(part, "sku_img"))), "")
    asked = text(price, "sale_price") and "sale_price" or "tax_exclusive_price"
    status = text(row, "status")
    if text(child(sku, "status_info"), "status") == "DEACTIVATED" and status == "ACTIVATE":
        status = "SELLER_DEACTIVATED"
    return ListingFacts(
        product_id=named(row, "id"), sku_id=named(sku, "id"), seller_sku=text(sku, "seller_sku"),
        title=text(row, "title"),
        variant=", ".join(text(part, "value_name") for part in traits if text(part, "value_name")), status=status,
        price_minor=minor(price, asked, currency), currency=currency,
        stock={text(part, "warehouse_id"): whole(part, "quantity") for part in rows(sku, "inventory")},
        image_url=own or image, updated_at=moment(row, "update_time"),
    )  # fmt: skip


def _urls(part: Payload) -> tuple[str, ...]:
    return texts(part, "thumb_urls") or texts(part, "urls")


def map_warehouses(row: Payload) -> list[WarehouseFacts]:
    """Return the shop's warehouses."""
    return [
        WarehouseFacts(
            named(part, "id"),
            text(part, "name"),
            text(part, "type") or "SALES_WAREHOUSE",
            text(child(part, "address"), "region_code"),
            flag(part, "is_default"),
            text(part, "effect_status") != "DISABLED",
            "/".join(text(child(part, "address"), key) for key in ("state", "city")).strip("/"),
        )
        for part in rows(row, "warehouses")
    ]


def map_scores(row: Payload) -> dict[str, int]:
    """Return how many buyers gave how many stars ({"1": …, "5": …}); `row` is a snapshot's payload ({performance})."""
    told = {text(part, "stars")[:1]: whole(part, "count") for part in rows(child(row, "performance"), "ratings")}
    return {star: told[star] for star in "12345" if star in told}
