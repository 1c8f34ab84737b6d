"""A world with one thing of each kind, and one call of every path in it."""

from __future__ import annotations

from typing import Any

from sandbox.aftersales import returns


class World:
    """One order of each kind that the calls below need."""

    def __init__(self, tool: Any) -> None:
        self.tool = tool
        place = tool.place
        self.fresh, self.sent, self.done = (
            place(),
            place(status="AWAITING_COLLECTION"),
            place(status="DELIVERED", lines=2),
        )
        self.pair = [place(buyer="pair.one") for _ in range(2)]
        self.wide = tool.order(place(sku="BDR-01", quantity=3))
        self.line = self.wide["line_items"][0]
        self.package = tool.order(self.sent)["packages"][0]["id"]
        self.own = next(
            order
            for order in (tool.order(place(shop="GB"), "GB") for _ in range(12))
            if order["shipping_type"] == "SELLER"
        )
        chat = tool.control("buyers/chat", order_id=self.fresh, text="hi")
        self.thread = chat["conversation_id"]
        tool.control("buyers/rate", order_id=self.done, stars=4)
        self.cancels = [tool.control("buyers/cancel", order_id=place())["cancel_id"] for _ in range(2)]
        self.returns = [
            tool.control("buyers/return", order_id=place(status="DELIVERED"))["return_id"] for _ in range(3)
        ]
        returns.ship_back(tool.box, self.move(self.returns[2]))
        tool.advance(days=5)
        self.fresh = place()
        self.statement = next(iter(tool.box.store.table("statement")))
        tool.box.store.commit()
        self.cancels = [tool.control("buyers/cancel", order_id=place())["cancel_id"] for _ in range(2)]
        self.returns[:2] = [
            tool.control("buyers/return", order_id=place(status="DELIVERED"))["return_id"] for _ in range(2)
        ]
        self.wide = tool.order(place(sku="BDR-01", quantity=3))
        self.pair = [place(buyer="pair.two") for _ in range(2)]
        self.own = next(
            order
            for order in (tool.order(place(shop="GB"), "GB") for _ in range(12))
            if order["shipping_type"] == "SELLER"
        )

    def move(self, return_id: str) -> dict[str, Any]:
        row = self.tool.box.store.table("return")[return_id]
        returns.grant_return(self.tool.box, row, by="SELLER")
        return row

    def sent_by_us(self) -> str:
        order_id = next(
            key
            for key in (self.tool.place(shop="GB", status="AWAITING_COLLECTION") for _ in range(12))
            if self.tool.order(key, "GB")["shipping_type"] == "SELLER"
        )
        return self.tool.order(order_id, "GB")["packages"][0]["id"]

    def package_of(self, order_id: str) -> str:
        return self.tool.order(order_id)["packages"][0]["id"]


def picture() -> dict[str, Any]:
    """Return a multipart body with one small file in it."""
    body = b'--cut\r\nContent-Disposition: form-data; name="data"; filename="a.png"\r\n\r\nPNG\r\n--cut--\r\n'
    return {"raw": body, "headers": {"content-type": "multipart/form-data; boundary=cut"}}


