"""Every path of TikTok Shop we use: method, versions (newest first), whether it takes the shop's cipher, its group.

A version is listed only if its body and answer have the shape that `client` and `mapping` work with. Calls of one
group share a budget, because the platform limits per app, shop and endpoint.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Endpoint:
    method: str
    path: str  # with {version} and path parameters
    versions: tuple[str, ...]
    group: str
    cipher: bool = True
    changes: bool = False  # something outside may be different afterwards


E = Endpoint
ENDPOINTS: dict[str, Endpoint] = {
    "shop.list": E("GET", "/authorization/{version}/shops", ("202309",), "auth", cipher=False),
    "webhook.list": E("GET", "/event/{version}/webhooks", ("202309",), "event"),
    "webhook.put": E("PUT", "/event/{version}/webhooks", ("202309",), "event", changes=True),
    # orders
    "order.search": E("POST", "/order/{version}/orders/search", ("202309",), "order"),
    "order.detail": E("GET", "/order/{version}/orders", ("202507", "202309"), "order"),
    # packages
    "package.search": E("POST", "/fulfillment/{version}/packages/search", ("202309",), "package"),
    "package.detail": E("GET", "/fulfillment/{version}/packages/{package_id}", ("202309",), "package"),
    "package.ship": E("POST", "/fulfillment/{version}/packages/{package_id}/ship", ("202309",), "ship", changes=True),
    "package.create": E("POST", "/fulfillment/{version}/packages", ("202512",), "ship", changes=True),
    "package.document": E(
        "GET", "/fulfillment/{version}/packages/{package_id}/shipping_documents", ("202309",), "label"
    ),
    "package.time_slots": E(
        "GET", "/fulfillment/{version}/packages/{package_id}/handover_time_slots", ("202309",), "package"
    ),
    "package.update_tracking": E(
        "POST", "/fulfillment/{version}/packages/{package_id}/shipping_info/update", ("202309",), "ship", changes=True
    ),
    "package.combinable": E("GET", "/fulfillment/{version}/combinable_packages/search", ("202309",), "package"),
    "order.mark_shipped": E(
        "POST", "/fulfillment/{version}/orders/{order_id}/packages", ("202309",), "ship", changes=True
    ),
    "order.update_tracking": E(
        "POST", "/fulfillment/{version}/orders/{order_id}/shipping_info/update", ("202309",), "ship", changes=True
    ),
    "order.shipping_services": E(
        "POST", "/fulfillment/{version}/orders/{order_id}/shipping_services/query", ("202309",), "ship"
    ),
    "order.tracking": E("GET", "/fulfillment/{version}/orders/{order_id}/tracking", ("202309",), "tracking"),
    # logistics
    "warehouse.list": E("GET", "/logistics/{version}/warehouses", ("202309",), "logistics"),
    "warehouse.delivery_options": E(
        "GET", "/logistics/{version}/warehouses/{warehouse_id}/delivery_options", ("202309",), "logistics"
    ),
    "provider.list": E(
        "GET", "/logistics/{version}/delivery_options/{delivery_option_id}/shipping_providers", ("202309",), "logistics"
    ),
    # after-sales
    "cancellation.search": E(
        "POST", "/return_refund/{version}/cancellations/search", ("202602", "202309"), "aftersales"
    ),
    "cancellation.create": E(
        "POST", "/return_refund/{version}/cancellations", ("202602", "202309"), "aftersales", changes=True
    ),
    "cancellation.approve": E(
        "POST", "/return_refund/{version}/cancellations/{cancel_id}/approve", ("202309",), "aftersales", changes=True
    ),
    "cancellation.reject": E(
        "POST", "/return_refund/{version}/cancellations/{cancel_id}/reject", ("202309",), "aftersales", changes=True
    ),
    "return.search": E("POST", "/return_refund/{version}/returns/search", ("202602", "202309"), "aftersales"),
    "return.approve": E(
        "POST", "/return_refund/{version}/returns/{return_id}/approve", ("202309",), "aftersales", changes=True
    ),
    "return.reject": E(
        "POST", "/return_refund/{version}/returns/{return_id}/reject", ("202606", "202309"), "aftersales", changes=True
    ),
    "return.records": E("GET", "/return_refund/{version}/returns/{return_id}/records", ("202309",), "aftersales"),
    "reject_reasons": E("GET", "/return_refund/{version}/reject_reasons", ("202309",), "aftersales"),
    # conversations
    "conversation.list": E("GET", "/customer_service/{version}/conversations", ("202309",), "chat"),
    "conversation.detail": E("GET", "/customer_service/{version}/conversations/{conversation_id}", ("202601",), "chat"),
    "conversation.create": E("POST", "/customer_service/{version}/conversations", ("202309",), "chat", changes=True),
    "message.list": E(
        "GET", "/customer_service/{version}/conversations/{conversation_id}/messages", ("202309",), "chat"
    ),
    "message.send": E(
        "POST",
        "/customer_service/{version}/conversations/{conversation_id}/messages",
        ("202309",),
        "chat",
        changes=True,
    ),
    # products
    "product.search": E("POST", "/product/{version}/products/search", ("202502", "202312", "202309"), "product"),
    "product.detail": E("GET", "/product/{version}/products/{product_id}", ("202309",), "product"),
    "inventory.search": E("POST", "/product/{version}/inventory/search", ("202309",), "product"),
    "inventory.update": E(
        "POST", "/product/{version}/products/{product_id}/inventory/update", ("202309",), "stock", changes=True
    ),
    "product.performance": E(
        "GET", "/analytics/{version}/shop_products/{product_id}/performance", ("202509", "202405"), "analytics"
    ),
    # money
    "statement.search": E("GET", "/finance/{version}/statements", ("202309",), "finance"),
    "statement.transactions": E(
        "GET", "/finance/{version}/statements/{statement_id}/statement_transactions", ("202501", "202309"), "finance"
    ),
    "payment.search": E("GET", "/finance/{version}/payments", ("202605", "202309"), "finance"),
}
