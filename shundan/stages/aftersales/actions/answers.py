"""Our answers to a case: saved as calls first, applied when the platform took them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from shundan.core.actors import Who, step
from shundan.core.calls import CallKind
from shundan.core.case_moves import CaseMove
from shundan.core.errors import Conflict, Refused
from shundan.core.money import to_text
from shundan.core.rights import Right
from shundan.core.states import CaseKind, CaseState
from shundan.edges.inbox.actions import want
from shundan.edges.outbox.actions import CallDraft, apply_call, queue_call
from shundan.edges.outbox.queries import Call, answered, calls_of, open_call
from shundan.ground.jobs.actions import work_batch
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib import clock
from shundan.ground.lib.db import in_transaction
from shundan.stages.aftersales.actions.door import move_cases
from shundan.stages.aftersales.models import Case
from shundan.stages.aftersales.queries import approval_decisions, rejection_decision
from shundan.stages.orders.actions import close_holds, close_stop
from shundan.stages.orders.queries import holds_of, stops_of

_ANSWERS = (
    CallKind.APPROVE_CANCELLATION, CallKind.REJECT_CANCELLATION, CallKind.APPROVE_RETURN, CallKind.REJECT_RETURN,
)  # fmt: skip


def approve_case(case_key: int, *, by: Who, now: datetime, decision: str = "") -> int:
    """Say yes. `decision` is one of `approval_decisions(case)`; the first of them when empty. Returns the call."""

    def work() -> int:
        case = _answerable(case_key)
        if case.kind == CaseKind.CANCELLATION:
            return _queue(case, CallKind.APPROVE_CANCELLATION, {"cancel_id": case.case_id}, by=by, now=now)
        decisions = approval_decisions(case)
        chosen = decision or (decisions[0] if decisions else "")
        if chosen not in decisions:
            raise Refused(
                _("“%(decision)s” is not a decision the platform takes now.") % {"decision": decision},
                field="decision",
                remedy=_("Choose one of: %(names)s.") % {"names": ", ".join(decisions) or "none"},
            )
        if chosen != "APPROVE_RETURN":
            _refuse_paying(case.asked_minor, by=by)
        request: dict[str, Any] = {"return_id": case.case_id, "decision": chosen}
        return _queue(case, CallKind.APPROVE_RETURN, request, by=by, now=now)

    return in_transaction(work)


def offer_refund(case_key: int, amount_minor: int, *, by: Who, now: datetime) -> int:
    """Offer the buyer a part of the money and let them keep the goods."""

    def work() -> int:
        case = _answerable(case_key)
        if not 0 < amount_minor < case.asked_minor:
            raise Refused(
                _("An offer is more than nothing and less than what was asked for."),
                field="amount",
                remedy=_("Offer less than %(value)s.") % {"value": to_text(case.asked_minor, case.currency)},
            )
        _refuse_paying(amount_minor, by=by)
        request: dict[str, Any] = {
            "return_id": case.case_id, "decision": "OFFER_PARTIAL_REFUND",
            "partial_refund": {"currency": case.currency, "amount": to_text(amount_minor, case.currency)},
        }  # fmt: skip
        return _queue(case, CallKind.APPROVE_RETURN, request, by=by, now=now)

    return in_transaction(work)


def reject_case(case_key: int, reason: str, *, by: Who, now: datetime, comment: str = "") -> int:
    """Say no, with one of the platform's own reasons (fetched, never guessed). Returns the call."""
    if not reason:
        raise Refused(
            _("A refusal needs the platform's reason."), field="reason", remedy=_("Choose a reason from the list.")
        )

    def work() -> int:
        case = _answerable(case_key)
        request: dict[str, Any] = {"reject_reason": reason, "comment": comment}
        if case.kind == CaseKind.CANCELLATION:
            request["cancel_id"] = case.case_id
            return _queue(case, CallKind.REJECT_CANCELLATION, request, by=by, now=now)
        request |= {"return_id": case.case_id, "decision": rejection_decision(case)}
        return _queue(case, CallKind.REJECT_RETURN, request, by=by, now=now)

    return in_transaction(work)


