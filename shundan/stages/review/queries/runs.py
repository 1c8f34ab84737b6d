"""What the checks found, and what they compare with."""

from __future__ import annotations

from collections.abc import Iterable

from shundan.core.checks import Thresholds
from shundan.stages.review.models import Run, Threshold


def last_run(order_key: int) -> Run | None:
    """Return the newest look of the checks at an order: why it was approved, or held."""
    return Run.objects.filter(order=order_key).order_by("-pk").first()


def last_runs(order_keys: Iterable[int]) -> dict[int, Run]:
    """Return order key -> its newest look."""
    found: dict[int, Run] = {}
    for run in Run.objects.filter(order__in=list(order_keys)).order_by("pk"):
        found[run.order_id] = run
    return found


def runs_of(order_key: int, *, limit: int = 20) -> list[Run]:
    """Return the looks at an order, newest first."""
    return list(Run.objects.filter(order=order_key).order_by("-pk")[:limit])


def thresholds_of(shop_keys: Iterable[int]) -> dict[int, Thresholds]:
    """Return shop key -> what its checks compare with; shops without a row have the defaults."""
    keys = set(shop_keys)
    stored = {
        row.shop_id: Thresholds(row.price_below_percent, row.unusual_quantity, row.duplicate_hours, frozenset(row.off))
        for row in Threshold.objects.filter(shop__in=keys)
    }
    return {key: stored.get(key, Thresholds()) for key in keys}
