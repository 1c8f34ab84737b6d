"""Entries in minor units: settlement = revenue + shipping + fees + adjustment, in every entry and every sum."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sandbox.agenda import happening
from sandbox.box import Box
from sandbox.markets import DAY, HOUR, Fee, Market

SUMS = ("revenue", "shipping", "fee", "adjustment", "settlement")
Row = dict[str, Any]


def book_order(box: Box, order: Row) -> None:
    """Write the entry of a delivered order: what the seller earned per SKU, less fees, taxes and carriage."""
    if order.get("_settled"):
        return
    order["_settled"] = True
    box.store.put("order", order["id"], order)
    write(box, order, earned(box, order))


def earned(box: Box, order: Row) -> list[Row]:
    """Return per SKU what an order brings its seller; the same before and after it is booked."""
    market, luck = box.market(order["shop_id"]), box.luck("fees", order["id"])
    lines = [line for line in order["line_items"] if line["display_status"] != "CANCELLED"]
    affiliate = luck.choice((0, 0, 10, 15))
    carriage = -round(market.shipping_fee * 0.7) if order["shipping_type"] == "TIKTOK" else 0
    paid_shipping = market.minor(order["payment"]["shipping_fee"])
    skus = []
    for place, sku_id in enumerate(dict.fromkeys(line["sku_id"] for line in lines)):
        same = [line for line in lines if line["sku_id"] == sku_id]
        gross = sum(market.minor(line["original_price"]) for line in same)
        discount = -sum(market.minor(line["seller_discount"]) for line in same)
        first = place == 0
        paid = gross + discount + (paid_shipping if first else 0)
        fees, taxes = deductions(market, gross + discount, paid=paid, units=len(same), first=first)
        if affiliate:
            fees["affiliate_commission_amount"] = -round((gross + discount) * affiliate / 100)
        skus.append(sku_entry(same, gross=gross, discount=discount, shipping=carriage if first else 0,
                              fees=fees, taxes=taxes))  # fmt: skip
    return skus


def deductions(
    market: Market, revenue: int, *, paid: int, units: int, first: bool
) -> tuple[dict[str, int], dict[str, int]]:
    """Return the market's fees and the taxes it withholds for one SKU of an order, both below nothing."""
    price = revenue // units if units else 0
    fees: dict[str, int] = {}
    for fee in market.fees:
        if fee.applies(price):
            bases = {"revenue": revenue, "paid": paid}
            fees[fee.name] = fees.get(fee.name, 0) - charge(fee, bases[fee.base], units=units, first=first)
    net = round(revenue * 100 / (100 + market.tax.percent)) if market.tax.included else revenue
    bases = {"revenue": revenue, "net": net, "fees": -sum(fees.values())}
    taxes = {fee.name: -charge(fee, bases[fee.base], units=units, first=first) for fee in market.withheld}
    return {name: minor for name, minor in fees.items() if minor}, {n: minor for n, minor in taxes.items() if minor}


def charge(fee: Fee, base: int, *, units: int, first: bool) -> int:
    times = {"sku": 1, "item": units, "order": int(first)}[fee.per]
    share = round(base * fee.percent / 100)
    return min(share, fee.cap * units) if fee.cap else share + fee.minor * times


def sku_entry(
    lines: list[Row],
    *,
    gross: int = 0,
    discount: int = 0,
    shipping: int = 0,
    fees: dict[str, int],
    taxes: dict[str, int],
    back: int = 0,
    back_discount: int = 0,
) -> Row:
    revenue, fee = gross + discount + back + back_discount, sum(fees.values()) + sum(taxes.values())
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
        "taxes": taxes,
        "fee": fee,
        "settlement": revenue + shipping + fee,
    }


def write(box: Box, order: Row, skus: list[Row], *, kind: str = "ORDER", adjustment: int = 0) -> None:
    """Keep an entry; it waits for the statement of its day."""
    entry_id = box.ids.new("transaction")
    sums = {name: sum(row[name] for row in skus) for name in ("revenue", "shipping", "fee")}
    box.store.put(
        "entry",
        entry_id,
        {
            "id": entry_id,
            "shop_id": order["shop_id"],
            "order_id": order["id"],
            "order_create_time": order["create_time"],
            "type": kind,
            "time": box.now(),
            "statement_id": "",
            "skus": skus,
            **sums,
            "adjustment": adjustment,
            "settlement": sum(sums.values()) + adjustment,
        },
    )
    order.setdefault("_entries", []).append(entry_id)
    box.store.put("order", order["id"], order)
    box.store.put("open_entry", entry_id, {"shop_id": order["shop_id"]})


