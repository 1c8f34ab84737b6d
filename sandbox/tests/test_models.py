"""Our answers against the strict models of an independent client library: no unknown field, no wrong type, no unknown word."""

from __future__ import annotations

import importlib
import pkgutil
import re
from typing import Any

import attrs
import pytest
from tiktok_shop_api.generated import models
from tiktok_shop_api.generated._meta import OPERATIONS

from sandbox.aftersales import returns
from sandbox.table import HANDLERS

MODULES = {row.name.replace("_", ""): row.name for row in pkgutil.iter_modules(models.__path__)}
BY_PATH = {(row["method"].upper(), row["path"]): row for row in OPERATIONS}


def answer_model(method: str, path: str) -> Any:
    """Return the model class of a path's answer."""
    wanted = BY_PATH[method, path]["operationId"].lower() + "response"
    module = importlib.import_module(f"tiktok_shop_api.generated.models.{MODULES[wanted]}")
    return next(value for key, value in vars(module).items() if key.lower() == wanted)


def wrongs(model: Any, where: str) -> list[str]:
    """Return what a parsed answer holds that its model does not know, or in another type."""
    found = [f"{where}.{key} is unknown" for key in model.additional_properties]
    for part in attrs.fields(type(model)):
        value = getattr(model, part.name)
        kind = str(part.type)
        for one in value if isinstance(value, list) else [value]:
            if hasattr(type(one), "__attrs_attrs__") and part.name != "additional_properties":
                found += wrongs(one, f"{where}.{part.name}")
            elif isinstance(one, bool) and "bool" not in kind or isinstance(one, int) and not isinstance(one, bool) and "int" not in kind and "float" not in kind:
                found.append(f"{where}.{part.name} is {one!r}, not {kind}")
            elif type(one) is str and "str" not in kind:
                found.append(f"{where}.{part.name} is {one!r}, not {kind}")
    return found


class World:
    """One order of each kind that the calls below need."""

    def __init__(self, tool: Any) -> None:
        self.tool = tool
        place = tool.place
        self.fresh, self.sent, self.done = place(), place(status="AWAITING_COLLECTION"), place(status="DELIVERED", lines=2)
        self.pair = [place(buyer="pair.one") for _ in range(2)]
        self.wide = tool.order(place(sku="BDR-01", quantity=3))
        self.line = self.wide["line_items"][0]
        self.package = tool.order(self.sent)["packages"][0]["id"]
        self.own = next(order for order in (tool.order(place(shop="GB"), "GB") for _ in range(12)) if order["shipping_type"] == "SELLER")
        chat = tool.control("buyers/chat", order_id=self.fresh, text="hi")
        self.thread = chat["conversation_id"]
        tool.control("buyers/rate", order_id=self.done, stars=4)
        self.cancels = [tool.control("buyers/cancel", order_id=place())["cancel_id"] for _ in range(2)]
        self.returns = [tool.control("buyers/return", order_id=place(status="DELIVERED"))["return_id"] for _ in range(3)]
        returns.ship_back(tool.box, self.move(self.returns[2]))
        tool.advance(days=5)
        self.fresh = place()
        self.statement = next(iter(tool.box.store.table("statement")))
        tool.box.store.commit()
        self.cancels = [tool.control("buyers/cancel", order_id=place())["cancel_id"] for _ in range(2)]
        self.returns[:2] = [tool.control("buyers/return", order_id=place(status="DELIVERED"))["return_id"] for _ in range(2)]
        self.wide = tool.order(place(sku="BDR-01", quantity=3))
        self.pair = [place(buyer="pair.two") for _ in range(2)]
        self.own = next(order for order in (tool.order(place(shop="GB"), "GB") for _ in range(12)) if order["shipping_type"] == "SELLER")

    def move(self, return_id: str) -> dict[str, Any]:
        row = self.tool.box.store.table("return")[return_id]
        returns.grant_return(self.tool.box, row, by="SELLER")
        return row

    def sent_by_us(self) -> str:
        order_id = next(key for key in (self.tool.place(shop="GB", status="AWAITING_COLLECTION") for _ in range(12))
                        if self.tool.order(key, "GB")["shipping_type"] == "SELLER")
        return self.tool.order(order_id, "GB")["packages"][0]["id"]

    def package_of(self, order_id: str) -> str:
        return self.tool.order(order_id)["packages"][0]["id"]


