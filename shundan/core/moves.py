"""The life of an order as one table: (state, move) -> state. What is not in it cannot happen."""

from __future__ import annotations

from enum import StrEnum

from shundan.core.errors import Conflict
from shundan.core.states import OrderState as S


class OrderMove(StrEnum):
    RECEIVE = "RECEIVE"
    HOLD = "HOLD"
    UNHOLD = "UNHOLD"
    APPROVE = "APPROVE"
    RESERVE = "RESERVE"
    RELEASE = "RELEASE"
    PLAN = "PLAN"
    UNPLAN = "UNPLAN"
    SHIP = "SHIP"
    DELIVER = "DELIVER"
    COMPLETE = "COMPLETE"
    CANCEL = "CANCEL"
    WATCH = "WATCH"
    ADOPT = "ADOPT"
    WITHDRAW = "WITHDRAW"


M = OrderMove
_BEFORE_SHIPPED = (S.WAITING, S.RECEIVED, S.HELD, S.APPROVED, S.RESERVED, S.FULFILLING, S.WATCHED)

ORDER_MOVES: dict[tuple[S, M], S] = {
    (S.WAITING, M.RECEIVE): S.RECEIVED,
    (S.RECEIVED, M.HOLD): S.HELD,
    (S.APPROVED, M.HOLD): S.HELD,
    (S.RESERVED, M.HOLD): S.HELD,
    (S.HELD, M.UNHOLD): S.RECEIVED,
    (S.RECEIVED, M.APPROVE): S.APPROVED,
    (S.APPROVED, M.RESERVE): S.RESERVED,
    (S.RESERVED, M.RELEASE): S.APPROVED,
    (S.RESERVED, M.PLAN): S.FULFILLING,
    (S.FULFILLING, M.UNPLAN): S.RESERVED,
    (S.WATCHED, M.ADOPT): S.FULFILLING,
    # News jumps: the platform may report a later status without the ones between.
    **{(state, M.SHIP): S.SHIPPED for state in _BEFORE_SHIPPED},
    **{(state, M.DELIVER): S.DELIVERED for state in (*_BEFORE_SHIPPED, S.SHIPPED)},
    **{(state, M.COMPLETE): S.COMPLETED for state in (*_BEFORE_SHIPPED, S.SHIPPED, S.DELIVERED)},
    **{(state, M.CANCEL): S.CANCELLED for state in (*_BEFORE_SHIPPED, S.SHIPPED)},
    # Only a file told of it, and that import is undone: as if it had never come, wherever it stands.
    **{(state, M.WITHDRAW): S.CANCELLED for state in (*_BEFORE_SHIPPED, S.SHIPPED, S.DELIVERED, S.COMPLETED)},
    **{(state, M.WATCH): S.WATCHED for state in (S.WAITING, S.RECEIVED, S.HELD, S.APPROVED, S.RESERVED)},
}

# The main way, as the state rail on the order page draws it.
ORDER_WAY = (S.WAITING, S.RECEIVED, S.APPROVED, S.RESERVED, S.FULFILLING, S.SHIPPED, S.DELIVERED, S.COMPLETED)


def next_order_state(state: S, move: M) -> S:
    """Return the state after `move`; raise Conflict when the table has no such way."""
    try:
        return ORDER_MOVES[(state, move)]
    except KeyError:
        raise Conflict(
            f"An order that is {state} cannot {move}.",
            code="impossible_move",
            remedy="Reload the order: it has moved on since you looked.",
        ) from None


def possible_order_moves(state: S) -> tuple[M, ...]:
    """Return the moves the table offers from `state`, in the order of the enum."""
    return tuple(move for move in M if (state, move) in ORDER_MOVES)
