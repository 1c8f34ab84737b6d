"""Remembering how far a person has read."""

from __future__ import annotations

from shundan.core.actors import Who
from shundan.desk.notices.models import NoticeMark
from shundan.desk.notices.queries import journals_of
from shundan.ground.journal.queries import last_position
from shundan.ground.lib.db import in_transaction


def mark_read(person_key: int, *, by: Who) -> None:
    """Put the person's marks at the end of every journal they may see."""
    ends = {key: last_position(key) for key in journals_of(by)}

    def work() -> None:
        for shop_key, last in sorted(ends.items(), key=lambda end: end[0] or 0):
            NoticeMark.objects.update_or_create(
                shop_key=shop_key or 0, person_id=person_key, defaults={"position": last}
            )

    in_transaction(work)