DAYS = {"start_date_ge": "2026-11-01", "end_date_lt": "2027-03-01"}
CALLS: dict[str, Any] = {
    "GET /authorization/202309/shops": {"cipher": ""}, "GET /seller/202309/shops": {"cipher": ""}, "GET /seller/202309/permissions": {"cipher": ""},
    "GET /order/202507/orders": lambda w: {"query": {"ids": f"{w.fresh},{w.done},{w.sent}"}},
    "POST /order/202309/orders/search": {"query": {"page_size": 50}, "body": {}},
    "GET /order/202407/orders/{order_id}/price_detail": lambda w: {"order_id": w.done},
    "POST /order/202406/orders/external_orders": lambda w: {"body": {"orders": [{"id": w.fresh, "external_order": {
        "id": "E1", "platform": "SHOPIFY", "line_items": [{"id": "1", "origin_id": "2"}]}}]}},
    "GET /order/202406/orders/{order_id}/external_orders": lambda w: {"order_id": w.fresh, "query": {"platform": "SHOPIFY"}},
    "POST /order/202406/orders/external_order_search": {"query": {"platform": "SHOPIFY", "external_order_id": "E1"}},
    "POST /fulfillment/202309/orders/{order_id}/shipping_services/query": lambda w: {"order_id": w.fresh, "body": {}},
    "POST /fulfillment/202512/packages": lambda w: {"body": {"order_id": w.fresh, "ship_type": "1", "weight": {"value": "500", "unit": "GRAM"}}},
    "POST /fulfillment/202309/packages/{package_id}/ship": lambda w: {"package_id": w.package_of(w.tool.place()), "body": {}},
    "POST /fulfillment/202309/packages/ship": lambda w: {"body": {"packages": [{"id": w.package_of(w.tool.place())}, {"id": "1150000000000000000"}]}},
    "GET /fulfillment/202309/packages/{package_id}": lambda w: {"package_id": w.package},
    "POST /fulfillment/202309/packages/search": {"query": {"page_size": 50}, "body": {}},
    "GET /fulfillment/202309/packages/{package_id}/shipping_documents": lambda w: {"package_id": w.package, "query": {"document_type": "SHIPPING_LABEL"}},
    "GET /fulfillment/202309/packages/{package_id}/handover_time_slots": lambda w: {"package_id": w.package},
    "GET /fulfillment/202309/orders/{order_id}/tracking": lambda w: {"order_id": w.done},
    "GET /logistics/202604/orders/{order_id}/tracking": lambda w: {"order_id": w.done},
    "GET /fulfillment/202508/tts_tracking_validation": {"query": {"tracking_number": "LK1"}},
    "POST /fulfillment/202610/orders/{order_id}/packages": lambda w: {"region": "GB", "order_id": w.own["id"], "body": {
        "shipping_info_list": [{"tracking_number": "TM99999999GB", "shipping_provider_id": "7129720299146184452"}]}},
    "POST /fulfillment/202309/orders/{order_id}/shipping_info/update": lambda w: {"region": "GB", "order_id": w.own["id"], "body": {
        "tracking_number": "TM99999998GB", "shipping_provider_id": "7129720299146184452"}},
    "POST /fulfillment/202610/packages/{package_id}/shipping_info/update": lambda w: {"region": "GB", "package_id": w.sent_by_us(), "body": {
        "shipping_info_list": [{"tracking_number": "TM99999997GB", "shipping_provider_id": "7129720299146184452"}]}},
    "GET /fulfillment/202309/orders/split_attributes": lambda w: {"query": {"order_ids": w.wide["id"]}},
    "POST /fulfillment/202309/orders/{order_id}/split": lambda w: {"order_id": w.wide["id"], "body": {
        "splittable_groups": [{"id": "1", "order_line_item_ids": [w.wide["line_items"][0]["id"]]}]}},
    "GET /fulfillment/202309/combinable_packages/search": {"query": {"page_size": 10}},
    "POST /fulfillment/202309/packages/combine": lambda w: {"body": {"combinable_packages": [{"id": w.package_of(w.pair[0]), "order_ids": w.pair}]}},
    "POST /fulfillment/202309/packages/{package_id}/uncombine": lambda w: {"package_id": w.package_of(w.pair[0]), "body": {}},
    "GET /logistics/202309/warehouses": {}, "GET /logistics/202309/global_warehouses": {"cipher": ""},
    "GET /logistics/202309/warehouses/{warehouse_id}/delivery_options": lambda w: {"warehouse_id": w.tool.shops["US"]["warehouse_id"]},
    "GET /logistics/202309/delivery_options/{delivery_option_id}/shipping_providers": lambda w: {
        "delivery_option_id": w.tool.shops["US"]["warehouse_id"][:-2] + "01"},
    "POST /return_refund/202602/cancellations/search": {"query": {"page_size": 50}, "body": {}},
    "POST /return_refund/202602/returns/search": {"query": {"page_size": 50}, "body": {}},
    "POST /return_refund/202602/cancellations": lambda w: {"body": {"order_id": w.tool.place(), "cancel_reason": "seller_cancel_reason_out_of_stock"}},
    "POST /return_refund/202309/cancellations/{cancel_id}/approve": lambda w: {"cancel_id": w.cancels[0]},
    "GET /return_refund/202309/reject_reasons": lambda w: {"query": {"return_or_cancel_id": w.cancels[1]}},
    "POST /return_refund/202309/cancellations/{cancel_id}/reject": lambda w: {"cancel_id": w.cancels[1], "body": {
        "reject_reason": "seller_reject_apply_product_has_been_packed"}},
    "GET /return_refund/202601/decision_eligibility": lambda w: {"query": {"return_or_cancel_id": w.returns[0]}},
    "POST /return_refund/202309/returns/{return_id}/approve": lambda w: {"return_id": w.returns[0], "body": {"decision": "APPROVE_RETURN"}},
    "POST /return_refund/202606/returns/{return_id}/reject": lambda w: {"return_id": w.returns[1], "body": {
        "decision": "REJECT_RETURN", "reject_reason": "reverse_reject_request_reason_1"}},
    "GET /return_refund/202309/returns/{return_id}/records": lambda w: {"return_id": w.returns[0]},
    "POST /return_refund/202602/returns": lambda w: {"body": {"order_id": w.tool.place(status="DELIVERED"), "return_type": "REFUND",
        "return_reason": "ecom_order_delivered_refund_reason_missing_product_seller"}},
    "POST /return_refund/202602/refunds/calculate": lambda w: {"body": {"order_id": w.done, "request_type": "REFUND", "reason_name": "x"}},
    "GET /return_refund/202602/orders/{order_id}/aftersale_eligibility": lambda w: {"order_id": w.done},
    "GET /finance/202309/statements": {"query": {"sort_field": "statement_time"}},
    "GET /finance/202501/statements/{statement_id}/statement_transactions": lambda w: {"statement_id": w.statement, "query": {"sort_field": "order_create_time"}},
    "GET /finance/202501/orders/{order_id}/statement_transactions": lambda w: {"order_id": w.done},
    "GET /finance/202605/payments": {"query": {"sort_field": "create_time"}}, "GET /finance/202309/withdrawals": {"query": {"types": "SETTLE"}},
    "GET /finance/202507/orders/unsettled": {"query": {"sort_field": "order_create_time"}},
    "GET /customer_service/202309/agents/settings": {}, "PUT /customer_service/202309/agents/settings": {"body": {"can_accept_chat": True}},
    "GET /customer_service/202309/conversations": {"query": {"page_size": 10}},
    "POST /customer_service/202309/conversations": lambda w: {"body": {"buyer_user_id": w.wide["user_id"]}},
    "GET /customer_service/202601/conversations/{conversation_id}": lambda w: {"conversation_id": w.thread},
    "GET /customer_service/202309/conversations/{conversation_id}/messages": lambda w: {"conversation_id": w.thread, "query": {"page_size": 10}},
    "POST /customer_service/202606/conversations/{conversation_id}/messages": lambda w: {"conversation_id": w.thread, "body": {
        "type": "TEXT", "content": '{"content":"Hello"}'}},
    "POST /customer_service/202309/conversations/{conversation_id}/messages/read": lambda w: {"conversation_id": w.thread},
    "GET /customer_service/202407/performance": {"query": {"support_date_ge": "2026-11-01", "support_date_lt": "2026-12-01"}},
    "PUT /event/202309/webhooks": {"body": {"event_type": "NEW_MESSAGE", "address": "http://127.0.0.1:9/x"}}, "GET /event/202309/webhooks": {},
    "DELETE /event/202309/webhooks": {"body": {"event_type": "NEW_MESSAGE"}},
    "POST /product/202502/products/search": {"query": {"page_size": 100}, "body": {}},
    "GET /product/202309/products/{product_id}": lambda w: {"product_id": w.line["product_id"]},
    "POST /product/202309/inventory/search": lambda w: {"body": {"product_ids": [w.line["product_id"]]}},
    "POST /product/202309/products/{product_id}/inventory/update": lambda w: {"product_id": w.line["product_id"], "body": {"skus": [
        {"id": w.line["sku_id"], "inventory": [{"quantity": 5}]}, {"id": "17", "inventory": [{"quantity": 5}]}]}},
    "POST /product/202309/products/{product_id}/prices/update": lambda w: {"product_id": w.line["product_id"], "body": {"skus": [
        {"id": w.line["sku_id"], "price": {"amount": "30.00", "currency": "USD"}}]}},
    "POST /product/202309/products/deactivate": lambda w: {"body": {"product_ids": [w.line["product_id"]]}},
    "POST /product/202309/products/activate": lambda w: {"body": {"product_ids": [w.line["product_id"], "17"]}},
    "GET /analytics/202605/shop_products/performance": {"query": DAYS}, "GET /analytics/202609/shop/performance": {"query": DAYS},
    "GET /analytics/202509/shop_products/{product_id}/performance": lambda w: {"product_id": w.line["product_id"], "query": DAYS},
    "GET /analytics/202509/shop_skus/performance": {"query": DAYS},
    "GET /analytics/202509/shop_skus/{sku_id}/performance": lambda w: {"sku_id": w.line["sku_id"], "query": DAYS},
}


