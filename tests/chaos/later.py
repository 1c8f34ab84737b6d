"""Lets the waits of a desk end at once, as if minutes had passed."""

from __future__ import annotations


def end_all_waits() -> None:
    """End leases, back-off and pauses. Only while no worker runs: it would take a lease from who holds it."""
    from shundan.edges.channels.models import Authorisation
    from shundan.edges.inbox.models import Sweep, Want
    from shundan.edges.outbox.models import Call
    from shundan.ground.jobs.models import Job, Snag
    from shundan.ground.lib import clock

    now = clock.wall()
    for rows in (Authorisation.objects, Want.objects, Sweep.objects, Call.objects, Job.objects):
        rows.filter(lease_until__gt=now).update(lease_until=now)
    for open_rows in (Want.objects.filter(closed_at=None), Call.objects.exclude(call_state__in=["APPLIED", "DROPPED"])):
        open_rows.filter(not_before__gt=now).update(not_before=now)
    Sweep.objects.filter(next_at__gt=now).update(next_at=now)
    Snag.objects.update(next_try_at=now)