def _answerable(case_key: int) -> Case:
    case = Case.objects.select_for_update(of=("self",)).select_related("order").get(pk=case_key)
    if case.case_state not in (CaseState.OPENED, CaseState.AGREED, CaseState.ESCALATED):
        raise Conflict(
            _("This case is %(case_state)s already.") % {"case_state": case.case_state}, remedy=_("Reload the case.")
        )
    if open_call("case", case.pk):
        raise Conflict(
            _("An answer is on its way to the platform."), remedy=_("Wait for it, or look at System › Calls.")
        )
    return case


def _refuse_paying(amount_minor: int, *, by: Who) -> None:
    """Raise Refused when somebody without the right to refund would pay money back."""
    if by.kind in ("person", "token") and amount_minor and not by.may(Right.REFUND):
        raise Refused(_("Paying money back needs the right to refund."), code="not_allowed", field="decision",
                      remedy=_("Ask the owner or customer service."))  # fmt: skip


def _queue(case: Case, kind: CallKind, request: dict[str, Any], *, by: Who, now: datetime) -> int:
    # Counted under the case's lock: an answer after one that was refused or called off is a call of its own.
    attempt = f"{kind}:{case.case_id}:{calls_of('case', case.pk).count() + 1}"
    key = queue_call(
        CallDraft(shop_key=case.shop_id, kind=kind, subject_kind="case", subject_key=case.pk,
                  subject_name=case.case_id, order_keys=[case.order_id], idempotency_key=attempt, request=request),
        by=by, now=now,
    )  # fmt: skip
    Case.objects.filter(pk=case.pk).update(answered_at=now, answered_by=by.named)
    record([
        Draft("case", case.pk, kind.value, by, now, shop_key=case.shop_id, subject_name=case.case_id,
              facts={"decision": request.get("decision", ""), "reason": request.get("reject_reason", "")}),
        Draft("order", case.order_id, kind.value, by, now, shop_key=case.shop_id, subject_name=case.order.order_id,
              facts={"case": case.case_id}),
    ])  # fmt: skip
    return key


def apply_case_answers(*, limit: int = 50) -> int:
    """Move the cases whose answers the platform took; on a refusal say why and ask for the case anew."""
    return sum(work_batch("apply_case_answers", answered(kind), _apply, limit=limit) for kind in _ANSWERS)


def _apply(calls: list[Call]) -> None:
    by, now = step("apply_case_answers"), clock.now()
    cases = Case.objects.select_related("order").in_bulk([call.subject_key for call in calls])
    for call in calls:
        case = cases[call.subject_key]
        if call.call_state == "FAILED":
            record([Draft("case", case.pk, "answer_refused", by, now, shop_key=case.shop_id,
                          subject_name=case.case_id, facts={"code": call.error_code})])  # fmt: skip
        else:
            _move(case, call, by=by, now=now)
        # Whatever happened, the platform's own word counts: fetch the case and its order again.
        want(case.shop_id, "cancellation" if case.kind == CaseKind.CANCELLATION else "return", [case.case_id],
             reason="answered")  # fmt: skip
        want(case.shop_id, "order", [case.order.order_id], reason="case answered")
        apply_call(call.pk)


def _move(case: Case, call: Call, *, by: Who, now: datetime) -> None:
    if call.request.get("decision") == "OFFER_PARTIAL_REFUND":
        move = CaseMove.OFFER
    else:
        move = CaseMove.AGREE if call.kind.startswith("approve") else CaseMove.REFUSE
    move_cases([(case.pk, move)], by=by, at=now, facts={"call": call.pk})
    if move == CaseMove.REFUSE and case.kind == CaseKind.CANCELLATION:
        _let_go(case.order_id, by=by, now=now)


def _let_go(order_key: int, *, by: Who, now: datetime) -> None:
    """End the hold and the stop that the refused cancel request had opened."""
    holds = [row.pk for row in holds_of(order_key) if row.kind == "cancel_request" and row.closed_at is None]
    close_holds(holds, "refused", by=by, now=now)
    for row in stops_of(order_key):
        if row.kind == "cancel_request" and row.closed_at is None:
            close_stop(row.pk, "refused", by=by, now=now)