def test_every_answer_fits_the_strict_model_of_its_path(tool, capsys):
    world, found, fitting = World(tool), [], 0
    for name, how in CALLS.items():
        method, template = name.split()
        given = dict(how(world) if callable(how) else how)
        path = re.sub(r"\{(\w+)\}", lambda part, given=given: given.pop(part[1]), template)
        status, answer = tool.send(method, path, **given)
        if answer["code"] != 0:
            found.append(f"{name}: {status} {answer['code']} {answer['message']}")
            continue
        try:
            wrong = wrongs(answer_model(method, template).from_dict(answer), name)
        except (KeyError, TypeError, ValueError) as error:
            wrong = [f"{name}: {error!r}"]
        found += wrong
        fitting += not wrong
    with capsys.disabled():
        print(f"\n{fitting} of {len(CALLS)} answers fit their strict models", end=" ")
    assert found == []


def test_every_path_that_the_library_knows_and_we_answer_is_called_above():
    ours = {f"{method} {path}" for method, path in HANDLERS if (method, path) in BY_PATH}
    assert ours - set(CALLS) == set()


@pytest.mark.parametrize("path", ["/order/202309/orders", "/product/202309/products/search", "/return_refund/202309/returns/search",
                                  "/return_refund/202309/cancellations/search", "/finance/202309/payments"])
def test_older_versions_of_a_path_are_answered_too(tool, path):
    order_id = tool.place()
    method = "GET" if path.endswith(("orders", "payments")) else "POST"
    query = {"ids": order_id, "sort_field": "create_time", "page_size": 10}
    assert tool.call(method, path, query=query)
