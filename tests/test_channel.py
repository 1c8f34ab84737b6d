"""Every function of the channel's groups against a real sandbox: what is sent is what the platform takes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest

from shundan.core.errors import OutsideRefused, OutsideUnavailable
from shundan.edges.channels.actions import budgets
from shundan.edges.channels.queries import Access
from shundan.edges.channels.tiktok import groups, wire
from shundan.edges.channels.tiktok.client import File
from shundan.edges.channels.tiktok.endpoints import ENDPOINTS
from shundan.edges.channels.tiktok.groups.answers import Batch
from shundan.ground.lib import clock
from tests.test_intake import sandbox_url

__all__ = ["sandbox_url"]

pytestmark = pytest.mark.django_db
# What the gateway says of a call that is not written as it should be.
MISWRITTEN = frozenset({36009004, 36009009, 36009010, 36009014, 36009022, 36009023, 98001004, 106001, 106013, 101000})
PDF = File(b"%PDF-1.4 proof", "proof.pdf", "application/pdf")
PNG = File(b"\x89PNG\r\n\x1a\n picture", "proof.png", "image/png")
CUSTOMS = {"order_id": "{order}", "item_list": [
    {"order_line_id": "{line}", "sku_id": "{sku}", "item_detail": [{"sku_id": "{sku}", "qty": 1, "price_percent": 100}]}
]}  # fmt: skip
DECISION = {
    "request_id": "1", "request_id_type": "AFTERSALES", "idempotency_key": "k1",
    "line_item_decisions": [{"line_items": [{"return_line_item_id": "1"}], "action": "APPROVE_REQUEST"}],
}  # fmt: skip
REFERENCE = {"id": "{order}", "external_order": {"id": "WEB-1", "platform": "ORDER_MANAGEMENT_SYSTEM",
                                                 "line_items": [{"id": "1", "origin_id": "{line}"}]}}  # fmt: skip
DAYS = {"since": "2026-10-01", "until": "2026-11-01"}
HOUR = {"since": 1790000000, "until": 1790003600}
# function -> what it is called with; {order}, {package} … are things the sandbox has
CASES: dict[str, dict[str, Any]] = {
    "sellers.authorised_shops": {}, "sellers.active_shops": {}, "sellers.permissions": {}, "sellers.shop_group": {},
    "orders.orders": {"order_ids": ["{order}"]},
    "orders.search_orders": {"status": "AWAITING_SHIPMENT", "since": 1700000000, "cancel_requested": False},
    "orders.price_detail": {"order_id": "{order}"},
    "orders.external_references": {"order_id": "{order}", "platform": "ORDER_MANAGEMENT_SYSTEM"},
    "orders.find_by_reference": {"reference": "WEB-1", "platform": "ORDER_MANAGEMENT_SYSTEM"},
    "orders.add_references": {"references": [REFERENCE]},
    "fulfilment.package": {"package_id": "{package}"}, "fulfilment.search_packages": {"since": 1700000000},
    "fulfilment.shipping_services": {"order_id": "{order}"}, "fulfilment.handover_slots": {"package_id": "{package}"},
    "fulfilment.split_attributes": {"order_ids": ["{order}"]},
    "fulfilment.split_order": {"order_id": "{order}", "groups": [["{line}"], ["{line2}"]]},
    "fulfilment.combinable_packages": {},
    "fulfilment.combine_packages": {"groups": [{"id": "{package}", "order_ids": ["{order}"]}]},
    "fulfilment.uncombine_package": {"package_id": "{package}"},
    "fulfilment.create_package": {"body": {"ship_type": "1", "order_id": "{order}"}},
    "fulfilment.ship_package": {"package_id": "{package}", "handover_method": "DROP_OFF"},
    "fulfilment.ship_packages": {"packages": [{"id": "{package}", "handover_method": "DROP_OFF"}]},
    "fulfilment.mark_shipped": {"order_id": "{order}", "tracking_number": "T1", "provider_id": "{provider}",
                                "line_ids": ["{line}"]},
    "fulfilment.update_package_shipping": {"package_id": "{package}", "tracking_number": "T2",
                                           "provider_id": "{provider}"},
    "fulfilment.update_order_shipping": {"order_id": "{order}", "tracking_number": "T2", "provider_id": "{provider}"},
    "fulfilment.deliver_packages": {"packages": [{"id": "{package}", "delivery_type": "DELIVERY_SUCCESS"}]},
    "fulfilment.upload_delivery_file": {"file": PDF}, "fulfilment.upload_delivery_image": {"file": PNG},
    "fulfilment.upload_invoices": {"invoices": [{"package_id": "{package}", "order_ids": ["{order}"],
                                                 "file_type": "XML", "file": "PGludm9pY2UvPg=="}]},
    "fulfilment.tracking": {"order_id": "{order}"}, "fulfilment.validate_tracking": {"number": "T1"},
    "fulfilment.bundle_first_mile": {"order_ids": ["{order}"], "handover_method": "PICKUP"},
    "fulfilment.customs_requirements": {"order_ids": ["{order}"]},
    "fulfilment.submit_customs": {"declarations": [CUSTOMS]},
    "logistics.warehouses": {}, "logistics.global_warehouses": {},
    "logistics.delivery_options": {"warehouse_id": "{warehouse}"},
    "logistics.shipping_providers": {"delivery_option_id": "{option}"},
    "logistics.tracking_by_parcel": {"order_id": "{order}"},
    "aftersales.search_cancellations": {"order_ids": ["{order}"]}, "aftersales.search_returns": {"order_ids": ["1"]},
    "aftersales.eligibility": {"order_id": "{order}"}, "aftersales.decision_eligibility": {"case_id": "1"},
    "aftersales.review_decisions": {"case_id": "1", "seller_id": "7"}, "aftersales.reject_reasons": {"case_id": "1"},
    "aftersales.records": {"return_id": "1"},
    "aftersales.calculate_refund": {"order_id": "{order}", "kind": "CANCEL",
                                    "reason": "seller_cancel_reason_out_of_stock",
                                    "skus": [{"sku_id": "{sku}", "quantity": 1}]},
    "aftersales.create_return": {"key": "k1", "body": {
        "order_id": "{order}", "return_reason": "ecom_order_delivered_refund_reason_damaged_items_seller",
        "return_type": "REFUND", "skus": [{"sku_id": "{sku}", "quantity": 1}]}},
    "aftersales.upload_return_papers": {"return_ids": ["1"], "tracking_number": "T1", "provider_id": "1"},
    "aftersales.search_requests": {"filters": {"main_order_ids": ["{order}"]}},
    "aftersales.search_authorisations": {"filters": {"main_order_ids": ["{order}"]}},
    "aftersales.review_requests": {"decisions": [DECISION]},
    "finance.statements": {"since": 1700000000}, "finance.statement_transactions": {"statement_id": "1"},
    "finance.order_transactions": {"order_id": "{order}"}, "finance.unsettled": {}, "finance.payments": {},
    "finance.withdrawals": {},
    "chat.conversations": {}, "chat.conversation": {"conversation_id": "{thread}"},
    "chat.open_conversation": {"buyer_user_id": "{buyer}"}, "chat.messages": {"conversation_id": "{thread}"},
    "chat.send": {"conversation_id": "{thread}", "kind": "TEXT", "content": {"content": "It ships today."}},
    "chat.mark_read": {"conversation_id": "{thread}"}, "chat.upload_image": {"file": PNG}, "chat.sessions": HOUR,
    "chat.end_session": {"conversation_id": "{thread}", "session_id": "1"}, "chat.agent_settings": {},
    "chat.accept_chats": {"accepts": True}, "chat.performance": DAYS,
    "event.subscribe": {"event": "ORDER_STATUS_CHANGE", "address": "http://127.0.0.1:9/webhooks/tiktok"},
    "event.webhooks": {}, "event.unsubscribe": {"event": "ORDER_STATUS_CHANGE"},
    "products.search_products": {"seller_skus": ["A"]}, "products.product": {"product_id": "{product}"},
    "products.inventory": {"product_ids": ["{product}"]},
    "products.set_stock": {"product_id": "{product}", "stock": {"{sku}": {"{warehouse}": 5}}},
    "products.set_prices": {"product_id": "{product}", "prices": {"{sku}": {"amount": "9.90", "currency": "USD"}}},
    "products.deactivate": {"product_ids": ["{product}"]}, "products.activate": {"product_ids": ["{product}"]},
    "analytics.shop_performance": DAYS, "analytics.shop_performance_by_hour": {"day": "2026-10-02"},
    "analytics.product_performances": DAYS, "analytics.product_performance": {"product_id": "{product}", **DAYS},
    "analytics.sku_performances": DAYS, "analytics.sku_performance": {"sku_id": "{sku}", **DAYS},
    "sellers.deauthorise": {},
}  # fmt: skip
# Reached by other ways than a function of the groups.
ELSEWHERE = {"cancellation.create", "cancellation.approve", "cancellation.reject", "return.approve", "return.reject",
             "package.document"}  # fmt: skip


@pytest.fixture
def access(sandbox_url: str, monkeypatch: pytest.MonkeyPatch) -> Access:
    """The sandbox's first shop, reached with its own credentials."""
    for name, value in (("_followed", None), ("_asked", 0.0)):
        monkeypatch.setattr(clock, name, value)
    monkeypatch.setenv("SHUNDAN_CLOCK_URL", f"{sandbox_url}/sandbox/clock")
    budgets.forget_budgets()
    httpx.post(f"{sandbox_url}/sandbox/reset", json={"seed": 7}, timeout=30, trust_env=False)
    told = httpx.get(f"{sandbox_url}/sandbox/credentials", timeout=30, trust_env=False).json()
    shop = told["shops"][0]
    door = wire.Door(sandbox_url, told["app_key"], told["app_secret"], shop["access_token"], shop["cipher"])
    return Access(1, 1, 1, door, {}, clock.now())


