"""What a reader may ask for: a period and a shop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from shundan.core.errors import Refused
from shundan.ground.lib import clock

SPANS = (7, 30, 90)
LONGEST = 366


@dataclass(frozen=True)
class Asked:
    first: date
    last: date
    span: int  # 0: chosen by hand
    shop_id: str


def today() -> date:
    """Return the day it is at the desk, by story time."""
    return timezone.localdate(clock.now(), ZoneInfo(settings.TIME_ZONE))


def read_asked(query: dict[str, str], *, today: date) -> Asked:
    """Read ?days=30 or ?first=2026-11-01&last=2026-11-23, and ?shop=; refuse what is no period."""
    shop_id = query.get("shop", "")
    if query.get("first") or query.get("last"):
        first, last = _day(query.get("first", ""), "first"), _day(query.get("last", ""), "last")
        if not timedelta(0) <= last - first < timedelta(days=LONGEST):
            raise Refused(_("The period ends before it begins, or is longer than a year."), field="last",
                          remedy=_("Choose a last day after the first, at most 366 days later."))  # fmt: skip
        return Asked(first, last, 0, shop_id)
    days = query.get("days", "30")
    span = int(days) if days.isdecimal() and 0 < int(days) <= LONGEST else 30
    return Asked(today - timedelta(days=span - 1), today, span, shop_id)


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(
            _("“%(text)s” is not a day.") % {"text": text}, field=field, remedy=_("Write days as 2026-11-23.")
        ) from None
