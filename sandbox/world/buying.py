"""Buyers place orders: of any kind, alone or after an earlier one, a few of them faulty on purpose."""

from __future__ import annotations

import random
from typing import Any

from sandbox.agenda import happening
from sandbox.box import Box
from sandbox.markets import DAY
from sandbox.orders.flow import announce
from sandbox.orders.kinds import FOLLOWS, choose_kind
from sandbox.orders.make import make_order, new_buyer
from sandbox.orders.ways import FAST, has_fast, way_of
from sandbox.world.people import character_of
from sandbox.world.picks import Pick, gift_pick, random_picks, scarce_pick, set_pick, unnamed_pick

Row = dict[str, Any]
MESSAGES = {
    "en": ("Gift, please no price inside.", "Please ring the bell twice."),
    "id": ("Tolong bungkus rapi ya.", "Titip di pos satpam ya kak."),
    "de": ("Bitte beim Nachbarn abgeben.",),
    "fr": ("Merci de ne pas mettre le prix.",),
    "es": ("Por favor, llamen antes de subir.",),
    "pt": ("Pode deixar na portaria, por favor.",),
    "ja": ("置き配でお願いします。",),
}
FLAWS = (("unmapped", 0.02), ("price", 0.015), ("address", 0.02), ("stock", 0.01))
LINES = (1, 1, 1, 1, 2, 2, 3)
REFUSALS, REFUSED_WITHIN = 3, 60 * DAY


class NoSuchKind(ValueError):
    """This kind of order does not exist in this market; the sentence says why."""


def buy(
    box: Box,
    shop: Row,
    luck: random.Random,
    *,
    flaw: str | None = None,
    hot: list[str] | None = None,
    kind: str = "",
    buyer: Row | None = None,
) -> Row:
    """Place one order as a new or a returning buyer; a few are faulty on purpose."""
    buyer = buyer or choose_buyer(box, shop, luck)
    if hot:
        picks = [(luck.choice(hot), luck.choice(character_of(box, buyer["id"]).units))]
    else:
        units = character_of(box, buyer["id"]).units
        picks = random_picks(box, shop, luck, lines=luck.choice(LINES), units=units)
    flaw = ("" if kind or hot else choose_flaw(luck)) if flaw is None else flaw
    if flaw == "stock":
        picks = [scarce_pick(box, shop)]
    elif flaw == "unmapped":
        picks = [unnamed_pick(box, shop)]
    words = MESSAGES.get(box.market(shop["id"]).locale.partition("-")[0], MESSAGES["en"])
    message = luck.choice(words) if luck.random() < 0.05 else ""
    kind = kind or ("NORMAL" if flaw else fitting_kind(box, shop, buyer, luck))
    return place(box, shop, kind=kind, picks=picks, buyer=buyer, luck=luck, flaw=flaw, message=message)


def fitting_kind(box: Box, shop: Row, buyer: Row, luck: random.Random) -> str:
    """Return a kind by chance; who refused too often pays beforehand, and nothing is exchanged that was not sent."""
    kind = choose_kind(box.market(shop["id"]), luck)
    refused = [moment for moment in buyer.get("refused", ()) if moment > box.now() - REFUSED_WITHIN]
    if (kind == "COD" and len(refused) >= REFUSALS) or (kind in FOLLOWS and find_origin(box, shop) is None):
        return "NORMAL"
    return kind


def place(
    box: Box,
    shop: Row,
    *,
    kind: str,
    picks: list[Pick],
    buyer: Row,
    luck: random.Random,
    address: Row | None = None,
    flaw: str = "",
    message: str = "",
    origin: Row | None = None,
) -> Row:
    """Place and announce an order of a kind; raises NoSuchKind."""
    if kind == "COD" and not box.market(shop["id"]).has_cod:
        raise NoSuchKind(f"Nobody pays {shop['seller_type']} sellers in {shop['region']} at the door.")
    if kind in FAST and not has_fast(box.market(shop["id"])):
        raise NoSuchKind("Only local sellers of ID, TH, VN, MY, PH and SG have fast delivery options.")
    if kind in FOLLOWS:
        origin = origin or find_origin(box, shop)
        if origin is not None:
            picks = [(origin["line_items"][0]["sku_id"], 1)]
            buyer = box.store.table("buyer")[origin["user_id"]]
    if kind in ("BUNDLE", "COMBINED_LISTING") and (goods_set := set_pick(box, shop, kind)):
        picks = [goods_set]
    if kind == "SPLIT" and len(picks) < 2:
        picks = [*picks, (gift_pick(box, shop, picks), 1)]
    gifts = [gift_pick(box, shop, picks)] if kind == "GIFT" else []
    order = make_order(box, shop, picks=picks, buyer=buyer, address=address, flaw=flaw, message=message, kind=kind,
                       gifts=gifts)  # fmt: skip
    if kind in FOLLOWS and origin is not None:
        order[FOLLOWS[kind]], order["_address"] = origin["id"], origin["_address"]
    announce(box, order)
    return order


def find_origin(box: Box, shop: Row) -> Row | None:
    """Return the newest order of the shop that has arrived, among its last some hundred."""
    for _, order_id in reversed(box.book.index(shop["id"], "create_time")[-400:]):
        order = box.book.orders[order_id]
        if order["status"] in ("DELIVERED", "COMPLETED") and not any(order.get(name) for name in FOLLOWS.values()):
            return order
    return None


def choose_buyer(box: Box, shop: Row, luck: random.Random) -> Row:
    """Return a new buyer, one who comes back, or one who ordered a moment ago and wants more."""
    roll, known = luck.random(), box.buyers.get(shop["region"], [])
    if not known or roll > 0.36:
        return new_buyer(box, box.market(shop["id"]))
    return box.store.table("buyer")[known[-1] if roll < 0.06 else luck.choice(known[-400:])]


def choose_flaw(luck: random.Random) -> str:
    roll = luck.random()
    for name, share in FLAWS:
        if roll < share:
            return name
        roll -= share
    return ""


def plan_payment(box: Box, order: Row, luck: random.Random, *, patience: float = 600) -> None:
    """Most buyers pay within minutes, by their character; who pays at the door has nothing to do."""
    if order["status"] == "UNPAID" and luck.random() < character_of(box, order["user_id"]).pays:
        box.agenda.add("buyer_pays", due=box.clock.now() + luck.uniform(20, patience), order=order["id"])


def plan_more(box: Box, order: Row, luck: random.Random) -> None:
    """Whoever buys in a live buys again while it lasts."""
    if "auto_combine_group_id" in order and luck.random() < 0.65:
        due = box.clock.now() + luck.uniform(120, 3000)
        box.agenda.add("live_buyer_again", due=due, shop=order["shop_id"], buyer=order["user_id"])


@happening("live_buyer_again")
def live_buyer_again(box: Box, due: Row) -> None:
    if box.alive:
        luck = box.luck("again", box.ids.count("again"))
        buyer = box.store.table("buyer")[due["buyer"]]
        order = buy(box, box.shop(due["shop"]), luck, kind="LIVE", buyer=buyer)
        plan_payment(box, order, luck)
        if luck.random() < 0.4:
            plan_more(box, order, luck)
        if box.hush:
            plan_past_seller(box, order, luck)


def plan_past_seller(box: Box, order: Row, luck: random.Random) -> None:
    """The seller of the past takes his time; what he did not reach is left for the desk."""
    due = box.clock.now() + luck.uniform(*(1.1, 2.4) if way_of(order).is_fast else (4, 31)) * 3600
    box.agenda.add("past_seller_ships", due=max(due, order.get("release_date", 0) + 2 * 3600), order=order["id"])
