"""Packages (detail and search) and the carrier's events on the way."""

from __future__ import annotations

from datetime import UTC, datetime

from shundan.core.facts import PackageFacts, TrackingEventFacts
from shundan.core.parcel_moves import PACKAGE_STATUSES
from shundan.edges.channels.tiktok.mapping.reading import (
    Payload,
    distinct,
    first_moment,
    moment,
    named,
    rows,
    text,
    texts,
)

_SUB_STATUSES = frozenset(
    {
        "",
        "CREATED",
        "ISSUE",
        "STOCKING",
        "RTSING",
        "HBW",
        "HBWING",
        "TSP_PENDING",
        "RTS",
        "RTS_SUCCESS",
        "TTS",
        "DELIVERED",
        "DELIVERY",
        "SHIP_EXCEPTION",
        "PART_DELIVERED_AND_EXCEPTION",
        "CANCELLED",
    }
)
_BY_PLATFORM = {"TIKTOK": True, "SELLER": False}
_TROUBLES = frozenset({"ISSUE", "SHIP_EXCEPTION", "PART_DELIVERED_AND_EXCEPTION"})
# The platform gives no closed list of event codes, so its English sentence decides; the first word found wins.
_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "RETURN",
        ("return to sender", "returned to sender", "returning to seller", "return to seller", "returned to seller"),
    ),
    ("LOSE", ("lost", "could not be found", "missing", "damaged beyond")),
    (
        "FAIL",
        (
            "delivery attempt failed",
            "delivery failed",
            "failed delivery",
            "failed to deliver",
            "unsuccessful",
            "undeliverable",
            "not home",
            "nobody home",
        ),
    ),
    ("OUT", ("out for delivery", "with courier for delivery", "on its way to you")),
    (
        "LABEL",
        (
            "arranged by",
            "label created",
            "label has been",
            "preparing to ship",
            "information received",
            "order placed",
            "ready to ship",
            "awaiting collection",
            "waiting for pickup",
        ),
    ),
    ("DELIVER", ("delivered", "handed to recipient", "collected by the recipient", "signed for")),
    (
        "SCAN",
        (
            "picked up",
            "collected by",
            "accepted by carrier",
            "accepted at",
            "handed over to",
            "dropped off",
            "received by carrier",
        ),
    ),
)


def map_package(row: Payload) -> PackageFacts:
    """Return one package's facts, from package detail or package search."""
    status = (text(row, "package_status") or text(row, "status")).upper().replace(" ", "_")
    sub_status = text(row, "package_sub_status").upper().replace(" ", "_")
    unknown = [] if status in PACKAGE_STATUSES else [f"package_status={status}"]
    unknown += [] if sub_status in _SUB_STATUSES else [f"package_sub_status={sub_status}"]
    trouble = text(row, "ship_exception_reason") or (sub_status if sub_status in _TROUBLES else "")
    return PackageFacts(
        package_id=named(row, "package_id", "id"),
        status=status if status in PACKAGE_STATUSES else "UNKNOWN",
        sub_status=sub_status,
        order_ids=distinct(text(order, "id") for order in rows(row, "orders")),
        channel_line_ids=texts(row, "order_line_item_ids"),
        updated_at=first_moment(row, "update_time", "create_time"),
        tracking_number=text(row, "tracking_number"),
        carrier_id=text(row, "shipping_provider_id"),
        carrier_name=text(row, "shipping_provider_name"),
        trouble=trouble,
        arranged_at=moment(row, "create_time"),
        shipping_by_platform=_BY_PLATFORM.get(text(row, "shipping_type").upper()),
        handover_method=text(row, "handover_method").upper(),
        unknown=tuple(unknown),
    )


def map_tracking(row: Payload) -> list[TrackingEventFacts]:
    """Return the carrier's events of one order, oldest first, each once."""
    events = {}
    for event in rows(row, "tracking"):
        at = moment(event, "update_time_millis")
        said = text(event, "description")
        if at is not None:
            events[(at, said)] = TrackingEventFacts(at, event_word(said), said)
    return sorted(events.values(), key=lambda event: event.at)


def event_word(sentence: str) -> str:
    """Return our word for a carrier's sentence; what says nothing special is a MOVE."""
    low = sentence.lower()
    return next((word for word, signs in _WORDS if any(sign in low for sign in signs)), "MOVE")


def latest_event_at(row: Payload) -> datetime:
    """Return when the newest event happened; the epoch without events."""
    return max((event.at for event in map_tracking(row)), default=datetime.fromtimestamp(0, UTC))
