"""Intake: how fast news of orders is taken in, beside the least that could be done.

ack       webhooks answered per second, beside a bare view that only verifies and inserts
drain     orders stored per second from snapshots at hand, beside raw executemany of all rows that writes
"""

from __future__ import annotations

from collections.abc import Iterator

from bench.intake import ack, drain
from bench.plan import Asked, Pair, Proof

ABOUT = "Intake beside a bare view, raw executemany and two open-source shops."
PARTS = ("ack", "drain")
LONG = False

_PARTS = {"ack": ack.measures, "drain": drain.measures}


def measures(asked: Asked) -> Iterator[Pair | Proof]:
    """Yield the measures of every part that was asked for."""
    for part, made in _PARTS.items():
        if asked.wants(part):
            yield from made(asked)
