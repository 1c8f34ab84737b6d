"""The life of a parcel as one table, and the total map from a package's platform news to moves."""

from __future__ import annotations

from enum import StrEnum

from shundan.core.errors import Conflict
from shundan.core.states import ParcelState as P


class ParcelMove(StrEnum):
    REQUEST = "REQUEST"
    LABEL = "LABEL"
    REJECT = "REJECT"
    PACK = "PACK"
    UNPACK = "UNPACK"
    HAND_OVER = "HAND_OVER"
    TAKE_BACK = "TAKE_BACK"
    SCAN = "SCAN"
    DELIVER = "DELIVER"
    FAIL = "FAIL"
    RETURN = "RETURN"
    LOSE = "LOSE"
    FIND = "FIND"
    VOID = "VOID"


M = ParcelMove
_BEFORE_SCAN = (P.PLANNED, P.REQUESTED, P.LABELLED, P.PACKED, P.HANDED_OVER)
_ON_ITS_WAY = (P.IN_TRANSIT, P.FAILED)

PARCEL_MOVES: dict[tuple[P, M], P] = {
    (P.PLANNED, M.REQUEST): P.REQUESTED,
    (P.REQUESTED, M.LABEL): P.LABELLED,
    (P.REQUESTED, M.REJECT): P.PLANNED,
    (P.LABELLED, M.REJECT): P.PLANNED,
    (P.LABELLED, M.PACK): P.PACKED,
    (P.PACKED, M.UNPACK): P.LABELLED,
    (P.PACKED, M.HAND_OVER): P.HANDED_OVER,
    (P.HANDED_OVER, M.TAKE_BACK): P.PACKED,
    # The carrier's first scan wins over whatever our own records say.
    **{(state, M.SCAN): P.IN_TRANSIT for state in (*_BEFORE_SCAN, P.FAILED, P.LOST)},
    **{(state, M.DELIVER): P.DELIVERED for state in (*_BEFORE_SCAN, *_ON_ITS_WAY, P.LOST)},
    **{(state, M.FAIL): P.FAILED for state in (*_BEFORE_SCAN, P.IN_TRANSIT)},
    **{(state, M.RETURN): P.RETURNED for state in (P.HANDED_OVER, *_ON_ITS_WAY, P.LOST)},
    **{(state, M.LOSE): P.LOST for state in (P.HANDED_OVER, *_ON_ITS_WAY)},
    (P.LOST, M.FIND): P.IN_TRANSIT,
    **{(state, M.VOID): P.VOIDED for state in (P.PLANNED, P.REQUESTED, P.LABELLED, P.PACKED, P.HANDED_OVER)},
}
PARCEL_WAY = (P.PLANNED, P.REQUESTED, P.LABELLED, P.PACKED, P.HANDED_OVER, P.IN_TRANSIT, P.DELIVERED)
LIVE_PARCELS = frozenset(P) - {P.VOIDED}
BY_HAND = (M.SCAN, M.DELIVER, M.FAIL, M.RETURN, M.LOSE, M.FIND)  # what a person may know of a parcel on its way
HERE = (P.PLANNED, P.REQUESTED, P.LABELLED, P.PACKED)  # still on our shelf
UNPACKED = (P.PLANNED, P.REQUESTED, P.LABELLED)  # what is in it may still change
LEFT_US = frozenset({P.HANDED_OVER, P.IN_TRANSIT, P.DELIVERED, P.FAILED, P.RETURNED, P.LOST})


def next_parcel_state(state: P, move: M) -> P:
    """Return the state after `move`; raise Conflict when the table has no such way."""
    try:
        return PARCEL_MOVES[(state, move)]
    except KeyError:
        raise Conflict(
            f"A parcel that is {state} cannot {move}.",
            code="impossible_move",
            remedy="Reload the parcel: it has moved on since you looked.",
        ) from None


PACKAGE_STATUSES = ("TO_FULFILL", "PROCESSING", "FULFILLING", "COMPLETED", "CANCELLED", "UNKNOWN")


def parcel_news(state: P, package_status: str, *, has_tracking: bool, left_us: bool) -> tuple[tuple[M, ...], str]:
    """Map a package's status to the moves it implies for a parcel in `state`; total over every combination.

    Returns (moves, surprise): surprise is "" or the name of what "cannot happen", to be recorded and shown.
    `has_tracking`: the package carries a tracking number. `left_us`: we handed it over already.
    """
    if state == P.VOIDED:
        return (), "" if package_status in ("CANCELLED", "TO_FULFILL") else "voided_parcel_lives"
    match package_status:
        case "TO_FULFILL":
            return ((M.REJECT,), "") if state in (P.REQUESTED, P.LABELLED) and not has_tracking else ((), "")
        case "PROCESSING":
            moves = (M.REQUEST,) if state == P.PLANNED else ()
            return moves, "status_went_back" if state in (P.IN_TRANSIT, P.DELIVERED) else ""
        case "FULFILLING":
            if state in (*_BEFORE_SCAN, P.FAILED, P.LOST):
                return (M.SCAN,), ""
            return (), "status_went_back" if state == P.DELIVERED else ""
        case "COMPLETED":
            return ((M.DELIVER,), "") if (state, M.DELIVER) in PARCEL_MOVES else ((), "")
        case "CANCELLED":
            if state in (P.PLANNED, P.REQUESTED, P.LABELLED, P.PACKED):
                return (M.VOID,), ""
            if state == P.HANDED_OVER and not left_us:
                return (M.VOID,), ""
            return ((M.LOSE,), "") if state in (P.HANDED_OVER, P.IN_TRANSIT, P.FAILED) else ((), "")
        case _:
            return (), "unknown_package_status"
