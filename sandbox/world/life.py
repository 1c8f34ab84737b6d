"""What buyers do after an order: regret, move, write, send back, rate; each by his character."""

from __future__ import annotations

import random
from typing import Any

from sandbox.aftersales.cancellations import buyer_asks, withdraw_cancel
from sandbox.aftersales.returns import open_return
from sandbox.aftersales.rules import BUYER_CANCEL, RETURN
from sandbox.agenda import happening
from sandbox.box import Box
from sandbox.chat.threads import QUESTIONS, buyer_says, language
from sandbox.fulfilment.recalls import can_recall
from sandbox.markets import HOUR
from sandbox.orders.address import change_address
from sandbox.orders.flow import due_order, live_lines
from sandbox.ratings import rate
from sandbox.world.people import character_of


def plan_whims(box: Box, order: dict[str, Any], luck: random.Random) -> None:
    """Decide what else this buyer will do, and when."""
    now, buyer = box.clock.now(), character_of(box, order["user_id"])
    for kind, share, low, high in (
        ("buyer_regrets", buyer.regrets, 0.2, 30),
        ("buyer_moves", buyer.moves, 0.3, 12),
        ("buyer_asks", buyer.asks, 1, 60),
        ("buyer_sends_back", buyer.sends_back, 5 * 24, 14 * 24),
        ("buyer_rates", buyer.rates, 6 * 24, 14 * 24),
    ):
        if luck.random() < share:
            box.agenda.add(kind, due=now + luck.uniform(low, high) * HOUR, order=order["id"])


@happening("buyer_regrets")
def buyer_regrets(box: Box, due: dict[str, Any]) -> None:
    order = due_order(box, due, "UNPAID", "ON_HOLD", "AWAITING_SHIPMENT", "AWAITING_COLLECTION", "IN_TRANSIT")
    if order and order["status"] == "IN_TRANSIT" and not can_recall(box, order):
        return
    if order and box.alive and not order["is_buyer_request_cancel"]:
        luck = box.luck("regret", order["id"])
        reason = luck.choice(list(BUYER_CANCEL))
        buyer_asks(box, order, reason=reason, text=BUYER_CANCEL[reason])
        if order["is_buyer_request_cancel"] and luck.random() < 0.12:
            box.agenda.add("buyer_withdraws", due=box.clock.now() + luck.uniform(0.5, 10) * HOUR, order=order["id"])


@happening("buyer_withdraws")
def buyer_withdraws(box: Box, due: dict[str, Any]) -> None:
    order = box.book.orders.get(due["order"])
    if order and box.alive and order["is_buyer_request_cancel"]:
        withdraw_cancel(box, order)


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
    if order and box.alive and not box.cases_of(order["id"], "return"):
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
        character = character_of(box, order["user_id"])
        rate(
            box,
            order,
            stars=box.luck("stars", order["id"]).choices((5, 4, 3, 2, 1), weights=character.stars)[0],
        )
