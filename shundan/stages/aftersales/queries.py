"""Reads of cases."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.errors import NotFound
from shundan.core.parcel_moves import LEFT_US
from shundan.core.states import CaseState, ParcelState
from shundan.edges.channels.tiktok.client import call as call_channel
from shundan.edges.conversations.queries import messages_of, threads_of_order
from shundan.edges.outbox.queries import calls_of
from shundan.ground.journal.queries import entries_of
from shundan.stages.aftersales.models import Case, CaseLine
from shundan.stages.packing.queries import parcels_of
from shundan.stages.tracking.queries import events_of

# The platform's pending action -> the decisions that answer it (first: the ordinary one), and the refusal.
_DECISIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "SELLER_RESPOND_REFUND": (("APPROVE_REFUND",), "REJECT_REFUND"),
    "SELLER_RESPOND_RETURN": (("APPROVE_RETURN", "DIRECT_REFUND"), "REJECT_RETURN"),
    "SELLER_RESPOND_RECEIVE_PACKAGE": (("APPROVE_RECEIVED_PACKAGE",), "REJECT_RECEIVED_PACKAGE"),
    "SELLER_RESPOND_REPLACEMENT": (("APPROVE_REPLACEMENT", "ISSUE_REPLACEMENT_REFUND"), "REJECT_REPLACEMENT"),
}

_OUT = LEFT_US - {ParcelState.RETURNED}


def cases_seen_by(who: Who) -> QuerySet[Case]:
    """Return the cases of the shops in somebody's scope, with order and shop."""
    cases = Case.objects.select_related("order__buyer", "shop")
    return cases if who.shop_keys is None else cases.filter(shop_id__in=who.shop_keys)


def case_by_id(shop_id: str, case_id: str, *, who: Who) -> Case:
    """Return one case; raise NotFound outside the scope as if there were none."""
    case = cases_seen_by(who).filter(shop__shop_id=shop_id, case_id=case_id).first()
    if case is None:
        raise NotFound(
            _("There is no case %(case_id)s.") % {"case_id": case_id},
            field="case_id",
            remedy=_("Open it from After-sales."),
        )
    return case


def cases_of(order_keys: Iterable[int]) -> list[Case]:
    """Return the cases of orders, newest first."""
    return list(Case.objects.filter(order_id__in=list(order_keys)).order_by("-opened_at"))


def count_cases(order_keys: QuerySet[Any, Any]) -> int:
    """Return how many cases orders (a query of their keys) have."""
    return Case.objects.filter(order_id__in=order_keys).count()


def lines_of_cases(cases: Iterable[Case]) -> dict[int, list[CaseLine]]:
    """Return case key -> its lines with the order's; one query however many cases."""
    found: dict[int, list[CaseLine]] = {}
    for row in CaseLine.objects.filter(case__in=list(cases)).select_related("line").order_by("pk"):
        found.setdefault(row.case_id, []).append(row)
    return found


def case_lines(case: Case) -> list[CaseLine]:
    return list(case.case_lines.select_related("line").order_by("pk"))


def approval_decisions(case: Case) -> tuple[str, ...]:
    """Return the ways to say yes that answer what the platform waits for, the ordinary one first."""
    return next((_DECISIONS[action][0] for action in case.platform_actions if action in _DECISIONS), ())


def rejection_decision(case: Case) -> str:
    """Return the way to say no that answers what the platform waits for."""
    return next((_DECISIONS[action][1] for action in case.platform_actions if action in _DECISIONS), "REJECT_REFUND")


def reject_reasons(case: Case, *, locale: str = "en-US") -> list[dict[str, Any]]:
    """Ask the platform which reasons it takes for refusing this case now: [{"name", "text"}]."""
    told = call_channel(case.shop, "reject_reasons", query={"return_or_cancel_id": case.case_id, "locale": locale})
    return list(told.get("reasons", []))


def journal_of(case: Case) -> list[Any]:
    """Return what happened to a case, oldest first."""
    return entries_of([("case", case.pk)])[::-1]


def case_queue(who: Who, *, limit: int = 40) -> list[Case]:
    """Return the cases that wait for an answer, soonest clock first, and then those whose goods are expected."""
    rows = cases_seen_by(who).filter(Q(case_state=CaseState.OPENED) | Q(goods_state__in=["EXPECTED", "RECEIVED"]))
    return list(rows.order_by(F("answer_by").asc(nulls_last=True), "opened_at")[:limit])


def cases_by_code(code: str, *, who: Who) -> list[Case]:
    """Return the cases a scanned code may mean: return tracking number, case id or order id (or its tail)."""
    wanted = Q(tracking_number=code) | Q(case_id=code) | Q(order__order_id=code)
    if len(code) >= 6:
        wanted |= Q(case_id__endswith=code) | Q(order__order_id__endswith=code)
    return list(cases_seen_by(who).filter(wanted).order_by("-opened_at")[:20])


def parcels_of_case(case: Case) -> list[Any]:
    """Return the parcels of the case's order, oldest first, void ones included."""
    return parcels_of([case.order_id]).get(case.order_id, [])


def case_page(case: Case) -> dict[str, Any]:
    """Return all the evidence of a case's page: lines, parcels with events, messages, calls and journal."""
    parcels = parcels_of_case(case)
    events = events_of([parcel.pk for parcel in parcels])
    buyer = case.order.buyer
    threads = threads_of_order(
        case.shop_id, case.order.order_id, channel_buyer_id=buyer.channel_buyer_id if buyer else ""
    )
    return {
        "lines": case_lines(case),
        "out": [parcel for parcel in parcels if parcel.parcel_state in _OUT],
        "parcels": [(parcel, events.get(parcel.pk, [])[-4:]) for parcel in parcels],
        "thread": threads[0] if threads else None,
        "messages_told": messages_of(threads[0].pk, limit=6) if threads else [],
        "calls": list(calls_of("case", case.pk)[:3]),
        "journal": journal_of(case)[::-1],
    }
