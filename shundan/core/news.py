"""Platform status is news, not a command: the total map from what a platform says to the moves it implies."""

from __future__ import annotations

from shundan.core.moves import OrderMove as M
from shundan.core.states import BEFORE_PARCELS, FulfilledBy
from shundan.core.states import OrderState as S

PLATFORM_STATUSES = (
    "UNPAID",
    "ON_HOLD",
    "AWAITING_SHIPMENT",
    "PARTIALLY_SHIPPING",
    "AWAITING_COLLECTION",
    "IN_TRANSIT",
    "DELIVERED",
    "COMPLETED",
    "CANCELLED",
)
_SPELLINGS = {"CANCEL": "CANCELLED", "TO_SHIP": "AWAITING_SHIPMENT"}


def spell_status(text: str) -> str:
    """Return the API's spelling of an order status; unknown ones come back upper-cased as they are."""
    status = text.strip().upper().replace(" ", "_")
    return _SPELLINGS.get(status, status)


def first_state(status: str, *, fulfilled_by: FulfilledBy) -> tuple[S, str]:
    """Return (the state an order begins in at first sight, surprise)."""
    match spell_status(status):
        case "IN_TRANSIT":
            return S.SHIPPED, ""
        case "DELIVERED":
            return S.DELIVERED, ""
        case "COMPLETED":
            return S.COMPLETED, ""
        case "CANCELLED":
            return S.CANCELLED, ""
        case "UNPAID" | "ON_HOLD":
            return (S.WAITING if fulfilled_by == FulfilledBy.US else S.WATCHED), ""
        case "AWAITING_SHIPMENT":
            return (S.RECEIVED if fulfilled_by == FulfilledBy.US else S.WATCHED), ""
        case "AWAITING_COLLECTION" | "PARTIALLY_SHIPPING":
            return S.WATCHED, ""  # arranged by another tool, or by us before the desk knew
        case _:
            return S.WATCHED, "unknown_order_status"


def order_news(  # one branch per status: a table that is read from top to bottom
    state: S, status: str, *, fulfilled_by: FulfilledBy, arranged_by_us: bool
) -> tuple[tuple[M, ...], str]:
    """Map the platform's status to moves for an order in `state`; total over every combination.

    `arranged_by_us`: the desk asked for the label (or has a parcel planned). Returns (moves, surprise).
    """
    status = spell_status(status)
    ours = fulfilled_by == FulfilledBy.US
    match status:
        case "UNPAID" | "ON_HOLD":
            return (), "" if state in (S.WAITING, S.WATCHED) else "status_went_back"
        case "AWAITING_SHIPMENT":
            if state == S.WAITING:
                return ((M.RECEIVE,) if ours else (M.WATCH,)), ""
            # WATCHED stays: adopting back is a person's decision. FULFILLING stays: a rejected label is parcel news.
            return (), "" if state in OPEN_AND_WATCHED else "status_went_back"
        case "PARTIALLY_SHIPPING" | "AWAITING_COLLECTION":
            if state in BEFORE_PARCELS and not arranged_by_us:
                return (M.WATCH,), ""
            if state == S.SHIPPED and arranged_by_us:
                return (), ""  # we handed it over; the carrier's first scan is still to come
            return (), "" if state in OPEN_AND_WATCHED else "status_went_back"
        case "IN_TRANSIT":
            if state in OPEN_AND_WATCHED:
                return (M.SHIP,), ""
            return (), "" if state == S.SHIPPED else "status_went_back"
        case "DELIVERED":
            if state in OPEN_AND_WATCHED or state == S.SHIPPED:
                return (M.DELIVER,), ""
            return (), "" if state == S.DELIVERED else "status_went_back"
        case "COMPLETED":
            if state == S.CANCELLED:
                return (), "cancelled_order_lives"
            return (() if state == S.COMPLETED else (M.COMPLETE,)), ""
        case "CANCELLED":
            if state in OPEN_AND_WATCHED or state == S.SHIPPED:
                return (M.CANCEL,), ""
            return (), "" if state == S.CANCELLED else "cancelled_after_delivery"
        case _:
            return (), "unknown_order_status"


OPEN_AND_WATCHED = BEFORE_PARCELS | {S.FULFILLING, S.WATCHED}
