"""Products and inventory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from shundan.edges.channels.tiktok.client import call, pages
from shundan.edges.channels.tiktok.groups.answers import Batch, Reached, Row, batch, rows_of, said


def search_products(
    shop: Reached, *, status: str = "ALL", seller_skus: Sequence[str] = (), since: int = 0
) -> Iterator[Row]:
    body = {"status": status} | said(seller_skus=list(seller_skus), update_time_ge=since or None)
    return pages(shop, "product.search", "products", query={"page_size": 100}, body=body)


def product(shop: Reached, product_id: str) -> Row:
    return call(shop, "product.detail", path={"product_id": product_id})


def activate(shop: Reached, product_ids: Sequence[str]) -> Batch:
    """Put products on sale; each may be refused by itself."""
    return batch(call(shop, "product.activate", body={"product_ids": list(product_ids)}), "product_id")


def deactivate(shop: Reached, product_ids: Sequence[str]) -> Batch:
    """Take products off sale; each may be refused by itself."""
    return batch(call(shop, "product.deactivate", body={"product_ids": list(product_ids)}), "product_id")


def set_prices(shop: Reached, product_id: str, prices: Mapping[str, Row]) -> Batch:
    """Set prices: SKU id -> {amount, currency}, amounts as decimal texts."""
    skus = [{"id": sku, "price": dict(price)} for sku, price in sorted(prices.items())]
    return batch(call(shop, "price.update", path={"product_id": product_id}, body={"skus": skus}), "sku_id")


def inventory(shop: Reached, *, product_ids: Sequence[str] = (), sku_ids: Sequence[str] = ()) -> list[Row]:
    """Return what the platform thinks is in stock, per product, SKU and warehouse."""
    body = said(product_ids=list(product_ids), sku_ids=list(sku_ids))
    return rows_of(call(shop, "inventory.search", body=body), "inventory")


def set_stock(shop: Reached, product_id: str, stock: Mapping[str, Mapping[str, int]]) -> Batch:
    """Set quantities: SKU id -> {platform warehouse id: quantity}."""
    skus = [
        {
            "id": sku,
            "inventory": [{"warehouse_id": place, "quantity": units} for place, units in sorted(places.items())],
        }
        for sku, places in sorted(stock.items())
    ]
    return batch(call(shop, "inventory.update", path={"product_id": product_id}, body={"skus": skus}), "sku_id")
