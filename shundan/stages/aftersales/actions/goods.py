"""Goods that come back: received, inspected, put back on the shelf or written off; and the end of a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.case_moves import CaseMove
from shundan.core.errors import Conflict, NotFound, Refused
from shundan.core.states import CaseState, GoodsState
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib.db import in_transaction
from shundan.stages.aftersales.actions.door import move_cases
from shundan.stages.aftersales.models import Case, CaseLine
from shundan.stages.orders.queries import known_cause
from shundan.stages.stock.actions import return_units

GRADES = ("sellable", "damaged", "missing", "wrong")


@dataclass(frozen=True)
class Grade:
    """What came back of one case line."""

    case_line_key: int
    received: int
    grade: str
    note: str = ""


def receive_goods(case_key: int, *, by: Who, now: datetime) -> None:
    """The returned parcel is on the bench."""
    _move_goods(case_key, (GoodsState.EXPECTED, GoodsState.NONE), GoodsState.RECEIVED, "receive_goods", by=by, now=now)


def inspect_goods(case_key: int, grades: list[Grade], *, warehouse: str, by: Who, now: datetime) -> None:
    """Grade what came back; sellable units go back on the shelf through the stock ledger, once."""

    def work() -> None:
        case = _locked(case_key)
        if case.goods_state not in (GoodsState.RECEIVED, GoodsState.EXPECTED):
            raise Conflict(
                _("The goods of this case are %(goods_state)s.") % {"goods_state": case.goods_state},
                remedy=_("Reload the case."),
            )
        lines = {row.pk: row for row in CaseLine.objects.filter(case=case).select_related("line")}
        for grade in grades:
            _grade(lines.get(grade.case_line_key), grade)
        for grade in grades:
            row = lines[grade.case_line_key]
            if grade.grade == "sellable" and grade.received:
                _put_back(case, row, grade.received, warehouse=warehouse, by=by, now=now)
        Case.objects.filter(pk=case.pk).update(goods_state=GoodsState.INSPECTED)
        _journal(case, "inspect_goods", by=by, now=now, facts={str(g.case_line_key): g.grade for g in grades})

    in_transaction(work)


def _put_back(case: Case, row: CaseLine, units: int, *, warehouse: str, by: Who, now: datetime) -> None:
    key = f"return:{case.pk}:{row.pk}"
    try:
        return_units(row.line_id, units, warehouse=warehouse, key=key, by=by, now=now)
    except NotFound:  # shipped before the desk knew the shop: the shelf is counted, not guessed
        _journal(case, "left_off_shelf", by=by, now=now, facts={"line": str(row.line_id), "units": str(units)})


def _grade(row: CaseLine | None, grade: Grade) -> None:
    if row is None:
        raise Refused(
            _("This case has no line %(case_line_key)s.") % {"case_line_key": grade.case_line_key},
            field="line",
            remedy=_("Reload the case."),
        )
    if grade.grade not in GRADES:
        raise Refused(
            _("“%(grade)s” is not a grade.") % {"grade": grade.grade},
            field="grade",
            remedy=_("Choose one of: %(names)s.") % {"names": ", ".join(GRADES)},
        )
    if not 0 <= grade.received <= row.quantity:
        raise Refused(
            _("%(received)s of %(quantity)s cannot have come back.")
            % {"received": grade.received, "quantity": row.quantity},
            field="received",
            remedy=_("Write a number from 0 to %(quantity)s.") % {"quantity": row.quantity},
        )
    row.received, row.grade, row.note = grade.received, grade.grade, grade.note[:200]
    row.save(update_fields=["received", "grade", "note"])


def close_case(case_key: int, cause: str, *, by: Who, now: datetime) -> None:
    """End a case with its cause. Decision, goods and money must be settled."""
    if not known_cause(cause):
        raise Refused(_("A case ends with a cause."), field="cause", remedy=_("Choose a cause from the tree."))

    def work() -> None:
        case = _locked(case_key)
        if case.case_state == CaseState.CLOSED:  # the platform closed it; the cause is still ours to name
            Case.objects.filter(pk=case.pk).update(cause=cause)
            _journal(case, "name_cause", by=by, now=now, facts={"cause": cause})
            return
        if case.goods_state in (GoodsState.EXPECTED, GoodsState.RECEIVED, GoodsState.TO_SEND_BACK):
            raise Refused(
                _("The goods are not settled yet."), field="goods_state", remedy=_("Inspect what came back first.")
            )
        if case.case_state == CaseState.AGREED and case.asked_minor and case.refunded_at is None:
            raise Refused(_("The platform has not paid the buyer back yet."), field="refunded_at",
                          remedy=_("Wait for the platform's news; it closes the case by itself."))  # fmt: skip
        if not move_cases([(case.pk, CaseMove.CLOSE)], by=by, at=now, facts={"cause": cause}):
            raise Conflict(
                _("A case that is %(case_state)s cannot be closed.") % {"case_state": case.case_state},
                remedy=_("Answer it first."),
            )
        Case.objects.filter(pk=case.pk).update(cause=cause, closed_at=now)

    in_transaction(work)


def _move_goods(
    case_key: int, before: tuple[GoodsState, ...], after: GoodsState, verb: str, *, by: Who, now: datetime
) -> None:
    def work() -> None:
        case = _locked(case_key)
        if not Case.objects.filter(pk=case.pk, goods_state__in=before).update(goods_state=after):
            raise Conflict(
                _("The goods of this case are %(goods_state)s already.") % {"goods_state": case.goods_state},
                remedy=_("Reload the case."),
            )
        _journal(case, verb, by=by, now=now, facts={"goods": after})

    in_transaction(work)


def _locked(case_key: int) -> Case:
    return Case.objects.select_for_update(of=("self",)).select_related("order").get(pk=case_key)


def _journal(case: Case, verb: str, *, by: Who, now: datetime, facts: dict[str, str]) -> None:
    record([Draft("case", case.pk, verb, by, now, shop_key=case.shop_id, subject_name=case.case_id, facts=facts)])
