"""The bent time axis of a lane: the next two hours take half of it, so that what runs out soon has room.

Positions are percentages and pills have fixed sizes, so that text never scales with the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from shundan.ground.look.queries.formats import moment_text, time_left_text

# (until hours, up to percent): between two stops the axis is even.
_STOPS = ((0.0, 0.0), (2.0, 50.0), (8.0, 79.0), (48.0, 100.0))
_REFERENCE = 760  # pixels of the lane for which collisions are judged
_MOST_ROWS = 3
_SPELT_OUT = timedelta(hours=8)  # later pills leave their time to the tick
_STEP, _TALL = 30, 24


def position(due_at: datetime, now: datetime) -> float:
    """Return where a moment stands on the axis in percent; what is past stands at 0."""
    hours = max((due_at - now).total_seconds() / 3600, 0)
    for (start, left), (end, right) in zip(_STOPS, _STOPS[1:], strict=False):
        if hours <= end:
            return left + (right - left) * (hours - start) / (end - start)
    return 100.0


def lane_axis(pills: Iterable[Any], now: datetime) -> SafeString:
    """Draw one lane; a pill has label, count, due_at, tone and maybe href. What does not fit is counted."""
    placed, hidden = _place(sorted(pills, key=lambda pill: pill.due_at), now)
    tall = max(68, 8 + _STEP * (1 + max((one[2] for one in placed), default=0)))
    more = format_html('<text class="more" x="100%" y="{}" dx="-6">+{}</text>', tall - 4, hidden)
    return format_html(
        '<svg class="lane" width="100%" height="{0}"><rect class="near" width="50%" height="{0}"/>{1}{2}{3}</svg>',
        tall,
        _lines(now, tall),
        format_html_join("", "{}", ((_pill(*one, now),) for one in placed)),
        more if hidden else "",
    )


def axis_head(now: datetime) -> SafeString:
    """Draw the hours above the lanes, in the viewer's zone."""
    words = [(0.0, _("now %(time)s") % {"time": f"{timezone.localtime(now):%H:%M}"}, "now")]
    words += [(at, f"{timezone.localtime(moment):%H:%M}", "") for at, moment in _ticks(now)]
    words.append((81.0, _("later, up to 48 h"), ""))
    texts = (
        (f"{at:.1f}%", "8" if style or at == 81.0 else "0", style or ("" if at == 81.0 else "mid"), text)
        for at, text, style in words
    )
    labels = format_html_join("", '<text x="{}" dx="{}" y="20" class="{}">{}</text>', texts)
    return format_html('<svg class="lane scale" width="100%" height="31">{}</svg>', labels)


def text_width(text: str, size: float = 12) -> float:
    """Estimate the width of a text in pixels: a Chinese letter is as wide as it is tall."""
    return sum(size if ord(letter) > 0x2E7F else size * 0.56 for letter in text)


def _place(pills: Sequence[Any], now: datetime) -> tuple[list[tuple[Any, float, int, float, bool]], int]:
    """Give each pill a row where it touches no other; near a break it hangs to the left of its tick."""
    ends: list[float] = [-8.0] * _MOST_ROWS
    placed, hidden = [], 0
    for pill in pills:
        at = position(pill.due_at, now)
        wide = 22 + text_width(f"{pill.label} {pill.count} {_time_words(pill, now)}")
        x = at * _REFERENCE / 100
        hangs = x + wide > _REFERENCE
        start = x - wide if hangs else x
        row = next((number for number, end in enumerate(ends) if start >= end + 6), None)
        if row is None:
            hidden += 1
            continue
        ends[row] = start + wide
        placed.append((pill, at, row, wide, hangs))
    return placed, hidden


def _pill(pill: Any, at: float, row: int, wide: float, hangs: bool, now: datetime) -> SafeString:
    x, y = (-wide if hangs else 0), 7 + _STEP * row
    spoken = f"{moment_text(pill.due_at)} · {time_left_text(pill.due_at, now)}"
    body = format_html(
        '<svg x="{}%" y="{}" overflow="visible" class="tone-{}"><title>{}</title>'
        '<line class="tick" x1="0" x2="0" y1="{}" y2="{}"/>'
        '<rect x="{}" width="{}" height="{}" rx="6"/>'
        '<text x="{}" y="16">{} <tspan class="count">{}</tspan> {}</text></svg>',
        f"{at:.2f}", y, pill.tone, spoken, _TALL, _TALL + 5, f"{x:.0f}", f"{wide:.0f}", _TALL, f"{x + 9:.0f}",
        pill.label, pill.count, _time_words(pill, now),
    )  # fmt: skip
    href = getattr(pill, "href", "") or getattr(pill, "url", "")
    return format_html('<a href="{}">{}</a>', href, body) if href else body


def _time_words(pill: Any, now: datetime) -> str:
    return time_left_text(pill.due_at, now) if pill.due_at - now <= _SPELT_OUT else ""


def _lines(now: datetime, tall: int) -> SafeString:
    drawn = [(f"{at:.2f}", tall, "hour") for at, _moment in _ticks(now)]
    drawn += [("50", tall, "break"), ("79", tall, "break")]
    return format_html_join(
        "",
        '<line class="{}" x1="{}%" x2="{}%" y1="0" y2="{}"/>',
        ((style, at, at, height) for at, height, style in drawn),
    )


def _ticks(now: datetime) -> list[tuple[float, datetime]]:
    """Return round moments far enough apart to be written: half hours first, then every second hour."""
    local = timezone.localtime(now)
    moment = local.replace(minute=0, second=0, microsecond=0)
    found: list[tuple[float, datetime]] = []
    while moment < local + timedelta(hours=8):
        moment += timedelta(minutes=30)
        at, near = position(moment, now), moment - local < timedelta(hours=2)
        if moment <= local or (not near and (moment.minute or moment.hour % 2)):
            continue
        last = found[-1][0] if found else 8.0
        if at - last >= 6 and at < 77:
            found.append((at, moment))
    return found
