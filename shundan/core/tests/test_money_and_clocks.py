"""Money is exact at every step, clocks survive summer time, masks keep the better value."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shundan.core.clocks import DeadlineKind, day_of, end_of_working_day, tone
from shundan.core.errors import Refused
from shundan.core.money import convert, share, to_minor, to_text
from shundan.core.privacy import is_masked, keep_better, mask_name, mask_phone


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("19.90", "USD", 1990), ("0.1", "GBP", 10), ("1500", "JPY", 1500), ("", "USD", 0), (None, "USD", 0),
        ("-3.05", "EUR", -305), ("0.125", "USD", 12), ("58000", "VND", 58000),
    ],
)  # fmt: skip
def test_a_decimal_text_becomes_minor_units(text: str | None, currency: str, minor: int) -> None:
    assert to_minor(text, currency) == minor


@pytest.mark.parametrize("text", ["abc", "1,50", "NaN", "Infinity", "$5"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        to_minor(text, "USD")


@given(st.integers(-(10**12), 10**12), st.sampled_from(["USD", "JPY", "IDR", "VND", "GBP"]))
def test_writing_and_reading_an_amount_gives_it_back(minor: int, currency: str) -> None:
    assert to_minor(to_text(minor, currency), currency) == minor


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
def test_shares_add_up_exactly(minor: int, weights: list[int]) -> None:
    parts = share(minor, weights)
    assert sum(parts) == minor and len(parts) == len(weights)


def test_a_rate_converts_between_currencies_of_different_places() -> None:
    assert convert(1990, source="USD", target="CNY", rate=Decimal("7.1")) == 14129
    assert convert(1500, source="JPY", target="CNY", rate=Decimal("0.048")) == 7200


def weekday(day: date) -> bool:
    return day.weekday() < 5


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        # Friday noon in Los Angeles + 2 working days ends Tuesday night there.
        (datetime(2026, 11, 20, 20, 0, tzinfo=UTC), 2, datetime(2026, 11, 25, 7, 59, 59, tzinfo=UTC)),
        # Over the end of summer time (1 November 2026): the night there is an hour later in UTC.
        (datetime(2026, 10, 30, 20, 0, tzinfo=UTC), 1, datetime(2026, 11, 3, 7, 59, 59, tzinfo=UTC)),
        (datetime(2026, 10, 29, 20, 0, tzinfo=UTC), 1, datetime(2026, 10, 31, 6, 59, 59, tzinfo=UTC)),
        (datetime(2026, 11, 21, 20, 0, tzinfo=UTC), 0, datetime(2026, 11, 24, 7, 59, 59, tzinfo=UTC)),
        # Saturday + 1 working day is Monday as well; + 2 is Tuesday.
        (datetime(2026, 11, 21, 20, 0, tzinfo=UTC), 1, datetime(2026, 11, 24, 7, 59, 59, tzinfo=UTC)),
        (datetime(2026, 11, 21, 20, 0, tzinfo=UTC), 2, datetime(2026, 11, 25, 7, 59, 59, tzinfo=UTC)),
    ],
    ids=[
        "over a weekend",
        "after summer time",
        "before summer time ends",
        "from a Saturday",
        "one from a Saturday",
        "two from a Saturday",
    ],
)
def test_working_days_are_days_of_the_shop(start: datetime, days: int, due: datetime) -> None:
    zone = "America/Los_Angeles"
    assert end_of_working_day(day_of(start, zone=zone), days, zone=zone, is_working_day=weekday) == due


def test_after_the_cutoff_the_next_day_counts() -> None:
    start = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)  # 14:30 in Ho Chi Minh City
    zone = "Asia/Ho_Chi_Minh"
    day = day_of(start, zone=zone, cutoff=time(14, 0))
    due = end_of_working_day(day, 0, zone=zone, is_working_day=weekday)
    assert due == datetime(2026, 11, 24, 16, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "left", "seen"),
    [
        (DeadlineKind.SHIP_BY, timedelta(hours=3), "calm"),
        (DeadlineKind.SHIP_BY, timedelta(hours=2), "bad"),
        (DeadlineKind.SHIP_BY, timedelta(hours=-9), "bad"),
        (DeadlineKind.ANSWER_CHAT_BY, timedelta(hours=1), "warn"),
        (DeadlineKind.CANCEL_WINDOW, timedelta(minutes=1), "calm"),
    ],
)
def test_a_clock_is_red_only_where_harm_follows_soon(kind: str, left: timedelta, seen: str) -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    assert tone(kind, due_at=now + left, now=now) == seen


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        ("12 Rose Street", "12 R*** Street", "12 Rose Street"),
        ("12 R***", "12 Rose Street", "12 Rose Street"),
        ("12 Rose Street", "", "12 Rose Street"),
        ("", "***", "***"),
        ("1 Old Road", "2 New Road", "2 New Road"),
    ],
)
def test_a_masked_value_never_replaces_a_full_one(old: str, new: str, kept: str) -> None:
    assert keep_better(old, new) == kept


def test_masks_show_little() -> None:
    assert (mask_name("Emma Stone"), mask_phone("+15550102")) == ("E*** S***", "*******02")
    assert is_masked("E***") and not is_masked("Emma")
