"""The states of an order, a parcel and a case, with who reads each."""

from __future__ import annotations

from enum import StrEnum


class OrderState(StrEnum):
    WAITING = "WAITING"  # not ours to ship yet; read by orders
    RECEIVED = "RECEIVED"  # paid and ours, not checked; read by review
    HELD = "HELD"  # at least one open hold; read by people, and by stock for stock holds
    APPROVED = "APPROVED"  # checks passed; read by stock
    RESERVED = "RESERVED"  # every live line has its units; read by packing
    FULFILLING = "FULFILLING"  # parcels exist; read by packing and shipping
    SHIPPED = "SHIPPED"  # every live parcel left us; read by tracking
    DELIVERED = "DELIVERED"  # every live parcel arrived; read by aftersales and feedback
    COMPLETED = "COMPLETED"  # the platform closed it; read by money
    CANCELLED = "CANCELLED"  # no live line left; the end
    WATCHED = "WATCHED"  # not ours to ship; read by tracking and insight


BEFORE_PARCELS = frozenset(
    {OrderState.WAITING, OrderState.RECEIVED, OrderState.HELD, OrderState.APPROVED, OrderState.RESERVED}
)
OPEN_STATES = BEFORE_PARCELS | {OrderState.FULFILLING}


class ParcelState(StrEnum):
    PLANNED = "PLANNED"  # read by shipping, which asks for the label
    REQUESTED = "REQUESTED"  # label asked for; read by shipping, which fetches it
    LABELLED = "LABELLED"  # label at hand; read by packing
    PACKED = "PACKED"  # checked item by item; read by shipping
    HANDED_OVER = "HANDED_OVER"  # scanned out on a manifest; read by tracking
    IN_TRANSIT = "IN_TRANSIT"  # the carrier scanned it; read by tracking
    DELIVERED = "DELIVERED"  # arrived; the end of the ordinary way
    FAILED = "FAILED"  # delivery failed; read by tracking
    RETURNED = "RETURNED"  # came back; read by aftersales
    LOST = "LOST"  # nobody knows; read by aftersales
    VOIDED = "VOIDED"  # never left, or its package vanished; the end


class CaseState(StrEnum):
    OPENED = "OPENED"  # waits for our answer; read by people
    OFFERED = "OFFERED"  # we proposed something else; waits for the buyer
    AGREED = "AGREED"  # accepted; goods and money follow
    REFUSED = "REFUSED"  # we said no; the buyer may escalate
    ESCALATED = "ESCALATED"  # the platform decides
    WITHDRAWN = "WITHDRAWN"  # the buyer or the platform took it back
    CLOSED = "CLOSED"  # decision, goods and money are settled


class GoodsState(StrEnum):
    NONE = "NONE"
    EXPECTED = "EXPECTED"
    RECEIVED = "RECEIVED"
    INSPECTED = "INSPECTED"
    TO_SEND_BACK = "TO_SEND_BACK"
    SENT_BACK = "SENT_BACK"


class CaseKind(StrEnum):
    CANCELLATION = "CANCELLATION"
    REFUND = "REFUND"
    RETURN = "RETURN"
    EXCHANGE = "EXCHANGE"
    REPAIR = "REPAIR"
    CLAIM = "CLAIM"


class FulfilledBy(StrEnum):
    US = "US"
    PLATFORM = "PLATFORM"
    ELSEWHERE = "ELSEWHERE"
