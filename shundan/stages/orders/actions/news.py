"""What stored news means: moves, holds, stops, clocks, surprises and journal rows, for a whole batch at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from shundan.core.actors import Who
from shundan.core.moves import ORDER_MOVES
from shundan.core.moves import OrderMove as M
from shundan.core.news import first_state, order_news
from shundan.core.states import OPEN_STATES
from shundan.core.states import OrderState as S
from shundan.edges.inbox.actions import want
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib.rows import insert_rows, update_rows
from shundan.stages.orders.actions.change import Change, SurpriseDraft
from shundan.stages.orders.actions.clocks import keep_clocks
from shundan.stages.orders.actions.door import move_orders
from shundan.stages.orders.actions.holds import HOLDABLE, HoldDraft, close_holds, open_holds, open_stops
from shundan.stages.orders.models import Hold, Stop, Surprise


def apply_news(changes: list[Change], *, shops: Mapping[int, Any], by: Who, now: datetime) -> None:
    """Do all that follows from the written facts, in the caller's transaction."""
    if not changes:
        return
    record([draft for change in changes if (draft := _journal_row(change, by, now))])
    moves, surprises = _moves(changes)
    told = {change.order.pk: {"platform_status": change.order.platform_status} for change in changes}
    moved = move_orders(moves, by=by, at=now, facts_of=told, clocks_later=True)
    for change in changes:
        change.order.order_state = moved.get(change.order.pk, S(change.order.order_state)).value
    _keep_holds_and_stops([change for change in changes if not change.only_blanks], by=by, now=now)
    made = {key: move for key, move in moves if key in moved}
    surprises += keep_clocks(changes, shops, made, now=now)
    record_surprises(surprises, at=now)
    _want_packages(changes)


def _want_packages(changes: list[Change]) -> None:
    """Ask for the packages of orders that moved on at the platform: their own news is not pushed."""
    wanted: dict[int, list[str]] = {}
    for change in changes:
        if change.old_status and change.old_status != change.order.platform_status and not change.only_blanks:
            wanted.setdefault(change.order.shop_id, []).extend(change.order.package_ids)
    for shop_key, package_ids in wanted.items():
        want(shop_key, "package", package_ids, reason="order moved")


def _journal_row(change: Change, by: Who, now: datetime) -> Draft | None:
    order = change.order
    if change.is_new:
        facts: dict[str, Any] = {"platform_status": order.platform_status, "source": order.source}
        return Draft(
            "order",
            order.pk,
            "store",
            by,
            now,
            shop_key=order.shop_id,
            subject_name=order.order_id,
            to_state=order.order_state,
            facts=facts,
        )
    changed = [*change.fields, *(["lines"] if change.lines.new or change.lines.changed else [])]
    if not changed:
        return None
    facts = {"changed": changed, "source": order.source}
    if change.old_status and change.old_status != order.platform_status:
        facts |= {"from_status": change.old_status, "to_status": order.platform_status}
    personal = {f"old_{part}": value for part, value in change.old_address.items() if value}
    personal |= {f"new_{part}": value for part, value in change.new_address.items() if value}
    return Draft(
        "order",
        order.pk,
        "update",
        by,
        now,
        shop_key=order.shop_id,
        subject_name=order.order_id,
        facts=facts,
        personal=personal,
    )


