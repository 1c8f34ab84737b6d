"""One table: which role may do what. Every view and API operation names exactly one right."""

from __future__ import annotations

from enum import StrEnum


class Right(StrEnum):
    SEE_DESK = "see_desk"  # today, search, notices: anybody who works here
    SEE_ORDER = "see_order"
    SEE_BUYER = "see_buyer"  # the unmasked name, phone and address; each look is journaled
    SEE_MONEY = "see_money"
    SEE_STOCK = "see_stock"
    SEE_PARCEL = "see_parcel"
    SEE_CASE = "see_case"
    SEE_CONVERSATION = "see_conversation"
    SEE_INSIGHT = "see_insight"
    APPROVE = "approve"
    HOLD = "hold"
    CANCEL = "cancel"
    STOCK = "stock"
    PACK = "pack"
    SHIP = "ship"
    TRACK = "track"
    ANSWER = "answer"
    CASE = "case"
    REFUND = "refund"
    RATE = "rate"  # work on ratings, problems and improvements
    MONEY = "money"
    IMPORT = "import"
    EXPORT = "export"
    SETTINGS = "settings"
    STAFF = "staff"
    SYSTEM = "system"


class Role(StrEnum):
    OWNER = "owner"
    CLERK = "clerk"
    PACKER = "packer"
    SERVICE = "service"
    ACCOUNTANT = "accountant"
    VIEWER = "viewer"


R = Right
ROLE_RIGHTS: dict[Role, frozenset[Right]] = {
    Role.OWNER: frozenset(Right),
    Role.CLERK: frozenset(
        {
            R.SEE_DESK,
            R.SEE_ORDER,
            R.SEE_BUYER,
            R.SEE_MONEY,
            R.SEE_STOCK,
            R.SEE_PARCEL,
            R.SEE_CASE,
            R.SEE_CONVERSATION,
            R.SEE_INSIGHT,
            R.APPROVE,
            R.HOLD,
            R.CANCEL,
            R.STOCK,
            R.SHIP,
            R.TRACK,
            R.ANSWER,
            R.CASE,
            R.IMPORT,
            R.EXPORT,
        }
    ),
    Role.PACKER: frozenset({R.SEE_DESK, R.SEE_ORDER, R.SEE_STOCK, R.SEE_PARCEL, R.PACK, R.SHIP}),
    Role.SERVICE: frozenset(
        {
            R.SEE_DESK,
            R.SEE_ORDER,
            R.SEE_BUYER,
            R.SEE_PARCEL,
            R.SEE_CASE,
            R.SEE_CONVERSATION,
            R.HOLD,
            R.ANSWER,
            R.CASE,
            R.REFUND,
            R.RATE,
            R.TRACK,
        }
    ),
    Role.ACCOUNTANT: frozenset(
        {
            R.SEE_DESK,
            R.SEE_ORDER,
            R.SEE_MONEY,
            R.SEE_STOCK,
            R.SEE_INSIGHT,
            R.MONEY,
            R.EXPORT,
            R.IMPORT,
        }
    ),
    Role.VIEWER: frozenset({R.SEE_DESK, R.SEE_ORDER, R.SEE_STOCK, R.SEE_PARCEL, R.SEE_INSIGHT}),
}


def may(role: str, right: Right) -> bool:
    """Return whether the role has the right; an unknown role has none."""
    try:
        return right in ROLE_RIGHTS[Role(role)]
    except ValueError:
        return False
