"""What an outside party told us, in our own words: the shapes every channel's pure mapping returns.

Ids are strings, money is minor units of `currency`, times are aware UTC datetimes or None.
An empty string or None means "not told": it never overwrites something better that we hold.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shundan.core.states import FulfilledBy


class OrderType(StrEnum):
    NORMAL = "NORMAL"
    SAMPLE = "SAMPLE"
    GIFT = "GIFT"
    REPLACEMENT = "REPLACEMENT"
    EXCHANGE = "EXCHANGE"
    PRE_ORDER = "PRE_ORDER"
    MADE_TO_ORDER = "MADE_TO_ORDER"
    COD = "COD"
    FBT = "FBT"
    LOCAL = "LOCAL"


@dataclass(frozen=True)
class AddressFacts:
    """Where the goods go. `masked` is True when any part carries the platform's asterisks."""

    name: str = ""
    phone: str = ""
    region: str = ""  # ISO 3166 alpha-2
    postal_code: str = ""
    state: str = ""
    city: str = ""
    district: str = ""
    lines: tuple[str, ...] = ()
    full: str = ""
    masked: bool = False


@dataclass(frozen=True)
class LineFacts:
    """One order line: the platform's one-row-per-unit items of one SKU and price, gathered."""

    channel_line_ids: tuple[str, ...]  # one per unit, in the platform's order; a part of a set: see `unit_of`
    sku_id: str
    product_id: str = ""
    seller_sku: str = ""
    title: str = ""
    variant: str = ""
    image_url: str = ""
    quantity: int = 1
    cancelled: int = 0
    unit_price_minor: int = 0  # what the buyer pays per unit, before the platform's discount
    list_price_minor: int = 0
    platform_discount_minor: int = 0  # of the whole line
    seller_discount_minor: int = 0
    tax_minor: int = 0
    is_gift: bool = False
    package_ids: tuple[str, ...] = ()  # one per unit, "" for a unit in none; empty where no package is told
    cancel_by: str = ""
    cancel_reason: str = ""


PART, PIECE = "/", "#"


def unit_of(channel_line_id: str) -> str:
    """Return the platform's own unit: sets are unfolded, and what we call U/P or U#1 there is a part of its unit U."""
    return channel_line_id.partition(PART)[0].partition(PIECE)[0]


def part_of(channel_line_id: str) -> str:
    """Return the platform's id of a part of a set, U/P -> P; "" when the part has none of its own."""
    return channel_line_id.partition(PART)[2]


@dataclass(frozen=True)
class PaymentFacts:
    currency: str
    total_minor: int = 0
    subtotal_minor: int = 0
    shipping_minor: int = 0
    tax_minor: int = 0
    seller_discount_minor: int = 0
    platform_discount_minor: int = 0
    method: str = ""


@dataclass(frozen=True)
class OrderFacts:
    """One order as its channel tells it."""

    order_id: str
    platform_status: str  # the API's spelling
    order_type: OrderType
    fulfilled_by: FulfilledBy
    placed_at: datetime
    updated_at: datetime
    payment: PaymentFacts
    lines: tuple[LineFacts, ...]
    address: AddressFacts = AddressFacts()
    shipping_by_platform: bool = True
    paid_at: datetime | None = None
    buyer_id: str = ""
    buyer_nickname: str = ""
    buyer_email: str = ""
    buyer_note: str = ""
    seller_note: str = ""
    warehouse_id: str = ""
    delivery_option_id: str = ""
    delivery_option: str = ""
    is_fast: bool = False  # instant, same day or next day: its promises are its own, not the market's
    package_ids: tuple[str, ...] = ()
    tracking_number: str = ""
    carrier_name: str = ""
    cancel_requested: bool = False
    cancel_by: str = ""
    cancel_reason: str = ""
    release_at: datetime | None = None
    deadlines: dict[str, datetime] = field(default_factory=dict)  # DeadlineKind -> moment
    shipped_at: datetime | None = None
    collected_at: datetime | None = None
    delivered_at: datetime | None = None
    cancelled_at: datetime | None = None
    origin_order_id: str = ""  # replacement or exchange of
    unknown: tuple[str, ...] = ()  # fields or enum values the mapping did not understand


@dataclass(frozen=True)
class PackageFacts:
    package_id: str
    status: str
    sub_status: str
    order_ids: tuple[str, ...]
    channel_line_ids: tuple[str, ...]
    updated_at: datetime
    tracking_number: str = ""
    carrier_id: str = ""
    carrier_name: str = ""
    trouble: str = ""
    arranged_at: datetime | None = None  # since when the platform has this package
    shipping_by_platform: bool | None = None  # None: not told
    handover_method: str = ""  # PICKUP, DROP_OFF
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class TrackingEventFacts:
    at: datetime
    code: str  # our word: LABEL, SCAN, MOVE, OUT, DELIVER, FAIL, RETURN, LOSE
    text: str
    place: str = ""


@dataclass(frozen=True)
class CaseFacts:
    """A cancellation, refund, return or replacement request."""

    case_id: str
    kind: str  # states.CaseKind
    order_id: str
    status: str
    opened_by: str  # BUYER | SELLER | SYSTEM
    updated_at: datetime
    created_at: datetime | None = None
    reason_code: str = ""
    reason_text: str = ""
    note: str = ""
    refund_minor: int = 0
    currency: str = ""
    answer_by: datetime | None = None
    actions: tuple[str, ...] = ()
    channel_line_ids: tuple[str, ...] = ()
    tracking_number: str = ""
    carrier_name: str = ""
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class ListingFacts:
    """One sellable SKU of a product in a shop."""

    product_id: str
    sku_id: str
    seller_sku: str
    title: str
    variant: str
    status: str
    price_minor: int
    currency: str
    stock: dict[str, int] = field(default_factory=dict)  # platform warehouse id -> quantity
    image_url: str = ""
    updated_at: datetime | None = None


@dataclass(frozen=True)
class MessageFacts:
    conversation_id: str
    message_id: str
    at: datetime
    sender: str  # BUYER | SHOP | SYSTEM
    kind: str
    text: str
    buyer_id: str = ""
    order_id: str = ""


@dataclass(frozen=True)
class RatingFacts:
    order_id: str
    stars: int
    at: datetime
    sku_id: str = ""
    product_id: str = ""
    text: str = ""
    buyer: str = ""


@dataclass(frozen=True)
class TransactionFacts:
    """One order's part of a statement."""

    transaction_id: str
    statement_id: str
    order_id: str
    kind: str
    currency: str
    settled_minor: int
    revenue_minor: int
    fee_minor: int
    shipping_minor: int
    adjustment_minor: int
    at: datetime
    fees: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class StatementFacts:
    statement_id: str
    at: datetime
    currency: str
    settled_minor: int
    revenue_minor: int
    fee_minor: int
    adjustment_minor: int
    status: str
    payment_id: str = ""