def functions() -> dict[str, Callable[..., Any]]:
    found: dict[str, Callable[..., Any]] = {}
    for path in sorted(Path(next(iter(groups.__path__))).glob("*.py")):
        if path.stem in ("__init__", "answers"):
            continue
        module = import_module(f"{groups.__name__}.{path.stem}")
        for name, function in vars(module).items():
            if inspect.isfunction(function) and function.__module__ == module.__name__ and name[0] != "_":
                found[f"{path.stem}.{name}"] = function
    return found


def things(access: Access, sandbox_url: str) -> dict[str, str]:
    """Make an order of two units and name what the cases need."""
    told = {"count": 1, "shop": "", "quantity": 2, "lines": 1}
    shop = httpx.get(f"{sandbox_url}/sandbox/credentials", timeout=30, trust_env=False).json()["shops"][0]
    made = httpx.post(f"{sandbox_url}/sandbox/orders", json=told | {"shop": shop["id"]}, timeout=30, trust_env=False)
    call = functions()
    order = call["orders.orders"](access, made.json()["order_ids"])[0]
    lines, carriers = order["line_items"], shop.get("seller_carriers") or [{"id": "1"}]
    return {
        "order": order["id"], "line": lines[0]["id"], "line2": lines[-1]["id"], "sku": lines[0]["sku_id"],
        "product": lines[0]["product_id"], "package": lines[0].get("package_id") or "1152000000000000001",
        "warehouse": order.get("warehouse_id") or "1", "option": order.get("delivery_option_id") or "1",
        "provider": carriers[0]["id"], "buyer": order["user_id"],
        "thread": call["chat.open_conversation"](access, order["user_id"]),
    }  # fmt: skip


