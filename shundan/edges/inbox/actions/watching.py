"""Falling behind and catching up, told once each: the journal has it, and so notices do."""

from __future__ import annotations

from shundan.core.actors import step
from shundan.edges.inbox.models import Sweep
from shundan.edges.inbox.queries import BEHIND_AFTER_S, Completeness, completeness
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib import clock
from shundan.ground.lib.db import in_transaction

CAUGHT_UP_S = BEHIND_AFTER_S / 3  # well inside, so that a shop at the edge is not told over and over


def watch_completeness(*, limit: int = 50) -> int:
    """Note which shops have fallen behind, and which have caught up; return how many changed."""
    since = dict(Sweep.objects.filter(kind="order").values_list("shop_id", "behind_since"))
    rows = completeness()
    late = [row for row in rows if row.is_behind and since.get(row.shop_key) is None]
    back = [row for row in rows if row.behind_s < CAUGHT_UP_S and since.get(row.shop_key) is not None]
    changed = [(row, True) for row in late] + [(row, False) for row in back]
    for row, is_late in changed[:limit]:
        in_transaction(lambda row=row, is_late=is_late: _tell(row, is_late=is_late))  # type: ignore[misc]
    return len(changed[:limit])


def _tell(row: Completeness, *, is_late: bool) -> None:
    rows = Sweep.objects.filter(shop_id=row.shop_key, kind="order", behind_since__isnull=is_late)
    if not rows.update(behind_since=clock.wall() if is_late else None):
        return  # another worker was first
    verb, facts = ("fall_behind", {"complete_to": row.complete_to.isoformat()}) if is_late else ("catch_up", {})
    by = step("watch_completeness")
    record([
        Draft("shop", row.shop_key, verb, by, clock.now(), shop_key=row.shop_key, subject_name=row.shop_id,
              facts=facts)
    ])  # fmt: skip
