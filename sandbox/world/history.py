"""The time before the first visitor: the same buyers, couriers and rules, and sellers who are gone."""

from __future__ import annotations

import datetime as dt
import gc
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from sandbox.agenda import happening
from sandbox.box import Box
from sandbox.chat.threads import shop_says
from sandbox.errors import Refusal
from sandbox.finance.ledger import start_statements
from sandbox.fulfilment.arranging import ship
from sandbox.fulfilment.couriers import await_pickup
from sandbox.markets import DAY, HOUR, market_of
from sandbox.orders.flow import due_order
from sandbox.world.buying import buy, plan_more, plan_past_seller, plan_payment
from sandbox.world.life import plan_whims
from sandbox.world.push import hand_in_invoice, own_label, waiting
from sandbox.world.traffic import WEIGHTS

DAYS = 60
ORDERS = 2000
FAULTY = ("unmapped", "price", "address", "stock") * 2
BUSY_HOURS = (3, 2, 1, 1, 1, 2, 3, 4, 5, 6, 6, 7, 8, 7, 6, 6, 6, 7, 8, 10, 12, 12, 9, 6)
WEEK = (0.95, 0.92, 0.95, 1.0, 1.1, 1.12, 1.05)
SALES = {(1, 1), (3, 3), (5, 5), (6, 6), (7, 7), (8, 8), (9, 9), (10, 10), (11, 11), (11, 27), (12, 12)}
GROWTH = 0.6
REPLY = {
    "id": "Halo kak, pesanan sedang kami siapkan.",
    "en": "Thanks for writing! We are preparing your order.",
}


def write_history(box: Box, *, days: int = DAYS, orders: int = ORDERS) -> int:
    """Live through the past days without telling anybody, up to the clock's present moment; return the orders made.

    The shop grows over the time, weekends are busier, and days of sales much more so.
    """
    end = box.clock.running()
    start, shops, luck = end - days * DAY, box.shops(), box.luck("history")
    with past(box):
        box.clock.frozen = start
        start_statements(box)
        for moment, shop in moments(shops, luck, start=start, days=days, orders=max(0, orders - len(FAULTY))):
            if moment < end:
                box.agenda.add("past_order", due=moment, shop=shop["id"])
        for number, flaw in enumerate(FAULTY if orders > len(FAULTY) else ()):
            due = end - (2 + number / 2) * HOUR
            box.agenda.add("faulty_order", due=due, shop=shops[number % len(shops)]["id"], flaw=flaw)
        box.clock.frozen = None
        box.agenda.run_until(end, commit=False)
    box.store.settle()
    return len(box.book.orders)


@contextmanager
def past(box: Box) -> Iterator[None]:
    """Nobody is told, and the collector of rubbish rests: a history is all growth."""
    box.hush = True
    gc.disable()
    try:
        yield
    finally:
        box.hush = False
        gc.enable()


def moments(
    shops: list[dict[str, Any]], luck: random.Random, *, start: float, days: int, orders: int
) -> list[tuple[float, dict[str, Any]]]:
    """Return when each order was placed and where, in order of time; hours are the shop's own."""
    dates = [dt.datetime.fromtimestamp(start + day * DAY, dt.UTC) for day in range(days)]
    weights = [
        WEEK[date.weekday()]
        * (3.5 if (date.month, date.day) in SALES else 1.0)
        * (1 - GROWTH * (1 - place / days) * min(1.0, days / 365))
        for place, date in enumerate(dates)
    ]
    likely = [WEIGHTS.get(shop["region"], 3) for shop in shops]
    offsets = {shop["id"]: offset_of(shop, start) for shop in shops}
    chosen = zip(
        luck.choices(range(days), weights=weights, k=orders), luck.choices(shops, weights=likely, k=orders), strict=True
    )
    return sorted(
        (
            (
                start
                + day * DAY
                + ((luck.choices(range(24), weights=BUSY_HOURS)[0] + luck.random()) * HOUR - offsets[shop["id"]]) % DAY,
                shop,
            )
            for day, shop in chosen
        ),
        key=lambda pair: pair[0],
    )


def offset_of(shop: dict[str, Any], moment: float) -> float:
    """Return how far a shop's midnight is from the start's time of day, in seconds."""
    zone = ZoneInfo(market_of(shop["region"], shop["seller_type"]).zone)
    local = dt.datetime.fromtimestamp(moment, zone)
    return local.hour * HOUR + local.minute * 60 + local.second


@happening("faulty_order")
def faulty_order(box: Box, due: dict[str, Any]) -> None:
    """Leave an order on which a careful desk has something to decide."""
    order = buy(box, box.shop(due["shop"]), box.luck("faulty", box.ids.count("past")), flaw=due["flaw"])
    box.agenda.add("buyer_pays", due=box.clock.now() + 60, order=order["id"])


@happening("past_order")
def past_order(box: Box, due: dict[str, Any]) -> None:
    luck = box.luck("past", box.ids.count("past"))
    order = buy(box, box.shop(due["shop"]), luck)
    plan_payment(box, order, luck, patience=900)
    plan_past_seller(box, order, luck)
    plan_more(box, order, luck)
    plan_whims(box, order, luck)


@happening("past_seller_ships")
def past_seller_ships(box: Box, due: dict[str, Any]) -> None:
    """The seller of the past arranges the order; what he did not reach is left for the desk."""
    order = due_order(box, due, "AWAITING_SHIPMENT", "PARTIALLY_SHIPPING") if box.hush else None
    for package in waiting(box, order) if order else ():
        hand_in_invoice(box, box.book.orders[package["orders"][0]])
        try:
            ship(box, package, own_label(box, package))
        except Refusal:
            continue
        if package["shipping_type"] == "TIKTOK":
            box.agenda.add("past_seller_prints", due=box.clock.now() + HOUR, package=package["id"])


@happening("past_seller_prints")
def past_seller_prints(box: Box, due: dict[str, Any]) -> None:
    package = box.store.get("package", due["package"])
    if package and package["stage"] == "AWAITING_COLLECTION" and box.hush:
        await_pickup(box, package)


@happening("past_seller_answers")
def past_seller_answers(box: Box, due: dict[str, Any]) -> None:
    thread = box.store.get("conversation", due["thread"])
    if thread and box.hush:
        words = REPLY.get(box.market(thread["shop_id"]).locale.partition("-")[0], REPLY["en"])
        shop_says(box, thread, kind="TEXT", content=orjson.dumps({"content": words}).decode())