def refund(box: Box, order: Row, amount: dict[str, str]) -> None:
    """Take back what was paid out for refunded goods; an order that was never settled needs no entry."""
    market = box.market(order["shop_id"])
    order["_refunded"] = order.get("_refunded", 0) + market.minor(amount["refund_total"])
    box.store.put("order", order["id"], order)
    if not order.get("delivery_time"):
        return
    book_order(box, order)
    goods = market.minor(amount["refund_subtotal"])
    lines = [line for line in order["line_items"] if line["display_status"] != "CANCELLED"] or order["line_items"]
    fees, taxes = given_back(market, goods)
    write(box, order, [sku_entry(lines[:1], back=-goods, fees=fees, taxes=taxes)])


def given_back(market: Market, goods: int) -> tuple[dict[str, int], dict[str, int]]:
    """Return the shares that come back with refunded goods, less what the platform keeps for its trouble."""
    fees: dict[str, int] = {}
    for fee in market.fees:
        if fee.percent and not fee.kept and fee.applies(goods):
            fees[fee.name] = round(goods * fee.percent / 100)
    kept = round(sum(fees.values()) * market.refund_admin_percent / 100)
    if kept:
        fees["refund_administration_fee_amount"] = -min(kept, market.refund_admin_cap or kept)
    net = round(goods * 100 / (100 + market.tax.percent)) if market.tax.included else goods
    bases = {"revenue": goods, "net": net, "fees": sum(fees.values())}
    taxes = {fee.name: round(bases[fee.base] * fee.percent / 100) for fee in market.withheld}
    return fees, {name: minor for name, minor in taxes.items() if minor}


def reimburse(box: Box, order: Row, lines: Iterable[Row]) -> None:
    """Pay the seller for goods that the platform's carrier lost."""
    market = box.market(order["shop_id"])
    lost = sum(market.minor(line["original_price"]) - market.minor(line["seller_discount"]) for line in lines)
    if lost and order["shipping_type"] == "TIKTOK":
        write(box, order, [], kind="LOGISTICS_REIMBURSEMENT", adjustment=lost)


@happening("settle")
def settle(box: Box, due: Row) -> None:
    order = box.book.orders.get(due["order"])
    if order is not None and order["status"] in ("DELIVERED", "COMPLETED"):
        book_order(box, order)


def start_statements(box: Box) -> None:
    """Plan the first daily statement, unless it is planned already."""
    if not any(row["kind"] == "statement_day" for row in box.store.table("agenda").values()):
        now = box.clock.now()
        box.agenda.add("statement_day", due=now - now % DAY + DAY)
        for entry in box.store.table("entry").values():
            if not entry["statement_id"]:
                box.store.put("open_entry", entry["id"], {"shop_id": entry["shop_id"]})


@happening("statement_day")
def statement_day(box: Box, due: Row) -> None:
    """Close the day: every shop with new entries gets a statement, and its payment a day later."""
    box.agenda.add("statement_day", due=due["due"] + DAY)
    open_entries: dict[str, list[Row]] = {}
    for key in list(box.store.table("open_entry")):
        entry = box.store.table("entry")[key]
        open_entries.setdefault(entry["shop_id"], []).append(entry)
        box.store.drop("open_entry", key)
    for shop_id, entries in open_entries.items():
        close_statement(box, shop_id, entries, paid_at=due["due"] + DAY + HOUR)


def close_statement(box: Box, shop_id: str, entries: list[Row], *, paid_at: float) -> None:
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
            "entries": [entry["id"] for entry in entries],
            **{name: sum(entry.get(name, 0) for entry in entries) for name in SUMS},
        },
    )
    box.agenda.add("statement_paid", due=paid_at, statement=statement_id)


@happening("statement_paid")
def statement_paid(box: Box, due: Row) -> None:
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