DAYS = {"start_date_ge": "2026-11-01", "end_date_lt": "2027-03-01"}
CALLS: dict[str, Any] = {
    "GET /authorization/202309/shops": {"cipher": ""},
    "GET /seller/202309/shops": {"cipher": ""},
    "GET /seller/202309/permissions": {"cipher": ""},
    "GET /order/202507/orders": lambda w: {"query": {"ids": f"{w.fresh},{w.done},{w.sent}"}},
    "POST /order/202309/orders/search": {"query": {"page_size": 50}, "body": {}},
    "GET /order/202407/orders/{order_id}/price_detail": lambda w: {"order_id": w.done},
    "POST /order/202406/orders/external_orders": lambda w: {
        "body": {
            "orders": [
                {
                    "id": w.fresh,
                    "external_order": {
                        "id": "E1",
                        "platform": "SHOPIFY",
                        "line_items": [{"id": "1", "origin_id": "2"}],
                    },
                }
            ]
        }
    },
    "GET /order/202406/orders/{order_id}/external_orders": lambda w: {
        "order_id": w.fresh,
        "query": {"platform": "SHOPIFY"},
    },
    "POST /order/202406/orders/external_order_search": {"query": {"platform": "SHOPIFY", "external_order_id": "E1"}},
    "POST /fulfillment/202309/orders/{order_id}/shipping_services/query": lambda w: {
        "order_id": w.fresh,
        "body": {},
    },
    "POST /fulfillment/202512/packages": lambda w: {
        "body": {"order_id": w.fresh, "ship_type": "1", "weight": {"value": "500", "unit": "GRAM"}}
    },
    "POST /fulfillment/202309/packages/{package_id}/ship": lambda w: {
        "package_id": w.package_of(w.tool.place()),
        "body": {},
    },
    "POST /fulfillment/202309/packages/ship": lambda w: {
        "body": {"packages": [{"id": w.package_of(w.tool.place())}, {"id": "1150000000000000000"}]}
    },
    "GET /fulfillment/202309/packages/{package_id}": lambda w: {"package_id": w.package},
    "POST /fulfillment/202309/packages/search": {"query": {"page_size": 50}, "body": {}},
    "GET /fulfillment/202309/packages/{package_id}/shipping_documents": lambda w: {
        "package_id": w.package,
        "query": {"document_type": "SHIPPING_LABEL"},
    },
    "GET /fulfillment/202309/packages/{package_id}/handover_time_slots": lambda w: {"package_id": w.package},
    "GET /fulfillment/202309/orders/{order_id}/tracking": lambda w: {"order_id": w.done},
    "GET /logistics/202604/orders/{order_id}/tracking": lambda w: {"order_id": w.done},
    "GET /fulfillment/202508/tts_tracking_validation": {"query": {"tracking_number": "LK1"}},
    "POST /fulfillment/202610/orders/{order_id}/packages": lambda w: {
        "region": "GB",
        "order_id": w.own["id"],
        "body": {
            "shipping_info_list": [{"tracking_number": "TM99999999GB", "shipping_provider_id": "7129720299146184452"}]
        },
    },
    "POST /fulfillment/202309/orders/{order_id}/shipping_info/update": lambda w: {
        "region": "GB",
        "order_id": w.own["id"],
        "body": {"tracking_number": "TM99999998GB", "shipping_provider_id": "7129720299146184452"},
    },
    "POST /fulfillment/202309/images/upload": lambda w: picture(),
    "POST /fulfillment/202309/files/upload": lambda w: picture(),
    "POST /customer_service/202309/images/upload": lambda w: picture(),
    "POST /fulfillment/202502/invoice/upload": lambda w: {
        "body": {
            "invoices": [
                {"package_id": key, "order_ids": [w.sent], "file_type": "XML", "file": "PHg+PC94Pg=="}
                for key in (w.package, "1150000000000000000")
            ]
        }
    },
    "POST /fulfillment/202309/packages/deliver": lambda w: {
        "body": {"packages": [{"id": w.package, "delivery_type": "DELIVERY_SUCCESS"}]}
    },
    "POST /fulfillment/202610/packages/{package_id}/shipping_info/update": lambda w: {
        "region": "GB",
        "package_id": w.sent_by_us(),
        "body": {
            "shipping_info_list": [{"tracking_number": "TM99999997GB", "shipping_provider_id": "7129720299146184452"}]
        },
    },
    "GET /fulfillment/202309/orders/split_attributes": lambda w: {"query": {"order_ids": w.wide["id"]}},
    "POST /fulfillment/202309/orders/{order_id}/split": lambda w: {
        "order_id": w.wide["id"],
        "body": {"splittable_groups": [{"id": "1", "order_line_item_ids": [w.wide["line_items"][0]["id"]]}]},
    },
    "GET /fulfillment/202309/combinable_packages/search": {"query": {"page_size": 10}},
    "POST /fulfillment/202309/packages/combine": lambda w: {
        "body": {"combinable_packages": [{"id": w.package_of(w.pair[0]), "order_ids": w.pair}]}
    },
    "POST /fulfillment/202309/packages/{package_id}/uncombine": lambda w: {
        "package_id": w.package_of(w.pair[0]),
        "body": {},
    },
    "GET /logistics/202309/warehouses": {},
    "GET /logistics/202309/global_warehouses": {"cipher": ""},
    "GET /logistics/202309/warehouses/{warehouse_id}/delivery_options": lambda w: {
        "warehouse_id": w.tool.shops["US"]["warehouse_id"]
    },
    "GET /logistics/202309/delivery_options/{delivery_option_id}/shipping_providers": lambda w: {
        "delivery_option_id": w.tool.shops["US"]["warehouse_id"][:-2] + "01"
    },
    "POST /return_refund/202602/cancellations/search": {"query": {"page_size": 50}, "body": {}},
    "POST /return_refund/202602/returns/search": {"query": {"page_size": 50}, "body": {}},
    "POST /return_refund/202602/cancellations": lambda w: {
        "body": {"order_id": w.tool.place(), "cancel_reason": "seller_cancel_reason_out_of_stock"}
    },
    "POST /return_refund/202309/cancellations/{cancel_id}/approve": lambda w: {"cancel_id": w.cancels[0]},
    "GET /return_refund/202309/reject_reasons": lambda w: {"query": {"return_or_cancel_id": w.cancels[1]}},
    "POST /return_refund/202309/cancellations/{cancel_id}/reject": lambda w: {
        "cancel_id": w.cancels[1],
        "body": {"reject_reason": "seller_reject_apply_product_has_been_packed"},
    },
    "GET /return_refund/202601/decision_eligibility": lambda w: {"query": {"return_or_cancel_id": w.returns[0]}},
    "POST /return_refund/202309/returns/{return_id}/approve": lambda w: {
        "return_id": w.returns[0],
        "body": {"decision": "APPROVE_RETURN"},
    },
    "POST /return_refund/202606/returns/{return_id}/reject": lambda w: {
        "return_id": w.returns[1],
        "body": {"decision": "REJECT_RETURN", "reject_reason": "reverse_reject_request_reason_1"},
    },
    "GET /return_refund/202309/returns/{return_id}/records": lambda w: {"return_id": w.returns[0]},
    "POST /return_refund/202602/returns": lambda w: {
        "body": {
            "order_id": w.tool.place(status="DELIVERED"),
            "return_type": "REFUND",
            "return_reason": "ecom_order_delivered_refund_reason_missing_product_seller",
        }
    },
    "POST /return_refund/202602/refunds/calculate": lambda w: {
        "body": {"order_id": w.done, "request_type": "REFUND", "reason_name": "x"}
    },
    "GET /return_refund/202602/orders/{order_id}/aftersale_eligibility": lambda w: {"order_id": w.done},
    "GET /finance/202309/statements": {"query": {"sort_field": "statement_time"}},
    "GET /finance/202501/statements/{statement_id}/statement_transactions": lambda w: {
        "statement_id": w.statement,
        "query": {"sort_field": "order_create_time"},
    },
    "GET /finance/202501/orders/{order_id}/statement_transactions": lambda w: {"order_id": w.done},
    "GET /finance/202605/payments": {"query": {"sort_field": "create_time"}},
    "GET /finance/202309/withdrawals": {"query": {"types": "SETTLE"}},
    "GET /finance/202507/orders/unsettled": {"query": {"sort_field": "order_create_time"}},
    "GET /customer_service/202309/agents/settings": {},
    "PUT /customer_service/202309/agents/settings": {"body": {"can_accept_chat": True}},
    "GET /customer_service/202309/conversations": {"query": {"page_size": 10}},
    "POST /customer_service/202309/conversations": lambda w: {"body": {"buyer_user_id": w.wide["user_id"]}},
    "GET /customer_service/202601/conversations/{conversation_id}": lambda w: {"conversation_id": w.thread},
    "GET /customer_service/202309/conversations/{conversation_id}/messages": lambda w: {
        "conversation_id": w.thread,
        "query": {"page_size": 10},
    },
    "POST /customer_service/202606/conversations/{conversation_id}/messages": lambda w: {
        "conversation_id": w.thread,
        "body": {"type": "TEXT", "content": '{"content":"Hello"}'},
    },
    "POST /customer_service/202309/conversations/{conversation_id}/messages/read": lambda w: {
        "conversation_id": w.thread
    },
    "GET /customer_service/202407/performance": {
        "query": {"support_date_ge": "2026-11-01", "support_date_lt": "2026-12-01"}
    },
    "PUT /event/202309/webhooks": {"body": {"event_type": "NEW_MESSAGE", "address": "http://127.0.0.1:9/x"}},
    "GET /event/202309/webhooks": {},
    "DELETE /event/202309/webhooks": {"body": {"event_type": "NEW_MESSAGE"}},
    "POST /product/202502/products/search": {"query": {"page_size": 100}, "body": {}},
    "GET /product/202309/products/{product_id}": lambda w: {"product_id": w.line["product_id"]},
    "POST /product/202309/inventory/search": lambda w: {"body": {"product_ids": [w.line["product_id"]]}},
    "POST /product/202309/products/{product_id}/inventory/update": lambda w: {
        "product_id": w.line["product_id"],
        "body": {
            "skus": [
                {"id": w.line["sku_id"], "inventory": [{"quantity": 5}]},
                {"id": "17", "inventory": [{"quantity": 5}]},
            ]
        },
    },
    "POST /product/202309/products/{product_id}/prices/update": lambda w: {
        "product_id": w.line["product_id"],
        "body": {"skus": [{"id": w.line["sku_id"], "price": {"amount": "30.00", "currency": "USD"}}]},
    },
    "POST /product/202309/products/deactivate": lambda w: {"body": {"product_ids": [w.line["product_id"]]}},
    "POST /product/202309/products/activate": lambda w: {"body": {"product_ids": [w.line["product_id"], "17"]}},
    "GET /analytics/202605/shop_products/performance": {"query": DAYS},
    "GET /analytics/202609/shop/performance": {"query": DAYS},
    "GET /analytics/202509/shop_products/{product_id}/performance": lambda w: {
        "product_id": w.line["product_id"],
        "query": DAYS,
    },
    "GET /analytics/202509/shop_skus/performance": {"query": DAYS},
    "GET /analytics/202509/shop_skus/{sku_id}/performance": lambda w: {
        "sku_id": w.line["sku_id"],
        "query": DAYS,
    },
}
