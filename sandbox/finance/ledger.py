"""Entries in minor units: settlement = revenue + shipping + fees, in every entry and every sum."""

from __future__ import annotations

from typing import Any

from sandbox.agenda import happening
from sandbox.box import Box
from sandbox.markets import DAY, HOUR


def book_order(box: Box, order: dict[str, Any]) -> None:
    """Write the entry of a delivered order: what the seller earned per SKU, less fees and carriage."""
    if order.get("_settled"):
        return
    order["_settled"] = True
    box.store.put("order", order["id"], order)
    market, luck = box.market(order["shop_id"]), box.luck("fees", order["id"])
    lines = [line for line in order["line_items"] if line["display_status"] != "CANCELLED"]
    affiliate = luck.choice((0, 0, 10, 15))
    carriage = -round(market.shipping_fee * 0.7) if order["shipping_type"] == "TIKTOK" else 0
    skus = []
    for place, sku_id in enumerate(dict.fromkeys(line["sku_id"] for line in lines)):
        same = [line for line in lines if line["sku_id"] == sku_id]
        gross = sum(market.minor(line["original_price"]) for line in same)
        discount = -sum(market.minor(line["seller_discount"]) for line in same)
        revenue = gross + discount
        fees = {
            "platform_commission_amount": -round(revenue * market.fee_percent / 100),
            "transaction_fee_amount": -round(revenue * market.payment_percent / 100),
            "affiliate_commission_amount": -round(revenue * affiliate / 100),
        }
        skus.append(sku_entry(same, gross=gross, discount=discount, shipping=carriage if place == 0 else 0, fees=fees))
    write(box, order, skus)


def sku_entry(
    lines: list[dict[str, Any]],
    *,
    gross: int,
    discount: int,
    shipping: int,
    fees: dict[str, int],
    back: int = 0,
    back_discount: int = 0,
) -> dict[str, Any]:
    revenue, fee = gross + discount + back + back_discount, sum(fees.values())
    first = lines[0]
    return {
        "sku_id": first["sku_id"],
        "sku_name": first["sku_name"],
        "product_name": first["product_name"],
        "quantity": len(lines),
        "gross": gross,
        "discount": discount,
        "back": back,
        "back_discount": back_discount,
        "revenue": revenue,
        "shipping": shipping,
        "fees": fees,
        "fee": fee,
        "settlement": revenue + shipping + fee,
    }


def write(box: Box, order: dict[str, Any], skus: list[dict[str, Any]]) -> None:
    entry_id = box.ids.new("transaction")
    box.store.put(
        "entry",
        entry_id,
        {
            "id": entry_id,
            "shop_id": order["shop_id"],
            "order_id": order["id"],
            "order_create_time": order["create_time"],
            "type": "ORDER",
            "time": box.now(),
            "statement_id": "",
            "skus": skus,
            "revenue": sum(row["revenue"] for row in skus),
            "shipping": sum(row["shipping"] for row in skus),
            "fee": sum(row["fee"] for row in skus),
            "settlement": sum(row["settlement"] for row in skus),
        },
    )


def refund(box: Box, order: dict[str, Any], amount: dict[str, str]) -> None:
    """Take back what was paid out for refunded goods; an order that was never settled needs no entry."""
    order["_refunded"] = order.get("_refunded", 0) + box.market(order["shop_id"]).minor(amount["refund_total"])
    box.store.put("order", order["id"], order)
    if not order.get("delivery_time"):
        return
    book_order(box, order)
    market = box.market(order["shop_id"])
    goods = market.minor(amount["refund_subtotal"])
    lines = [line for line in order["line_items"] if line["display_status"] != "CANCELLED"] or order["line_items"]
    fees = {
        "platform_commission_amount": round(goods * market.fee_percent / 100 * 0.8),
        "refund_administration_fee_amount": -round(goods * 0.012),
    }
    write(box, order, [sku_entry(lines[:1], gross=0, discount=0, shipping=0, fees=fees, back=-goods)])


@happening("settle")
def settle(box: Box, due: dict[str, Any]) -> None:
    order = box.book.orders.get(due["order"])
    if order is not None and order["status"] in ("DELIVERED", "COMPLETED"):
        book_order(box, order)


def start_statements(box: Box) -> None:
    """Plan the first daily statement, unless it is planned already."""
    if not any(row["kind"] == "statement_day" for row in box.store.table("agenda").values()):
        now = box.clock.now()
        box.agenda.add("statement_day", due=now - now % DAY + DAY)


@happening("statement_day")
def statement_day(box: Box, due: dict[str, Any]) -> None:
    """Close the day: every shop with new entries gets a statement, and its payment a day later."""
    box.agenda.add("statement_day", due=due["due"] + DAY)
    open_entries: dict[str, list[dict[str, Any]]] = {}
    for entry in box.store.table("entry").values():
        if not entry["statement_id"]:
            open_entries.setdefault(entry["shop_id"], []).append(entry)
    for shop_id, entries in open_entries.items():
        statement_id = box.ids.new("statement")
        for entry in entries:
            entry["statement_id"] = statement_id
            box.store.put("entry", entry["id"], entry)
        box.store.put(
            "statement",
            statement_id,
            {
                "id": statement_id,
                "shop_id": shop_id,
                "time": box.now(),
                "status": "PROCESSING",
                "payment_id": "",
                "payment_time": 0,
                **{
                    name: sum(entry[name] for entry in entries) for name in ("revenue", "shipping", "fee", "settlement")
                },
            },
        )
        box.agenda.add("statement_paid", due=due["due"] + DAY + HOUR, statement=statement_id)


@happening("statement_paid")
def statement_paid(box: Box, due: dict[str, Any]) -> None:
    row = box.store.get("statement", due["statement"])
    if row is None or row["payment_id"] or row["settlement"] <= 0:
        return
    payment_id = box.ids.new("payment")
    row["payment_id"], row["status"], row["payment_time"] = payment_id, "PAID", box.now()
    box.store.put("statement", row["id"], row)
    box.store.put(
        "payment",
        payment_id,
        {
            "id": payment_id,
            "shop_id": row["shop_id"],
            "time": box.now(),
            "minor": row["settlement"],
            "statement_id": row["id"],
        },
    )
