"""The clocks of orders whose facts were just written: what the order carries, and what the rulebook reckons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from shundan.core.clocks import CALM
from shundan.core.clocks import DeadlineKind as K
from shundan.core.facts import OrderFacts
from shundan.core.moves import OrderMove
from shundan.core.states import FulfilledBy
from shundan.core.states import OrderState as S
from shundan.ground.rulebook.actions import (
    PLATFORM,
    RULEBOOK,
    DeadlineDraft,
    add_deadlines,
    keep_deadlines,
)
from shundan.ground.rulebook.queries import forecast_order_deadlines
from shundan.stages.orders.actions.change import Change, Due, SurpriseDraft
from shundan.stages.orders.actions.door import MEETS, WITHOUT_CLOCKS, note_due
from shundan.stages.orders.models import Order

DISAGREE_BY = timedelta(hours=1)
_AFTER_SCAN = ("IN_TRANSIT", "DELIVERED", "COMPLETED")
_TO_SHIP = frozenset({K.SHIP_BY, K.FIRST_SCAN_BY, K.AUTO_CANCEL, K.DELIVER_BY})
_WANTED: dict[str, frozenset[K]] = {
    S.WAITING: _TO_SHIP | {K.CANCEL_WINDOW},
    **dict.fromkeys((S.RECEIVED, S.HELD, S.APPROVED, S.RESERVED, S.FULFILLING), _TO_SHIP),
    S.SHIPPED: frozenset({K.FIRST_SCAN_BY, K.DELIVER_BY}),
}


def wind_clocks(change: Change, shop: Any) -> None:
    """Reckon the clocks of an order that is about to be inserted, and note the soonest on its row."""
    _reckon(change, shop)
    urgent = [(due.at, due.kind) for due in change.clocks if due.kind not in CALM]
    if urgent:
        change.order.next_due_at, change.order.next_due_kind = min(urgent)


def keep_clocks(
    changes: Sequence[Change], shops: Mapping[int, Any], moves: Mapping[int, OrderMove], *, now: datetime
) -> list[SurpriseDraft]:
    """Set, meet and drop the clocks of these orders, whose rows are locked; return where platform and rules disagree.

    `moves`: order key -> the move that these news made of it.
    """
    drafts: list[DeadlineDraft] = []
    new: list[DeadlineDraft] = []
    met: dict[int, dict[str, datetime]] = {}
    ended: list[int] = []
    for change in changes:
        order, move = change.order, moves.get(change.order.pk)
        if move is not None and order.order_state in WITHOUT_CLOCKS:
            ended.append(order.pk)
        elif change.is_new:
            new += _drafts(change)
        elif not change.only_blanks:
            _reckon(change, shops[order.shop_id])
            drafts += _drafts(change)
        if not change.is_new and (kinds := _met(change, move, now=now)):
            met[order.pk] = kinds
    add_deadlines(new)
    due = keep_deadlines("order", drafts, met=met, dropped=ended, at=now)
    note_due([change.order for change in changes if change.order.pk in due], due)
    return [surprise for change in changes for surprise in change.disagreements]


def _met(change: Change, move: OrderMove | None, *, now: datetime) -> dict[str, datetime]:
    """Return which clocks these news and this move have met, and when, as far as the channel tells."""
    facts = change.facts
    kinds = set() if change.only_blanks else _met_by_status(facts)
    kinds |= set(MEETS.get(move, ()) if move is not None else ())
    left = facts.collected_at or facts.shipped_at or facts.updated_at
    moments = {K.CANCEL_WINDOW: now if move == OrderMove.RECEIVE else left, K.DELIVER_BY: facts.delivered_at or now}
    return {kind: moments.get(K(kind), left) for kind in kinds}


def _reckon(change: Change, shop: Any) -> None:
    """Find which clocks the order has in its state, and when each is due."""
    order, facts = change.order, change.facts
    wanted = _wanted_kinds(order, facts)
    if wanted := wanted - _met_by_status(facts) if wanted else wanted:
        forecast = forecast_order_deadlines(facts, shop)
        change.clocks = list(_dues(facts, forecast, wanted))
        change.disagreements = list(_disagreements(order, facts, forecast))


def _met_by_status(facts: OrderFacts) -> set[str]:
    if facts.platform_status in _AFTER_SCAN or facts.collected_at:
        return {K.SHIP_BY, K.FIRST_SCAN_BY, K.AUTO_CANCEL, K.CANCEL_WINDOW}
    return {K.SHIP_BY, K.CANCEL_WINDOW} if facts.platform_status == "AWAITING_COLLECTION" else set()


def _wanted_kinds(order: Order, facts: OrderFacts) -> frozenset[K]:
    """Return which clocks this order has in its state; what is not ours to ship has none, nor what nobody has paid.

    Until when it can be paid is the buyer's own clock: as ours it would stand in red above the work of a day.
    """
    is_ours = facts.fulfilled_by == FulfilledBy.US and facts.platform_status != "UNPAID"
    return _WANTED.get(order.order_state, frozenset()) if is_ours else frozenset()


def _dues(facts: OrderFacts, forecast: Mapping[str, tuple[datetime, str]], wanted: Iterable[str]) -> Iterable[Due]:
    for kind in sorted(wanted):
        reckoned, rule = forecast.get(kind, (None, ""))
        due_at = facts.deadlines.get(kind) or reckoned
        if due_at is not None:
            yield Due(str(kind), due_at, PLATFORM if kind in facts.deadlines else RULEBOOK, rule)


def _drafts(change: Change) -> list[DeadlineDraft]:
    order = change.order
    return [
        DeadlineDraft(order.shop_id, "order", order.pk, due.kind, due.at, due.source, due.rule, order.order_id)
        for due in change.clocks
    ]


def _disagreements(
    order: Order, facts: OrderFacts, forecast: Mapping[str, tuple[datetime, str]]
) -> Iterable[SurpriseDraft]:
    """Yield one surprise per rule that reckons another moment than the order carries."""
    for kind, (reckoned, rule) in forecast.items():
        told = facts.deadlines.get(kind)
        # When it is cancelled by itself depends on how far it is; our rules speak of these two, as the platform does.
        if kind == K.AUTO_CANCEL and facts.platform_status not in ("AWAITING_SHIPMENT", "IN_TRANSIT"):
            continue
        if told is not None and abs(told - reckoned) > DISAGREE_BY:
            about = {
                "kind": str(kind),
                "order_id": order.order_id,
                "platform": told.isoformat(),
                "rulebook": reckoned.isoformat(),
            }
            yield SurpriseDraft(order.shop_id, "rule", rule, "deadline_differs", about)
