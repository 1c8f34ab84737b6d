"""What a row of the table of endpoints says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Words = Callable[[Mapping[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Endpoint:
    """One call of TikTok Shop: its versions newest first, among those two sources confirm.

    Our bodies and answers have the shape of the newest version that has no entry in `bodies` or `answers`; those say
    how another version writes the same, and raise OutsideRefused where it cannot.
    """

    method: str
    path: str  # with {version} and path parameters
    versions: tuple[str, ...]
    group: str  # calls of one group share a budget: the platform limits per app, shop and endpoint
    cipher: bool = True
    changes: bool = False  # something outside may be different afterwards
    multipart: bool = False
    bodies: Mapping[str, Words] = field(default_factory=dict)
    answers: Mapping[str, Words] = field(default_factory=dict)

    def tries(self, known: str | None) -> tuple[str, ...]:
        """Return the versions in the order they are asked: the known one, then older ones, then newer ones."""
        if known not in self.versions:
            return self.versions
        at = self.versions.index(known)
        return self.versions[at:] + tuple(reversed(self.versions[:at]))

    def write(self, version: str, body: Mapping[str, Any]) -> dict[str, Any]:
        words = self.bodies.get(version)
        return words(body) if words else dict(body)

    def read(self, version: str, answer: Mapping[str, Any]) -> dict[str, Any]:
        words = self.answers.get(version)
        return words(answer) if words else dict(answer)
