"""Charts as SVG, drawn on the server: sizes are attributes, colours are classes: no inline styles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from shundan.ground.look.queries.formats import number_text

Number = float | int


def sparkline(values: Sequence[Number], width: int = 84, height: int = 24) -> SafeString:
    """Draw a small line of values."""
    if len(values) < 2:
        return mark_safe("")
    low, high = min(values), max(values)
    points = _points(values, low, high, (2, 3, width - 4, height - 6))
    return format_html(
        '<svg class="chart spark" viewBox="0 0 {0} {1}" width="{0}" height="{1}" aria-hidden="true">'
        '<polyline class="line c1" points="{2}"/></svg>',
        width,
        height,
        points,
    )


def area_chart(
    values: Sequence[Number],
    labels: Sequence[str] = (),
    previous: Sequence[Number] = (),
    title: str = "",
    width: int = 680,
    height: int = 260,
    places: int = 0,
) -> SafeString:
    """Draw this period as an area and the previous one as a dashed line."""
    if not values:
        return mark_safe("")
    top = nice_top(max([*values, *previous]))
    frame = _frame(top, places, width, height)
    line = _points(values, 0, top, frame)
    x, y, wide, tall = frame
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}'
        '<polygon class="area" points="{},{} {} {},{}"/>{}<polyline class="line c1" points="{}"/>{}</svg>',
        width,
        height,
        title or _spoken(values, labels),
        _grid(top, frame, places),
        _ticks(labels, len(values), frame),
        x,
        y + tall,
        line,
        x + wide,
        y + tall,
        format_html('<polyline class="line before" points="{}"/>', _points(previous, 0, top, frame))
        if previous
        else "",
        line,
        _dot(line),
    )


def bar_chart(
    values: Sequence[Number],
    labels: Sequence[str] = (),
    title: str = "",
    width: int = 680,
    height: int = 250,
    places: int = 0,
) -> SafeString:
    """Draw one bar per value."""
    return stacked_bars([{"label": title, "values": list(values)}], labels, title, width, height, places)


def stacked_bars(
    series: Sequence[dict[str, Any]],
    labels: Sequence[str] = (),
    title: str = "",
    width: int = 680,
    height: int = 260,
    places: int = 0,
) -> SafeString:
    """Draw stacked bars; a series has label and values, and takes the chart colours in turn."""
    columns = max((len(one["values"]) for one in series), default=0)
    if not columns:
        return mark_safe("")
    totals = [sum(one["values"][i] for one in series if i < len(one["values"])) for i in range(columns)]
    top = nice_top(max(totals))
    frame = _frame(top, places, width, height)
    step = frame[2] / columns
    bars = []
    for i in range(columns):
        base = 0.0
        for place, one in enumerate(series):
            value = one["values"][i] if i < len(one["values"]) else 0
            tall = frame[3] * value / top
            if tall > 0:
                bars.append(
                    (
                        place % 4 + 1,
                        _n(frame[0] + step * (i + 0.2)),
                        _n(frame[1] + frame[3] - base - tall),
                        _n(step * 0.6),
                        _n(max(tall - 1.2, 0.6)),
                    )
                )
            base += tall
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}</svg>',
        width,
        height,
        title or _spoken(totals, labels),
        _grid(top, frame, places),
        _ticks(labels, columns, frame, middle=True),
        format_html_join("", '<rect class="fill c{}" x="{}" y="{}" width="{}" height="{}" rx="1.5"/>', bars),
    )


def ranked_bars(rows: Sequence[dict[str, Any]]) -> SafeString:
    """Draw named bars as given; a row has label, value and may have href, delta, good and text."""
    most = max((row["value"] for row in rows), default=0) or 1
    return format_html(
        '<ul class="ranked">{}</ul>',
        format_html_join(
            "",
            "<li>{}{}<b>{}</b>{}</li>",
            (
                (
                    format_html('<a href="{}">{}</a>', row["href"], row["label"])
                    if row.get("href")
                    else format_html("<span>{}</span>", row["label"]),
                    meter(row["value"], most),
                    row.get("text") or number_text(row["value"]),
                    format_html('<small class="delta {}">{}</small>', _goodness(row.get("good")), row.get("delta", "")),
                )
                for row in rows
            ),
        ),
    )


def meter(value: Number, most: Number = 100, tone: str = "c1", width: int = 100) -> SafeString:
    """Draw a bar filled to value of most; it stretches to its place."""
    part = max(0.0, min(1.0, value / most if most else 0))
    return format_html(
        '<svg class="meter" viewBox="0 0 {0} 6" width="{0}" height="6" preserveAspectRatio="none" '
        'aria-hidden="true"><rect class="rest" width="{0}" height="6"/>'
        '<rect class="fill {1}" width="{2}" height="6"/></svg>',
        width,
        tone,
        _n(width * part),
    )


def heat_table(
    heads: Sequence[str],
    rows: Sequence[dict[str, Any]],
    good: Number = 96,
    poor: Number = 93,
    worst: Number = 90,
    caption: str = "",
) -> SafeString:
    """Draw a table of shares in tints; a row has label and values, and every number is printed."""
    body = format_html_join(
        "",
        '<tr><th scope="row">{}</th>{}</tr>',
        (
            (
                row["label"],
                format_html_join(
                    "",
                    '<td class="{}">{}</td>',
                    (
                        (_heat(value, good, poor, worst), "—" if value is None else number_text(value, 1))
                        for value in row["values"]
                    ),
                ),
            )
            for row in rows
        ),
    )
    head = format_html_join("", '<th scope="col">{}</th>', ((one,) for one in heads))
    return format_html(
        '<table class="heat"><caption class="hidden">{}</caption><thead><tr><td></td>{}</tr></thead>'
        "<tbody>{}</tbody></table>",
        caption,
        head,
        body,
    )


def nice_top(most: Number) -> float:
    """Return a round number at or above `most` that four grid lines divide evenly."""
    if most <= 0:
        return 4.0
    step = most / 4
    size = 10 ** math.floor(math.log10(step))
    return float(next(size * lead for lead in (1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10) if size * lead >= step - 1e-9) * 4)


def _frame(top: float, places: int, width: int, height: int) -> tuple[float, float, float, float]:
    left = max(44, 16 + 7 * len(number_text(top, places)))  # as wide as its longest number
    return left, 12, width - left - 12, height - 44


def _points(values: Sequence[Number], low: Number, high: Number, frame: tuple[float, float, float, float]) -> str:
    x, y, wide, tall = frame
    span, steps = (high - low) or 1, max(len(values) - 1, 1)
    return " ".join(
        f"{_n(x + wide * i / steps)},{_n(y + tall * (1 - (value - low) / span))}" for i, value in enumerate(values)
    )


def _grid(top: float, frame: tuple[float, float, float, float], places: int) -> SafeString:
    x, y, wide, tall = frame
    if top / 4 < 1 and places == 0:
        places = 2
    lines = []
    for part in range(5):
        at = _n(y + tall * (1 - part / 4))
        lines.append((x, at, x + wide, at, x - 8, _n(float(at) + 4), number_text(top * part / 4, places)))
    return format_html_join(
        "",
        '<line class="grid" x1="{}" y1="{}" x2="{}" y2="{}"/><text class="axis end" x="{}" y="{}">{}</text>',
        lines,
    )


def _ticks(labels: Sequence[str], count: int, frame: tuple[float, ...], *, middle: bool = False) -> SafeString:
    x, y, wide, tall = frame
    if not labels or not count:
        return mark_safe("")
    every = max(1, math.ceil(len(labels) / 7))
    step = wide / count if middle else wide / max(count - 1, 1)
    places = [
        (_n(x + step * (i + 0.5 if middle else i)), _n(y + tall + 20), label)
        for i, label in enumerate(labels)
        if i % every == 0
    ]
    return format_html_join("", '<text class="axis mid" x="{}" y="{}">{}</text>', places)


def _dot(points: str) -> SafeString:
    x, y = points.rsplit(" ", 1)[-1].split(",")
    return format_html('<circle class="dot c1" cx="{}" cy="{}" r="3.5"/>', x, y)


def _spoken(values: Sequence[Number], labels: Sequence[str]) -> str:
    pairs = (f"{label} {number_text(value, 0)}" for label, value in zip(labels, values, strict=False))
    return ", ".join(pairs) or ", ".join(number_text(value, 0) for value in values)


def _heat(value: Number | None, good: Number, poor: Number, worst: Number) -> str:
    if value is None:
        return "none"
    if value < poor:
        return "bad worst" if value < worst else "bad"
    return "warn" if value < good else ("best" if value >= good + (100 - good) / 2 else "fine")


def _goodness(good: bool | None) -> str:
    return {True: "good", False: "poor", None: ""}[good]


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
