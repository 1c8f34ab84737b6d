"""What a plug-in hands to the harness: pairs that are run alternately, and proofs that pass or fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bench.places import Databases

Taken = Mapping[str, float]  # what one run measured, by the names of the pair's figures


@dataclass(frozen=True)
class Figure:
    """One thing a run measures. The first figure of a pair is the one its targets speak of."""

    name: str  # with its unit: orders/s, p99 ms
    less_is_better: bool = False
    at_most: float | None = None  # the target for our own median


@dataclass(frozen=True)
class Reference:
    """Who stands beside us. Ratio: how many times as good ours is, round by round, by the pair's first figure."""

    name: str
    run: Callable[[], Taken]
    at_least: float | None = None  # the target for the ratio's median


@dataclass(frozen=True)
class Pair:
    """Ours and the references, each run once per round, the order turned round from one round to the next."""

    name: str
    ours: Callable[[], Taken]
    references: tuple[Reference, ...] = ()
    figures: tuple[Figure, ...] = (Figure("per s"),)
    explain: Callable[[], str] | None = None  # where the time goes; asked when a target is missed, or with --profile
    about: str = ""  # what exactly was run: sizes, processes, batch


@dataclass(frozen=True)
class Verdict:
    """How a proof ended: what it saw, line by line, and its numbers."""

    passed: bool
    report: tuple[str, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Proof:
    """Something that passes or fails, however long it takes."""

    name: str
    run: Callable[[], Verdict]
    about: str = ""


@dataclass
class Asked:
    """What the person asked for, and the temporary place to do it in."""

    folder: Path  # this plug-in's own, gone afterwards
    databases: Databases
    stack: ExitStack  # what is entered here is left when the plug-in is done
    say: Callable[[str], None]  # progress, to stderr
    scale: int | None = None
    parts: tuple[str, ...] = ()
    profile: bool = False
    seed: int = 1

    def wants(self, part: str) -> bool:
        """Return whether this part of the plug-in was asked for."""
        return not self.parts or part in self.parts


class Plugin(Protocol):
    """The names a module bench/NAME.py offers."""

    ABOUT: str  # one line
    PARTS: tuple[str, ...]  # what --only takes; may be empty
    LONG: bool  # True: only when named

    def measures(self, asked: Asked) -> Iterator[Pair | Proof]:
        """Prepare and yield one measure after the other; what a measure needs lives until the next is asked for."""
        ...
