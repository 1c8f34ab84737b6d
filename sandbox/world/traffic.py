"""How many buyers come: from some a day to a live of ten thousand an hour, in which all want the same one or two."""

from __future__ import annotations

from typing import Any

from sandbox.agenda import happening
from sandbox.box import Box
from sandbox.markets import HOUR
from sandbox.world.buying import buy, plan_more, plan_payment
from sandbox.world.life import plan_whims
from sandbox.world.picks import hot_skus

USUAL = 7.5
MOST = 10_000.0
WEIGHTS = {"US": 5, "ID": 4}
HOT_SHARE = 0.8
Row = dict[str, Any]


def traffic_of(box: Box) -> Row:
    return box.store.get("meta", "traffic") or {"per_hour": USUAL if box.demo == "live" else 0.0, "round": 0}


def start_life(box: Box) -> None:
    """Let the buyers begin, once, where people live."""
    if box.alive and not any(row["kind"] == "buyer_orders" for row in box.store.table("agenda").values()):
        plan_next(box, after=60)


def set_traffic(box: Box, *, per_hour: float | None = None, burst: Row | None = None) -> Row:
    """Change how many buyers come from now on; a burst {per_hour, seconds, shop} ends by itself."""
    old = traffic_of(box)
    row = {**old, "round": old["round"] + 1}
    if per_hour is not None:
        row["per_hour"] = per_hour
    if burst is not None:
        row["burst"] = begin_burst(box, burst)
    box.store.put("meta", "traffic", row)
    plan_next(box)
    return row


def begin_burst(box: Box, burst: Row) -> Row:
    luck, now = box.luck("burst", box.ids.count("burst")), box.now()
    shops = [shop for shop in box.shops() if burst.get("shop") in (None, "", "any", shop["id"], shop["region"])]
    hot = {shop["id"]: hot_skus(box, shop, luck) for shop in shops}
    return {"per_hour": burst["per_hour"], "until": now + burst["seconds"], "hot": hot}


def running_burst(box: Box, row: Row) -> Row | None:
    burst = row.get("burst")
    return burst if burst and burst["hot"] and box.clock.now() < burst["until"] else None


def plan_next(box: Box, *, after: float | None = None) -> None:
    """Plan the next buyer by the rate of this moment; none comes while nobody is wanted."""
    row = traffic_of(box)
    burst, now = running_burst(box, row), box.clock.now()
    rate = (burst or row)["per_hour"]
    gap = after if rate > 0 else None
    if gap is None and rate > 0:
        gap = box.luck("gap", box.ids.count("gap")).expovariate(rate / HOUR)
    if burst is None:
        if gap is not None:
            box.agenda.add("buyer_orders", due=now + gap, round=row["round"])
    elif gap is None or now + gap >= burst["until"]:
        box.agenda.add("burst_over", due=burst["until"], round=row["round"])
    else:
        box.agenda.add("buyer_orders", due=now + gap, round=row["round"])


@happening("burst_over")
def burst_over(box: Box, due: Row) -> None:
    if due["round"] == traffic_of(box)["round"]:
        plan_next(box)


@happening("buyer_orders")
def buyer_orders(box: Box, due: Row) -> None:
    """One buyer orders; the next one is on his way already."""
    row = traffic_of(box)
    if not box.alive or due.get("round", 0) != row["round"]:
        return
    plan_next(box)
    luck, burst = box.luck("life", box.ids.count("life")), running_burst(box, row)
    shops = [shop for shop in box.shops() if burst is None or shop["id"] in burst["hot"]]
    if not shops:
        return
    shop = luck.choices(shops, weights=[WEIGHTS.get(shop["region"], 3) for shop in shops])[0]
    hot = burst["hot"][shop["id"]] if burst and luck.random() < HOT_SHARE else None
    live = burst is not None and luck.random() < 0.3
    order = buy(box, shop, luck, hot=in_stock(box, hot), kind="LIVE" if live else "")
    plan_payment(box, order, luck)
    plan_more(box, order, luck)
    plan_whims(box, order, luck)


def in_stock(box: Box, hot: list[str] | None) -> list[str] | None:
    """Return the shown SKUs that can still be bought."""
    rows = [found[1] for sku_id in hot or () if (found := box.sku(sku_id))]
    return [row["id"] for row in rows if sum(row["available"].values()) > 0] or None
