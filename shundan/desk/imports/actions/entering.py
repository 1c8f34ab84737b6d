"""An order entered by hand or by a program, for a shop that no channel tells about: stored like a file's row."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime

from shundan.core.actors import Who
from shundan.core.errors import Conflict, Refused
from shundan.core.facts import AddressFacts, LineFacts, OrderFacts, OrderType, PaymentFacts
from shundan.core.states import FulfilledBy
from shundan.edges.channels.files.mapping import payload_of
from shundan.edges.channels.files.values import read_minor
from shundan.edges.inbox.actions import SnapshotDraft, store_snapshots
from shundan.ground.lib import clock
from shundan.ground.lib.db import in_transaction
from shundan.ground.shops.queries import Shop
from shundan.stages.orders.queries import stored_ids

_ORDER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}\Z")
_MOST_LINES = 100


@dataclass(frozen=True)
class EnteredLine:
    """One line as it was typed; `price` is a unit's, in the shop's currency."""

    seller_sku: str
    quantity: int
    price: str = "0"
    title: str = ""


@dataclass(frozen=True)
class EnteredOrder:
    """An order as it was typed. Without `order_id` a number is given; unpaid orders wait."""

    lines: tuple[EnteredLine, ...]
    order_id: str = ""
    is_paid: bool = True
    shipping: str = "0"
    note: str = ""
    address: AddressFacts = field(default_factory=AddressFacts)


def enter_order(entered: EnteredOrder, shop: Shop, *, by: Who, now: datetime | None = None) -> str:
    """Store the order and return its id; its step takes it up like any other.

    Raises Refused for a shop that a channel tells about (the channel would never hear of the order), and Conflict
    when the shop has an order of this id.
    """
    moment = now or clock.now()
    if shop.channel != "files":
        raise Refused(
            "Orders of a connected shop come from its channel.",
            field="shop",
            remedy="Choose a shop known by files only.",
        )
    order_id = entered.order_id.strip() or f"M{moment:%y%m%d}-{secrets.token_hex(3).upper()}"
    if not _ORDER_ID.match(order_id):
        raise Refused(
            "An order id has 1 to 32 letters, digits, dots, dashes.", field="order_id", remedy="Choose another."
        )
    facts = _facts(entered, order_id, shop, moment)
    if stored_ids(shop.pk, [order_id]):
        raise Conflict(
            f"The shop has an order {order_id} already.", field="order_id", remedy="Choose another order id."
        )
    draft = SnapshotDraft(
        shop_key=shop.pk, kind="order", outside_id=order_id, updated_at=moment, asked_at=moment,
        payload=payload_of(facts), source="manual", file_name=by.named,
    )  # fmt: skip
    in_transaction(lambda: store_snapshots([draft]))
    return order_id


def _facts(entered: EnteredOrder, order_id: str, shop: Shop, now: datetime) -> OrderFacts:
    lines = tuple(_line(one, shop.currency) for one in entered.lines)
    if not 0 < len(lines) <= _MOST_LINES:
        raise Refused("An order has 1 to 100 lines.", field="lines", remedy="Enter at least one SKU and its quantity.")
    subtotal = sum(line.unit_price_minor * line.quantity for line in lines)
    shipping = _minor(entered.shipping, shop.currency, "shipping")
    return OrderFacts(
        order_id=order_id, platform_status="AWAITING_SHIPMENT" if entered.is_paid else "UNPAID",
        order_type=OrderType.NORMAL, fulfilled_by=FulfilledBy.US, placed_at=now, updated_at=now,
        payment=PaymentFacts(
            shop.currency, total_minor=subtotal + shipping, subtotal_minor=subtotal, shipping_minor=shipping
        ),
        lines=lines, address=entered.address, shipping_by_platform=False, paid_at=now if entered.is_paid else None,
        seller_note=entered.note.strip(),
    )  # fmt: skip


def _line(one: EnteredLine, currency: str) -> LineFacts:
    sku = one.seller_sku.strip()
    if not sku or len(sku) > 32:
        raise Refused("A SKU has 1 to 32 characters.", field="seller_sku", remedy="Enter the seller SKU.")
    if not 0 < one.quantity <= 100_000:
        raise Refused("A quantity is a whole number above 0.", field="quantity", remedy="Correct the quantity.")
    price = _minor(one.price, currency, "price")
    return LineFacts(
        channel_line_ids=(), sku_id=sku, seller_sku=sku, title=one.title.strip()[:300] or sku, quantity=one.quantity,
        unit_price_minor=price, list_price_minor=price,
    )  # fmt: skip


def _minor(text: str, currency: str, name: str) -> int:
    try:
        minor = read_minor(text, currency)
    except ValueError as why:
        raise Refused(str(why) % {"value": text[:60]}, field=name, remedy="Write 12.34") from None
    if minor < 0:
        raise Refused("An amount is 0 or more.", field=name, remedy="Write 12.34")
    return minor
