"""Characters: every buyer and every carrier is of a kind, drawn from the seed, and keeps to it."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from sandbox.box import Box
from sandbox.ids import chance


class Buyer(NamedTuple):
    """How likely somebody pays, regrets, moves, writes, sends back, rates (and how), and refuses at the door."""

    name: str
    pays: float
    regrets: float
    moves: float
    asks: float
    sends_back: float
    rates: float
    stars: tuple[int, int, int, int, int]
    refuses: float
    units: tuple[int, ...]


BUYERS = (
    Buyer("steady", 0.985, 0.02, 0.01, 0.03, 0.02, 0.30, (66, 22, 6, 3, 3), 0.02, (1, 1, 1, 1, 2)),
    Buyer("hasty", 0.93, 0.16, 0.04, 0.06, 0.06, 0.25, (50, 24, 12, 8, 6), 0.08, (1, 1, 1, 2, 3)),
    Buyer("chatty", 0.97, 0.05, 0.03, 0.40, 0.05, 0.70, (62, 20, 8, 5, 5), 0.03, (1, 1, 1, 1, 2)),
    Buyer("picky", 0.97, 0.06, 0.01, 0.12, 0.14, 0.60, (25, 25, 20, 15, 15), 0.07, (1, 1, 1, 1, 1)),
    Buyer("fan", 0.995, 0.01, 0.01, 0.05, 0.01, 0.80, (88, 9, 2, 1, 0), 0.01, (1, 1, 2, 2, 3)),
    Buyer("dreamer", 0.72, 0.10, 0.02, 0.04, 0.04, 0.15, (55, 25, 10, 5, 5), 0.30, (1, 1, 1, 2, 2)),
)
HOW_MANY = (52, 12, 11, 9, 10, 6)


class Courier(NamedTuple):
    """Hours until a pick-up, pace against the market's usual transit, and what goes wrong."""

    pickup_hours: tuple[float, float]
    pace: float
    misses: float
    loses: float


@lru_cache(maxsize=100_000)
def buyer_character(seed: int, buyer_id: str) -> Buyer:
    return chance(seed, "character", buyer_id).choices(BUYERS, weights=HOW_MANY)[0]


@lru_cache(maxsize=100_000)
def courier_character(seed: int, carrier_id: str) -> Courier:
    luck = chance(seed, "courier", carrier_id)
    first = luck.uniform(2, 7)
    return Courier(
        pickup_hours=(first, first + luck.uniform(8, 16)),
        pace=luck.uniform(0.85, 1.2),
        misses=luck.uniform(0.03, 0.09),
        loses=luck.uniform(0.002, 0.009),
    )


def character_of(box: Box, buyer_id: str) -> Buyer:
    return buyer_character(box.seed, buyer_id)
