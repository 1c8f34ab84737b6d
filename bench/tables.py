"""The same outcome for people and for programs."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bench.running import OURS, Outcome, Spread


def as_text(outcomes: Iterable[Outcome], *, machine: Mapping[str, object], versions: Mapping[str, str]) -> str:
    """Return a page of tables in Markdown, legible as it is."""
    blocks = [
        f"{machine['cores']} cores, {machine['processor']}, {machine['memory_gib']} GiB, load average "
        f"{machine['load_average']} at start, {machine['at']}",
        ", ".join(f"{name} {version}" for name, version in versions.items()),
    ]
    return "\n\n".join([*blocks, *(as_block(one) for one in outcomes)]) + "\n"


def as_json(outcomes: Iterable[Outcome], *, machine: Mapping[str, object], versions: Mapping[str, str]) -> Any:
    """Return everything, every single run included, ready for json.dumps."""
    return {"machine": dict(machine), "versions": dict(versions), "measures": [asdict(one) for one in outcomes]}


def as_block(one: Outcome) -> str:
    """Return one outcome's part of the page."""
    took = f"took {one.took_s:.0f} s, load average {one.load[0]:.1f} → {one.load[1]:.1f}"
    parts = [f"## {one.bench}: {one.name}", "\n".join(text for text in (one.about, took) if text)]
    if one.figures:
        parts.append(align(["", "who", "median", "min", "max", "ours is × as good (min–max)"], _rows(one)))
    parts += [f"{'met   ' if met else 'MISSED'} {sentence}" for sentence, met in one.targets]
    if one.verdict:
        facts = [f"{name}: {value}" for name, value in one.verdict.facts.items()]
        parts.append("\n".join(["PASSED" if one.verdict.passed else "FAILED", *one.verdict.report, *facts]))
    return "\n\n".join(part for part in (*parts, one.explanation, one.error) if part)


def _rows(one: Outcome) -> list[list[str]]:
    rows = []
    for number, (figure, by_who) in enumerate(one.figures.items()):
        for who, found in by_who.items():
            ratio = one.ratios.get(who) if number == 0 and who != OURS else None
            rows.append([figure, who, *_numbers(found), _ratio(ratio)])
    return rows


def _numbers(found: Spread) -> list[str]:
    return [spell(value) for value in (found.median, found.least, found.most)]


def _ratio(found: Spread | None) -> str:
    return f"{found.median:.2f} ({found.least:.2f}–{found.most:.2f})" if found else ""


def spell(value: float) -> str:
    """Write a number with about three digits that matter."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def align(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table whose columns stand below each other; numbers to the right."""
    widths = [max(_width(row[at]) for row in (head, *rows)) for at in range(len(head))]
    numbers = [at >= 2 for at in range(len(head))]
    rule = "|".join("-" * (width + 1) + (":" if right else "-") for width, right in zip(widths, numbers, strict=True))

    def line(row: Sequence[str]) -> str:
        cells = []
        for text, width, right in zip(row, widths, numbers, strict=True):
            gap = " " * (width - _width(text))
            cells.append(gap + text if right else text + gap)
        return "| " + " | ".join(cells) + " |"

    return "\n".join([line(head), f"|{rule}|", *(line(row) for row in rows)])


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
