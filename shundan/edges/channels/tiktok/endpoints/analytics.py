"""How shop, products and SKUs do: sales, and the stars buyers gave."""

from __future__ import annotations

from shundan.edges.channels.tiktok.endpoints.endpoint import Endpoint as E

_A = "/analytics/{version}"
ROWS: dict[str, E] = {
    "shop.performance": E("GET", _A + "/shop/performance", ("202609", "202509", "202405"), "analytics"),
    "shop.performance_by_hour": E(
        "GET", _A + "/shop/performance/{date}/performance_per_hour", ("202510",), "analytics"
    ),
    "product.performances": E("GET", _A + "/shop_products/performance", ("202605", "202509", "202405"), "analytics"),
    "product.performance": E("GET", _A + "/shop_products/{product_id}/performance", ("202509", "202405"), "analytics"),
    "sku.performances": E("GET", _A + "/shop_skus/performance", ("202509", "202406"), "analytics"),
    "sku.performance": E("GET", _A + "/shop_skus/{sku_id}/performance", ("202509", "202406"), "analytics"),
}
