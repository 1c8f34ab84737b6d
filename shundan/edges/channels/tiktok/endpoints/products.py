"""Products, their prices and stock, as far as an order desk reads and changes them."""

from __future__ import annotations

from shundan.edges.channels.tiktok.endpoints.endpoint import Endpoint as E

_P = "/product/{version}/products"
_ONE = _P + "/{product_id}"
ROWS: dict[str, E] = {
    "product.search": E("POST", _P + "/search", ("202502", "202312", "202309"), "product"),
    "product.detail": E("GET", _ONE, ("202309",), "product"),
    "product.activate": E("POST", _P + "/activate", ("202309",), "product", changes=True),
    "product.deactivate": E("POST", _P + "/deactivate", ("202309",), "product", changes=True),
    "price.update": E("POST", _ONE + "/prices/update", ("202309",), "product", changes=True),
    "inventory.search": E("POST", "/product/{version}/inventory/search", ("202309",), "product"),
    "inventory.update": E("POST", _ONE + "/inventory/update", ("202309",), "stock", changes=True),
}
