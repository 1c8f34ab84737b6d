"""What a worker runs for review."""

from __future__ import annotations

from shundan.core.actors import step
from shundan.core.calls import CallKind
from shundan.core.states import OrderState
from shundan.edges.outbox.queries import answered
from shundan.ground.jobs.actions import work_batch
from shundan.ground.lib import clock
from shundan.stages.orders import queries as orders
from shundan.stages.review import actions


def review_next_orders(*, limit: int = 200) -> int:
    """Check the next RECEIVED orders: approve or hold them."""
    by = step("review_next_orders")
    return work_batch(
        by.key,
        orders.orders_in(OrderState.RECEIVED),
        lambda rows: actions.review_orders(rows, by=by, now=clock.now()),
        limit=limit,
        name_of=lambda order: order.order_id,
    )


def apply_order_answers(*, limit: int = 50) -> int:
    """Take in what the platform answered to cancellations of ours."""
    by = step("apply_order_answers")
    return work_batch(
        by.key,
        answered(CallKind.CANCEL_ORDER),
        lambda calls: actions.apply_cancel_answers(calls, by=by, now=clock.now()),
        limit=limit,
        subject_kind="call",
        name_of=lambda call: call.subject_name,
    )
