"""Wants: what shall be fetched. Unique while open; asking again while one is being fetched keeps it open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Least

from shundan.edges.inbox.models import Want
from shundan.ground.lib import clock
from shundan.ground.lib.db import lock
from shundan.ground.lib.rows import insert_values

TODAY, LATER, BACKFILL, LAST = 0, 5, 9, 10


@dataclass(frozen=True)
class WantDraft:
    shop_key: int
    kind: str
    outside_id: str
    reason: str = ""
    lane: int = TODAY


def want(shop_key: int, kind: str, outside_ids: Iterable[str], *, reason: str = "", lane: int = TODAY) -> int:
    """Ask for things of one shop to be fetched; idempotent. Returns how many were not wanted before."""
    return want_many([WantDraft(shop_key, kind, str(key), reason, lane) for key in outside_ids if key])


def want_many(drafts: Iterable[WantDraft]) -> int:
    """Store wants, one per (shop, kind, id); those open already are brought forward. Returns how many are new."""
    wanted: dict[tuple[int, str, str], WantDraft] = {}
    for draft in drafts:
        key = (draft.shop_key, draft.kind, draft.outside_id)
        if key not in wanted or draft.lane < wanted[key].lane:
            wanted[key] = draft
    if not wanted:
        return 0
    with transaction.atomic():
        now = clock.wall()
        known = _bring_forward(wanted, now=now)
        new = [draft for key, draft in wanted.items() if key not in known]
        columns = ("shop_id", "kind", "outside_id", "reason", "lane", "created_at", "not_before", "attempts", "error")
        insert_values(Want, columns, [
            (draft.shop_key, draft.kind, draft.outside_id, draft.reason, draft.lane, now, now, 0, "")
            for draft in new
        ], ignore_conflicts=True)  # fmt: skip
    return len(new)


def _bring_forward(wanted: dict[tuple[int, str, str], WantDraft], *, now: datetime) -> set[tuple[int, str, str]]:
    """Mark what is open: being fetched -> once more afterwards; waiting -> at once, in the better lane."""
    ids: dict[tuple[int, str], list[str]] = defaultdict(list)
    for shop_key, kind, outside_id in wanted:
        ids[shop_key, kind].append(outside_id)
    known = set()
    for (shop_key, kind), keys in sorted(ids.items()):
        rows = Want.objects.filter(shop_id=shop_key, kind=kind, outside_id__in=keys, closed_at=None)
        by_lane: dict[int, list[int]] = defaultdict(list)
        for row in lock(rows):
            known.add((shop_key, kind, row.outside_id))
            by_lane[wanted[shop_key, kind, row.outside_id].lane].append(row.pk)
        for lane, pks in by_lane.items():
            again = Want.objects.filter(pk__in=pks)
            if lane < BACKFILL:  # it is news only from now on: nothing was late before
                again.filter(lane__gte=BACKFILL).update(created_at=now)
            again.filter(lease_until__gt=now).update(asked_again_at=now, lane=Least("lane", lane))
            if lane < BACKFILL:
                again.filter(Q(lease_until=None) | Q(lease_until__lte=now)).update(
                    lane=Least("lane", lane), not_before=now
                )
    return known


def retry_wants(keys: Iterable[int]) -> int:
    """Fetch things that failed again at once, their tries counted anew; return how many were still open."""
    rows = Want.objects.filter(pk__in=list(keys), closed_at=None)
    return rows.update(attempts=0, error="", not_before=clock.wall())
