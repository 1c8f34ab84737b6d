"""What the rule books reckon and what a platform that keeps its rules tells are the same moments, in every market."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from sandbox.markets import MARKETS
from sandbox.orders.deadlines import set_deadlines
from sandbox.places import PLACES
from shundan.core.clocks import DeadlineKind as K
from shundan.core.facts import FulfilledBy, OrderFacts, OrderType, PaymentFacts
from shundan.ground.rulebook.queries.forecast import forecast_order_deadlines

TOLD = {
    K.SHIP_BY: "rts_sla_time", K.FIRST_SCAN_BY: "tts_sla_time", K.DELIVER_BY: "delivery_sla_time",
    K.AUTO_CANCEL: "shipping_due_time",
}  # fmt: skip
ON_ITS_WAY = {K.AUTO_CANCEL: "delivery_due_time"}
SINCE, HOURS = datetime(2026, 6, 20, 0, 30, tzinfo=UTC), range(0, 24 * 220, 5)  # seven months, every hour of a day
RELEASED_AFTER = timedelta(days=5)


@dataclass(frozen=True)
class Terms:
    region: str
    zone: str
    seller_type: str
    ships_from: str = ""


def facts(placed: datetime, kind: OrderType, shipping: str, released: datetime, status: str) -> OrderFacts:
    return OrderFacts(
        "1", status, kind, FulfilledBy.US, placed, placed, PaymentFacts("USD", 0), (), paid_at=placed,
        shipping_by_platform=shipping == "TIKTOK", release_at=released if kind == OrderType.PRE_ORDER else None,
    )  # fmt: skip


@pytest.mark.parametrize("kind", [OrderType.NORMAL, OrderType.PRE_ORDER])
@pytest.mark.parametrize(("region", "origin"), MARKETS)
def test_the_rule_books_reckon_what_the_orders_of_a_market_tell(region: str, origin: str, kind: OrderType) -> None:
    market, differing, compared = MARKETS[region, origin], [], 0
    _, state, city, *_ = PLACES[region]["seat"]
    terms = Terms(region, market.zone, origin, f"{state}/{city}")
    for shipping in [name for name in ("TIKTOK", "SELLER") if name == "TIKTOK" or market.seller_ships.get(origin)]:
        for hours in HOURS:
            placed = SINCE + timedelta(hours=hours)
            released = placed + (RELEASED_AFTER if kind == OrderType.PRE_ORDER else timedelta(hours=1))
            order = {
                "order_type": kind.value, "create_time": int(placed.timestamp()), "paid_time": int(placed.timestamp()),
                "shipping_type": shipping, "delivery_option_id": "01",
            }  # fmt: skip
            set_deadlines(order, market, now=int(released.timestamp()))
            for status, told_in in (("AWAITING_SHIPMENT", TOLD), ("IN_TRANSIT", ON_ITS_WAY)):
                reckoned = forecast_order_deadlines(facts(placed, kind, shipping, released, status), terms)
                for name, (due, rule) in reckoned.items():
                    if name in told_in:
                        compared += 1
                        told = datetime.fromtimestamp(order[told_in[K(name)]], UTC)
                        differing += [] if told == due else [(rule, f"{placed}", f"{told}", f"{due}")]
    print(f"{region} {origin} {kind}: {compared} moments compared")
    assert differing == [], f"{len(differing)} of {compared}"
