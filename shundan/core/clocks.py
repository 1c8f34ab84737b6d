"""Deadlines: their kinds, their tone, and working-day arithmetic. Times are aware UTC; time is an argument."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class DeadlineKind(StrEnum):
    CANCEL_WINDOW = "cancel_window"  # the buyer's cancel window ends
    SHIP_BY = "ship_by"  # ready to ship (RTS)
    FIRST_SCAN_BY = "first_scan_by"  # taken by the carrier (TTS)
    AUTO_CANCEL = "auto_cancel"
    DELIVER_BY = "deliver_by"
    ANSWER_CANCEL_BY = "answer_cancel_by"
    ANSWER_RETURN_BY = "answer_return_by"
    INSPECT_BY = "inspect_by"
    APPEAL_BY = "appeal_by"
    ANSWER_CHAT_BY = "answer_chat_by"
    INVOICE_BY = "invoice_by"
    SETTLEMENT_EXPECTED = "settlement_expected"
    MASKED_AT = "masked_at"


# What missing one costs: HARM turns red in the last two hours, MILD amber, CALM stays grey.
HARMFUL = frozenset(
    {
        DeadlineKind.SHIP_BY,
        DeadlineKind.FIRST_SCAN_BY,
        DeadlineKind.AUTO_CANCEL,
        DeadlineKind.ANSWER_CANCEL_BY,
        DeadlineKind.ANSWER_RETURN_BY,
        DeadlineKind.INSPECT_BY,
        DeadlineKind.APPEAL_BY,
    }
)
CALM = frozenset({DeadlineKind.CANCEL_WINDOW, DeadlineKind.SETTLEMENT_EXPECTED, DeadlineKind.MASKED_AT})


def tone(kind: str, *, due_at: datetime, now: datetime) -> str:
    """Return "bad", "warn" or "calm" for a clock: red only where a person must act now and harm follows."""
    left = due_at - now
    if kind in CALM or left > timedelta(hours=2):
        return "calm"
    return "bad" if kind in HARMFUL else "warn"


def day_of(moment: datetime, *, zone: str, cutoff: time = time.max) -> date:
    """Return the day of a moment in `zone`; after the cut-off, the next one."""
    local = moment.astimezone(ZoneInfo(zone))
    return local.date() if local.time() <= cutoff else local.date() + timedelta(days=1)


def end_of_working_day(day: date, days: int, *, zone: str, is_working_day: Callable[[date], bool]) -> datetime:
    """Return the last second of the `days`-th working day after `day`, in UTC; of none, that of `day` or the next one.

    One working day from a Sunday ends on Monday: what is ordered on a day off is due on "the next working day".
    """
    while days == 0 and not is_working_day(day):
        day += timedelta(days=1)
    for _ in range(days):
        day += timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(zone)).astimezone(UTC)


def add_calendar_days(start: datetime, days: int, *, zone: str) -> datetime:
    """Return the last second of the `days`-th day after the day of `start` in `zone`, in UTC."""
    day = start.astimezone(ZoneInfo(zone)).date() + timedelta(days=days)
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(zone)).astimezone(UTC)
