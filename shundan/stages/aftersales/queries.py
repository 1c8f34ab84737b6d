"""Reads of cases."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from shundan.core.actors import Who
from shundan.core.errors import NotFound
from shundan.core.states import CaseState
from shundan.edges.channels.tiktok.client import call as call_channel
from shundan.stages.aftersales.models import Case, CaseLine

OPEN_CASES = (CaseState.OPENED, CaseState.OFFERED, CaseState.AGREED, CaseState.ESCALATED, CaseState.REFUSED)

# The platform's pending action -> the decisions that answer it (first: the ordinary one), and the refusal.
_DECISIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "SELLER_RESPOND_REFUND": (("APPROVE_REFUND",), "REJECT_REFUND"),
    "SELLER_RESPOND_RETURN": (("APPROVE_RETURN", "DIRECT_REFUND"), "REJECT_RETURN"),
    "SELLER_RESPOND_RECEIVE_PACKAGE": (("APPROVE_RECEIVED_PACKAGE",), "REJECT_RECEIVED_PACKAGE"),
    "SELLER_RESPOND_REPLACEMENT": (("APPROVE_REPLACEMENT", "ISSUE_REPLACEMENT_REFUND"), "REJECT_REPLACEMENT"),
}


def cases_seen_by(who: Who) -> QuerySet[Case]:
    """Return the cases of the shops in somebody's scope, with order and shop."""
    cases = Case.objects.select_related("order", "shop")
    return cases if who.shop_keys is None else cases.filter(shop_id__in=who.shop_keys)


def case_by_id(shop_id: str, case_id: str, *, who: Who) -> Case:
    """Return one case; raise NotFound outside the scope as if there were none."""
    case = cases_seen_by(who).filter(shop__shop_id=shop_id, case_id=case_id).first()
    if case is None:
        raise NotFound(f"There is no case {case_id}.", field="case_id", remedy="Open it from After-sales.")
    return case


def cases_of(order_keys: Iterable[int]) -> list[Case]:
    """Return the cases of orders, newest first."""
    return list(Case.objects.filter(order_id__in=list(order_keys)).order_by("-opened_at"))


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
