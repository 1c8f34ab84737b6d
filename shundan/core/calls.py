"""Every kind of call that changes something outside, declared once.

`ask`: how a lost answer is resolved ("": nobody can know, a person decides).
`waits_for`: kinds that must have ended for the same subject before this one starts.
`replaces`: an older QUEUED row of the same kind and subject is dropped when a newer one is queued.
`safe_to_repeat`: doing it twice equals doing it once.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CallKind(StrEnum):
    REQUEST_LABEL = "request_label"
    SHIP_BY_SELLER = "ship_by_seller"
    UPDATE_TRACKING = "update_tracking"
    CANCEL_ORDER = "cancel_order"
    APPROVE_CANCELLATION = "approve_cancellation"
    REJECT_CANCELLATION = "reject_cancellation"
    APPROVE_RETURN = "approve_return"
    REJECT_RETURN = "reject_return"
    SEND_MESSAGE = "send_message"
    PUSH_STOCK = "push_stock"
    SUBSCRIBE_WEBHOOK = "subscribe_webhook"


class CallState(StrEnum):
    QUEUED = "QUEUED"
    SENDING = "SENDING"
    ANSWERED = "ANSWERED"
    UNSURE = "UNSURE"
    FAILED = "FAILED"
    APPLIED = "APPLIED"
    DROPPED = "DROPPED"  # replaced by a newer one before it was sent


@dataclass(frozen=True)
class CallRule:
    ask: str = ""
    waits_for: tuple[CallKind, ...] = ()
    replaces: bool = False
    safe_to_repeat: bool = False


K = CallKind
CALL_RULES: dict[CallKind, CallRule] = {
    K.REQUEST_LABEL: CallRule(ask="package_detail", waits_for=(K.CANCEL_ORDER,)),
    K.SHIP_BY_SELLER: CallRule(ask="order_detail", waits_for=(K.CANCEL_ORDER,)),
    K.UPDATE_TRACKING: CallRule(ask="order_detail", waits_for=(K.SHIP_BY_SELLER,)),
    K.CANCEL_ORDER: CallRule(ask="order_detail", waits_for=(K.REQUEST_LABEL, K.SHIP_BY_SELLER)),
    K.APPROVE_CANCELLATION: CallRule(ask="cancellation_search"),
    K.REJECT_CANCELLATION: CallRule(ask="cancellation_search"),
    K.APPROVE_RETURN: CallRule(ask="return_search"),
    K.REJECT_RETURN: CallRule(ask="return_search"),
    K.SEND_MESSAGE: CallRule(ask="messages"),
    K.PUSH_STOCK: CallRule(ask="repeat", replaces=True, safe_to_repeat=True),
    K.SUBSCRIBE_WEBHOOK: CallRule(ask="repeat", replaces=True, safe_to_repeat=True),
}
