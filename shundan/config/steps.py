"""Every step a worker runs, in the order of the process. The functions are named here and looked up once.

`every`: wall seconds between two runs that found nothing. `rest`: seconds between two runs that found something.
`lane`: steps of one lane share a worker when there are many. Webhooks have a lane of their own: what they say (a
consent is taken back, an order changed) must not wait behind calls to a platform that answers slowly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from shundan.ground.lib import points


@dataclass(frozen=True)
class Step:
    place: str  # app path below shundan, module steps
    name: str
    every: float = 0.25
    rest: float = 0.0
    lane: str = "orders"

    def run(self) -> int:
        """Do one bounded batch of work and return how much was done."""
        function: Callable[[], int] = getattr(import_module(f"shundan.{self.place}.steps"), self.name)
        with points.within(self.name):
            return function()


STEPS: tuple[Step, ...] = (
    Step("edges.channels", "refresh_next_tokens", every=30, lane="intake"),
    Step("edges.inbox", "read_next_arrivals", every=0.2, lane="arrivals"),
    Step("edges.inbox", "sweep_next_shops", every=1, lane="intake"),
    Step("edges.inbox", "fetch_next_wants", every=0.2, lane="intake"),
    Step("edges.inbox", "fetch_single_wants", every=0.2, lane="singles"),
    Step("stages.stock", "apply_next_listings", every=1),
    Step("stages.orders", "apply_next_orders"),
    Step("stages.stock", "expect_next_lines"),
    Step("stages.stock", "end_next_stock_holds", every=2),
    Step("stages.review", "review_next_orders"),
    Step("stages.review", "apply_order_answers", every=1),
    Step("stages.stock", "reserve_next_orders"),
    Step("stages.stock", "release_cancelled_orders", every=1),
    Step("stages.stock", "push_next_stock", every=5),
    Step("stages.packing", "plan_next_orders", every=0.5),
    Step("stages.packing", "apply_next_packages", every=0.5),
    Step("stages.packing", "void_stopped_parcels", every=1),
    Step("stages.shipping", "request_next_labels", every=0.5),
    Step("edges.outbox", "send_next_calls", every=0.2, lane="calls"),
    Step("edges.outbox", "give_back_expired_leases", every=5, lane="calls"),
    Step("edges.outbox", "ask_unsure_calls", every=2, lane="calls"),
    Step("stages.shipping", "apply_label_answers", every=0.5),
    Step("stages.shipping", "fetch_next_labels", every=1),
    Step("stages.tracking", "follow_next_parcels", every=5),
    Step("stages.tracking", "apply_next_tracking", every=1),
    Step("stages.tracking", "notice_silent_parcels", every=10),
    Step("stages.aftersales", "apply_next_cancellations", every=0.5),
    Step("stages.aftersales", "apply_next_returns", every=0.5),
    Step("stages.aftersales", "apply_case_answers", every=1),
    Step("edges.conversations", "apply_next_conversations", every=1),
    Step("edges.conversations", "apply_message_answers", every=1),
    Step("stages.feedback", "apply_next_scores", every=10),
    Step("stages.money", "apply_next_statements", every=5),
    Step("ground.rulebook", "mark_missed_deadlines", every=5, lane="books"),
    Step("ground.journal", "seal_next_entries", every=0.5, lane="books"),
    Step("stages.insight", "count_next_entries", every=5, rest=5, lane="books"),  # it counts whole days anew
    Step("desk.imports", "run_next_imports", every=0.5, lane="books"),
    Step("desk.system", "compare_next_hours", every=1, lane="counts"),
    Step("edges.inbox", "watch_completeness", every=5, lane="books"),
    Step("edges.inbox", "prune_old_rows", every=600, lane="books"),
    Step("edges.outbox", "erase_old_calls", every=3600, lane="books"),
    Step("stages.orders", "erase_next_orders", every=3600, lane="books"),
    Step("stages.aftersales", "erase_next_cases", every=3600, lane="books"),
    Step("stages.feedback", "erase_next_ratings", every=3600, lane="books"),
    Step("stages.shipping", "erase_old_labels", every=3600, lane="books"),
)


def find_step(name: str) -> Step | None:
    """Return the step of that name."""
    return next((step for step in STEPS if step.name == name), None)
