"""Cancellations and returns, as their searches tell them (202309 and 202602)."""

from __future__ import annotations

from datetime import datetime

from shundan.core.case_moves import CANCEL_STATUS_TARGET, RETURN_STATUS_TARGET
from shundan.core.facts import CaseFacts
from shundan.core.states import CaseKind
from shundan.edges.channels.tiktok.mapping.reading import (
    Payload,
    child,
    currency_in,
    distinct,
    first_moment,
    minor,
    moment,
    named,
    rows,
    text,
)

_RETURN_KINDS = {
    "REFUND": CaseKind.REFUND, "RETURN_AND_REFUND": CaseKind.RETURN, "REPLACEMENT": CaseKind.EXCHANGE,
    "EXCHANGE": CaseKind.EXCHANGE,
}  # fmt: skip
_ROLES = frozenset({"BUYER", "SELLER", "SYSTEM", "OPERATOR"})


def map_cancellation(row: Payload) -> CaseFacts:
    """Return one cancellation's facts."""
    status = text(row, "cancel_status")
    return _case(
        row,
        case_id=named(row, "cancel_id"),
        kind=CaseKind.CANCELLATION,
        status=status,
        lines="cancel_line_items",
        reason="cancel_reason",
        unknown=() if status in CANCEL_STATUS_TARGET else (f"cancel_status={status}",),
    )


def map_return(row: Payload) -> CaseFacts:
    """Return one refund's, return's or replacement's facts."""
    status, kind = text(row, "return_status"), text(row, "return_type")
    unknown = [] if status in RETURN_STATUS_TARGET else [f"return_status={status}"]
    unknown += [] if kind in _RETURN_KINDS else [f"return_type={kind}"]
    return _case(row, case_id=named(row, "return_id"), kind=_RETURN_KINDS.get(kind, CaseKind.RETURN), status=status,
                 lines="return_line_items", reason="return_reason", unknown=tuple(unknown))  # fmt: skip


def _case(
    row: Payload,
    *,
    case_id: str,
    kind: CaseKind,
    status: str,
    lines: str,
    reason: str,
    unknown: tuple[str, ...],
) -> CaseFacts:
    refund = child(row, "refund_amount")
    currency = currency_in(refund)
    role = text(row, "role") or "BUYER"
    steps = rows(row, "seller_next_action_response")
    return CaseFacts(
        case_id=case_id, kind=kind.value, order_id=text(row, "order_id"), status=status,
        opened_by="SYSTEM" if role == "OPERATOR" else role, updated_at=first_moment(row, "update_time", "create_time"),
        created_at=moment(row, "create_time"), reason_code=text(row, reason), reason_text=text(row, f"{reason}_text"),
        note=text(row, "buyer_remarks") or text(row, "comment"), refund_minor=minor(refund, "refund_total", currency),
        currency=currency, answer_by=_earliest(steps), actions=distinct(text(step, "action") for step in steps),
        channel_line_ids=distinct(text(line, "order_line_item_id") for line in rows(row, lines)),
        tracking_number=text(row, "return_tracking_number"), carrier_name=text(row, "return_provider_name"),
        unknown=unknown if role in _ROLES else (*unknown, f"role={role}"),
    )  # fmt: skip


def _earliest(steps: list[Payload]) -> datetime | None:
    return min((at for step in steps if (at := moment(step, "deadline"))), default=None)
