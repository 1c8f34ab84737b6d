"""Lets the waits of a desk end at once, as if minutes had passed: `python -m tests.chaos.later --data DIR`.

Only while no worker runs: a lease that somebody holds is not his any more.
"""

from __future__ import annotations

import os
import sys


def main(folder: str) -> int:
    os.environ["SHUNDAN_DATA"] = folder
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shundan.config.settings")
    import django

    django.setup()
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
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[-1]))
