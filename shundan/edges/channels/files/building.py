"""Build one order's facts from the rows of an export that name it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import TypeVar
from zoneinfo import ZoneInfo

from shundan.core.facts import AddressFacts, LineFacts, OrderFacts, OrderType, PaymentFacts
from shundan.core.privacy import is_masked
from shundan.core.states import FulfilledBy
from shundan.edges.channels.files import words
from shundan.edges.channels.files.columns import places
from shundan.edges.channels.files.tables import Cells, Row, Unreadable, composed, told_rows
from shundan.edges.channels.files.values import read_minor, read_moment, read_quantity

T = TypeVar("T")
_ENGLISH = "Set the language of Seller Center to English, export the orders again and import that file."
CORRECT = "Correct the cell, or export the orders again."
_CONTRADICTS = "This cell contradicts row %(other)s of the same order."
_TWICE = "The SKU %(value)s stands in this order twice, with different cells."
_ONCE = "Delete the older of the two rows, or export the orders again."


@dataclass(frozen=True)
class Frame:
    """What holds for all rows of a file."""

    region: str
    zone: tzinfo
    currency: str
    date_order: str
    header: Sequence[str]

    def column(self, row: Cells, field: str) -> str:
        """Return the column's name as the file writes it."""
        place = row.places.get(field, -1)
        return self.header[place].strip() if 0 <= place < len(self.header) else field

    def minor(self, row: Cells, field: str) -> int:
        """Return an amount of a row in minor units."""
        return self._read(row, field, lambda text: read_minor(text, self.currency))

    def moment(self, row: Cells, field: str) -> datetime | None:
        """Return a moment of a row."""
        return self._read(row, field, lambda text: read_moment(text, order=self.date_order, zone=self.zone))

    def quantity(self, row: Cells) -> int:
        """Return the units of a row."""
        return self._read(row, "quantity", lambda text: read_quantity(text, least=1))

    def _read(self, row: Cells, field: str, read: Callable[[str], T]) -> T:
        try:
            return read(row[field])
        except ValueError as why:
            raise self.unreadable(row, field, str(why), value=row[field][:60]) from None

    def unreadable(self, row: Cells, field: str, message: str, remedy: str = CORRECT, **said: str) -> Unreadable:
        """Return the error that names this cell."""
        return Unreadable(row.number, self.column(row, field), message, remedy, **said)


@dataclass(frozen=True)
class Source:
    """A table, and what must be known to read it.

    `dates` is "mdy" or "dmy" when a person said so; `meanings` (folded column name -> field) is what a person said
    about columns nobody knows.
    """

    rows: Sequence[Row]
    region: str
    zone: str
    currency: str = ""
    header_at: int = 0
    dates: str = ""
    meanings: Mapping[str, str] | None = None

    @property
    def header(self) -> Row:
        return self.rows[self.header_at] if self.rows else []

    def places(self, usual: dict[str, str]) -> dict[str, int]:
        """Return field -> the place of its column: by what a person said, else by what is usual."""
        return places(self.header, dict(self.meanings) if self.meanings else usual)

    def cells(self, found: dict[str, int]) -> list[Cells]:
        """Return every filled row below the header."""
        told = told_rows(self.rows, header_at=self.header_at)
        return [Cells(row, number=number, places=found) for number, row in told]

    def frame(self, *, date_order: str, in_utc: bool = False) -> Frame:
        """Return what holds for all rows; `in_utc`: its moments are told in UTC, not in the shop's zone."""
        return Frame(self.region, UTC if in_utc else ZoneInfo(self.zone), self.currency, date_order, self.header)


def build_order(order_id: str, rows: Sequence[Cells], frame: Frame) -> OrderFacts:
    """Return the order that these rows tell. Raises Unreadable with the row and column that spoil it."""
    first = rows[0]
    status = words.status_of(first["status"], first["substatus"])
    if not status:
        said = " / ".join(filter(None, (first["status"], first["substatus"])))
        raise frame.unreadable(first, "status", "The status “%(value)s” is not known.", _ENGLISH, value=said)
    rows = _distinct(rows, frame)
    moments = {
        field: frame.moment(first, field) for field in ("created", "paid", "rts", "shipped", "delivered", "cancelled")
    }
    placed = moments["created"]
    if placed is None:
        raise frame.unreadable(first, "created", "The order has no time of creation.")
    lines = tuple(_line(row, frame, is_cancelled=status == "CANCELLED") for row in rows)
    fulfilled_by = FulfilledBy.PLATFORM if words.is_by_platform(first["fulfilment"]) else FulfilledBy.US
    packages = tuple(dict.fromkeys(row["package_id"] for row in rows if row["package_id"]))
    return OrderFacts(
        order_id=order_id,
        platform_status=status,
        order_type=_order_type(rows, frame, fulfilled_by),
        fulfilled_by=fulfilled_by,
        placed_at=placed,
        updated_at=max(at for at in moments.values() if at is not None),
        payment=_payment(rows, frame),
        lines=lines,
        address=build_address(first, region=frame.region),
        shipping_by_platform="seller" not in first["delivery_type"].casefold(),
        paid_at=moments["paid"],
        buyer_id="" if is_masked(first["username"]) else first["username"],
        buyer_nickname=composed(_first(rows, "nickname") or _first(rows, "username")),
        buyer_note=composed(_first(rows, "buyer_note")),
        seller_note=composed(_first(rows, "seller_note")),
        delivery_option=first["delivery_option"],
        package_ids=packages,
        tracking_number=_first(rows, "tracking"),
        carrier_name=_first(rows, "carrier"),
        cancel_requested=status != "CANCELLED" and words.asks_to_cancel(first["request"]),
        cancel_by=words.canceller_of(first["cancel_by"]),
        cancel_reason=composed(first["cancel_reason"]),
        shipped_at=moments["rts"],
        collected_at=moments["shipped"],
        delivered_at=moments["delivered"],
        cancelled_at=moments["cancelled"],
    )


