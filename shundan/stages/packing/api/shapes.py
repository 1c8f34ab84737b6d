"""What packing tells programs and takes from them."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema
from pydantic import Field

from shundan.core.states import ParcelState


class LineOut(Schema):
    """Units of one item in a parcel; `codes` are what a scanner may read for it."""

    sku: str
    codes: list[str]
    title: str
    variant: str
    bin: str
    quantity: int
    checked: int


class ParcelOut(Schema):
    parcel_id: str
    shop: str
    state: str
    state_since: datetime
    orders: list[str]
    package_id: str
    tracking_number: str
    carrier: str
    warehouse: str
    units: int
    weight_g: int | None
    expected_weight_g: int | None
    due_at: datetime | None
    trouble: str
    lines: list[LineOut]


class ParcelsOut(Schema):
    items: list[ParcelOut]
    next: str | None


class ParcelsIn(Schema):
    """`q` is our parcel number, a tracking number or an order id. `after` is `next` of the page before."""

    shop: str = ""
    state: ParcelState | None = None
    q: str = ""
    limit: int = Field(50, ge=1, le=200)
    after: str = Field("", pattern=r"^\d*$")


class ScanIn(Schema):
    code: str


class ScannedOut(Schema):
    checked: int
    quantity: int
    left: int


class PackIn(Schema):
    """`codes` are scanned first, one unit each; `accept_weight` says why an odd weight is right."""

    codes: list[str] = []
    weight_g: int | None = None
    accept_weight: str = ""


class WhyIn(Schema):
    why: str


class ShelfIn(Schema):
    shelf: str


class PickOut(Schema):
    key: int
    bin: str
    sku: str
    codes: list[str]
    quantity: int
    picked: int


class WaveOut(Schema):
    wave_id: str
    kind: str
    warehouse: str
    parcels: int
    units: int
    made_at: datetime
    due_at: datetime | None
    closed_at: datetime | None


class WaveDetailOut(WaveOut):
    picks: list[PickOut]
    parcel_ids: list[str]


class WaveIn(Schema):
    kind: str = "mixed"
    limit: int = 30


class PickIn(Schema):
    code: str
    quantity: int = 1
