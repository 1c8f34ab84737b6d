"""Who gets the units: all of an order or none of it, oldest order first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Place = tuple[int, int]  # item key, warehouse key


@dataclass(frozen=True)
class Allocation:
    """`granted`: the orders that get every unit. `missing`: order -> place -> how many units it lacks."""

    granted: tuple[int, ...]
    missing: dict[int, dict[Place, int]]


def allocate(wanted: Iterable[tuple[int, Mapping[Place, int]]], free: Mapping[Place, int]) -> Allocation:
    """Give units to orders in the order given: each gets all it needs, or nothing and leaves the rest to the next."""
    left = dict(free)
    granted: list[int] = []
    missing: dict[int, dict[Place, int]] = {}
    for order, needs in wanted:
        lacks = {place: units - left.get(place, 0) for place, units in needs.items() if units > left.get(place, 0)}
        if lacks:
            missing[order] = lacks
            continue
        granted.append(order)
        for place, units in needs.items():
            left[place] = left.get(place, 0) - units
    return Allocation(tuple(granted), missing)


def sellable(*, on_hand: int, reserved: int, expected: int, buffer: int) -> int:
    """Return what may be offered: never less than 0 to the outside, however short it is inside."""
    return max(on_hand - reserved - expected - buffer, 0)


def spread(units: int, shares: Mapping[str, int]) -> dict[str, int]:
    """Split units over places in proportion to what they held last; equal where nothing is known; nothing is lost."""
    if not shares:
        return {}
    total = sum(max(share, 0) for share in shares.values())
    weights = {key: (max(share, 0) if total else 1) for key, share in shares.items()}
    whole = total or len(shares)
    parts = {key: units * weight // whole for key, weight in weights.items()}
    for key in sorted(weights, key=lambda one: (-(units * weights[one] % whole), one))[: units - sum(parts.values())]:
        parts[key] += 1
    return parts
