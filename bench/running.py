"""Runs measures: ours and the references in turn, at least five rounds; one that breaks leaves the others alone."""

from __future__ import annotations

import os
import statistics
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.plan import Figure, Pair, Proof, Taken, Verdict

OURS = "ours"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Spread:
    """Median, minimum and maximum of several runs."""

    median: float
    least: float
    most: float
    runs: tuple[float, ...]


@dataclass
class Outcome:
    """What became of one measure."""

    bench: str
    name: str
    about: str = ""
    figures: dict[str, dict[str, Spread]] = field(default_factory=dict)  # figure -> who -> spread
    ratios: dict[str, Spread] = field(default_factory=dict)  # reference -> ours is so many times as good
    targets: list[tuple[str, bool]] = field(default_factory=list)  # sentence, met
    verdict: Verdict | None = None
    explanation: str = ""
    error: str = ""
    took_s: float = 0.0
    load: tuple[float, float] = (0.0, 0.0)  # one-minute load average at start and end

    @property
    def is_broken(self) -> bool:
        return bool(self.error) or (self.verdict is not None and not self.verdict.passed)

    @property
    def misses(self) -> bool:
        return any(not met for _, met in self.targets)


def run_measure(measure: Pair | Proof, *, bench: str, times: int, profile: bool, say: Say) -> Outcome:
    """Run one measure to its end and return what became of it; never raises for what the measure does."""
    outcome = Outcome(bench, measure.name, measure.about)
    began, before = time.monotonic(), os.getloadavg()[0]
    say(f"{bench}: {measure.name} …")
    try:
        if isinstance(measure, Proof):
            outcome.verdict = measure.run()
        else:
            fill_in(outcome, measure, run_rounds(measure, times=times, say=say))
            if measure.explain and (profile or outcome.misses):
                outcome.explanation = measure.explain()
    except Exception as error:
        outcome.error = "".join(traceback.format_exception(error, limit=-6))
        say(outcome.error)
    outcome.took_s = time.monotonic() - began
    outcome.load = (before, os.getloadavg()[0])
    return outcome


def run_rounds(pair: Pair, *, times: int, say: Say) -> dict[str, list[Taken]]:
    """Run everybody `times` times, in an order that turns round: who comes first gains nothing."""
    runners = [(OURS, pair.ours), *((one.name, one.run) for one in pair.references)]
    taken: dict[str, list[Taken]] = {name: [] for name, _ in runners}
    for number in range(times):
        for name, run in runners if number % 2 == 0 else reversed(runners):
            taken[name].append(run())
            told = ", ".join(f"{key} {value:,.1f}" for key, value in taken[name][-1].items())
            say(f"  {number + 1}/{times} {name}: {told}")
    return taken


def fill_in(outcome: Outcome, pair: Pair, taken: Mapping[str, Sequence[Taken]]) -> None:
    """Work out spreads, ratios and targets of the runs."""
    for figure in pair.figures:
        found = {who: [run[figure.name] for run in runs if figure.name in run] for who, runs in taken.items()}
        outcome.figures[figure.name] = {who: spread(values) for who, values in found.items() if values}
        if figure.at_most is not None:
            median = outcome.figures[figure.name][OURS].median
            outcome.targets.append((f"{figure.name} at most {figure.at_most:g}: {median:,.1f}",
                                    median <= figure.at_most))  # fmt: skip
    for one in pair.references:
        found_ratio = outcome.ratios[one.name] = ratio(pair.figures[0], taken[OURS], taken[one.name])
        if one.at_least is not None:
            told = f"at least {one.at_least:g} × {one.name}: {found_ratio.median:.2f}"
            outcome.targets.append((told, found_ratio.median >= one.at_least))


def spread(values: Sequence[float]) -> Spread:
    """Return median, minimum and maximum."""
    return Spread(statistics.median(values), min(values), max(values), tuple(values))


def ratio(figure: Figure, ours: Sequence[Taken], theirs: Sequence[Taken]) -> Spread:
    """Return how many times as good ours is, round by round: neighbours in time share the machine's mood."""
    rounds = []
    for mine, other in zip(ours, theirs, strict=True):
        above, below = mine[figure.name], other[figure.name]
        if figure.less_is_better:
            above, below = below, above
        rounds.append(above / below if below else float("inf"))
    return spread(rounds)
