"""Erasing: the row of an old call stays, what it said and what was answered leaves."""

from __future__ import annotations

from datetime import timedelta

from shundan.core.calls import CallState
from shundan.core.privacy import PERSONAL
from shundan.edges.outbox.models import Call
from shundan.ground.lib import clock

KEPT = timedelta(days=PERSONAL["outbox.Call.request"][1])


def erase_old_calls(*, limit: int = 1000) -> int:
    """Empty request and answer of calls that ended longer ago than their erase clock allows; return how many."""
    ended = Call.objects.filter(call_state__in=[CallState.APPLIED, CallState.DROPPED], queued_at__lt=clock.now() - KEPT)
    keys = list(ended.exclude(request={}).order_by("pk").values_list("pk", flat=True)[:limit])
    return Call.objects.filter(pk__in=keys).update(request={}, answer=None) if keys else 0
