"""Words of time, money and states in both languages; charts without a browser."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone, translation

from shundan.core.states import CaseState, GoodsState, OrderState, ParcelState
from shundan.ground.look.queries import axis, charts, formats
from shundan.ground.look.queries.states import state_word

NOW = datetime(2026, 11, 24, 6, 33, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minutes", "english", "chinese"),
    [
        (207, "207 min", "207 分"),
        (359, "359 min", "359 分"),
        (360, "6 h", "6 时"),
        (17 * 60, "17 h", "17 时"),
        (47 * 60 + 59, "47 h", "47 时"),
        (48 * 60, "2 d", "2 天"),
        (-40, "+40 min", "超 40 分"),
        (-600, "+10 h", "超 10 时"),
    ],
)
def test_time_left_is_minutes_then_hours_then_days(minutes: int, english: str, chinese: str) -> None:
    due = NOW + timedelta(minutes=minutes)
    with translation.override("en"):
        assert formats.time_left_text(due, NOW) == english
    with translation.override("zh-hans"):
        assert formats.time_left_text(due, NOW) == chinese


@pytest.mark.parametrize(
    ("minutes", "kind", "tone"),
    [
        (119, "ship_by", "bad"),
        (119, "answer_chat_by", "warn"),
        (121, "ship_by", "calm"),
        (-5, "ship_by", "bad"),
        (5, "settlement_expected", "calm"),
    ],
)
def test_a_clock_is_red_only_where_harm_follows(minutes: int, kind: str, tone: str) -> None:
    assert formats.deadline_tone(NOW + timedelta(minutes=minutes), NOW, kind) == tone


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (1990, "USD", "$19.90"),
        (-5670, "USD", "−$56.70"),
        (7349, "JPY", "JP¥7,349"),
        (123456, "CNY", "CN¥1,234.56"),
        (8_900_000, "IDR", "Rp 89,000"),
        (8_900_050, "IDR", "Rp 89,000.50"),
        (890_000, "VND", "₫890,000"),
        (100, "XTS", "XTS 1.00"),
        (None, "USD", "—"),
    ],
)
def test_money_tells_the_two_yen_signs_and_the_dollars_apart(minor: int | None, currency: str, text: str) -> None:
    for language in ("en", "zh-hans"):
        with translation.override(language):
            assert formats.money_text(minor, currency) == text


def test_moments_are_written_in_the_viewers_zone_and_language() -> None:
    with timezone.override("Asia/Shanghai"):
        with translation.override("zh-hans"):
            assert formats.moment_text(NOW, year=False) == "11-24 14:33"
        with translation.override("en"):
            assert formats.moment_text(NOW, year=False) == "Nov 24 14:33"
    with timezone.override("America/Los_Angeles"), translation.override("en"):
        assert formats.moment_text(NOW, year=True) == "Nov 23, 2026 22:33"


def test_the_last_six_digits_of_an_order_are_bold() -> None:
    assert "<b>486123</b>" in formats.order_id("577104862913486123")
    assert "…486 123" in formats.order_id("577104862913486123", short=True)
    assert "&lt;" in formats.order_id("<script>x")


@pytest.mark.parametrize("state", [*OrderState, *ParcelState, *CaseState, *GoodsState], ids=str)
def test_every_state_has_a_chinese_word_and_an_english_one(state: str) -> None:
    kind = "goods" if isinstance(state, GoodsState) else ""
    with translation.override("zh-hans"):
        chinese = str(state_word(state, kind=kind).label)
    with translation.override("en"):
        english = str(state_word(state, kind=kind).label)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)
    assert english.isascii() and english


def test_an_unknown_state_is_written_plainly() -> None:
    assert state_word("SOMETHING_NEW").label == "Something new"


@pytest.mark.parametrize(("most", "top"), [(0, 4), (1, 1), (63, 80), (612, 800), (1000, 1000), (1001, 1200)])
def test_a_scale_ends_at_a_round_number_at_or_above_the_most(most: int, top: int) -> None:
    assert charts.nice_top(most) == pytest.approx(top)


def test_charts_draw_nothing_from_nothing_and_survive_zeros() -> None:
    assert charts.area_chart([]) == "" and charts.stacked_bars([]) == "" and charts.sparkline([1]) == ""
    for drawn in (charts.area_chart([0, 0]), charts.bar_chart([0, 0], ["a", "b"]), charts.meter(5, 0)):
        assert "nan" not in drawn and "style=" not in drawn


def test_a_stacked_bar_is_as_tall_as_its_part_of_the_scale() -> None:
    drawn = charts.stacked_bars([{"label": "US", "values": [10]}, {"label": "GB", "values": [30]}], height=144)
    assert 'height="23.8"' in drawn and 'height="73.8"' in drawn  # 100 px for 40, less the gap of 1.2


def test_the_first_two_hours_take_half_of_the_axis() -> None:
    at = [axis.position(NOW + timedelta(hours=hours), NOW) for hours in (-1, 0, 1, 2, 5, 8, 28, 48, 90)]
    assert at == [0, 0, 25, 50, 64.5, 79, 89.5, 100, 100]


def test_pills_of_one_moment_stand_in_rows_and_what_does_not_fit_is_counted() -> None:
    pills = [
        SimpleNamespace(label="Ship by", count=3, due_at=NOW + timedelta(minutes=20), tone="bad") for _ in range(6)
    ]
    with translation.override("en"):
        drawn = axis.lane_axis(pills, NOW)
    assert drawn.count('class="tone-bad"') == 3 and 'height="98"' in drawn
    assert "+3</text>" in drawn and "style=" not in drawn


def test_a_pill_near_the_end_hangs_to_the_left_of_its_tick() -> None:
    late = SimpleNamespace(label="<i>", count=1, due_at=NOW + timedelta(hours=47), tone="neutral", url="/orders/")
    drawn = axis.lane_axis([late], NOW)
    assert '<rect x="-' in drawn and '<a href="/orders/">' in drawn and "&lt;i&gt;" in drawn
