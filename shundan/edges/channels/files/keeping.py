"""Read tables row by row that are kept and shown: returns, settlements, affiliate orders, tracking, products."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shundan.edges.channels.files.building import Frame, Source
from shundan.edges.channels.files.columns import fold
from shundan.edges.channels.files.kinds import Kind
from shundan.edges.channels.files.orders import order_of_dates
from shundan.edges.channels.files.shapes import DAY_FIRST_KINDS, SHAPES, UNSTEADY, is_personal
from shundan.edges.channels.files.tables import (
    AGAIN,
    NO_ORDER_ID,
    OTHER_CURRENCY,
    ROUNDED,
    Cells,
    RefusedRow,
    Row,
    Unreadable,
    composed,
)
from shundan.edges.channels.files.values import is_damaged_id, is_id, read_quantity

_IDS = ("order_id", "related", "outside_id", "sku")
_ORDER_KINDS = frozenset({"", "order", "pesanan"})  # rows of other types name their order in another column
_NOTHING = frozenset({"/", "-"})
_MONTH_FIRST = frozenset({"US", "JP"})
Told = list[tuple[int, str, str]]  # (place, column, cell) of the filled cells


@dataclass(frozen=True)
class TakenRow:
    """One row that a file tells: what it is about, and its cells as they stand."""

    row: int
    key: str
    order_id: str
    outside_id: str
    sku: str
    status: str
    at: datetime | None
    amount_minor: int | None
    currency: str
    cells: Told
    personal: Told
    content_hash: str
    statement: str = ""  # of settlements: the statement that this row is part of


def parse_kept(kind: Kind, source: Source) -> tuple[list[TakenRow], list[RefusedRow]]:
    """Return the rows of a table by their keys, and those that cannot be taken.

    A row that stands twice counts once; two different rows with one key are told apart by their order.
    """
    shape, header = SHAPES[kind], source.header
    found = source.places(shape.meanings)
    first_row = source.header_at + 2 + shape.rows_of_help
    cells = [row for row in source.cells(found) if row.number >= first_row and not _is_help(row, shape.help_begins)]
    usual = "dmy" if kind in DAY_FIRST_KINDS or source.region not in _MONTH_FIRST else "mdy"
    order = order_of_dates((row["at"] for row in cells), told=source.dates, usual=usual)
    in_utc = "at" in found and "(utc)" in fold(header[found["at"]])
    frame = source.frame(date_order=order, in_utc=in_utc)
    names = column_names(header)
    hidden = _personal_places(header, found if source.meanings else None)
    taken: dict[str, TakenRow] = {}
    refused: list[RefusedRow] = []
    for row in cells:
        try:
            one = _taken(kind, row, frame, names=names, hidden=hidden)
        except Unreadable as why:
            refused.append(why.refused(row["order_id"][:32]))
            continue
        _add(taken, one)
    return list(taken.values()), refused


def column_names(header: Row) -> list[str]:
    """Return the columns' names as the file writes them; of two with one name the second is "name #2"."""
    names: list[str] = []
    for cell in header:
        bare = composed(" ".join(cell.replace("\ufeff", "").split()))
        count = sum(1 for known in names if known.split(" #")[0] == bare)
        names.append(f"{bare} #{count + 1}" if count and bare else bare)
    return names


def _is_help(row: Cells, begins: tuple[str, ...]) -> bool:
    """Tell a description or a total from a row: it explains itself where an id should stand."""
    said = (row["order_id"] or row["outside_id"]).casefold()
    return bool(said) and not said[:1].isdigit() and said.startswith(begins)


def _personal_places(header: Row, mapped: Mapping[str, int] | None) -> frozenset[int]:
    """Return the columns that may name a person; of unknown columns everything that has no meaning may."""
    known = set(mapped.values()) if mapped is not None else set()
    return frozenset(
        place for place, name in enumerate(header) if is_personal(name) or (mapped is not None and place not in known)
    )


def _taken(kind: Kind, row: Cells, frame: Frame, *, names: list[str], hidden: frozenset[int]) -> TakenRow:
    for field in _IDS:
        if is_damaged_id(row[field]):
            raise frame.unreadable(row, field, ROUNDED, AGAIN)
    shape = SHAPES[kind]
    own = "order" if row["kind"].casefold() in _ORDER_KINDS else row["kind"].casefold()
    order_id = row["order_id"] if own == "order" else row["related"]
    if shape.names_an_order and own == "order" and not is_id(order_id):
        raise frame.unreadable(row, "order_id", NO_ORDER_ID, AGAIN, value=order_id[:60])
    if row["currency"] and row["currency"].upper() != frame.currency:
        raise frame.unreadable(row, "currency", OTHER_CURRENCY, AGAIN, value=row["currency"][:60])
    at = frame.moment(row, "at") if row["at"] else None
    paid = "amount" if row["amount"] else "estimate"
    amount = frame.minor(row, paid) if row[paid] else None
    if amount is not None and shape.amount_is_per_unit and row["quantity"]:
        amount *= _quantity(row, frame)
    cells = [
        (place, names[place], composed(cell)) for place, cell in enumerate(row.plain) if cell and place < len(names)
    ]
    plain = [one for one in cells if one[0] not in hidden]
    outside_id = row["outside_id"] or (row["order_id"] if own != "order" else "")
    sku = "" if row["sku"] in _NOTHING else row["sku"]
    day = f"{at.astimezone(frame.zone):%Y-%m-%d}" if at else ""
    parts = {
        "order_id": row["order_id"], "outside_id": row["outside_id"], "sku": sku, "kind": own, "day": day,
        "amount": str(amount), "who": row["who"], "more": row["more"],
    }  # fmt: skip
    key = ":".join(parts[one] for one in shape.key)
    if not key.strip(":"):
        key = _hash(cells)[:32]
    return TakenRow(
        row=row.number, key=key[:150] if len(key) <= 150 else _hash(key), order_id=order_id if is_id(order_id) else "",
        outside_id=outside_id[:80], sku=sku[:80], status=composed(row["status"])[:80], at=at,
        amount_minor=amount, currency=frame.currency if amount is not None else "", cells=plain,
        personal=[one for one in cells if one[0] in hidden],
        content_hash=_hash([one[1:] for one in cells if fold(one[1]) not in UNSTEADY]),
        statement=row["outside_id"] if kind == Kind.SETTLEMENT else f"income-{day}",
    )  # fmt: skip


def _quantity(row: Cells, frame: Frame) -> int:
    try:
        return read_quantity(row["quantity"])
    except ValueError as why:
        raise frame.unreadable(row, "quantity", str(why), value=row["quantity"][:60]) from None


def _add(taken: dict[str, TakenRow], one: TakenRow) -> None:
    """Keep a row once; another row with the same key is the second of its name."""
    number, key = 1, one.key
    while key in taken:
        if taken[key].content_hash == one.content_hash:
            return
        number += 1
        key = f"{one.key}#{number}"
    taken[key] = one if key == one.key else TakenRow(**{**vars(one), "key": key})


def _hash(content: object) -> str:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
