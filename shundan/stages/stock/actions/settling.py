"""What is left over: reservations and expectations of orders that ended, left, or lost units."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from shundan.core.actors import Who
from shundan.core.states import OrderState as S
from shundan.stages.orders.queries import Order, orders_seen_by
from shundan.stages.stock.actions.expecting import end_expectations, fit_expectations
from shundan.stages.stock.actions.leaving import leave, leave_unreserved
from shundan.stages.stock.actions.levels import change_levels
from shundan.stages.stock.actions.reserving import release_lines, release_orders
from shundan.stages.stock.models import Expectation, Reservation
from shundan.stages.stock.queries import needs_of, reservations_of

GIVEN_BACK = (S.CANCELLED, S.WATCHED)
LEFT = (S.SHIPPED, S.DELIVERED, S.COMPLETED)


def orders_to_settle() -> QuerySet[Order]:
    """Return orders with open reservations or expectations that their state or their live units no longer justify."""
    reserved = Reservation.objects.filter(order=OuterRef("pk"), ended_at=None)
    expected = Expectation.objects.filter(order=OuterRef("pk"), ended_at=None)
    shrunk = reserved.filter(line__cancelled__gt=0, quantity__gt=F("line__quantity") - F("line__cancelled"))
    softer = expected.filter(line__cancelled__gt=0, quantity__gt=F("line__quantity") - F("line__cancelled"))
    ended = Q(order_state__in=[*GIVEN_BACK, *LEFT]) & (Exists(reserved) | Exists(expected))
    fewer = Q(order_state__in=[S.WAITING, S.RECEIVED, S.HELD, S.APPROVED, S.RESERVED]) & (
        Exists(shrunk) | Exists(softer)
    )
    return orders_seen_by(None).filter(ended | fewer).order_by("pk")


def settle_stock(orders: Sequence[Order], *, by: Who, now: datetime) -> int:
    """Release what cancelled and watched orders hold, let what left leave, and fit the rest to its live units."""
    back = [order.pk for order in orders if order.order_state in GIVEN_BACK]
    gone = [order.pk for order in orders if order.order_state in LEFT]
    here = [order.pk for order in orders if order.order_state not in (*GIVEN_BACK, *LEFT)]
    release_orders(back, by=by, now=now)
    needs = needs_of([*gone, *here])
    units = {need.line_key: need.units for group in needs.values() for need in group}
    open_lines = [row.line_id for row in reservations_of([*gone, *here])]
    release_lines({line: units.get(line, 0) for line in open_lines}, by=by, now=now)
    leave([row.line_id for row in reservations_of(gone)], by=by, now=now)
    leave_unreserved([need for key in gone for need in needs.get(key, ())], by=by, now=now)
    change_levels(end_expectations(gone, by=by, now=now), by=by, now=now)
    fit_expectations(here, units, by=by, now=now)
    return len(orders)