def _moves(changes: list[Change]) -> tuple[list[tuple[int, M]], list[SurpriseDraft]]:
    moves: list[tuple[int, M]] = []
    surprises: list[SurpriseDraft] = []
    for change in changes:
        order, facts = change.order, change.facts
        state = S(order.order_state)
        implied: tuple[M, ...] = ()
        if change.is_new:
            surprise = first_state(facts.platform_status, fulfilled_by=facts.fulfilled_by)[1]
        elif change.only_blanks:
            surprise = ""
        else:
            implied, surprise = order_news(
                state,
                facts.platform_status,
                fulfilled_by=facts.fulfilled_by,
                arranged_by_us=order.arranged_at is not None or state == S.FULFILLING,
            )
        # The state is decided on the live lines: when none is left, there is nothing to ship.
        if not implied and facts.lines and not order.units and state in OPEN_STATES:
            implied = (M.CANCEL,)
        moves += [(order.pk, move) for move in implied[:1] if (state, move) in ORDER_MOVES]
        codes = [surprise] if surprise else []
        codes += ["no_lines"] if change.is_new and not facts.lines else []
        about = {"state": state.value, "platform_status": facts.platform_status}
        surprises += [SurpriseDraft(order.shop_id, "order", order.order_id, code, about) for code in codes]
        surprises += [SurpriseDraft(order.shop_id, "field", name[:80], "unknown_field") for name in facts.unknown]
    return moves, surprises


def _keep_holds_and_stops(changes: list[Change], *, by: Who, now: datetime) -> None:
    """Open and close what cancel requests, other addresses and lines ask for: holds, or stops once parcels exist."""
    holds: list[tuple[int, HoldDraft]] = []
    stops: list[tuple[int, str, Mapping[str, Any]]] = []
    withdrawn = [
        change.order.pk for change in changes if change.was_cancel_requested and not change.facts.cancel_requested
    ]
    for change in changes:
        state = S(change.order.order_state)
        for kind, waits_for, cause in _reasons(change, state):
            if state in HOLDABLE:
                holds.append((change.order.pk, HoldDraft(kind, waits_for=waits_for, cause=cause)))
            elif state == S.FULFILLING:
                stops.append((change.order.pk, kind, {}))
    if withdrawn:
        ended = Hold.objects.filter(order__in=withdrawn, kind="cancel_request", closed_at=None)
        close_holds(list(ended.values_list("pk", flat=True)), "withdrawn", by=by, now=now)
        Stop.objects.filter(order__in=withdrawn, kind="cancel_request", closed_at=None).update(
            closed_at=now, closed_by=by.named, outcome="withdrawn"
        )
    open_holds(holds, by=by, now=now)
    open_stops(stops, by=by, now=now)


def _reasons(change: Change, state: S) -> Iterable[tuple[str, str, str]]:
    """Yield (kind, waits for, cause) of what this change holds or stops the order for."""
    if change.facts.cancel_requested and not change.was_cancel_requested:
        yield "cancel_request", "us", "buyer.changed_mind"
    checked = state in (S.APPROVED, S.RESERVED, S.FULFILLING)  # before that, review looks at it anyway
    if change.new_address and checked:
        yield "address_changed", "us", ""
    if (change.lines.more or (change.lines.fewer and state == S.FULFILLING)) and checked and not change.is_new:
        yield "lines_changed", "us", ""


def record_surprises(drafts: Iterable[SurpriseDraft], *, at: datetime) -> None:
    """Record what cannot happen, inside the caller's transaction; the same again is counted and shown anew."""
    wanted = {(d.shop_key, d.subject_kind, d.subject_name, d.code): d for d in drafts}
    if not wanted:
        return
    rows = Surprise.objects.filter(
        shop__in={key[0] for key in wanted},
        subject_name__in={key[2] for key in wanted},
        code__in={key[3] for key in wanted},
    )
    stored = {(row.shop_id, row.subject_kind, row.subject_name, row.code): row for row in rows}
    again = [stored[key] for key in wanted if key in stored]
    for row in again:
        row.count, row.at = row.count + 1, at
        row.seen_at = None if row.subject_kind == "order" else row.seen_at  # a known rule or field stays known
        row.facts = dict(wanted[(row.shop_id, row.subject_kind, row.subject_name, row.code)].facts)
    if again:
        update_rows(again, ["count", "at", "seen_at", "facts"])
    new = [
        Surprise(
            shop_id=d.shop_key,
            subject_kind=d.subject_kind,
            subject_name=d.subject_name,
            code=d.code,
            facts=dict(d.facts),
            at=at,
        )
        for key, d in wanted.items()
        if key not in stored
    ]
    insert_rows(new, ignore_conflicts=True)