def _distinct(rows: Sequence[Cells], frame: Frame) -> list[Cells]:
    """Take a row that stands twice once; two that contradict each other spoil the order."""
    if len(rows) == 1:
        return list(rows)
    distinct = list({row.plain: row for row in reversed(rows)}.values())[::-1]
    first, lines = distinct[0], {(distinct[0]["sku_id"], distinct[0]["unit_price"])}
    for row in distinct[1:]:
        for field in ("status", "substatus", "total", "created"):
            if row[field] != first[field] and row[field]:
                raise frame.unreadable(row, field, _CONTRADICTS, _ONCE, other=str(first.number))
        line = (row["sku_id"], row["unit_price"])
        if line in lines and row["sku_id"]:
            raise frame.unreadable(row, "sku_id", _TWICE, _ONCE, value=row["sku_id"])
        lines.add(line)
    return distinct


def _line(row: Cells, frame: Frame, *, is_cancelled: bool) -> LineFacts:
    quantity = frame.quantity(row)
    sku_id = row["sku_id"] or row["bundle_sku"] or row["seller_sku"]
    if not sku_id:
        raise frame.unreadable(row, "sku_id", "The line names no SKU.")
    list_price = frame.minor(row, "unit_price")
    before = frame.minor(row, "line_before") or list_price * quantity
    by_seller = frame.minor(row, "line_seller_discount")
    return LineFacts(
        channel_line_ids=(),
        sku_id=sku_id,
        product_id=row["product_id"],
        seller_sku=composed(row["seller_sku"] or row["bundle_sku"]),
        title=composed(row["title"]),
        variant=composed(row["variant"]),
        quantity=quantity,
        cancelled=quantity if is_cancelled else 0,
        unit_price_minor=round((before - by_seller) / quantity),
        list_price_minor=list_price or round(before / quantity),
        platform_discount_minor=frame.minor(row, "line_platform_discount"),
        seller_discount_minor=by_seller,
        package_ids=(row["package_id"],) * quantity if row["package_id"] else (),
        cancel_by=words.canceller_of(row["cancel_by"]) if is_cancelled else "",
        cancel_reason=composed(row["cancel_reason"]) if is_cancelled else "",
    )


def _payment(rows: Sequence[Cells], frame: Frame) -> PaymentFacts:
    """Sum what belongs to the lines; take what belongs to the order once: it stands on each of its rows."""
    first = rows[0]
    by_seller = sum(frame.minor(row, "line_seller_discount") for row in rows)
    by_platform = sum(frame.minor(row, "line_platform_discount") for row in rows)
    if "line_after" in first.places:
        subtotal = sum(frame.minor(row, "line_after") for row in rows)
    else:
        before = sum(
            frame.minor(row, "line_before") or frame.minor(row, "unit_price") * frame.quantity(row) for row in rows
        )
        subtotal = before - by_seller - by_platform
    return PaymentFacts(
        currency=frame.currency,
        total_minor=frame.minor(first, "total"),
        subtotal_minor=subtotal,
        shipping_minor=frame.minor(first, "shipping"),
        tax_minor=frame.minor(first, "taxes"),
        seller_discount_minor=by_seller,
        platform_discount_minor=by_platform,
        method=composed(first["method"]),
    )


def _order_type(rows: Sequence[Cells], frame: Frame, fulfilled_by: FulfilledBy) -> OrderType:
    """Decide the type; no column marks samples, but their goods cost nothing before any discount."""
    if "line_before" in rows[0].places and not any(frame.minor(row, "line_before") for row in rows):
        return OrderType.SAMPLE
    if fulfilled_by == FulfilledBy.PLATFORM:
        return OrderType.FBT
    if "pre" in rows[0]["normal_or_preorder"].casefold():
        return OrderType.PRE_ORDER
    return OrderType.COD if words.is_cash_on_delivery(rows[0]["method"]) else OrderType.NORMAL


def build_address(row: Cells, *, region: str) -> AddressFacts:
    """Return where the goods go; masked when any part carries the platform's asterisks."""
    lines = tuple(composed(row[field]) for field in ("line_1", "line_2", "village") if row[field])
    postal_code = row["postal_code"].lstrip("'")
    parts = {
        "name": composed(row["recipient"]),
        "phone": row["phone"].lstrip("'"),
        "postal_code": postal_code,
        "state": composed(row["state"] or row["area"]),
        "city": composed(row["city"]),
        "district": composed(row["district"]),
        "full": composed(", ".join(row["full"].splitlines())),
    }
    if not any(parts.values()) and not lines:
        return AddressFacts()
    return AddressFacts(
        **parts,
        region=words.region_of(row["country"]) or region,
        lines=lines,
        masked=any(map(is_masked, (*parts.values(), *lines))),
    )


def _first(rows: Sequence[Cells], field: str) -> str:
    return next((row[field] for row in rows if row[field]), "")
