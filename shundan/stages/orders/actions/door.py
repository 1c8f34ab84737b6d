"""THE DOOR: the only place that writes `order_state` of a stored order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.clocks import DeadlineKind as K
from shundan.core.errors import Conflict, NotFound
from shundan.core.moves import ORDER_MOVES, next_order_state
from shundan.core.moves import OrderMove as M
from shundan.core.states import OrderState as S
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib.db import lock
from shundan.ground.lib.rows import update_rows
from shundan.ground.rulebook.actions import drop_deadlines, meet_deadlines
from shundan.ground.rulebook.queries import soonest
from shundan.stages.orders.models import Hold, Order, Stop

# The moment a move stands for, unless an earlier one is known.
_STAMPS = {
    S.SHIPPED: "shipped_at",
    S.DELIVERED: "delivered_at",
    S.COMPLETED: "completed_at",
    S.CANCELLED: "cancelled_at",
}
_SHIPPED_MEETS = (K.CANCEL_WINDOW, K.SHIP_BY, K.AUTO_CANCEL)
MEETS: dict[M, tuple[K, ...]] = {
    M.RECEIVE: (K.CANCEL_WINDOW,),
    M.SHIP: _SHIPPED_MEETS,
    M.DELIVER: (*_SHIPPED_MEETS, K.FIRST_SCAN_BY, K.DELIVER_BY),
    M.COMPLETE: (*_SHIPPED_MEETS, K.FIRST_SCAN_BY, K.DELIVER_BY),
}
WITHOUT_CLOCKS = (S.CANCELLED, S.WATCHED)
_LEAVES_US = (S.SHIPPED, S.DELIVERED, S.COMPLETED)


def move_orders(
    moves: Iterable[tuple[int, M]],
    *,
    by: Who,
    at: datetime,
    facts: Mapping[str, Any] | None = None,
    facts_of: Mapping[int, Mapping[str, Any]] | None = None,
    clocks_later: bool = False,
) -> dict[int, S]:
    """Move orders, given as (order key, move), in one transaction; return key -> new state of those that moved.

    Rows are locked in key order. An order whose state does not allow its move has moved on meanwhile: it is left
    out, unchanged and without a journal row. `facts` go into every journal row, `facts_of` into one order's.
    `clocks_later`: the caller keeps the clocks of these moves itself, in the same transaction.
    """
    wanted = dict(moves)
    if not wanted:
        return {}
    with transaction.atomic():
        rows = lock(Order.objects.filter(pk__in=wanted).only("pk", "shop_id", "order_id", "order_state"))
        going = [
            (row, wanted[row.pk], to)
            for row in rows
            if (to := ORDER_MOVES.get((S(row.order_state), wanted[row.pk]))) is not None
        ]
        drafts = []
        groups: dict[tuple[S, S], list[int]] = {}
        for row, move, to in going:
            groups.setdefault((S(row.order_state), to), []).append(row.pk)
            drafts.append(_draft(row, move, to, by, at, {**(facts or {}), **((facts_of or {}).get(row.pk) or {})}))
        for (old, new), keys in groups.items():
            _write(keys, old, new, at)
        record(drafts)
        _follow(going, by=by, at=at)
        if not clocks_later:
            _keep_clocks(going, at)
    return {row.pk: to for row, _, to in going}


def move_order(order_key: int, move: M, *, by: Who, at: datetime, facts: Mapping[str, Any] | None = None) -> S:
    """Move one order; raise Conflict when the table has no such way from where it stands."""
    with transaction.atomic():
        moved = move_orders([(order_key, move)], by=by, at=at, facts=facts)
        if order_key in moved:
            return moved[order_key]
        state = Order.objects.filter(pk=order_key).values_list("order_state", flat=True).first()
    if state is None:
        raise NotFound(_("There is no such order."), remedy=_("Search for it by its number."))
    return next_order_state(S(state), move)  # raises Conflict: the table has just said no


def _draft(row: Order, move: M, to: S, by: Who, at: datetime, facts: dict[str, Any]) -> Draft:
    return Draft(
        "order",
        row.pk,
        move.value,
        by,
        at,
        shop_key=row.shop_id,
        subject_name=row.order_id,
        from_state=row.order_state,
        to_state=to.value,
        facts=facts,
    )


def _write(keys: list[int], old: S, new: S, at: datetime) -> None:
    """Update the state where it still is `old`; every row must be hit, for all of them are locked."""
    values: dict[str, Any] = {"order_state": new.value, "state_since": at}
    if stamp := _STAMPS.get(new):
        values[stamp] = Coalesce(F(stamp), Value(at))
    hit = Order.objects.filter(pk__in=keys, order_state=old.value).update(**values)
    if hit != len(keys):
        raise Conflict(_("Orders moved while they were locked."), remedy=_("Try again."))


def _follow(going: list[tuple[Order, M, S]], *, by: Who, at: datetime) -> None:
    """Keep what hangs on the state: holds end when HELD is left, stops when the goods leave, clocks when met."""
    left_held = [(row.pk, to) for row, move, to in going if row.order_state == S.HELD and move != M.UNHOLD]
    if left_held:
        cancelled = [key for key, to in left_held if to == S.CANCELLED]
        moved_on = [key for key, to in left_held if to != S.CANCELLED]
        _end(Hold.objects.filter(order__in=cancelled), "cancelled", by, at)
        _end(Hold.objects.filter(order__in=moved_on), "moved_on", by, at)
    gone = [row.pk for row, _, to in going if to in _LEAVES_US]
    if gone:
        _end(Stop.objects.filter(order__in=gone), "moved_on", by, at)
    stopped = [row for row, _, to in going if to == S.CANCELLED and row.order_state == S.FULFILLING]
    if stopped:  # its parcels must not leave: every station asks for open stops
        Stop.objects.bulk_create(
            [
                Stop(shop_id=row.shop_id, order=row, kind="cancelled", opened_at=at, opened_by=by.named)
                for row in stopped
            ],
            ignore_conflicts=True,
        )


def _end(rows: QuerySet[Any], outcome: str, by: Who, at: datetime) -> None:
    rows.filter(closed_at=None).update(closed_at=at, closed_by=by.named, outcome=outcome)


def _keep_clocks(going: list[tuple[Order, M, S]], at: datetime) -> None:
    met = [("order", row.pk, kind.value) for row, move, _ in going for kind in MEETS.get(move, ())]
    dropped = [("order", row.pk) for row, _, to in going if to in WITHOUT_CLOCKS]
    if met:
        meet_deadlines(met, at=at)
    if dropped:
        drop_deadlines(dropped, at=at)
    if met or dropped:
        keep_due({key for _, key, _ in met} | {key for _, key in dropped})


def keep_due(order_keys: Iterable[int]) -> None:
    """Bring the soonest open clock on the order rows up to date; call it after setting or meeting clocks."""
    keys = list(order_keys)
    rows = Order.objects.filter(pk__in=keys).only("pk", "next_due_at", "next_due_kind")
    note_due(rows, soonest("order", keys))


def note_due(orders: Iterable[Order], due: Mapping[int, tuple[datetime, str] | None]) -> None:
    """Write which clock is the soonest of each order, where the row says otherwise."""
    changed = []
    for order in orders:
        at, kind = due.get(order.pk) or (None, "")
        if (order.next_due_at, order.next_due_kind) != (at, kind):
            order.next_due_at, order.next_due_kind = at, kind
            changed.append(order)
    update_rows(changed, ["next_due_at", "next_due_kind"])
