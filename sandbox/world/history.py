"""Sixty days before the first visitor: the same buyers, couriers and rules, and sellers who are gone."""

from __future__ import annotations

from typing import Any

import orjson

from sandbox.agenda import happening
from sandbox.box import Box
from sandbox.chat.threads import shop_says
from sandbox.errors import Refusal
from sandbox.finance.ledger import start_statements
from sandbox.fulfilment.arranging import ship
from sandbox.fulfilment.couriers import await_pickup
from sandbox.fulfilment.packages import packages_of
from sandbox.markets import DAY, HOUR
from sandbox.orders.flow import due_order
from sandbox.world.life import buy, own_label, plan_whims

DAYS = 60
ORDERS = 2000
FAULTY = ("unmapped", "price", "address", "stock") * 2
BUSY_HOURS = (3, 2, 1, 1, 1, 2, 3, 4, 5, 6, 6, 7, 8, 7, 6, 6, 6, 7, 8, 10, 12, 12, 9, 6)
REPLY = {
    "id": "Halo kak, pesanan sedang kami siapkan.",
    "en": "Thanks for writing! We are preparing your order.",
}


def write_history(box: Box) -> None:
    """Live through the past days without telling anybody; ends at the clock's present moment."""
    box.hush = True
    end = box.clock.running()
    start = end - DAYS * DAY
    luck = box.luck("history")
    shops = [shop["id"] for shop in box.shops()]
    moments = sorted(
        start + luck.randrange(DAYS) * DAY + (luck.choices(range(24), weights=BUSY_HOURS)[0] + luck.random()) * HOUR
        for _ in range(ORDERS - len(FAULTY))
    )
    for moment in moments:
        if moment < end:
            box.agenda.add("past_order", due=moment, shop=luck.choices(shops, weights=(5, 3, 4)[: len(shops)])[0])
    for number, flaw in enumerate(FAULTY):
        due = end - (2 + number / 2) * HOUR
        box.agenda.add("faulty_order", due=due, shop=shops[number % len(shops)], flaw=flaw)
    box.clock.frozen = start
    start_statements(box)
    box.clock.frozen = None
    box.agenda.run_until(end, commit=False)
    box.hush = False
    box.store.commit()


@happening("faulty_order")
def faulty_order(box: Box, due: dict[str, Any]) -> None:
    """Leave an order on which a careful desk has something to decide."""
    order = buy(box, box.shop(due["shop"]), box.luck("faulty", box.ids.count("past")), flaw=due["flaw"])
    box.agenda.add("buyer_pays", due=box.clock.now() + 60, order=order["id"])


@happening("past_order")
def past_order(box: Box, due: dict[str, Any]) -> None:
    luck = box.luck("past", box.ids.count("past"))
    order = buy(box, box.shop(due["shop"]), luck)
    now = box.clock.now()
    if luck.random() < 0.97:
        box.agenda.add("buyer_pays", due=now + luck.uniform(20, 900), order=order["id"])
    box.agenda.add("past_seller_ships", due=now + HOUR + luck.uniform(3, 30) * HOUR, order=order["id"])
    plan_whims(box, order, luck)


@happening("past_seller_ships")
def past_seller_ships(box: Box, due: dict[str, Any]) -> None:
    """The seller of the past arranges the order; what he did not reach is left for the desk."""
    order = due_order(box, due, "AWAITING_SHIPMENT") if box.hush else None
    for package in packages_of(box, order) if order else ():
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
