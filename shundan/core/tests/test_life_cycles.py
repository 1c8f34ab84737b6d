"""The life cycles, enumerated completely: every state, move and piece of news of orders, parcels and cases."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from shundan.core.case_moves import (
    CANCEL_STATUS_TARGET,
    CASE_MOVES,
    RETURN_STATUS_TARGET,
    CaseMove,
    case_news,
    next_case_state,
)
from shundan.core.errors import Conflict
from shundan.core.moves import ORDER_MOVES, next_order_state, possible_order_moves
from shundan.core.moves import OrderMove as M
from shundan.core.news import PLATFORM_STATUSES, first_state, order_news, spell_status
from shundan.core.parcel_moves import PACKAGE_STATUSES, PARCEL_MOVES, ParcelMove, next_parcel_state, parcel_news
from shundan.core.states import CaseState, FulfilledBy, ParcelState
from shundan.core.states import OrderState as S

# The whole table again, written from the description of the process: state -> {move: state after it}.
ORDERS: dict[S, dict[M, S]] = {
    S.WAITING: {
        M.RECEIVE: S.RECEIVED, M.SHIP: S.SHIPPED, M.DELIVER: S.DELIVERED, M.COMPLETE: S.COMPLETED,
        M.CANCEL: S.CANCELLED, M.WATCH: S.WATCHED, M.WITHDRAW: S.CANCELLED,
    },
    S.RECEIVED: {
        M.HOLD: S.HELD, M.APPROVE: S.APPROVED, M.SHIP: S.SHIPPED, M.DELIVER: S.DELIVERED, M.COMPLETE: S.COMPLETED,
        M.CANCEL: S.CANCELLED, M.WATCH: S.WATCHED, M.WITHDRAW: S.CANCELLED,
    },
    S.HELD: {
        M.UNHOLD: S.RECEIVED, M.SHIP: S.SHIPPED, M.DELIVER: S.DELIVERED, M.COMPLETE: S.COMPLETED,
        M.CANCEL: S.CANCELLED, M.WATCH: S.WATCHED, M.WITHDRAW: S.CANCELLED,
    },
    S.APPROVED: {
        M.HOLD: S.HELD, M.RESERVE: S.RESERVED, M.SHIP: S.SHIPPED, M.DELIVER: S.DELIVERED, M.COMPLETE: S.COMPLETED,
        M.CANCEL: S.CANCELLED, M.WATCH: S.WATCHED, M.WITHDRAW: S.CANCELLED,
    },
    S.RESERVED: {
        M.HOLD: S.HELD, M.RELEASE: S.APPROVED, M.PLAN: S.FULFILLING, M.SHIP: S.SHIPPED, M.DELIVER: S.DELIVERED,
        M.COMPLETE: S.COMPLETED, M.CANCEL: S.CANCELLED, M.WATCH: S.WATCHED, M.WITHDRAW: S.CANCELLED,
    },
    S.FULFILLING: {
        M.UNPLAN: S.RESERVED, M.SHIP: S.SHIPPED, M.DELIVER: S.DELIVERED, M.COMPLETE: S.COMPLETED, M.CANCEL: S.CANCELLED,
        M.WITHDRAW: S.CANCELLED,
    },
    S.SHIPPED: {
        M.DELIVER: S.DELIVERED, M.COMPLETE: S.COMPLETED, M.CANCEL: S.CANCELLED, M.WITHDRAW: S.CANCELLED,
    },
    S.DELIVERED: {M.COMPLETE: S.COMPLETED, M.WITHDRAW: S.CANCELLED},
    S.COMPLETED: {M.WITHDRAW: S.CANCELLED},
    S.CANCELLED: {},
    S.WATCHED: {
        M.ADOPT: S.FULFILLING, M.SHIP: S.SHIPPED, M.DELIVER: S.DELIVERED, M.COMPLETE: S.COMPLETED,
        M.CANCEL: S.CANCELLED, M.WITHDRAW: S.CANCELLED,
    },
}  # fmt: skip


@pytest.mark.parametrize(("state", "move"), list(product(S, M)), ids=lambda one: one.value)
def test_an_order_moves_as_the_process_says_and_no_other_way(state: S, move: M) -> None:
    expected = ORDERS[state].get(move)
    if expected is None:
        with pytest.raises(Conflict):
            next_order_state(state, move)
    else:
        assert next_order_state(state, move) == expected
    assert (move in possible_order_moves(state)) == (expected is not None)


@pytest.mark.parametrize(("state", "move"), list(product(ParcelState, ParcelMove)), ids=lambda one: one.value)
def test_a_parcel_moves_by_its_table_or_is_refused(state: ParcelState, move: ParcelMove) -> None:
    if (state, move) in PARCEL_MOVES:
        assert next_parcel_state(state, move) in ParcelState
    else:
        with pytest.raises(Conflict):
            next_parcel_state(state, move)


@pytest.mark.parametrize(("state", "move"), list(product(CaseState, CaseMove)), ids=lambda one: one.value)
def test_a_case_moves_by_its_table_or_is_refused(state: CaseState, move: CaseMove) -> None:
    if (state, move) in CASE_MOVES:
        assert next_case_state(state, move) in CaseState
    else:
        with pytest.raises(Conflict):
            next_case_state(state, move)


@pytest.mark.parametrize(
    ("first", "table", "final"),
    [
        ({S.WAITING, S.RECEIVED, S.WATCHED}, ORDER_MOVES, {S.CANCELLED}),
        (
            {ParcelState.PLANNED},
            PARCEL_MOVES,
            {ParcelState.DELIVERED, ParcelState.RETURNED, ParcelState.VOIDED},
        ),
        ({CaseState.OPENED}, CASE_MOVES, {CaseState.CLOSED}),
    ],
    ids=["orders", "parcels", "cases"],
)
def test_every_state_is_reached_and_only_the_last_are_never_left(
    first: set[Any], table: dict[tuple[Any, Any], Any], final: set[Any]
) -> None:
    reached, grew = set(first), True
    while grew:
        more = {to for (state, _move), to in table.items() if state in reached}
        grew, reached = not more <= reached, reached | more
    every: set[Any] = set(type(next(iter(first))).__members__.values())
    assert reached == every
    assert {state for state, _move in table} == every - final


STATUSES = (*PLATFORM_STATUSES, "SOMETHING_NEW")


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("by", FulfilledBy)
@pytest.mark.parametrize("arranged", [True, False], ids=["arranged by us", "not arranged"])
@pytest.mark.parametrize("state", S)
def test_news_of_an_order_implies_possible_moves_or_a_surprise(
    state: S, status: str, by: FulfilledBy, arranged: bool
) -> None:
    moves, surprise = order_news(state, status, fulfilled_by=by, arranged_by_us=arranged)
    for move in moves:
        state = next_order_state(state, move)
    if status == "SOMETHING_NEW":
        assert (moves, surprise) == ((), "unknown_order_status")
    if surprise:
        assert moves == ()


@pytest.mark.parametrize(
    ("state", "status", "moves", "surprise"),
    [
        (S.WAITING, "AWAITING_SHIPMENT", (M.RECEIVE,), ""),
        (S.RESERVED, "AWAITING_COLLECTION", (M.WATCH,), ""),
        (S.FULFILLING, "AWAITING_COLLECTION", (), ""),
        (S.FULFILLING, "IN_TRANSIT", (M.SHIP,), ""),
        (S.HELD, "CANCEL", (M.CANCEL,), ""),
        (S.SHIPPED, "CANCELLED", (M.CANCEL,), ""),
        (S.RECEIVED, "COMPLETED", (M.COMPLETE,), ""),
        (S.DELIVERED, "IN_TRANSIT", (), "status_went_back"),
        (S.CANCELLED, "COMPLETED", (), "cancelled_order_lives"),
        (S.DELIVERED, "CANCELLED", (), "cancelled_after_delivery"),
    ],
)
def test_what_the_platform_says_means(state: S, status: str, moves: tuple[M, ...], surprise: str) -> None:
    assert order_news(state, status, fulfilled_by=FulfilledBy.US, arranged_by_us=False) == (moves, surprise)


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("by", FulfilledBy)
def test_every_order_begins_somewhere(status: str, by: FulfilledBy) -> None:
    state, surprise = first_state(status, fulfilled_by=by)
    expected = {
        "UNPAID": S.WAITING, "ON_HOLD": S.WAITING, "AWAITING_SHIPMENT": S.RECEIVED, "PARTIALLY_SHIPPING": S.WATCHED,
        "AWAITING_COLLECTION": S.WATCHED, "IN_TRANSIT": S.SHIPPED, "DELIVERED": S.DELIVERED, "COMPLETED": S.COMPLETED,
        "CANCELLED": S.CANCELLED, "SOMETHING_NEW": S.WATCHED,
    }[status]  # fmt: skip
    if by != FulfilledBy.US and expected in (S.WAITING, S.RECEIVED):
        expected = S.WATCHED
    assert (state, surprise) == (expected, "unknown_order_status" if status == "SOMETHING_NEW" else "")


@pytest.mark.parametrize("state", ParcelState)
@pytest.mark.parametrize("status", (*PACKAGE_STATUSES, "SOMETHING_NEW"))
@pytest.mark.parametrize("tracking", [True, False])
@pytest.mark.parametrize("left", [True, False])
def test_news_of_a_package_implies_possible_moves(state: ParcelState, status: str, tracking: bool, left: bool) -> None:
    moves, surprise = parcel_news(state, status, has_tracking=tracking, left_us=left)
    for move in moves:
        state = next_parcel_state(state, move)
    assert not (moves and surprise)


@pytest.mark.parametrize("state", CaseState)
@pytest.mark.parametrize("target", [*CaseState, None])
def test_news_of_a_case_implies_possible_moves(state: CaseState, target: CaseState | None) -> None:
    moves, surprise = case_news(state, target)
    before = state
    for move in moves:
        state = next_case_state(state, move)
    if moves:
        assert state == target
    elif target != before:
        assert surprise


def test_every_status_of_a_case_has_a_meaning() -> None:
    assert set(CANCEL_STATUS_TARGET.values()) == {
        CaseState.OPENED, CaseState.AGREED, CaseState.CLOSED, CaseState.WITHDRAWN,
    }  # fmt: skip
    assert len(RETURN_STATUS_TARGET) == 18


@pytest.mark.parametrize(
    ("told", "spelt"), [("CANCEL", "CANCELLED"), (" to ship ", "AWAITING_SHIPMENT"), ("DELIVERED", "DELIVERED")]
)
def test_a_status_is_spelt_as_the_api_does(told: str, spelt: str) -> None:
    assert spell_status(told) == spelt
