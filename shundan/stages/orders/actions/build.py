"""What of an order's facts is written into its row. Better values win; what was not told overwrites nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from shundan.core.facts import OrderFacts, PaymentFacts
from shundan.core.privacy import is_masked, keep_better
from shundan.stages.orders.models import Order

_TEXTS = (
    "buyer_note", "seller_note", "delivery_option_id", "delivery_option", "tracking_number", "carrier_name",
    "cancel_reason", "origin_order_id",
)  # fmt: skip
_TIMES = ("paid_at", "release_at", "collected_at", "delivered_at", "cancelled_at")
_LEFT = ("IN_TRANSIT", "DELIVERED", "COMPLETED")
_AMOUNTS = ("total", "subtotal", "shipping", "tax", "seller_discount", "platform_discount")
# Written by others (the door, the clocks, shipping): an update of the facts leaves them alone.
NOT_OURS = frozenset({
    "id", "shop", "order_id", "order_state", "state_since", "stored_at", "next_due_at", "next_due_kind", "arranged_at",
})  # fmt: skip
_LENGTHS: dict[str, int | None] = {name: Order._meta.get_field(name).max_length for name in _TEXTS}  # type: ignore[union-attr]
# Written after the facts were compared: by whom it was bought, what its lines come to, and the guard itself.
_ALWAYS = {"updated_at", "asked_at", "source", "buyer", "units", "line_count", "first_title"}
UPDATED = [field.name for field in Order._meta.concrete_fields if field.name not in NOT_OURS]


def rewrite_facts(order: Order, facts: OrderFacts) -> list[str]:
    """Write what a newer snapshot tells; return the names of the fields that changed."""
    before = _values(order)
    write_facts(order, facts)
    return _changed(before, order)


def write_facts(order: Order, facts: OrderFacts) -> None:
    """Write what a snapshot tells into a row."""
    order.platform_status, order.updated_at = facts.platform_status, facts.updated_at
    order.order_type, order.fulfilled_by = facts.order_type.value, facts.fulfilled_by.value
    order.shipping_by_platform, order.cancel_requested = facts.shipping_by_platform, facts.cancel_requested
    order.placed_at = facts.placed_at
    order.channel_warehouse_id = facts.warehouse_id or order.channel_warehouse_id
    order.cancelled_by = facts.cancel_by or order.cancelled_by
    order.package_ids = list(facts.package_ids) or order.package_ids
    for name in _TEXTS:
        setattr(order, name, _fit(name, keep_better(getattr(order, name), getattr(facts, name))))
    for name in _TIMES:
        setattr(order, name, getattr(facts, name) or getattr(order, name))
    _write_payment(order, facts.payment)
    if facts.platform_status in _LEFT:  # before that, "shipped" only means that a label was asked for
        order.shipped_at = order.shipped_at or facts.collected_at or facts.shipped_at
    if facts.platform_status == "COMPLETED" and order.completed_at is None:
        order.completed_at = facts.updated_at


def fill_blanks(order: Order, facts: OrderFacts) -> list[str]:
    """Write only what the order does not have yet: a file never overrules the channel itself."""
    before = _values(order)
    for name in _TEXTS:
        setattr(order, name, _fit(name, filled(getattr(order, name), getattr(facts, name))))
    for name in _TIMES:
        setattr(order, name, getattr(order, name) or getattr(facts, name))
    order.package_ids = order.package_ids or list(facts.package_ids)
    order.payment_method = order.payment_method or facts.payment.method[:60]
    if order.total_minor == 0 and facts.payment.currency == order.currency:
        _write_payment(order, facts.payment)
    return _changed(before, order)


def columns_of(changes: Iterable[Iterable[str]]) -> list[str]:
    """Return the columns to write for orders of which these fields changed: most news changes few of them."""
    changed = _ALWAYS.union(*changes)
    return [name for name in UPDATED if name in changed]


def filled(old: str, new: str) -> str:
    """Return `old` unless it is empty, or masked while `new` is full."""
    return new if not old or (is_masked(old) and new and not is_masked(new)) else old


def _write_payment(order: Order, payment: PaymentFacts) -> None:
    order.currency = payment.currency or order.currency
    order.payment_method = payment.method[:60] or order.payment_method
    for name in _AMOUNTS:
        setattr(order, f"{name}_minor", getattr(payment, f"{name}_minor"))


def _fit(name: str, text: str) -> str:
    return text[: _LENGTHS[name]]


def _values(order: Order) -> dict[str, Any]:
    return {name: getattr(order, "buyer_id" if name == "buyer" else name) for name in UPDATED}


def _changed(before: dict[str, Any], order: Order) -> list[str]:
    after = _values(order)
    return [name for name in UPDATED if before[name] != after[name] and name not in ("updated_at", "asked_at")]


def best_moment(facts: OrderFacts) -> datetime:
    """Return since when the order has been in the state its status tells, as far as the channel knows."""
    match facts.platform_status:
        case "IN_TRANSIT":
            return facts.collected_at or facts.shipped_at or facts.updated_at
        case "DELIVERED":
            return facts.delivered_at or facts.updated_at
        case "CANCELLED":
            return facts.cancelled_at or facts.updated_at
        case "AWAITING_SHIPMENT":
            return facts.paid_at or facts.placed_at
        case "UNPAID" | "ON_HOLD":
            return facts.placed_at
        case _:
            return facts.updated_at
