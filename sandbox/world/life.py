"""What buyers do by themselves in the live demo, and how an order is pushed to a status by hand."""

from __future__ import annotations

import random
from typing import Any

from sandbox.aftersales.cancellations import buyer_asks, finish_cancel, open_cancel
from sandbox.aftersales.returns import open_return
from sandbox.aftersales.rules import BUYER_CANCEL, RETURN
from sandbox.agenda import happening
from sandbox.box import Box
from sandbox.chat.threads import QUESTIONS, buyer_says, language
from sandbox.fulfilment.arranging import ship
from sandbox.fulfilment.couriers import carry_event, collect
from sandbox.fulfilment.packages import packages_of
from sandbox.markets import DAY, HOUR
from sandbox.orders.address import change_address
from sandbox.orders.flow import announce, due_order, live_lines, pay, set_status
from sandbox.orders.make import make_order, new_buyer
from sandbox.ratings import rate

MINUTES_BETWEEN = 8.0
LADDER = (
    "UNPAID",
    "ON_HOLD",
    "AWAITING_SHIPMENT",
    "AWAITING_COLLECTION",
    "IN_TRANSIT",
    "DELIVERED",
    "COMPLETED",
)
MESSAGES = ("Gift, please no price inside.", "Please ring the bell twice.", "Tolong bungkus rapi ya.")
FLAWS = (("unmapped", 0.02), ("price", 0.015), ("address", 0.02), ("stock", 0.01))


def random_picks(box: Box, shop: dict[str, Any], luck: random.Random, *, lines: int) -> list[tuple[str, int]]:
    """Choose different SKUs that are on sale and on the shelf."""
    on_sale = [
        sku for product in box.products(shop["id"]) if product["status"] == "ACTIVATE" for sku in product["skus"]
    ]
    shelf = [sku for sku in on_sale if sku["seller_sku"] and sum(sku["available"].values()) > 5] or on_sale
    chosen = luck.sample(shelf, min(lines, len(shelf)))
    return [(sku["id"], luck.choice((1, 1, 1, 1, 2, 3))) for sku in chosen]


def unnamed_pick(box: Box, shop: dict[str, Any]) -> tuple[str, int]:
    """Return one unit of the SKU that the seller listed without a number of his own."""
    skus = [sku for product in box.products(shop["id"]) for sku in product["skus"]]
    return next(sku["id"] for sku in skus if not sku["seller_sku"]), 1


def push_to(box: Box, order: dict[str, Any], status: str) -> None:
    """Bring a fresh order to a status through the same moves that life would make."""
    if status == "CANCELLED":
        row = open_cancel(
            box,
            order,
            live_lines(order),
            role="BUYER",
            reason=next(iter(BUYER_CANCEL)),
            text="Order created by mistake",
        )
        finish_cancel(box, row)
        return
    height = LADDER.index(status)
    if height >= 1:
        pay(box, order, hold=height == 1)
    for package in packages_of(box, order) if height >= 3 else ():
        ship(box, package, own_label(box, package))
        if package.get("label") == "MAKING":
            package["label"] = "READY"
            box.store.put("package", package["id"], package)
        if height >= 4:
            collect(box, package)
        if height >= 5:
            carry_event(box, package, "delivered")
    if height >= 6:
        for line in live_lines(order):
            line["display_status"] = "COMPLETED"
        set_status(box, order, "COMPLETED")


def own_label(box: Box, package: dict[str, Any]) -> dict[str, Any]:
    """Return what a seller who ships himself has to tell."""
    if package["shipping_type"] != "SELLER":
        return {}
    carriers = box.market(package["shop_id"]).seller_carriers
    carrier = carriers[int(package["id"]) % len(carriers)]
    return {
        "self_shipment": {
            "tracking_number": f"{carrier.prefix}{package['id'][-10:]}",
            "shipping_provider_id": carrier.id,
        }
    }


def start_life(box: Box) -> None:
    """Let the buyers begin, once, in the live demo only."""
    if box.demo == "live" and not any(row["kind"] == "buyer_orders" for row in box.store.table("agenda").values()):
        box.agenda.add("buyer_orders", due=box.clock.now() + 60)


@happening("buyer_orders")
def buyer_orders(box: Box, due: dict[str, Any]) -> None:
    """One buyer orders; the next one is on his way already."""
    if box.demo != "live":
        return
    luck = box.luck("life", box.ids.count("life"))
    box.agenda.add("buyer_orders", due=due["due"] + luck.expovariate(1 / (MINUTES_BETWEEN * 60)))
    shops = box.shops()
    if shops:
        order = buy(box, luck.choices(shops, weights=(5, 3, 4)[: len(shops)])[0], luck)
        if luck.random() < 0.96:
            box.agenda.add("buyer_pays", due=box.clock.now() + luck.uniform(20, 600), order=order["id"])
        plan_whims(box, order, luck)