def filled(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str) and value.startswith("{"):
        return names[value[1:-1]]
    if isinstance(value, dict):
        return {filled(key, names): filled(part, names) for key, part in value.items()}
    return [filled(part, names) for part in value] if isinstance(value, list) else value


def test_every_function_of_the_groups_is_tried() -> None:
    assert sorted(CASES) == sorted(functions())


def test_what_every_function_sends_is_what_the_platform_takes(
    access: Access, sandbox_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: set[str] = set()
    send = wire.ask
    rows = {id(row): name for name, row in ENDPOINTS.items()}

    def noted(door: wire.Door, endpoint: Any, version: str, **said: Any) -> wire.Reply:
        seen.add(rows[id(endpoint)])
        return send(door, endpoint, version, **said)

    monkeypatch.setattr(wire, "ask", noted)
    names, taken, refused, wrong = things(access, sandbox_url), 0, {}, {}
    for name, arguments in CASES.items():
        function, told = functions()[name], filled(arguments, names)
        try:
            answer = function(access, **told)
            told = list(answer) if isinstance(answer, Iterator) else answer
            taken += 1
            if isinstance(told, Batch):
                refused |= {f"{name}: {error.item}": error.code for error in told.errors}
        except OutsideUnavailable as error:
            wrong[name] = f"{error.outside_code} {error.message}"
        except OutsideRefused as error:
            about_subject = "has to be declared" in error.message  # nothing of this order does
            bad = error.outside_code in MISWRITTEN and not about_subject
            (wrong if bad else refused)[name] = f"{error.outside_code} {error.message}"
    print(f"{taken} of {len(CASES)} functions taken, {len(refused)} refused for their subject: {refused}")
    assert wrong == {}
    assert set(ENDPOINTS) - seen == ELSEWHERE
    assert taken >= 60
