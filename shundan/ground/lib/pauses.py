"""How long to leave somebody in peace who did not answer, or asked for time."""

from __future__ import annotations

import random

_DOUBLINGS = 20  # beyond any pause: a number may not grow out of a float
_SPREAD = 0.25


def pause_after(failures: int, *, longest: float, told: float | None = None) -> float:
    """Return seconds to wait: 1, 2, 4 … doubled per failure up to `longest`, or longer if we were `told` so.

    Spread by up to a quarter, so that what failed together is not tried together again.
    """
    doubled = min(2.0 ** min(failures, _DOUBLINGS), longest)
    return max(told or 0.0, doubled) * (1 + random.random() * _SPREAD)
