"""Read settlement and income exports: what was paid for each order, gathered into statements.

The American file names its statements and has a row per SKU; the Asian one has a row per order and no statement, so
that there a day's settlement counts as one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from shundan.core.facts import StatementFacts, TransactionFacts
from shundan.edges.channels.files.building import Frame, Source
from shundan.edges.channels.files.columns import fold
from shundan.edges.channels.files.tables import (
    AGAIN,
    OTHER_CURRENCY,
    ROUNDED,
    Cells,
    RefusedRow,
    Row,
    Unreadable,
    told_rows,
)
from shundan.edges.channels.files.values import is_damaged_id, is_id, read_minor

_NAMES: dict[str, tuple[str, ...]] = {
    "statement_id": ("Statement ID",),
    "payment_id": ("Payment ID",),
    "status": ("Status",),
    "at": ("Statement date (UTC)", "Statement date", "Order settled time", "Waktu pembayaran pesanan"),
    "currency": ("Currency", "Mata uang"),
    "kind": ("Type", "Transaction type", "Jenis transaksi"),
    "order_id": ("Order/adjustment ID", "ID Pesanan/Penyesuaian"),
    "related": ("Related order ID", "ID pesanan terkait"),
    "settled": ("Total settlement amount", "Jumlah penyelesaian pembayaran"),
    "revenue": ("Net sales", "Total Revenue", "Total Pendapatan"),
    "fee": ("Fees", "Total Fees", "Total Biaya"),
    "shipping": ("Shipping", "Shipping cost", "Ongkir"),
    "adjustment": ("Adjustment amount", "Ajustment amount", "Jumlah penyesuaian"),
}
_MEANINGS = {fold(name): own for own, names in _NAMES.items() for name in names}
# Part of a column's name -> its amount is a fee worth keeping by that name, whatever the layout of the year.
_FEE_WORDS = ("fee", "commission", "tax", "biaya", "komisi", "pajak", "pph", "ongkir", "incentive", "subsid", "gmv")
_NO_FEES = (
    "type",
    "weight",
    "customer",
    "sales tax payment",
    "sales tax refund",
    "delivery fee payment",
    "delivery fee refund",
)
_ORDER_KINDS = frozenset({"order", "pesanan"})


@dataclass(frozen=True)
class TakenStatement:
    """One statement a file tells, with its transactions, and the row it begins on."""

    statement: StatementFacts
    transactions: tuple[TransactionFacts, ...]
    row: int


@dataclass
class _Open:
    """A statement while its rows are read."""

    row: int
    at: datetime
    status: str
    payment_id: str
    parts: dict[str, TransactionFacts] = field(default_factory=dict)


def parse_settlement(source: Source) -> tuple[list[TakenStatement], list[RefusedRow]]:
    """Return the statements of a settlement or income export, and the rows that cannot be taken.

    A row that stands in the file twice counts once; the same order settled twice keeps both amounts.
    """
    found = source.places(_MEANINGS)
    fees = _fee_columns(source.header, taken=set(found.values()))
    in_utc = "at" in found and "(utc)" in fold(source.header[found["at"]])
    frame = source.frame(date_order=source.dates, in_utc=in_utc)
    statements: dict[str, _Open] = {}
    refused: list[RefusedRow] = []
    seen: set[tuple[str, ...]] = set()
    for number, row in told_rows(source.rows, header_at=source.header_at):
        cells = Cells(row, number=number, places=found)
        if cells.plain in seen or not cells["order_id"] or cells["order_id"] == "/":
            continue
        seen.add(cells.plain)
        try:
            _take(statements, cells, row, fees, frame)
        except Unreadable as why:
            refused.append(why.refused(cells["order_id"]))
    return [_closed(key, one, source.currency) for key, one in statements.items()], refused


def _fee_columns(header: Row, *, taken: set[int]) -> dict[int, str]:
    """Return the place and name of each column that holds one kind of fee; a name that stands twice is numbered."""
    found: dict[int, str] = {}
    for place, name in enumerate(header):
        words = fold(name)
        if place in taken or not any(word in words for word in _FEE_WORDS) or any(word in words for word in _NO_FEES):
            continue
        bare = " ".join(name.split())
        count = sum(1 for known in found.values() if known.split(" #")[0] == bare)
        found[place] = f"{bare} #{count + 1}" if count else bare
    return found


def _take(statements: dict[str, _Open], cells: Cells, row: Row, fees: dict[int, str], frame: Frame) -> None:
    own_id = cells["order_id"]
    if is_damaged_id(own_id) or is_damaged_id(cells["statement_id"]):
        raise frame.unreadable(cells, "order_id", ROUNDED, AGAIN)
    if cells["currency"] and cells["currency"].upper() != frame.currency:
        raise frame.unreadable(cells, "currency", OTHER_CURRENCY, value=cells["currency"][:60])
    at = frame.moment(cells, "at")
    if at is None:
        raise frame.unreadable(cells, "at", "The row has no day of settlement.")
    key = cells["statement_id"] or f"income-{at.astimezone(frame.zone):%Y-%m-%d}"
    part = _part(cells, row, key, at, fees, frame)
    statement = statements.setdefault(key, _Open(cells.number, at, cells["status"].upper(), cells["payment_id"]))
    _add(statement, part, by_line=bool(cells["statement_id"]))


def _part(cells: Cells, row: Row, key: str, at: datetime, fees: dict[int, str], frame: Frame) -> TransactionFacts:
    kind = cells["kind"] or "Order"
    is_order = kind.casefold() in _ORDER_KINDS
    order_id = cells["order_id"] if is_order else cells["related"]
    amounts: dict[str, int] = {}
    for place, name in fees.items():
        try:
            amounts[name] = read_minor(row[place], frame.currency) if place < len(row) else 0
        except ValueError:
            continue  # a text among the amounts is no fee
    return TransactionFacts(
        transaction_id=f"{cells['order_id']}:{'ORDER' if is_order else kind}"[:56], statement_id=key,
        order_id=order_id if is_id(order_id) else "", kind="ORDER" if is_order else kind[:48],
        currency=frame.currency, settled_minor=frame.minor(cells, "settled"),
        revenue_minor=frame.minor(cells, "revenue"), fee_minor=frame.minor(cells, "fee"),
        shipping_minor=frame.minor(cells, "shipping"), adjustment_minor=frame.minor(cells, "adjustment"),
        at=at, fees={name: minor for name, minor in amounts.items() if minor},
    )  # fmt: skip


def _add(statement: _Open, part: TransactionFacts, *, by_line: bool) -> None:
    """Add a row: lines of one order make one transaction, a second settlement of an order is one of its own."""
    known = statement.parts.get(part.transaction_id)
    if known is None or not by_line:
        number, key = 1, part.transaction_id
        while key in statement.parts:
            number += 1
            key = f"{part.transaction_id}:{number}"
        statement.parts[key] = replace(part, transaction_id=key)
        return
    names = {*known.fees, *part.fees}
    statement.parts[part.transaction_id] = replace(
        known,
        settled_minor=known.settled_minor + part.settled_minor,
        revenue_minor=known.revenue_minor + part.revenue_minor,
        fee_minor=known.fee_minor + part.fee_minor,
        shipping_minor=known.shipping_minor + part.shipping_minor,
        adjustment_minor=known.adjustment_minor + part.adjustment_minor,
        fees={name: known.fees.get(name, 0) + part.fees.get(name, 0) for name in names},
    )


def _closed(key: str, one: _Open, currency: str) -> TakenStatement:
    parts = tuple(one.parts.values())
    facts = StatementFacts(
        statement_id=key, at=one.at, currency=currency, settled_minor=sum(part.settled_minor for part in parts),
        revenue_minor=sum(part.revenue_minor for part in parts),
        fee_minor=sum(part.fee_minor + part.shipping_minor for part in parts),
        adjustment_minor=sum(part.adjustment_minor for part in parts), status=one.status[:16] or "PAID",
        payment_id=one.payment_id,
    )  # fmt: skip
    return TakenStatement(facts, parts, one.row)
