"""Healing: a shop can be reached again, so what waited after its failures is tried now."""

from __future__ import annotations

from django.db.models import Q

from shundan.edges.inbox.models import Sweep, Want
from shundan.ground.lib import clock


def retry_shop(shop_key: int) -> int:
    """Let every want, sweep and back-fill of a shop that rests after a failure go on at once; return how many."""
    now = clock.wall()
    wants = Want.objects.filter(shop_id=shop_key, closed_at=None, not_before__gt=now)
    retried = wants.update(not_before=now, attempts=0, error="")
    sweeps = Sweep.objects.filter(shop_id=shop_key).exclude(error="")
    idle = sweeps.filter(Q(lease_until=None) | Q(page_token="", window_to=None))
    return retried + idle.update(next_at=now, lease_until=None, error="")
