"""Holds and stops: why an order waits, and why it must not leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.errors import Conflict, NotFound, Refused
from shundan.core.moves import OrderMove as M
from shundan.core.states import OrderState as S
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib.db import lock
from shundan.stages.orders.actions.door import move_orders
from shundan.stages.orders.models import Hold, Order, Stop

HOLDABLE = (S.RECEIVED, S.APPROVED, S.RESERVED, S.HELD)


@dataclass(frozen=True)
class HoldDraft:
    """Why an order shall wait. `kind` is the check's key or cancel_request, address_changed, lines_changed, by_hand.

    `waits_for`: us, buyer or stock. `facts` hold keys and codes, never personal values.
    """

    kind: str
    waits_for: str = "us"
    cause: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    inputs_hash: str = ""


def open_holds(drafts: Iterable[tuple[int, HoldDraft]], *, by: Who, now: datetime) -> set[int]:
    """Hold orders, given as (order key, why), in one transaction; return the keys of those that are now held.

    A hold of the same kind that is open already gets the newer facts. Orders that cannot be held are left out.
    """
    wanted: dict[int, list[HoldDraft]] = {}
    for key, draft in drafts:
        wanted.setdefault(key, []).append(draft)
    if not wanted:
        return set()
    with transaction.atomic():
        rows = {row.pk: row for row in lock(_slim().filter(pk__in=wanted)) if row.order_state in HOLDABLE}
        stored = {(hold.order_id, hold.kind): hold for hold in Hold.objects.filter(order__in=rows, closed_at=None)}
        new, changed = [], []
        for key, row in rows.items():
            for draft in wanted[key]:
                if hold := stored.get((key, draft.kind)):
                    hold.facts, hold.inputs_hash = dict(draft.facts), draft.inputs_hash
                    hold.waits_for = draft.waits_for
                    changed.append(hold)
                else:
                    new.append(_hold(row, draft, by, now))
        Hold.objects.bulk_create(new)
        if changed:
            Hold.objects.bulk_update(changed, ["facts", "inputs_hash", "waits_for"])
        _journal_holds(rows, new, by=by, now=now)
    return set(rows)


def open_hold(order_key: int, draft: HoldDraft, *, by: Who, now: datetime) -> None:
    """Hold one order; raise Conflict when it is too late for a hold (then stop it) or too early."""
    if order_key not in open_holds([(order_key, draft)], by=by, now=now):
        state = Order.objects.filter(pk=order_key).values_list("order_state", flat=True).first()
        if state is None:
            raise NotFound(_("There is no such order."), remedy=_("Search for it by its number."))
        remedy = _("Stop it instead: its parcels exist.") if state == S.FULFILLING else _("Reload the order.")
        raise Conflict(
            _("An order that is %(state)s cannot be held.") % {"state": state}, code="impossible_move", remedy=remedy
        )


def hold_by_hand(order_key: int, why: str, *, by: Who, now: datetime) -> None:
    """Hold an order (or, once parcels exist, stop it) because a person says so."""
    if not why.strip():
        raise Refused(
            _("A hold needs its reason."), field="why", remedy=_("Write one sentence that helps the next person.")
        )
    state = Order.objects.filter(pk=order_key).values_list("order_state", flat=True).first()
    facts = {"why": why.strip()[:200]}
    if state == S.FULFILLING:
        open_stop(order_key, "by_hand", by=by, now=now, facts=facts)
    else:
        open_hold(order_key, HoldDraft("by_hand", facts=facts), by=by, now=now)


def close_holds(
    hold_keys: Iterable[int], outcome: str, *, by: Who, now: datetime, facts: Mapping[str, Any] | None = None
) -> set[int]:
    """Close open holds in one transaction; orders whose last hold closed are unheld. Returns keys of unheld orders."""
    with transaction.atomic():
        wanted = Hold.objects.filter(pk__in=list(hold_keys), closed_at=None)
        rows = {row.pk: row for row in lock(_slim().filter(pk__in=list(wanted.values_list("order_id", flat=True))))}
        holds = list(wanted.order_by("pk"))
        Hold.objects.filter(pk__in=[hold.pk for hold in holds], closed_at=None).update(
            closed_at=now, closed_by=by.named, outcome=outcome
        )
        still = set(Hold.objects.filter(order__in=rows, closed_at=None).values_list("order_id", flat=True))
        by_order: dict[int, list[str]] = {}
        for hold in holds:
            by_order.setdefault(hold.order_id, []).append(hold.kind)
        told = {key: {"holds": kinds, "outcome": outcome, **(facts or {})} for key, kinds in by_order.items()}
        record(
            [
                _draft(rows[key], "close_hold", by, now, told[key])
                for key in by_order
                if key in still or rows[key].order_state != S.HELD
            ]
        )
        free = [(key, M.UNHOLD) for key in by_order if key not in still]
        return set(move_orders(free, by=by, at=now, facts_of=told))


def close_hold(hold_key: int, outcome: str, *, by: Who, now: datetime) -> bool:
    """Close one hold; return whether that set its order free. Raise Conflict when it is closed already."""
    if not Hold.objects.filter(pk=hold_key, closed_at=None).exists():
        raise Conflict(_("This hold is closed already."), remedy=_("Reload the order."))
    return bool(close_holds([hold_key], outcome, by=by, now=now))


def note_asked(hold_keys: Iterable[int]) -> None:
    """Note at open holds that the outside was asked for what is missing: it is not asked again and again."""
    holds = list(Hold.objects.filter(pk__in=list(hold_keys), closed_at=None))
    for hold in holds:
        hold.facts = {**hold.facts, "asked": True}
    if holds:
        Hold.objects.bulk_update(holds, ["facts"])


def set_waits_for(hold_key: int, whom: str) -> None:
    """Note who must act next at an open hold: us, buyer or stock."""
    Hold.objects.filter(pk=hold_key, closed_at=None).update(waits_for=whom)


def open_stops(wanted: Iterable[tuple[int, str, Mapping[str, Any]]], *, by: Who, now: datetime) -> set[int]:
    """Stop orders, given as (order key, kind, facts): nothing of them may leave. Returns the keys newly stopped."""
    asked = list(wanted)
    if not asked:
        return set()
    with transaction.atomic():
        rows = {row.pk: row for row in lock(_slim().filter(pk__in=[key for key, _, _ in asked]))}
        stored = set(Stop.objects.filter(order__in=rows, closed_at=None).values_list("order_id", "kind"))
        new = [
            Stop(
                shop_id=rows[key].shop_id,
                order_id=key,
                kind=kind,
                facts=dict(facts),
                opened_at=now,
                opened_by=by.named,
            )
            for key, kind, facts in asked
            if key in rows and (key, kind) not in stored
        ]
        Stop.objects.bulk_create(new)
        record([_draft(rows[stop.order_id], "open_stop", by, now, {"stop": stop.kind}) for stop in new])
    return {stop.order_id for stop in new}


def open_stop(order_key: int, kind: str, *, by: Who, now: datetime, facts: Mapping[str, Any] | None = None) -> bool:
    """Stop one order; return whether it was not stopped for this reason before."""
    return bool(open_stops([(order_key, kind, facts or {})], by=by, now=now))


def close_stop(stop_key: int, outcome: str, *, by: Who, now: datetime) -> None:
    """Let an order leave again as far as this stop goes; raise Conflict when it is closed already."""
    with transaction.atomic():
        stop = Stop.objects.select_related("order").filter(pk=stop_key).first()
        closed = Stop.objects.filter(pk=stop_key, closed_at=None).update(
            closed_at=now, closed_by=by.named, outcome=outcome
        )
        if stop is None or not closed:
            raise Conflict(_("This stop is closed already."), remedy=_("Reload the order."))
        record([_draft(stop.order, "close_stop", by, now, {"stop": stop.kind, "outcome": outcome})])


def _slim() -> Any:
    return Order.objects.only("pk", "shop_id", "order_id", "order_state")


def _hold(row: Order, draft: HoldDraft, by: Who, now: datetime) -> Hold:
    return Hold(
        shop_id=row.shop_id,
        order=row,
        kind=draft.kind,
        waits_for=draft.waits_for,
        cause=draft.cause,
        facts=dict(draft.facts),
        inputs_hash=draft.inputs_hash,
        opened_at=now,
        opened_by=by.named,
    )


def _journal_holds(rows: dict[int, Order], new: list[Hold], *, by: Who, now: datetime) -> None:
    """Move what was free to HELD, naming its reasons; for what was held already, record the further reason."""
    kinds: dict[int, list[str]] = {}
    for hold in new:
        kinds.setdefault(hold.order_id, []).append(hold.kind)
    told = {key: {"holds": named_kinds} for key, named_kinds in kinds.items()}
    record([_draft(rows[key], "open_hold", by, now, told[key]) for key in kinds if rows[key].order_state == S.HELD])
    free = [(key, M.HOLD) for key in kinds if rows[key].order_state != S.HELD]
    move_orders(free, by=by, at=now, facts_of=told)


def _draft(row: Order, verb: str, by: Who, at: datetime, facts: dict[str, Any]) -> Draft:
    return Draft("order", row.pk, verb, by, at, shop_key=row.shop_id, subject_name=row.order_id, facts=facts)
