"""What a worker runs for orders."""

from __future__ import annotations

from shundan.core.actors import PLATFORM, step
from shundan.core.facts import OrderFacts
from shundan.edges.channels.files.mapping import facts_from_payload
from shundan.edges.channels.tiktok.mapping import map_order
from shundan.edges.inbox import actions as inbox_actions
from shundan.edges.inbox import queries as inbox
from shundan.ground.jobs.actions import work_batch
from shundan.ground.lib import clock
from shundan.stages.orders import actions


def apply_next_orders(*, limit: int = 200) -> int:
    """Store what the next order snapshots tell, and settle them."""

    def apply(snapshots: list[inbox.Snapshot]) -> None:
        outcomes = actions.store_orders([(one, _facts(one)) for one in snapshots], by=PLATFORM)
        inbox_actions.settle_snapshots(list(outcomes.items()))

    return work_batch(
        "apply_next_orders", inbox.unapplied("order").select_related(None), apply, limit=limit, subject_kind="snapshot",
        name_of=lambda snapshot: snapshot.outside_id,
    )  # fmt: skip


def erase_next_orders(*, limit: int = 200) -> int:
    """Erase personal values whose clock has run out."""
    return actions.erase_orders(by=step("erase_next_orders"), now=clock.now(), limit=limit)


def _facts(snapshot: inbox.Snapshot) -> OrderFacts:
    """Map a payload by where it came from: the channel's own words, or a file's row."""
    return map_order(snapshot.payload) if snapshot.source == "api" else facts_from_payload(snapshot.payload)
