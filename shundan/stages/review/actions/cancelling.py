"""Cancelling an order at its channel: a saved call, and what the channel answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.core.actors import Who
from shundan.core.calls import CallKind, CallState
from shundan.core.errors import Conflict, Refused
from shundan.core.moves import OrderMove as M
from shundan.core.states import OrderState as S
from shundan.edges.inbox.actions import want
from shundan.edges.outbox.actions import CallDraft, apply_call, queue_call
from shundan.edges.outbox.queries import open_call
from shundan.ground.journal.actions import Draft, record
from shundan.stages.orders import queries as orders
from shundan.stages.orders.actions import HoldDraft, close_holds, close_stop, move_order, open_holds, open_stop

# What the platform takes as a seller's reason, once the buyer has paid, and before.
CANCEL_REASONS: dict[str, str | Promise] = {
    "seller_cancel_reason_out_of_stock": gettext_lazy("Out of stock"),
    "seller_cancel_reason_wrong_price": gettext_lazy("Pricing error"),
    "seller_cancel_paid_reason_buyer_requested_cancellation": gettext_lazy("The buyer asked for it"),
    "seller_cancel_unable_to_deliver_to_buyer_address": gettext_lazy("Cannot be delivered to this address"),
}
_BEFORE_PAYMENT = "seller_cancel_unpaid_reason_"
_UNPAID = {
    "seller_cancel_reason_out_of_stock": f"{_BEFORE_PAYMENT}out_of_stock",
    "seller_cancel_reason_wrong_price": f"{_BEFORE_PAYMENT}wrong_price",
    "seller_cancel_paid_reason_buyer_requested_cancellation": f"{_BEFORE_PAYMENT}buyer_requested_cancellation",
}
# Singapore has no longer the reason other markets have for this; it kept the older one.
_IN_SINGAPORE = {
    "seller_cancel_unable_to_deliver_to_buyer_address": "seller_cancel_paid_reason_address_not_deliver",
}
_OPEN = (S.WAITING, S.RECEIVED, S.HELD, S.APPROVED, S.RESERVED, S.FULFILLING)


def cancel_order(order_key: int, reason: str, *, by: Who, now: datetime) -> str:
    """Cancel an order; return "asked" or "cancelled".

    At a connected shop the platform is asked by a saved call, and nothing of the order leaves meanwhile; elsewhere the
    order is cancelled at once.
    Raises Refused for an unknown reason, Conflict when the order has left or is being cancelled already.
    """
    if reason not in CANCEL_REASONS:
        raise Refused(_("Choose one of the platform's reasons."), field="reason", remedy=_(", ").join(CANCEL_REASONS))
    with transaction.atomic():
        order = orders.order_by_key(order_key)
        if order.order_state not in _OPEN:
            raise Conflict(
                _("An order that is %(order_state)s cannot be cancelled here.") % {"order_state": order.order_state},
                remedy=_("Reload the order."),
            )
        if order.shop.channel != "tiktok":
            move_order(order_key, M.CANCEL, by=by, at=now, facts={"reason": reason})
            return "cancelled"
        _stop_it(order_key, order.order_state, by=by, now=now)  # locks the order: two clerks ask one after the other
        if open_call("order", order_key, kind=CallKind.CANCEL_ORDER):
            raise Conflict(_("The platform has been asked to cancel it already."), remedy=_("Wait for its answer."))
        platform_reason = _in_platform_words(reason, order)
        queue_call(
            CallDraft(
                shop_key=order.shop_id,
                kind=CallKind.CANCEL_ORDER,
                subject_kind="order",
                subject_key=order_key,
                subject_name=order.order_id,
                order_keys=[order_key],
                idempotency_key=f"cancel:{order_key}:{now.isoformat()}",
                request={"order_id": order.order_id, "cancel_reason": platform_reason},
            ),
            by=by,
            now=now,
        )
        record(
            [
                Draft(
                    "order",
                    order_key,
                    "cancel",
                    by,
                    now,
                    shop_key=order.shop_id,
                    subject_name=order.order_id,
                    facts={"reason": platform_reason},
                )
            ]
        )
    return "asked"


def _in_platform_words(reason: str, order: Any) -> str:
    if order.platform_status == "UNPAID":
        return _UNPAID.get(reason, reason)
    return _IN_SINGAPORE.get(reason, reason) if order.shop.region == "SG" else reason


def _stop_it(order_key: int, state: str, *, by: Who, now: datetime) -> None:
    """Hold (or stop) what is being cancelled: it must not leave while the platform thinks about it."""
    if state == S.FULFILLING:
        open_stop(order_key, "cancelling", by=by, now=now)
    else:  # WAITING orders cannot be held: nothing of them leaves anyway
        open_holds([(order_key, HoldDraft("cancelling"))], by=by, now=now)


def apply_cancel_answers(calls: Sequence[Any], *, by: Who, now: datetime) -> int:
    """Take in what became of cancellations: done ones are fetched again, refused ones stay held."""
    for call in calls:
        with transaction.atomic():
            if call.call_state == CallState.ANSWERED:
                want(call.shop_id, "order", [call.subject_name], reason="cancelled by us")
            else:
                _refused(call, {"code": call.error_code, "error": call.error[:200]}, by=by, now=now)
            apply_call(call.pk)
    return len(calls)


def _refused(call: Any, facts: Mapping[str, Any], *, by: Who, now: datetime) -> None:
    key = int(call.subject_key)
    open_holds([(key, HoldDraft("cancel_refused", facts=facts))], by=by, now=now)
    cancelling = [hold.pk for hold in orders.open_holds([key]).get(key, ()) if hold.kind == "cancelling"]
    close_holds(cancelling, "refused", by=by, now=now)
    for stop in orders.open_stops([key]).get(key, ()):
        if stop.kind == "cancelling":
            open_stop(key, "cancel_refused", by=by, now=now, facts=facts)
            close_stop(stop.pk, "refused", by=by, now=now)
