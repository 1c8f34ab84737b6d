from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shundan.core.clocks import add_calendar_days, day_of, end_of_working_day


def weekdays(day: date) -> bool:
    return day.weekday() < 5


def due(start: datetime, days: int, zone: str = "America/Los_Angeles", **more) -> datetime:
    return end_of_working_day(day_of(start, zone=zone, **more), days, zone=zone, is_working_day=weekdays)


def test_two_working_days_end_with_the_last_second_of_the_shops_own_day():
    monday_noon = datetime(2026, 11, 16, 20, 0, tzinfo=UTC)  # Monday 12:00 in Los Angeles
    assert due(monday_noon, 2) == datetime(2026, 11, 19, 7, 59, 59, tzinfo=UTC)  # Wednesday 23:59:59 there


def test_the_day_is_the_shops_not_utc():
    late = datetime(2026, 11, 17, 7, 30, tzinfo=UTC)  # still Monday 23:30 in Los Angeles
    assert due(late, 2) == due(datetime(2026, 11, 16, 20, 0, tzinfo=UTC), 2)


def test_a_weekend_does_not_count():
    friday = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
    assert due(friday, 1) == datetime(2026, 11, 24, 7, 59, 59, tzinfo=UTC)  # Monday there
    saturday = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
    assert due(saturday, 0) == due(friday, 1)


def test_after_the_cut_off_the_next_day_is_day_zero():
    before = datetime(2026, 11, 16, 4, 59, tzinfo=UTC)  # 11:59 in Jakarta
    after = datetime(2026, 11, 16, 5, 1, tzinfo=UTC)  # 12:01
    same = due(before, 0, "Asia/Jakarta", cutoff=time(12, 0))
    assert same == datetime(2026, 11, 16, 16, 59, 59, tzinfo=UTC)
    assert due(after, 0, "Asia/Jakarta", cutoff=time(12, 0)) == same + timedelta(days=1)


def test_the_last_half_second_of_a_day_still_belongs_to_it():
    assert due(datetime(2026, 11, 17, 7, 59, 59, 500000, tzinfo=UTC), 1) == datetime(
        2026, 11, 18, 7, 59, 59, tzinfo=UTC
    )


LA, LONDON = "America/Los_Angeles", "Europe/London"


@pytest.mark.parametrize(
    ("start", "zone", "expected"),
    [
        # The clocks go forward on 2027-03-14 in Los Angeles: Friday to Monday is an hour shorter.
        (datetime(2027, 3, 12, 20, 0, tzinfo=UTC), LA, datetime(2027, 3, 16, 6, 59, 59, tzinfo=UTC)),
        # They go back on 2026-11-01.
        (
            datetime(2026, 10, 30, 19, 0, tzinfo=UTC),
            "America/Los_Angeles",
            datetime(2026, 11, 3, 7, 59, 59, tzinfo=UTC),
        ),
        # London goes back on 2026-10-25.
        (datetime(2026, 10, 23, 11, 0, tzinfo=UTC), LONDON, datetime(2026, 10, 26, 23, 59, 59, tzinfo=UTC)),
        (datetime(2027, 3, 26, 11, 0, tzinfo=UTC), LONDON, datetime(2027, 3, 29, 22, 59, 59, tzinfo=UTC)),
    ],
)
def test_summer_time_moves_the_moment_and_not_the_day(start, zone, expected):
    assert due(start, 1, zone) == expected


ZONES = st.sampled_from(["America/Los_Angeles", "Europe/London", "Asia/Jakarta", "America/Sao_Paulo", "Asia/Tokyo"])
SINCE = datetime(2024, 1, 1, tzinfo=UTC)


@given(st.integers(0, 5 * 365 * 24 * 60), st.integers(0, 15), ZONES)
def test_more_days_are_never_earlier_and_never_before_the_start(minutes, days, zone):
    start = SINCE + timedelta(minutes=minutes)
    assert start - timedelta(seconds=1) < due(start, days, zone) <= due(start, days + 1, zone)
    assert due(start, days + 1, zone) < due(start, days + 2, zone)  # none and one from a day off are the same day


def test_calendar_days_count_every_day():
    friday = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
    assert add_calendar_days(friday, 3, zone="Asia/Manila") == datetime(2026, 11, 24, 15, 59, 59, tzinfo=UTC)
