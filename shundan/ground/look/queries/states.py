"""Words and tones of states: one list for every chip on every page."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class StateWord:
    """How a state is written and coloured; tone is neutral, hollow, accent, info, ok, warn or bad."""

    label: str | Promise
    tone: str


_ORDER_AND_PARCEL: dict[str, StateWord] = {
    "WAITING": StateWord(_("Waiting"), "neutral"),
    "RECEIVED": StateWord(_("Received"), "neutral"),
    "HELD": StateWord(_("Held"), "warn"),
    "APPROVED": StateWord(_("Approved"), "info"),
    "RESERVED": StateWord(_("Reserved"), "info"),
    "FULFILLING": StateWord(_("Fulfilling"), "accent"),
    "SHIPPED": StateWord(_("Shipped"), "accent"),
    "DELIVERED": StateWord(_("Delivered"), "ok"),
    "COMPLETED": StateWord(_("Completed"), "ok"),
    "CANCELLED": StateWord(_("Cancelled"), "hollow"),
    "WATCHED": StateWord(_("Watched"), "hollow"),
    "PLANNED": StateWord(_("Planned"), "neutral"),
    "REQUESTED": StateWord(_("Label requested"), "info"),
    "LABELLED": StateWord(_("Labelled"), "info"),
    "PACKED": StateWord(_("Packed"), "accent"),
    "HANDED_OVER": StateWord(_("Handed over"), "accent"),
    "IN_TRANSIT": StateWord(_("In transit"), "accent"),
    "FAILED": StateWord(_("Delivery failed"), "bad"),
    "RETURNED": StateWord(_("Returned"), "warn"),
    "LOST": StateWord(_("Lost"), "bad"),
    "VOIDED": StateWord(_("Voided"), "hollow"),
}
_CASE: dict[str, StateWord] = {
    "OPENED": StateWord(pgettext_lazy("case", "Opened"), "warn"),
    "OFFERED": StateWord(pgettext_lazy("case", "Offered"), "info"),
    "AGREED": StateWord(pgettext_lazy("case", "Agreed"), "info"),
    "REFUSED": StateWord(pgettext_lazy("case", "Refused"), "neutral"),
    "ESCALATED": StateWord(pgettext_lazy("case", "Escalated"), "bad"),
    "WITHDRAWN": StateWord(pgettext_lazy("case", "Withdrawn"), "hollow"),
    "CLOSED": StateWord(pgettext_lazy("case", "Closed"), "hollow"),
    "CANCELLATION": StateWord(_("Cancellation"), "neutral"),
    "REFUND": StateWord(_("Refund"), "neutral"),
    "RETURN": StateWord(_("Return"), "neutral"),
    "EXCHANGE": StateWord(_("Exchange"), "neutral"),
    "REPAIR": StateWord(_("Repair"), "neutral"),
    "CLAIM": StateWord(_("Claim"), "neutral"),
}
_GOODS: dict[str, StateWord] = {
    "NONE": StateWord(pgettext_lazy("goods", "No goods"), "hollow"),
    "EXPECTED": StateWord(pgettext_lazy("goods", "Expected"), "info"),
    "RECEIVED": StateWord(pgettext_lazy("goods", "Goods received"), "accent"),
    "INSPECTED": StateWord(pgettext_lazy("goods", "Inspected"), "ok"),
    "TO_SEND_BACK": StateWord(pgettext_lazy("goods", "To send back"), "warn"),
    "SENT_BACK": StateWord(pgettext_lazy("goods", "Sent back"), "hollow"),
}
_CALL: dict[str, StateWord] = {
    "QUEUED": StateWord(pgettext_lazy("call", "Queued"), "neutral"),
    "SENDING": StateWord(pgettext_lazy("call", "Sending"), "info"),
    "ANSWERED": StateWord(pgettext_lazy("call", "Answered"), "accent"),
    "UNSURE": StateWord(pgettext_lazy("call", "Unsure"), "warn"),
    "FAILED": StateWord(pgettext_lazy("call", "Call failed"), "bad"),
    "APPLIED": StateWord(pgettext_lazy("call", "Applied"), "ok"),
    "DROPPED": StateWord(pgettext_lazy("call", "Called off"), "hollow"),
    "REPLACED": StateWord(pgettext_lazy("call", "Replaced"), "hollow"),
}
_KINDS = {"": _ORDER_AND_PARCEL | _CASE | {k: w for k, w in (_GOODS | _CALL).items() if k not in _ORDER_AND_PARCEL}}
_KINDS |= {"order": _KINDS[""], "parcel": _KINDS[""], "case": _KINDS[""], "goods": _GOODS, "call": _CALL}


def state_word(state: object, *, kind: str = "") -> StateWord:
    """Return the word and tone of a state; kind "goods" or "call" picks where the same code means two things.

    An unknown state is written in plain letters with a neutral tone.
    """
    code = str(state or "")
    known = _KINDS.get(kind, _KINDS[""]).get(code.upper())
    return known or StateWord(code.replace("_", " ").capitalize() or "—", "neutral")


def state_choices(states: object, *, kind: str = "") -> list[tuple[str, str | Promise]]:
    """Return (code, word) pairs of an enum or a list of codes, for filters and forms."""
    return [(str(code), state_word(code, kind=kind).label) for code in states]  # type: ignore[attr-defined]
