"""Calls under /order/."""

from __future__ import annotations

from typing import Any

from sandbox.tests.tour.world import How, World, both

OUTSIDE = {"id": "E1", "platform": "SHOPIFY", "line_items": [{"id": "1", "origin_id": "2"}]}


def of_own_design(world: World) -> dict[str, Any]:
    order = world.order(type="POD")
    line = order["line_items"][0]
    asked = {
        "order_line_id": line["id"],
        "product_id": line["product_id"],
        "sku_id": line["sku_id"],
        "pod_order_data_id": line["pod_info_id"],
    }
    return {"body": {"main_order_id": order["id"], "query_order_lines": [asked]}}


def opened(world: World) -> dict[str, Any]:
    order = world.order(type="BLIND_BOX")
    result = {
        "order_line_id": order["line_items"][0]["id"],
        "blind_result_product_id": world.line["product_id"],
        "blind_result_sku_id": world.line["sku_id"],
        "blind_open_time": world.tool.now,
    }
    return {"body": {"main_order_id": order["id"], "blind_box_results": [result]}}


def opened_in_batch(world: World) -> dict[str, Any]:
    order = world.order(type="BLIND_BOX")
    result = {
        "blind_result_product_id": world.line["product_id"],
        "blind_result_sku_id": world.line["sku_id"],
        "blind_open_time": world.tool.now * 1000,
        "product_type": "NORMAL",
    }
    batch = [{"order_line_id": order["line_items"][0]["id"], "blind_box_order_line_list": [result]}]
    return {"body": {"main_order_id": order["id"], "blind_batch_box_results": batch}}


def some_of_each(world: World) -> dict[str, Any]:
    kinds = ("POD", "BLIND_BOX", "PRE_ORDER", "MADE_TO_ORDER", "SAMPLE", "VIRTUAL")
    more = [world.tool.place(type=kind) for kind in kinds]
    return {"query": {"ids": ",".join([world.fresh, world.done, world.sent, *more])}}


ORDERS: dict[str, How] = {
    **both("GET /order/{v}/orders", some_of_each, versions=("202309", "202507")),
    "POST /order/202309/orders/search": {"query": {"page_size": 50}, "body": {}},
    "GET /order/202407/orders/{order_id}/price_detail": lambda w: {"order_id": w.done},
    "POST /order/202406/orders/external_orders": lambda w: {
        "body": {"orders": [{"id": w.fresh, "external_order": OUTSIDE}, {"id": "17", "external_order": OUTSIDE}]}
    },
    "GET /order/202406/orders/{order_id}/external_orders": lambda w: {
        "order_id": w.fresh,
        "query": {"platform": "SHOPIFY"},
    },
    "POST /order/202406/orders/external_order_search": {"query": {"platform": "SHOPIFY", "external_order_id": "E1"}},
    "POST /order/202606/pod_details/search": of_own_design,
    "POST /fulfillment/202606/pod_details/get": of_own_design,
    "POST /order/202511/orders/blind_box_result/callback": opened,
    "POST /order/202605/orders/blind_box_result/callback": opened_in_batch,
}
