"""What the API of imports takes and answers."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema


class EnteredLineIn(Schema, extra="forbid"):
    seller_sku: str
    quantity: int
    price: str = "0"
    title: str = ""


class AddressIn(Schema, extra="forbid"):
    name: str
    phone: str = ""
    region: str = ""
    postal_code: str = ""
    state: str = ""
    city: str = ""
    district: str = ""
    lines: list[str] = []


class EnteredOrderIn(Schema, extra="forbid"):
    """An order for a shop known by files only; amounts are decimal texts in the shop's currency."""

    shop: str
    order_id: str = ""
    is_paid: bool = True
    shipping: str = "0"
    note: str = ""
    address: AddressIn
    lines: list[EnteredLineIn]


class EnteredOut(Schema):
    shop: str
    order_id: str


class CountsOut(Schema):
    new: int
    changed: int
    fills: int
    same: int
    refused: int


class UndoOut(Schema):
    is_ended: bool
    withdrawn: int
    reset: int
    rows_gone: int
    rows_back: int
    refused: int


class ImportOut(Schema):
    id: int
    name: str
    phase: str
    kind: str
    shop: str
    counts: CountsOut
    stored: int
    created_at: datetime
    ended_at: datetime | None
    error: str
    remedy: str
    undo: UndoOut | None


class ColumnOut(Schema):
    name: str
    samples: list[str]
    guesses: dict[str, str]


class KindOut(Schema):
    fields: list[str]
    needed: list[str]


class ColumnsOut(Schema):
    kind: str
    rows: int
    columns: list[ColumnOut]
    kinds: dict[str, KindOut]


class ColumnsIn(Schema, extra="forbid"):
    kind: str
    columns: dict[str, str]


class MappingOut(Schema):
    id: int
    kind: str
    header: list[str]
    columns: dict[str, str]
    made_at: datetime


class MappingsOut(Schema):
    items: list[MappingOut]


class LeftOut(Schema):
    row: int
    name: str
    why: str


class LeftRowsOut(Schema):
    items: list[LeftOut]


class ImportsOut(Schema):
    items: list[ImportOut]
    next: str | None


class RefusedOut(Schema):
    row: int
    column: str
    order_id: str
    message: str
    remedy: str


class RefusedRowsOut(Schema):
    items: list[RefusedOut]
