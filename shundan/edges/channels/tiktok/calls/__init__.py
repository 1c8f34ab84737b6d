"""Every changing call, by kind: SEND makes it, ASK finds out whether it happened.

`SEND[kind](access, request, key) -> answer` raises what `client` raises; `key` is the row's idempotency key.
`ASK[kind](access, request, asked_for) -> answer` returns the answer that the call would have had when it did happen,
and None when it did not. A kind without ASK is repeated, or decided by a person: `core.calls` says which.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from shundan.core.calls import CallKind as K
from shundan.edges.channels.queries import Access
from shundan.edges.channels.tiktok.calls import cases, parcels, talking

Send = Callable[[Access, Mapping[str, Any], str], dict[str, Any]]
Ask = Callable[[Access, Mapping[str, Any], datetime], dict[str, Any] | None]

SEND: Mapping[str, Send] = {
    K.REQUEST_LABEL: parcels.request_label,
    K.SHIP_BY_SELLER: parcels.ship_by_seller,
    K.UPDATE_TRACKING: parcels.update_tracking,
    K.CANCEL_ORDER: cases.cancel_order,
    K.APPROVE_CANCELLATION: cases.approve_cancellation,
    K.REJECT_CANCELLATION: cases.reject_cancellation,
    K.APPROVE_RETURN: cases.approve_return,
    K.REJECT_RETURN: cases.reject_return,
    K.SEND_MESSAGE: talking.send_message,
    K.PUSH_STOCK: talking.push_stock,
    K.SUBSCRIBE_WEBHOOK: talking.subscribe_webhooks,
}
ASK: Mapping[str, Ask] = {
    K.REQUEST_LABEL: parcels.find_label,
    K.SHIP_BY_SELLER: parcels.find_shipment,
    K.UPDATE_TRACKING: parcels.find_new_number,
    K.CANCEL_ORDER: cases.find_cancelled_order,
    K.APPROVE_CANCELLATION: cases.find_answered_cancellation,
    K.REJECT_CANCELLATION: cases.find_answered_cancellation,
    K.APPROVE_RETURN: cases.find_answered_return,
    K.REJECT_RETURN: cases.find_answered_return,
    K.SEND_MESSAGE: talking.find_message,
}
