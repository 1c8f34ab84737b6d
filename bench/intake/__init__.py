"""Intake: how fast news of orders is taken in, beside the least that could be done.

ack       webhooks answered per second, beside a bare view that only verifies and inserts
drain     orders stored per second from snapshots at hand, beside raw executemany of all rows that writes
busy      the same path while the worker runs every step it has
memory    what one process holds after many orders
whole     signed webhook to RESERVED, beside django-oscar and Vendure taking the same orders
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bench.intake import ack, drain, memory, whole
from bench.plan import Asked, Pair, Proof

ABOUT = "Intake beside a bare view, raw executemany and two open-source shops."
PARTS = ("ack", "drain", "whole", "busy", "memory")
LONG = False

_PARTS: dict[str, Callable[[Asked], Iterator[Pair | Proof]]] = {
    "ack": ack.measures,
    "drain": drain.measures,
    "whole": whole.measures,
    "busy": whole.measures_busy,
    "memory": memory.measures,
}


def measures(asked: Asked) -> Iterator[Pair | Proof]:
    """Yield the measures of every part that was asked for."""
    for part, made in _PARTS.items():
        if asked.wants(part):
            yield from made(asked)