def buy(box: Box, shop: dict[str, Any], luck: random.Random, *, flaw: str | None = None) -> dict[str, Any]:
    """Place one order as a new or a returning buyer; a few are faulty on purpose."""
    buyer = choose_buyer(box, shop, luck)
    picks = random_picks(box, shop, luck, lines=luck.choice((1, 1, 1, 1, 2, 2, 3)))
    flaw = choose_flaw(luck) if flaw is None else flaw
    if flaw == "stock":
        picks = [scarce_pick(box, shop)]
    elif flaw == "unmapped":
        picks = [unnamed_pick(box, shop)]
    message = luck.choice(MESSAGES) if luck.random() < 0.05 else ""
    kind = "NORMAL" if flaw else luck.choices(("NORMAL", "SAMPLE", "PRE_ORDER", "FBT"), weights=(93, 4, 2, 1))[0]
    order = make_order(box, shop, picks=picks, buyer=buyer, flaw=flaw, message=message, kind=kind)
    announce(box, order)
    return order


def choose_buyer(box: Box, shop: dict[str, Any], luck: random.Random) -> dict[str, Any]:
    """Return a new buyer, one who comes back, or one who ordered a moment ago and wants more."""
    roll, known = luck.random(), box.buyers.get(shop["region"], [])
    if not known or roll > 0.36:
        return new_buyer(box, box.market(shop["id"]))
    return box.store.table("buyer")[known[-1] if roll < 0.06 else luck.choice(known[-400:])]


def scarce_pick(box: Box, shop: dict[str, Any]) -> tuple[str, int]:
    """Return the SKU of which least is left, and more of it than there is."""
    skus = [sku for product in box.products(shop["id"]) for sku in product["skus"]]
    scarce = min(skus, key=lambda sku: sum(sku["available"].values()))
    return scarce["id"], min(12, sum(scarce["available"].values()) + 2)


def choose_flaw(luck: random.Random) -> str:
    roll = luck.random()
    for name, share in FLAWS:
        if roll < share:
            return name
        roll -= share
    return ""


def plan_whims(box: Box, order: dict[str, Any], luck: random.Random) -> None:
    """Decide what else this buyer will do, and when."""
    now = box.clock.now()
    if luck.random() < 0.05:
        box.agenda.add("buyer_regrets", due=now + luck.uniform(0.2, 30) * HOUR, order=order["id"])
    if luck.random() < 0.015:
        box.agenda.add("buyer_moves", due=now + luck.uniform(0.3, 12) * HOUR, order=order["id"])
    if luck.random() < 0.06:
        box.agenda.add("buyer_asks", due=now + luck.uniform(1, 60) * HOUR, order=order["id"])
    if luck.random() < 0.04:
        box.agenda.add("buyer_sends_back", due=now + luck.uniform(5, 14) * DAY, order=order["id"])
    if luck.random() < 0.35:
        box.agenda.add("buyer_rates", due=now + luck.uniform(6, 14) * DAY, order=order["id"])


@happening("buyer_regrets")
def buyer_regrets(box: Box, due: dict[str, Any]) -> None:
    order = due_order(box, due, "UNPAID", "ON_HOLD", "AWAITING_SHIPMENT", "AWAITING_COLLECTION")
    if order and box.alive and not order["is_buyer_request_cancel"]:
        reason = box.luck("regret", order["id"]).choice(list(BUYER_CANCEL))
        buyer_asks(box, order, reason=reason, text=BUYER_CANCEL[reason])


@happening("buyer_moves")
def buyer_moves(box: Box, due: dict[str, Any]) -> None:
    order = due_order(box, due, "UNPAID", "ON_HOLD", "AWAITING_SHIPMENT")
    if order and box.alive:
        number = box.luck("move", order["id"]).randint(2, 90)
        change_address(box, order, {"line1": f"{number} Elsewhere Road", "line2": ""})


@happening("buyer_asks")
def buyer_writes(box: Box, due: dict[str, Any]) -> None:
    order = box.book.orders.get(due["order"])
    if order and box.alive:
        words = QUESTIONS.get(language(box, order["shop_id"]), QUESTIONS["en"])
        message = buyer_says(
            box,
            order["shop_id"],
            order["user_id"],
            box.luck("ask", order["id"]).choice(words),
            order_id=order["id"],
        )
        if box.hush:
            box.agenda.add("past_seller_answers", due=box.clock.now() + HOUR, thread=message["conversation"])


@happening("buyer_sends_back")
def buyer_sends_back(box: Box, due: dict[str, Any]) -> None:
    order = due_order(box, due, "DELIVERED")
    if order and box.alive and not any(row["order_id"] == order["id"] for row in box.store.table("return").values()):
        luck = box.luck("send back", order["id"])
        kind = luck.choices(("RETURN_AND_REFUND", "REFUND", "REPLACEMENT"), weights=(6, 3, 1))[0]
        fitting = [key for key in RETURN if ("and_return" in key) == (kind != "REFUND") and "shipped" not in key]
        reason = luck.choice(fitting)
        lines = live_lines(order)
        open_return(
            box,
            order,
            lines[: luck.randint(1, len(lines))],
            kind=kind,
            role="BUYER",
            reason=reason,
            text=RETURN[reason],
        )


@happening("buyer_rates")
def buyer_rates(box: Box, due: dict[str, Any]) -> None:
    order = due_order(box, due, "DELIVERED", "COMPLETED")
    if order and box.alive:
        rate(
            box,
            order,
            stars=box.luck("stars", order["id"]).choices((5, 4, 3, 2, 1), weights=(62, 20, 8, 5, 5))[0],
        )
