"""Whether a parcel of our own carrier can be given another number, and what became of the one told last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.core.calls import CallKind, CallState
from shundan.core.errors import Conflict
from shundan.core.states import ParcelState
from shundan.edges.outbox.queries import Call, calls_of

P, S = ParcelState, CallState
WITHIN = timedelta(hours=72)  # of the platform's first hearing of the number; it was 36 in the US once
NUMBERED = frozenset({P.LABELLED, P.PACKED, P.HANDED_OVER, P.IN_TRANSIT, P.FAILED, P.LOST})
# What the platform says when it takes no other number of this parcel, whichever it is.
_NEVER_AGAIN = frozenset({"21011030", "21011042", "21011049", "21011050", "21011051", "21011052"})
_WRONG_NUMBER = frozenset({"11028006", "21004012", "21004015", "21004016", "21011022", "21011025"})
_WRITE = gettext_lazy("Write the right number to the buyer.")
_IF_WRONG = gettext_lazy("If it is wrong, write the right number to the buyer.")
_CHECK = gettext_lazy("Check number and carrier, then tell it again.")
_CURES: dict[str, str | Promise] = {
    **dict.fromkeys(_NEVER_AGAIN, _WRITE),
    **dict.fromkeys(_WRONG_NUMBER, _CHECK),
    "21011043": gettext_lazy("The platform knows no number of this parcel yet. Try again in a few minutes."),
    "21011007": gettext_lazy("Settle the buyer's request in After-sales first."),
    "called_off": gettext_lazy("It was never told to the platform. Tell it again if it is right."),
}


@dataclass(frozen=True)
class NumberEdit:
    """How a parcel's number can be changed. `standing`: "" (never tried), telling, asking, refused or told."""

    standing: str = ""
    number: str = ""  # told last, or being told
    carrier: str = ""
    at: datetime | None = None
    error: str = ""  # why it was refused
    cure: str = ""  # what to do about that
    until: datetime | None = None  # the platform's limit; none where nobody has to be told
    refusal: Conflict | None = None  # why no other number can be given now

    @property
    def is_open(self) -> bool:
        return self.standing in ("telling", "asking")


def number_edit(parcel: Any, *, now: datetime) -> NumberEdit:
    """Say whether a parcel's number can be changed at this moment, and how the change before stands. One query."""
    if parcel.shop.channel != "tiktok":
        return NumberEdit(refusal=_refusal(parcel))
    call = calls_of("parcel", parcel.pk).filter(kind=CallKind.UPDATE_TRACKING).first()
    until = parcel.arranged_at + WITHIN if parcel.arranged_at else None
    told = _told(call) if call else NumberEdit()
    refusal = _refusal(parcel) or _refused_again(told, call, until, now)
    return NumberEdit(**{**vars(told), "until": until, "refusal": refusal})


def _told(call: Call) -> NumberEdit:
    done = call.call_state == S.APPLIED
    refused = done and bool(call.error_code)
    standing = "refused" if refused else "told" if done else "asking" if call.call_state == S.UNSURE else "telling"
    return NumberEdit(
        standing,
        str(call.request.get("tracking_number", "")),  # erased with the call's request, long after the last hour
        str(call.request.get("carrier_name", "")),
        call.applied_at or call.queued_at,
        call.error if refused else "",
        cure_of_number(call.error_code) if refused else "",
    )


def cure_of_number(code: str) -> str:
    """Say what may be done when the platform refuses another number with this code."""
    return str(_CURES.get(code) or _CHECK)


def _refusal(parcel: Any) -> Conflict | None:
    """Return why a parcel in this state is given no other number."""
    if parcel.shipping_by_platform:
        return Conflict(_("The platform gives this parcel's number itself."), code="platform_ships")
    state = P(parcel.parcel_state)
    if state == P.PLANNED:
        message, remedy = _("This parcel has no number yet."), _("Ship it with an own carrier first.")
        return Conflict(message, code="no_number", remedy=remedy)
    if state == P.REQUESTED:
        message = _("The platform has not answered to the first number yet.")
        remedy = _("Wait for its answer. Refused, the parcel can be sent with another number.")
        return Conflict(message, code="not_told_yet", remedy=remedy)
    if state not in NUMBERED:
        message = _("The parcel is no longer on its way: its number cannot be changed.")
        return Conflict(message, code="number_final", remedy=str(_IF_WRONG))
    return None


def _refused_again(told: NumberEdit, call: Call | None, until: datetime | None, now: datetime) -> Conflict | None:
    """Return why the platform takes no other number: it is being told one, had one, or its time is up."""
    if told.standing == "telling":
        message, remedy = _("The platform is being told %(number)s."), _("Wait for its answer.")
        return Conflict(message % {"number": told.number}, code="being_told", remedy=remedy)
    if told.standing == "asking":
        message = _("Whether the platform took %(number)s is not known: its answer was lost.") % {"number": told.number}
        remedy = _("It is being asked; nothing is told twice. Reload the page in a minute.")
        return Conflict(message, code="being_told", remedy=remedy)
    if told.standing == "told":
        message = _("The platform takes one other number, and had it.")
        return Conflict(message, code="changed_before", remedy=str(_IF_WRONG))
    if until and now > until:
        ended = f"{timezone.localtime(until):%m-%d %H:%M}"
        message = _("The platform takes another number within 72 hours only: until %(ended)s.") % {"ended": ended}
        return Conflict(message, code="too_late", remedy=str(_IF_WRONG))
    if call and call.error_code in _NEVER_AGAIN:
        return Conflict(_("The platform takes no other number for this parcel."), code="number_final", remedy=told.cure)
    return None
