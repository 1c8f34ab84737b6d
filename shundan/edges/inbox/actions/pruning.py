"""Old rows leave: what was done long ago, and every snapshot but the newest of a thing."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, OuterRef

from shundan.edges.inbox.models import Arrival, HourCount, Snapshot, TurnedAway, Want
from shundan.ground.lib import clock

ARRIVALS_KEPT = timedelta(days=30)  # as core.privacy promises for their bodies
WANTS_KEPT = timedelta(days=2)
OLDER_SNAPSHOTS_KEPT = timedelta(days=2)
SNAPSHOTS_KEPT = timedelta(days=90)
COUNTS_KEPT = timedelta(days=90)


def prune_old_rows(*, limit: int = 2000) -> int:
    """Delete up to `limit` rows of each table that nobody needs any more; return how many."""
    now = clock.wall()
    newer = Snapshot.objects.filter(
        shop_id=OuterRef("shop_id"),
        kind=OuterRef("kind"),
        outside_id=OuterRef("outside_id"),
        pk__gt=OuterRef("pk"),
    )
    applied = Snapshot.objects.filter(applied_at__isnull=False)
    stale = (
        Arrival.objects.filter(received_at__lt=now - ARRIVALS_KEPT).exclude(state="NEW"),
        Want.objects.filter(closed_at__lt=now - WANTS_KEPT),
        applied.filter(Exists(newer), applied_at__lt=now - OLDER_SNAPSHOTS_KEPT),
        applied.filter(applied_at__lt=now - SNAPSHOTS_KEPT),
        HourCount.objects.filter(counted_at__lt=now - COUNTS_KEPT),
        TurnedAway.objects.filter(last_at__lt=now - COUNTS_KEPT),
    )
    done = 0
    for rows in stale:
        keys = list(rows.order_by("pk").values_list("pk", flat=True)[:limit])
        if keys:
            done += rows.model.objects.filter(pk__in=keys).delete()[0]
    return done
