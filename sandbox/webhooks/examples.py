"""Plausible `data` for every kind of webhook: real orders, parcels and goods of the shop where it has some."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.box import Box
from sandbox.webhooks.queue import creator, write_body
from sandbox.webhooks.types import BY_TYPE, LEGACY, Kind

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scene:
    """What an example speaks of: one order with a parcel, one product with a SKU, this moment."""

    shop: str
    seller: str
    now: int
    order: str
    package: str
    product: str
    sku: str
    locals: tuple[str, ...] = ()

    @property
    def moment(self) -> str:
        return dt.datetime.fromtimestamp(self.now, dt.UTC).isoformat().replace("+00:00", "Z")


def scene_of(box: Box, shop_id: str) -> Scene:
    """Return the newest order with a parcel and the first product of a shop, or made-up ids."""
    order_id, package_id = "576653688135258178", "1153132168123861123"
    for _, key in reversed(box.book.span(shop_id, "create_time", ge=None, lt=None)[-50:]):
        if box.book.orders[key]["packages"]:
            order_id, package_id = key, box.book.orders[key]["packages"][0]
            break
    product = next((row for row in box.store.table("product").values() if row["shop_id"] == shop_id), None)
    return Scene(
        shop=shop_id,
        seller=shop_id[:15] + "0000",
        now=box.now(),
        order=order_id,
        package=package_id,
        product=product["id"] if product else "1729382476852921560",
        sku=product["skus"][0]["id"] if product else "1729387526041862360",
    )


def plausible(box: Box, shop_id: str, type_: int) -> Row:
    """Return data for a webhook of this type about this shop."""
    return EXAMPLES[type_](scene_of(box, shop_id))


def example_bodies(box: Box, shop_id: str) -> Iterator[tuple[Kind, Row]]:
    """Yield every kind of webhook the platform has today with one whole example body."""
    for type_, kind in BY_TYPE.items():
        if type_ != LEGACY:
            number = str(7380066284010030000 + type_)
            yield kind, write_body(box, shop_id, kind, number=number, news=plausible(box, shop_id, type_))


def quantities(total: int, available: int, committed: int) -> Row:
    """Return the six counters of a stock notice."""
    return {
        "total_quantity": total,
        "total_available_quantity": available,
        "total_committed_quantity": committed,
        "in_shop_quantity": available,
        "campaign_locked_quantity": 0,
        "creator_locked_quantity": 0,
    }


def stock_change(key: str, source: str, moment: str, *, total: int, available: int, committed: int) -> Row:
    """Return one entry of a stock notice: who moved which counters by how much."""
    return {
        "idempotency_key": key,
        "trigger_source": source,
        "occurred_at": moment,
        "total_quantity_delta": total,
        "available_quantity_delta": available,
        "committed_quantity_delta": committed,
        "in_shop_quantity_delta": available,
        "campaign_locked_quantity_delta": 0,
        "creator_locked_quantity_delta": 0,
    }


def stock_changed(at: Scene, owner: str, number: str) -> Row:
    change = stock_change("example-1", "manual_adjustment", at.moment, total=5, available=5, committed=0)
    return {
        "event_id": f"example-{at.now}",
        "occurred_at": at.moment,
        owner: int(number),
        "product_id": int(at.product),
        "sku_id": int(at.sku),
        "quantity_snapshot_after_change": quantities(45, 42, 3),
        "change_detail": [change],
    }


def measure(low: str, high: str) -> Row:
    return {"min_value": low, "max_value": high}


def picture(name: str) -> Row:
    return {"uri": f"goods/{name}", "url": f"http://127.0.0.1:8100/sandbox/goods/{name}.svg"}


PRODUCTS: dict[int, Callable[[Scene], Row]] = {
    5: lambda at: {"product_id": int(at.product), "status": "PRODUCT_AUDIT_FAILURE",
                   "suspended_reason": "The main picture shows a logo.", "update_time": at.now},
    15: lambda at: {"product_id": at.product, "change_source": "SELLER_CENTER", "changed_fields": ["title", "price"],
                    "update_time": at.now},
    16: lambda at: {"product_id": int(at.product), "product_types": ["COMBINED_PRODUCT"], "update_time": at.now},
    17: lambda at: {"product_id": at.product,
                    "event": {"type": "ADD", "scene": "VIDEO", "content_id": "7380066284010030111"}},
    18: lambda at: {"product_id": at.product, "previous_category_id": "600001", "current_category_id": "600024",
                    "update_time": at.now},
    19: lambda at: {"size_chart_template_id": "7267563252536723205", "size_chart_template_name": "Shirts",
                    "event_type": "EDIT", "update_time": at.now},
    23: lambda at: {"match_type": "BIND", "product_type": "NORMAL", "goods_id": "7280066284010030321",
                    "product_id": at.product, "sku_id": at.sku, "update_time": at.now},
    25: lambda at: {"external_product_id": "EXT-1001", "opportunity_matching_status": "MATCHED",
                    "opportunity_ids": ["7400066284010030001"], "opportunity_matching_end_time": at.now + 86400,
                    "update_time": at.now},
    27: lambda at: {"product_id": at.product, "sku_id": at.sku,
                    "trigger_reason": {"alert_type": "LOW_STOCK", "lead_days": 7, "low_stock_threshold": 10},
                    "current_inventory_status": "LOW_STOCK",
                    "inventory_distribution": {"total_quantity": 9, "available_quantity": 8,
                                               "creator_reserved_quantity": 0, "campaign_reserved_quantity": 0,
                                               "committed_quantity": 1}, "update_time": at.now},
    35: lambda at: {"tts_shop_id": at.shop, "update_time": at.now, "mirror_status": "MIRRORED"},
    37: lambda at: {"product_id": int(at.product),
                    "audit": {"status": "PRE_APPROVED", "pre_approved_reasons": ["KYC_PENDING"]},
                    "integrated_platform_statuses": {"platform": "TOKOPEDIA", "status": "AUDITING"},
                    "update_time": at.now},
    38: lambda at: {"product_id": at.product, "sku_id": at.sku},
    39: lambda at: {"activity_id": "7136104329798256386", "update_time": at.now, "activity_type": "FIXED_PRICE",
                    "product_level": "VARIATION", "status": "ONGOING"},
    42: lambda at: {"combined_listing_id": "1730066284010030777", "products": [{"id": at.product}], "status": "LIVE",
                    "change_type": "UPDATE", "added_product_ids": [at.product], "removed_product_ids": []},
    46: lambda at: {"translation_task": {"id": "7381066284010030042", "status": "COMPLETED", "fail_reason": "",
                                         "target_language": "en-US", "original_image": picture("BDR"),
                                         "translated_image": picture("FST")}},
    50: lambda at: {"product_id": at.product, "skus": [{"sku_id": at.sku, "status": "DEACTIVATED",
                                                        "deactivation_source": "SELLER"}], "update_time": at.now},
    51: lambda at: {"source_product_id": at.product,
                    "replicated_product": {"product_id": "1730066284010030888", "region": "GB", "result": "FAILED",
                                           "fail_reasons": [{"message": "The category is not open in this market."}]}},
    52: lambda at: {"global_product_id": "1730066284010030999", "local_product_id": [at.product],
                    "listing_method": "LOCAL_REPLICATION"},
    62: lambda at: {"product_id": at.product, "abnormality_types": ["WEIGHT", "DIMENSION"],
                    "weight_recommendation": {"unit": "KILOGRAM", "weight": measure("0.2", "0.6")},
                    "dimension_recommendation": {"unit": "CENTIMETER", "length": measure("10", "30"),
                                                 "width": measure("8", "20"), "height": measure("2", "12")}},
    63: lambda at: {"activity_id": "7136104329798256386", "update_time": at.now, "change_type": "UPDATE",
                    "product_update_list": {"product_ids": [at.product], "exclude_product_ids": [],
                                            "benefit_product_ids": []},
                    "product_remove_list": {"product_ids": [], "sku_ids": [at.sku], "benefit_product_ids": [],
                                            "exclude_product_ids": []}},
    66: lambda at: {"appeal_task": {"appeal_audit_result": [{"indicator_type": "SIZE_CHART", "status": "REJECTED",
                                                             "reject_reason": "The chart lacks a unit."}],
                                    "size_chart_id": 7267563252536723205, "size_chart_image_uri": "charts/shirts"},
                    "product_id": int(at.product)},
    68: lambda at: stock_changed(at, "seller_id", at.seller),
    71: lambda at: stock_changed(at, "shop_id", at.shop),
}  # fmt: skip

ORDERS: dict[int, Callable[[Scene], Row]] = {
    1: lambda at: {"order_id": at.order, "order_status": "AWAITING_SHIPMENT", "is_on_hold_order": False,
                   "update_time": at.now},
    2: lambda at: {"order_id": at.order, "reverse_event_type": "ORDER_REQUEST_CANCEL", "reverse_type": 1,
                   "reverse_order_id": "4035227007876366529", "reverse_order_status": 1, "reverse_user": 1,
                   "update_time": at.now},
    3: lambda at: {"order_id": at.order, "update_time": at.now},
    4: lambda at: {"sc_type": "SPLIT", "role_type": "ROLE_SELLER", "update_time": at.now,
                   "package_list": [{"package_id": at.package, "order_id_list": [at.order]}]},
    11: lambda at: {"order_id": at.order, "cancellations_role": "BUYER",
                    "cancel_status": "CANCELLATION_REQUEST_PENDING", "cancel_id": "4035227007876366529",
                    "create_time": at.now},
    12: lambda at: {"order_id": at.order, "return_role": "BUYER", "return_type": "RETURN_AND_REFUND",
                    "return_status": "RETURN_OR_REFUND_REQUEST_PENDING", "return_id": "4036227007876366529",
                    "create_time": at.now, "update_time": at.now},
    21: lambda at: {"inbound_order_id": "IBR2750066284010", "order_status": "RECEIVING", "update_time": at.now},
    22: lambda at: {"onboarded_regions": [{"region_code": "US"}], "update_time": at.now},
    24: lambda at: {"goods_id": "7280066284010030321", "sku_id": at.sku, "fbt_warehouse_inventory": [
                        {"fbt_warehouse_id": "7370066284010030001", "on_hand_detail": {
                            "total_quantity": 40, "reserved_quantity": 3, "available_quantity": 37}}],
                    "update_time": at.now},
    36: lambda at: {"package_id": at.package, "order_ids": [at.order], "invoice_status": "INVALID",
                    "invalid_reason": "ACCESS_KEY_DUPLICATE"},
    56: lambda at: {"application_id": "7400166284010030001", "new_status": "AWAITING_SHIPMENT",
                    "creator": [{"creator_open_id": creator(at.shop)}],
                    "product": [{"id": at.product, "sku_id": at.sku}]},
    58: lambda at: {"mcf_order": {"external_order_id": "WEB-1001", "mcf_order_id": "576653688135258900",
                                  "consign_orders": [{"id": "576653688135258901", "tracking_number": "SBX000000001",
                                                      "status": "IN_TRANSIT", "goods": [
                                                          {"id": "7280066284010030321", "quantity": 1}],
                                                      "is_platform_closed": "false", "issue": "",
                                                      "shipping_provider": {"id": "7117858858072016686",
                                                                            "name": "Sandbox Parcel"}}],
                                  "create_time": at.now}},
    64: lambda at: {"aftersales_request_id": "4036227007876366529", "return_role": "BUYER",
                    "aftersales_request_status": "PENDING_REQUEST_REVIEW", "aftersales_request_create_time": at.now,
                    "aftersales_request_update_time": at.now},
    65: lambda at: {"rma_id": "4038227007876366529", "aftersales_request_id": "4036227007876366529",
                    "return_role": "BUYER", "rma_status": "AWAITING_BUYER_SHIPPED", "rma_request_create_time": at.now,
                    "rma_request_update_time": at.now},
    67: lambda at: {"aftersales_request_id": "4036227007876366529", "line_items": [
                        {"main_order_id": at.order, "return_line_item_id": "4037227007876366529", "sku_id": at.sku,
                         "sku_return_request_id": "4039227007876366529",
                         "sub_return_line_item_id": "4039227007876366530"}],
                    "refund_currency": "USD", "refund_status": "SUCCESS", "refund_timestamp": at.now,
                    "refund_total": "12.99", "rma_id": "4038227007876366529"},
}  # fmt: skip

PEOPLE: dict[int, Callable[[Scene], Row]] = {
    6: lambda at: {"message": "The seller has cancelled the authorization of this app."},
    7: lambda at: {"message": "The authorization of this app will expire soon.",
                   "expiration_time": str(at.now + 30 * 86400)},
    13: lambda at: {"conversation_id": "7393066284010030001", "create_time": at.now},
    14: lambda at: {"message_id": "7394066284010030001", "index": str(at.now * 1_000_000), "type": "TEXT",
                    "conversation_id": "7393066284010030001", "content": '{"content":"Hello"}', "create_time": at.now,
                    "is_visible": True, "sender": {"im_user_id": "8494066284010030001", "role": "BUYER"}},
    20: lambda at: {"cancel_time": str(at.now)},
    33: lambda at: {"index": str(at.now * 1_000_000), "message_id": "7394066284010030002", "msg_type": "TEXT",
                    "conversation_id": "7393066284010030002", "content": '{"content":"Hello"}',
                    "create_time": str(at.now), "sender": {"sender_im_user_id": "8494066284010030002"}},
    55: lambda at: {"precheck_task_id": "7382066284010030001", "result": "FAIL",
                    "issues": [{"risk": "MISLEADING_CLAIM", "suggestion": "Leave the claim out."}]},
    59: lambda at: {"task_id": "7382066284010030002",
                    "violation_check_result": {"status": "PASS", "issues": [{"risk": "NONE", "suggestions": ""}]},
                    "good_quality_check_result": {"status": "FAIL",
                                                  "issues": [{"code": "DARK", "suggestions": "Use more light."}]}},
}  # fmt: skip
EXAMPLES: dict[int, Callable[[Scene], Row]] = {**PRODUCTS, **ORDERS, **PEOPLE}
