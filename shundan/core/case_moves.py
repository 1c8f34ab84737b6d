"""The life of a case as one table, and the total maps from the platform's statuses."""

from __future__ import annotations

from enum import StrEnum

from shundan.core.errors import Conflict
from shundan.core.states import CaseState as C


class CaseMove(StrEnum):
    OFFER = "OFFER"
    AGREE = "AGREE"
    REFUSE = "REFUSE"
    ESCALATE = "ESCALATE"
    WITHDRAW = "WITHDRAW"
    REOPEN = "REOPEN"
    CLOSE = "CLOSE"


M = CaseMove
_UNDECIDED = (C.OPENED, C.OFFERED, C.ESCALATED)

CASE_MOVES: dict[tuple[C, M], C] = {
    (C.OPENED, M.OFFER): C.OFFERED,
    **{(state, M.AGREE): C.AGREED for state in (*_UNDECIDED, C.REFUSED)},
    **{(state, M.REFUSE): C.REFUSED for state in (*_UNDECIDED, C.AGREED)},
    **{(state, M.ESCALATE): C.ESCALATED for state in (C.OPENED, C.OFFERED, C.REFUSED, C.AGREED)},
    **{(state, M.WITHDRAW): C.WITHDRAWN for state in (*_UNDECIDED, C.REFUSED, C.AGREED)},
    **{(state, M.REOPEN): C.OPENED for state in (C.OFFERED, C.REFUSED)},
    **{(state, M.CLOSE): C.CLOSED for state in (C.AGREED, C.REFUSED, C.WITHDRAWN, C.ESCALATED)},
}


def next_case_state(state: C, move: M) -> C:
    """Return the state after `move`; raise Conflict when the table has no such way."""
    try:
        return CASE_MOVES[(state, move)]
    except KeyError:
        raise Conflict(
            f"A case that is {state} cannot {move}.",
            code="impossible_move",
            remedy="Reload the case: it has moved on since you looked.",
        ) from None


# What each platform status says the case should be. None: no opinion.
CANCEL_STATUS_TARGET: dict[str, C] = {
    "CANCELLATION_REQUEST_PENDING": C.OPENED,
    "CANCELLATION_REQUEST_SUCCESS": C.AGREED,
    "CANCELLATION_REQUEST_COMPLETE": C.CLOSED,
    "CANCELLATION_REQUEST_CANCELLED": C.WITHDRAWN,
    "CANCELLATION_REQUEST_CANCEL": C.WITHDRAWN,
}
RETURN_STATUS_TARGET: dict[str, C] = {
    "RETURN_OR_REFUND_REQUEST_PENDING": C.OPENED,
    "AWAITING_BUYER_RESPONSE": C.OFFERED,
    "AWAITING_BUYER_SHIP": C.AGREED,
    "BUYER_SHIPPED_ITEM": C.AGREED,
    "REJECT_RECEIVE_PACKAGE": C.REFUSED,
    "REFUND_OR_RETURN_REQUEST_REJECT": C.REFUSED,
    "RETURN_OR_REFUND_REQUEST_SUCCESS": C.AGREED,
    "RETURN_OR_REFUND_REQUEST_COMPLETE": C.CLOSED,
    "RETURN_OR_REFUND_REQUEST_CANCEL": C.WITHDRAWN,
    "REPLACEMENT_REQUEST_PENDING": C.OPENED,
    "REPLACEMENT_REQUEST_COMPLETE": C.CLOSED,
    "REPLACEMENT_REQUEST_REJECT": C.REFUSED,
    "REPLACEMENT_REQUEST_REFUND_SUCCESS": C.AGREED,
    "REPLACEMENT_REQUEST_CANCEL": C.WITHDRAWN,
    "EXCHANGE_REQUEST_PENDING": C.OPENED,
    "EXCHANGE_REQUEST_COMPLETE": C.CLOSED,
    "EXCHANGE_REQUEST_REFUND_SUCCESS": C.AGREED,
    "EXCHANGE_REQUEST_CANCEL": C.WITHDRAWN,
}
_TOWARDS: dict[C, M] = {
    C.OPENED: M.REOPEN,
    C.OFFERED: M.OFFER,
    C.AGREED: M.AGREE,
    C.REFUSED: M.REFUSE,
    C.WITHDRAWN: M.WITHDRAW,
    C.ESCALATED: M.ESCALATE,
    C.CLOSED: M.CLOSE,
}


def case_news(state: C, target: C | None) -> tuple[tuple[CaseMove, ...], str]:
    """Map "the platform says the case is `target`" to moves from `state`; total. Returns (moves, surprise)."""
    if target is None:
        return (), "unknown_case_status"
    if state == target or state == C.CLOSED:
        return (), "" if state == target else "closed_case_moved"
    if target == C.CLOSED and (state, M.CLOSE) not in CASE_MOVES:
        return ((M.AGREE, M.CLOSE), "")
    move = _TOWARDS[target]
    return ((move,), "") if (state, move) in CASE_MOVES else ((), "case_went_back")
