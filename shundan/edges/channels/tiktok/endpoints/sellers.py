"""Authorization and seller: what a consent opens, and what it permits."""

from __future__ import annotations

from shundan.edges.channels.tiktok.endpoints.endpoint import Endpoint as E

ROWS: dict[str, E] = {
    "shop.list": E("GET", "/authorization/{version}/shops", ("202309",), "auth", cipher=False),
    "shop.deauthorise": E("DELETE", "/authorization/{version}/shops", ("202403",), "auth", changes=True),
    "seller.permissions": E("GET", "/seller/{version}/permissions", ("202309",), "seller", cipher=False),
    "seller.active_shops": E("GET", "/seller/{version}/shops", ("202309",), "seller", cipher=False),
    "seller.shop_group": E("GET", "/seller/{version}/shop_groups", ("202601",), "seller", cipher=False),
}
