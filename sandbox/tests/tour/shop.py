"""Calls about the shop: authorisation, warehouses, money, chats, goods, figures."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sandbox.tests.tour.cases import seller_of
from sandbox.tests.tour.world import How, World, both, picture


def days(world: World) -> dict[str, str]:
    today = dt.datetime.fromtimestamp(world.tool.now, dt.UTC).date()
    return {
        "start_date_ge": (today - dt.timedelta(days=20)).isoformat(),
        "end_date_lt": (today + dt.timedelta(days=2)).isoformat(),
    }


def of_product(world: World) -> dict[str, Any]:
    return {"product_id": world.line["product_id"], "query": days(world)}


def of_sku(world: World) -> dict[str, Any]:
    return {"sku_id": world.line["sku_id"], "query": days(world)}


def of_shop(world: World) -> dict[str, Any]:
    return {"query": days(world)}


def stocked(world: World) -> dict[str, Any]:
    skus = [
        {"id": key, "inventory": [{"quantity": 500, "warehouse_id": world.warehouse}]}
        for key in (world.line["sku_id"], "17")
    ]
    return {"product_id": world.line["product_id"], "body": {"skus": skus}}


def restocked(world: World) -> dict[str, Any]:
    return {
        "body": {
            "seller_id": str(seller_of(world)),
            "sku_ids": [world.line["sku_id"], "17"],
            "stock_operation_setting": {"enable_auto_restock": True},
        }
    }


def spoken(world: World) -> dict[str, Any]:
    return {"conversation_id": world.thread, "body": {"type": "TEXT", "content": '{"content":"Hello"}'}}


def other_product(world: World) -> str:
    """Return a product that no other call needs."""
    rows = world.tool.call("POST", "/product/202502/products/search", query={"page_size": 100})["products"]
    return str(next(row["id"] for row in reversed(rows) if row["id"] != world.line["product_id"]))


AUTHORISATION: dict[str, How] = {
    "GET /authorization/202309/shops": {"cipher": ""},
    **both("GET /authorization/{v}/widget_token", {"cipher": ""}, versions=("202312", "202401")),
    "GET /authorization/202405/category_assets": {"cipher": ""},
    "GET /seller/202309/shops": {"cipher": ""},
    "GET /seller/202309/permissions": {"cipher": ""},
    "GET /seller/202601/shop_groups": {"cipher": ""},
    "PUT /event/202309/webhooks": {"body": {"event_type": "NEW_MESSAGE", "address": "http://127.0.0.1:9/x"}},
    "GET /event/202309/webhooks": {},
    "DELETE /event/202309/webhooks": {"body": {"event_type": "NEW_MESSAGE"}},
}
LOGISTICS: dict[str, How] = {
    "GET /logistics/202309/warehouses": {},
    "GET /logistics/202309/global_warehouses": {"cipher": ""},
    "GET /logistics/202309/warehouses/{warehouse_id}/delivery_options": lambda w: {"warehouse_id": w.warehouse},
    "GET /logistics/202309/delivery_options/{delivery_option_id}/shipping_providers": lambda w: {
        "delivery_option_id": w.option
    },
    "GET /logistics/202604/orders/{order_id}/tracking": lambda w: {"order_id": w.done},
    "GET /logistics/202510/seller_templates": {
        "region": "GB",
        "body": {"product_attribute": {"weight": {"weight": "90000", "unit": 1}}},
    },
    "GET /logistics/202606/seller_template/template_exist": lambda w: {"query": {"biz_warehouse_id": w.warehouse}},
}
FINANCE: dict[str, How] = {
    "GET /finance/202309/statements": {"query": {"sort_field": "statement_time"}},
    **both(
        "GET /finance/{v}/statements/{statement_id}/statement_transactions",
        lambda w: {"statement_id": w.statement, "query": {"sort_field": "order_create_time"}},
        versions=("202309", "202501"),
    ),
    **both(
        "GET /finance/{v}/orders/{order_id}/statement_transactions",
        lambda w: {"order_id": w.done},
        versions=("202309", "202501"),
    ),
    **both("GET /finance/{v}/payments", {"query": {"sort_field": "create_time"}}, versions=("202309", "202605")),
    "GET /finance/202309/withdrawals": {"query": {"types": "SETTLE"}},
    "GET /finance/202507/orders/unsettled": {"query": {"sort_field": "order_create_time"}},
    "GET /finance/202609/account_balances": {"query": {"currency": "USD"}},
    "GET /finance/202609/account_transactions": {"query": {"page_size": 10}},
}
CHAT: dict[str, How] = {
    "GET /customer_service/202309/agents/settings": {},
    "PUT /customer_service/202309/agents/settings": {"body": {"can_accept_chat": True}},
    "GET /customer_service/202309/conversations": {
        "query": {"page_size": 10, "need_session_id": "true", "need_session_info": "true"}
    },
    "POST /customer_service/202309/conversations": lambda w: {
        "body": {"buyer_user_id": w.tool.order(w.fresh)["user_id"]}
    },
    "GET /customer_service/202601/conversations/{conversation_id}": lambda w: {
        "conversation_id": w.thread,
        "query": {"need_session_id": "true", "need_session_info": "true"},
    },
    "GET /customer_service/202309/conversations/{conversation_id}/messages": lambda w: {
        "conversation_id": w.thread,
        "query": {"page_size": 10, "need_data": "true", "need_plaintext": "true"},
    },
    **both(
        "POST /customer_service/{v}/conversations/{conversation_id}/messages", spoken, versions=("202309", "202606")
    ),
    "POST /customer_service/202309/conversations/{conversation_id}/messages/read": lambda w: {
        "conversation_id": w.thread
    },
    "POST /customer_service/202309/images/upload": lambda w: picture(),
    "GET /customer_service/202407/performance": lambda w: {
        "query": dict(zip(("support_date_ge", "support_date_lt"), days(w).values(), strict=True))
    },
    "POST /customer_service/202602/sessions/search": lambda w: {
        "query": {"page_size": 10},
        "body": {"begin_time_ge": w.tool.now - 86400, "begin_time_lt": w.tool.now + 1},
    },
    "POST /customer_service/202605/conversations/{conversation_id}/sessions/{session_id}/end": lambda w: w.session(),
}
GOODS: dict[str, How] = {
    **both(
        "POST /product/{v}/products/search",
        {"query": {"page_size": 100}, "body": {}},
        versions=("202309", "202312", "202502"),
    ),
    "GET /product/202309/products/{product_id}": lambda w: {"product_id": w.line["product_id"]},
    "POST /product/202309/inventory/search": lambda w: {"body": {"product_ids": [w.line["product_id"]]}},
    "POST /product/202309/products/{product_id}/inventory/update": stocked,
    "POST /product/202309/products/{product_id}/prices/update": lambda w: {
        "product_id": w.line["product_id"],
        "body": {"skus": [{"id": w.line["sku_id"], "price": {"amount": "30.00", "currency": "USD"}}]},
    },
    "POST /product/202309/products/deactivate": lambda w: {"body": {"product_ids": [w.line["product_id"]]}},
    "POST /product/202309/products/activate": lambda w: {"body": {"product_ids": [w.line["product_id"], "17"]}},
    "DELETE /product/202309/products": lambda w: {"body": {"product_ids": [other_product(w), "17"]}},
    **both("POST /product/{v}/inventory/operation/settings", restocked, versions=("202604", "202608")),
}
FIGURES: dict[str, How] = {
    **both("GET /analytics/{v}/shop_products/performance", of_shop, versions=("202405", "202509", "202605")),
    **both("GET /analytics/{v}/shop/performance", of_shop, versions=("202405", "202509", "202609")),
    **both("GET /analytics/{v}/shop_products/{product_id}/performance", of_product, versions=("202405", "202509")),
    **both("GET /analytics/{v}/shop_skus/performance", of_shop, versions=("202406", "202509")),
    **both("GET /analytics/{v}/shop_skus/{sku_id}/performance", of_sku, versions=("202406", "202509")),
    "GET /analytics/202510/shop/performance/{date}/performance_per_hour": lambda w: {
        "date": dt.datetime.fromtimestamp(w.tool.now - 3600 * 8, dt.UTC).date().isoformat()
    },
}
LAST: dict[str, How] = {"DELETE /authorization/202403/shops": {"region": "ID"}}
SHOP: dict[str, How] = {**AUTHORISATION, **LOGISTICS, **FINANCE, **CHAT, **GOODS, **FIGURES, **LAST}
