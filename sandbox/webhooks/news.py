"""Notices that follow from others: samples with their orders, requests and refunds with returns, stock with lines."""

from __future__ import annotations

import datetime as dt
from typing import Any

import orjson

from sandbox.aftersales.requests import has_rma, request_status, rma_id, rma_status
from sandbox.box import Box
from sandbox.webhooks.examples import quantities, stock_change
from sandbox.webhooks.queue import creator, tell, tell_later

Row = dict[str, Any]
LOW = 10
SAMPLE = {
    "UNPAID": "PENDING",
    "AWAITING_SHIPMENT": "AWAITING_SHIPMENT",
    "IN_TRANSIT": "SHIPPED",
    "DELIVERED": "CONTENT_PENDING",
    "COMPLETED": "COMPLETED",
    "CANCELLED": "UNFULFILL_CANCELLED",
}
SPOKEN_RMA = {"AWAITING_BUYER_RETURN": "AWAITING_BUYER_SHIPPED"}


def tell_sample(box: Box, order: Row) -> None:
    """Tell how a creator's sample application goes on, if the order is one."""
    status = SAMPLE.get(order["status"])
    if not order["is_sample_order"] or status is None:
        return
    who, line = creator(order["shop_id"]), order["line_items"][0]
    application = "74" + order["id"][2:] + "0"
    if status == "PENDING":
        tell_creators_card(box, order["shop_id"], application)
    tell(
        box,
        order["shop_id"],
        "SAMPLE_APPLICATION_STATUS_CHANGE",
        application_id=application,
        new_status=status,
        creator=[{"creator_open_id": who}],
        product=[{"id": line["product_id"], "sku_id": line["sku_id"]}],
    )


def tell_creators_card(box: Box, shop_id: str, application: str) -> None:
    """Tell of the card with which a creator asks for a sample: in his own conversation, unknown to customer service."""
    now = box.now()
    tell(
        box,
        shop_id,
        "NEW_MESSAGE_LISTENER",
        index=str(now * 1_000_000),
        message_id="73" + application[2:],
        conversation_id="72" + shop_id[2:],
        msg_type="FREE_SAMPLE_CARD",
        content=orjson.dumps({"apply_id": application}).decode(),
        create_time=str(now),
        sender={"sender_im_user_id": "85" + shop_id[2:]},
    )


def tell_request(box: Box, row: Row) -> None:
    """Tell what is new of the pair of notices of a return: its request (64), and the goods' way back (65)."""
    role = "SELLER" if row["role"] != "BUYER" else "BUYER"
    if is_news(box, row, "request", status := request_status(row)):
        tell(
            box,
            row["shop_id"],
            "AFTERSALES_REQUEST_STATUS_UPDATE",
            aftersales_request_id=row["return_id"],
            return_role=role,
            aftersales_request_status=status,
            aftersales_request_create_time=row["create_time"],
            aftersales_request_update_time=row["update_time"],
        )
    if has_rma(row) and is_news(box, row, "rma", status := rma_status(row)):
        tell(
            box,
            row["shop_id"],
            "RMA_STATUS_UPDATE",
            rma_id=rma_id(row["return_id"]),
            aftersales_request_id=row["return_id"],
            return_role=role,
            rma_status=SPOKEN_RMA.get(status, status),
            rma_request_create_time=row["create_time"],
            rma_request_update_time=row["update_time"],
        )


def is_news(box: Box, row: Row, what: str, status: str) -> bool:
    """Remember the status that is told; the same again is no news."""
    told = row.setdefault("told", {})
    if told.get(what) == status:
        return False
    told[what] = status
    box.store.put("return", row["return_id"], row)
    return True


def tell_refund(box: Box, row: Row, amount: Row, *, kind: str) -> None:
    """Tell that a buyer has his money back, of a return or of a cancellation (`kind` as in the row's fields)."""
    case_id = row[f"{kind}_id"]
    tell(
        box,
        row["shop_id"],
        "REFUND_SUCCESS",
        aftersales_request_id=case_id,
        line_items=[
            {
                "main_order_id": row["order_id"],
                "return_line_item_id": line[f"{kind}_line_item_id"],
                "sku_id": line["sku_id"],
                "sku_return_request_id": case_id,
            }
            for line in row[f"{kind}_line_items"]
        ],
        refund_currency=amount["currency"],
        refund_status="SUCCESS",
        refund_timestamp=box.now(),
        refund_total=amount["refund_total"],
        rma_id=rma_id(case_id) if row.get("return_type") == "RETURN_AND_REFUND" else "",
    )


def tell_stock(box: Box, product: Row, sku: Row, *, source: str, available: int, committed: int) -> None:
    """Tell that counters of a SKU moved: a shop of a seller with many hears by seller, a local one by shop."""
    if not (available or committed):
        return
    shop = box.shop(product["shop_id"])
    by_seller = shop["seller_type"] == "CROSS_BORDER"
    left, promised = sum(sku["available"].values()), sum(sku["committed"].values())
    event = "INVENTORY_CHANGED" if by_seller else "INVENTORY_CHANGED_BY_SHOP"

    def news() -> Row:
        number, moment = box.ids.count("stock notice"), dt.datetime.fromtimestamp(box.now(), dt.UTC)
        when = moment.isoformat().replace("+00:00", "Z")
        change = stock_change(
            f"{sku['id']}-{number}", source, when, total=available + committed, available=available, committed=committed
        )
        return {
            "event_id": f"stock-{number}",
            "occurred_at": when,
            "seller_id" if by_seller else "shop_id": seller_number(shop) if by_seller else int(shop["id"]),
            "product_id": int(product["id"]),
            "sku_id": int(sku["id"]),
            "quantity_snapshot_after_change": quantities(left + promised, left, promised),
            "change_detail": [change],
        }

    tell_later(box, shop["id"], event, news)
    tell_level(box, product, sku, before=left - available, after=left)


def seller_number(shop: Row) -> int:
    return int(shop["id"][:15] + "0000")


def tell_level(box: Box, product: Row, sku: Row, *, before: int, after: int) -> None:
    """Tell when what can be bought falls under the threshold, runs out, or is enough again."""
    level = stock_level(after)
    if level == stock_level(before):
        return
    committed = sum(sku["committed"].values())
    tell(
        box,
        product["shop_id"],
        "INVENTORY_STATUS_CHANGE",
        product_id=product["id"],
        sku_id=sku["id"],
        trigger_reason={"alert_type": "LOW_STOCK", "lead_days": 7, "low_stock_threshold": LOW},
        current_inventory_status=level,
        inventory_distribution={
            "total_quantity": after + committed,
            "available_quantity": after,
            "creator_reserved_quantity": 0,
            "campaign_reserved_quantity": 0,
            "committed_quantity": committed,
        },
        update_time=box.now(),
    )


def stock_level(available: int) -> str:
    return "OUT_OF_STOCK" if available <= 0 else "LOW_STOCK" if available <= LOW else "IN_STOCK"
