"""The parcel's door: the only place that writes a parcel's state, with its journal rows and its orders' moves.

Locks are taken in one order everywhere: orders, then parcels, each by key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext

from shundan.core.actors import Who
from shundan.core.calls import CallKind
from shundan.core.clocks import DeadlineKind
from shundan.core.errors import Conflict
from shundan.core.moves import ORDER_MOVES, OrderMove
from shundan.core.parcel_moves import LEFT_US, PARCEL_MOVES, ParcelMove
from shundan.core.states import OrderState, ParcelState
from shundan.edges.outbox.actions import drop_calls
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib.db import in_transaction, lock
from shundan.ground.rulebook.actions import meet_deadlines
from shundan.stages.orders.actions import keep_due, move_orders
from shundan.stages.orders.queries import open_stops
from shundan.stages.packing.models import Parcel, ParcelLine, ParcelOrder
from shundan.stages.packing.queries.stops import Stopped, stopped_message
from shundan.stages.stock.actions import leave

P, M = ParcelState, ParcelMove
_STAMPS = {
    P.REQUESTED: "requested_at",
    P.LABELLED: "labelled_at",
    P.PACKED: "packed_at",
    P.HANDED_OVER: "handed_over_at",
    P.IN_TRANSIT: "scanned_at",
    P.DELIVERED: "delivered_at",
}
_CLEARED: dict[ParcelMove, dict[str, Any]] = {
    M.REJECT: {"requested_at": None, "labelled_at": None, "arranged_at": None},
    M.UNPACK: {"packed_at": None, "packed_by": ""},
    M.TAKE_BACK: {"handed_over_at": None},
}
_MET: dict[ParcelState, DeadlineKind] = {
    P.LABELLED: DeadlineKind.SHIP_BY,
    P.IN_TRANSIT: DeadlineKind.FIRST_SCAN_BY,
    P.DELIVERED: DeadlineKind.DELIVER_BY,
}
_FOR_A_LABEL = (CallKind.REQUEST_LABEL, CallKind.SHIP_BY_SELLER)
PerParcel = Mapping[int, Mapping[str, Any]]


def move_parcels(
    moves: Iterable[tuple[int, ParcelMove]],
    *,
    by: Who,
    at: datetime,
    facts: PerParcel | None = None,
    columns: PerParcel | None = None,
) -> dict[int, ParcelState]:
    """Move parcels and return the new state of each that moved; what cannot make its move is left out.

    `facts` go into the journal, `columns` are written beside the state; both by parcel key. A parcel named twice
    makes its moves one after the other. Orders follow when all their live parcels say so; stock falls when a parcel
    leaves for the first time. One transaction.
    """
    queue: dict[int, list[ParcelMove]] = defaultdict(list)
    for key, move in moves:
        queue[key].append(move)
    if not queue:
        return {}
    return in_transaction(lambda: _move(queue, by=by, at=at, facts=facts or {}, columns=columns or {}))


def _move(
    queue: Mapping[int, list[ParcelMove]], *, by: Who, at: datetime, facts: PerParcel, columns: PerParcel
) -> dict[int, ParcelState]:
    parcels = lock_parcels(queue)
    moved: dict[int, ParcelState] = {}
    drafts: list[Draft] = []
    steps: list[tuple[Parcel, ParcelState, ParcelMove, ParcelState]] = []
    for key in sorted(parcels):
        parcel, state = parcels[key], P(parcels[key].parcel_state)
        for move in queue[key]:
            target = PARCEL_MOVES.get((state, move))
            if target is None:
                continue
            steps.append((parcel, state, move, target))
            told = facts.get(key, {})
            drafts.append(parcel_draft(parcel, move, by=by, at=at, facts=told, before=state, after=target))
            moved[key] = state = target
    _write(steps, at=at, columns=columns)
    record(drafts)
    _follow(steps, by=by, at=at)
    return moved


def lock_parcels(keys: Iterable[int]) -> dict[int, Parcel]:
    """Lock the orders of these parcels, then the parcels, each in key order. Call inside a transaction."""
    keys = list(keys)
    links = ParcelOrder.objects.filter(parcel_id__in=keys).select_related("order").order_by("order_id")
    if connection.features.has_select_for_update:
        links = links.select_for_update(of=("order",))
    list(links)
    return {parcel.pk: parcel for parcel in lock(Parcel.objects.filter(pk__in=keys))}


def refuse_stopped(keys: Iterable[int]) -> None:
    """Raise Stopped if an order of these parcels has an open stop or is cancelled. Call with the orders locked."""
    links = list(ParcelOrder.objects.filter(parcel_id__in=list(keys)).select_related("order", "parcel"))
    stops = open_stops([link.order_id for link in links])
    for link in links:
        stop = next(iter(stops.get(link.order_id, ())), None)
        if stop is not None or link.order.order_state == OrderState.CANCELLED:
            words = stopped_message(str(stop.kind) if stop else "cancelled", link.order.order_id)
            raise Stopped(words, parcel_key=link.parcel_id, stop=stop)


def note_parcels(columns: PerParcel) -> None:
    """Write columns of parcels that are not their state: numbers, carrier, weight, trouble."""
    for key, values in columns.items():
        if values:
            Parcel.objects.filter(pk=key).update(**_harmless(values))


def _harmless(values: Mapping[str, Any]) -> dict[str, Any]:
    if {"parcel_state", "state_since"} & set(values):
        raise AssertionError("a parcel's state is written by its moves only")
    return dict(values)


def _write(
    steps: Iterable[tuple[Parcel, ParcelState, ParcelMove, ParcelState]], *, at: datetime, columns: PerParcel
) -> None:
    """Update each parcel on condition that it still stands where it was read; alike moves in one statement."""
    rounds: dict[int, int] = defaultdict(int)
    alike: dict[tuple[Any, ...], list[Parcel]] = defaultdict(list)
    for parcel, state, move, target in steps:
        own = parcel.pk if columns.get(parcel.pk) else 0
        alike[(rounds[parcel.pk], state, move, target, own, parcel.scanned_at is None)].append(parcel)
        rounds[parcel.pk] += 1
    for (_, state, move, target, own, unscanned), parcels in sorted(alike.items(), key=lambda one: one[0][0]):
        keys = [parcel.pk for parcel in parcels]
        values: dict[str, Any] = dict(_CLEARED.get(move, {}))
        if target in _STAMPS and (unscanned or target != P.IN_TRANSIT):
            values[_STAMPS[target]] = at
        values |= _harmless(columns.get(own, {}))
        rows = Parcel.objects.filter(pk__in=keys, parcel_state=state)
        if rows.update(parcel_state=target, state_since=at, **values) != len(keys):
            raise Conflict(gettext("A parcel moved on meanwhile."), remedy=gettext("Reload the page."))
        if move == M.UNPACK or target == P.VOIDED:
            ParcelLine.objects.filter(parcel_id__in=keys).update(checked=0)


def parcel_draft(
    parcel: Any, verb: str, *, by: Who, at: datetime, facts: Mapping[str, Any], before: str = "", after: str = ""
) -> Draft:
    """Return the journal row of something that was done with a parcel; its states only where it moved."""
    return Draft(
        "parcel", parcel.pk, verb, by, at, shop_key=parcel.shop_id, subject_name=parcel.parcel_id,
        from_state=before, to_state=after, facts=dict(facts),
    )  # fmt: skip


def _follow(steps: list[tuple[Parcel, ParcelState, ParcelMove, ParcelState]], *, by: Who, at: datetime) -> None:
    """Let deadlines, orders and stock follow what the parcels did."""
    if not steps:
        return
    links = list(ParcelOrder.objects.filter(parcel_id__in={parcel.pk for parcel, *_ in steps}).order_by("order_id"))
    orders_of: dict[int, list[int]] = defaultdict(list)
    for link in links:
        orders_of[link.parcel_id].append(link.order_id)
    met = [
        ("order", order_key, _MET[target])
        for parcel, _, _, target in steps
        if target in _MET
        for order_key in orders_of[parcel.pk]
    ]
    if met:
        meet_deadlines(met, at=at)
        keep_due({order_key for _, order_key, _ in met})
    _move_orders(sorted({link.order_id for link in links}), by=by, at=at)
    void = [parcel.pk for parcel, _, _, target in steps if target == P.VOIDED]
    if void:  # what was not asked for yet must not be asked for any more
        drop_calls("parcel", void, kinds=_FOR_A_LABEL, why="the parcel is void")
    gone = {parcel.pk for parcel, state, _, target in steps if target in LEFT_US and state not in LEFT_US}
    if gone:
        lines = ParcelLine.objects.filter(parcel_id__in=gone).order_by("line_id")
        leave(sorted(set(lines.values_list("line_id", flat=True))), by=by, now=at)


def _move_orders(order_keys: list[int], *, by: Who, at: datetime) -> None:
    links = ParcelOrder.objects.filter(order_id__in=order_keys).annotate(
        state=F("parcel__parcel_state"), order_is=F("order__order_state"), left_at=F("parcel__handed_over_at")
    )
    states: dict[int, list[ParcelState]] = defaultdict(list)
    order_state: dict[int, OrderState] = {}
    left: set[int] = set()
    for order_key, state, order_is, left_at in links.values_list("order_id", "state", "order_is", "left_at"):
        states[order_key].append(P(state))
        order_state[order_key] = OrderState(order_is)
        if left_at is not None:
            left.add(order_key)
    wanted = [
        (key, move)
        for key in order_keys
        if (move := order_move(states[key]))
        and (order_state[key], move) in ORDER_MOVES
        # Units of it have left the shelf: there is nothing to plan with, and the platform tells how it ends.
        and not (move == OrderMove.UNPLAN and key in left)
    ]
    if wanted:
        move_orders(wanted, by=by, at=at)


def order_move(states: Iterable[ParcelState]) -> OrderMove | None:
    """Say what an order does when its parcels are in these states: UNPLAN, DELIVER, SHIP or nothing."""
    live = [state for state in states if state != P.VOIDED]
    if not live:
        return OrderMove.UNPLAN
    if all(state == P.DELIVERED for state in live):
        return OrderMove.DELIVER
    return OrderMove.SHIP if all(state in LEFT_US for state in live) else None
