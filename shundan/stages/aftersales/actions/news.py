"""What the platform tells about cancellations and returns becomes cases."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from shundan.core.actors import PLATFORM
from shundan.core.case_moves import CANCEL_STATUS_TARGET, RETURN_STATUS_TARGET, case_news
from shundan.core.clocks import DeadlineKind
from shundan.core.facts import CaseFacts, unit_of
from shundan.core.states import CaseKind, CaseState, GoodsState
from shundan.edges.channels.tiktok.mapping import map_cancellation, map_return
from shundan.edges.inbox.actions import settle_snapshots, wait_for_order
from shundan.edges.inbox.queries import Snapshot, unapplied
from shundan.ground.jobs.actions import work_batch
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib import clock
from shundan.ground.lib.db import lock
from shundan.ground.rulebook.actions import DeadlineDraft, meet_deadlines, set_deadlines
from shundan.stages.aftersales.actions.door import move_cases
from shundan.stages.aftersales.models import Case, CaseLine
from shundan.stages.orders.actions import SurpriseDraft, record_surprises
from shundan.stages.orders.queries import Order, lines_of, orders_by_ids

CASE_STATUSES = CANCEL_STATUS_TARGET | RETURN_STATUS_TARGET
# What the goods are up to, as the platform's return status tells; our own bench knows better later.
_GOODS_TOLD = {"AWAITING_BUYER_SHIP": GoodsState.EXPECTED, "BUYER_SHIPPED_ITEM": GoodsState.EXPECTED}
_PAID_BACK = {
    "CANCELLATION_REQUEST_COMPLETE",
    "RETURN_OR_REFUND_REQUEST_COMPLETE",
    "REPLACEMENT_REQUEST_REFUND_SUCCESS",
}


def apply_next_cancellations(*, limit: int = 50) -> int:
    """Open or move the cases of the next cancellation snapshots."""
    return work_batch("apply_next_cancellations", unapplied("cancellation"), _apply, limit=limit)


def apply_next_returns(*, limit: int = 50) -> int:
    """Open or move the cases of the next return snapshots."""
    return work_batch("apply_next_returns", unapplied("return"), _apply, limit=limit)


def _apply(rows: list[Snapshot]) -> None:
    mappers = {"cancellation": map_cancellation, "return": map_return}
    told = [(row, mappers[row.kind](row.payload)) for row in rows]
    orders = orders_by_ids([(row.shop_id, facts.order_id) for row, facts in told])
    outcomes: list[tuple[int, str]] = []
    for row, facts in told:
        order = orders.get((row.shop_id, facts.order_id))
        if order is None:
            wait_for_order(row.pk, order_id=facts.order_id)
            continue
        outcomes.append((row.pk, _take(order, facts, asked_at=row.asked_at)))
    settle_snapshots(outcomes)


def _take(order: Order, facts: CaseFacts, *, asked_at: datetime) -> str:
    now = clock.now()
    case, is_new = _stored(order.shop_id, facts.case_id), False
    if case is None:
        try:
            with transaction.atomic():
                case, is_new = _open(order, facts, asked_at=asked_at, now=now), True
        except IntegrityError:  # another worker opened it at this moment
            case = _stored(order.shop_id, facts.case_id)
            if case is None:
                raise
    if not is_new:
        if (facts.updated_at, asked_at) <= (case.updated_at, case.asked_at):
            return "older"
        _bring_up_to_date(case, facts, asked_at=asked_at)
    _move(case, facts, now=now)
    _set_clock(case, facts)
    return "applied"


def _stored(shop_key: int, case_id: str) -> Case | None:
    """Lock the case before it is compared: older news must not win, nor undo what the bench wrote meanwhile."""
    return next(iter(lock(Case.objects.filter(shop_id=shop_key, case_id=case_id))), None)


def _open(order: Order, facts: CaseFacts, *, asked_at: datetime, now: datetime) -> Case:
    case = Case.objects.create(
        shop_id=order.shop_id, case_id=facts.case_id, kind=facts.kind, order=order, state_since=facts.created_at or now,
        platform_status=facts.status, opened_by=facts.opened_by, reason_code=facts.reason_code,
        reason_text=facts.reason_text, buyer_note=facts.note, currency=facts.currency or order.currency,
        asked_minor=facts.refund_minor, platform_actions=list(facts.actions), opened_at=facts.created_at or now,
        updated_at=facts.updated_at, asked_at=asked_at, tracking_number=facts.tracking_number,
        carrier_name=facts.carrier_name, goods_state=_GOODS_TOLD.get(facts.status, GoodsState.NONE),
    )  # fmt: skip
    _store_lines(case, facts)
    record([
        Draft("case", case.pk, "open_case", PLATFORM, facts.created_at or now, shop_key=case.shop_id,
              subject_name=case.case_id, to_state=CaseState.OPENED,
              facts={"kind": facts.kind, "by": facts.opened_by, "reason": facts.reason_code}),
        Draft("order", order.pk, "open_case", PLATFORM, facts.created_at or now, shop_key=case.shop_id,
              subject_name=order.order_id, facts={"case": case.case_id, "kind": facts.kind, "by": facts.opened_by}),
    ])  # fmt: skip
    return case


def _store_lines(case: Case, facts: CaseFacts) -> None:
    wanted = set(facts.channel_line_ids)
    rows = []
    for line in lines_of([case.order_id]).get(case.order_id, []):
        asked = sum(bool({piece, unit_of(piece)} & wanted) for piece in line.channel_line_ids)
        units = asked if wanted else line.quantity
        if units:
            rows.append(CaseLine(case=case, line_id=line.pk, quantity=units))
    CaseLine.objects.bulk_create(rows, ignore_conflicts=True)


def _bring_up_to_date(case: Case, facts: CaseFacts, *, asked_at: datetime) -> None:
    case.platform_status, case.updated_at, case.asked_at = facts.status, facts.updated_at, asked_at
    case.platform_actions = list(facts.actions)
    case.asked_minor = facts.refund_minor or case.asked_minor
    case.tracking_number = facts.tracking_number or case.tracking_number
    case.carrier_name = facts.carrier_name or case.carrier_name
    told = _GOODS_TOLD.get(facts.status)
    if told and case.goods_state == GoodsState.NONE:
        case.goods_state = told
    case.save(
        update_fields=["platform_status", "updated_at", "asked_at", "platform_actions", "asked_minor",
                       "tracking_number", "carrier_name", "goods_state"]
    )  # fmt: skip


def _move(case: Case, facts: CaseFacts, *, now: datetime) -> None:
    if facts.status in _PAID_BACK and case.refunded_at is None:
        Case.objects.filter(pk=case.pk).update(refunded_minor=facts.refund_minor, refunded_at=facts.updated_at)
    target = CASE_STATUSES.get(facts.status)
    if target == CaseState.CLOSED and case.goods_state in (GoodsState.EXPECTED, GoodsState.RECEIVED):
        target = CaseState.AGREED  # paid already; closed only when the goods are settled too
    moves, surprise = case_news(CaseState(case.case_state), target)
    if surprise:
        about = SurpriseDraft(case.shop_id, "case", case.case_id, surprise, {"status": facts.status})
        record_surprises([about], at=now)
    moved = move_cases([(case.pk, move) for move in moves], by=PLATFORM, at=facts.updated_at,
                       facts={"status": facts.status})  # fmt: skip
    if moved.get(case.pk) == CaseState.CLOSED:
        Case.objects.filter(pk=case.pk).update(closed_at=facts.updated_at)


def _set_clock(case: Case, facts: CaseFacts) -> None:
    kind = DeadlineKind.ANSWER_CANCEL_BY if case.kind == CaseKind.CANCELLATION else DeadlineKind.ANSWER_RETURN_BY
    Case.objects.filter(pk=case.pk).update(answer_by=facts.answer_by)
    if facts.answer_by is None:
        meet_deadlines([("case", case.pk, kind)], at=facts.updated_at)
        return
    set_deadlines([
        DeadlineDraft(shop_key=case.shop_id, subject_kind="case", subject_key=case.pk, subject_name=case.case_id,
                      kind=kind, due_at=facts.answer_by, source="platform", rule="")
    ])  # fmt: skip
