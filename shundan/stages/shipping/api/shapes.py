"""What shipping tells programs and takes from them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from ninja import Schema
from pydantic import Field


class LabelOut(Schema):
    """`label`: waiting (to be asked or made), own (needs a carrier), failed (see trouble), ready or printed."""

    parcel_id: str
    shop: str
    state: str
    orders: list[str]
    label: str
    trouble: str
    tracking_number: str
    carrier: str
    printed: int
    fetched_at: datetime | None


class LabelsOut(Schema):
    items: list[LabelOut]
    next: str | None


class LabelsIn(Schema):
    """`after` is `next` of the page before."""

    shop: str = ""
    label: Literal["", "waiting", "own", "failed", "ready", "printed"] = ""
    limit: int = Field(50, ge=1, le=200)
    after: str = Field("", pattern=r"^\d*$")


class ParcelKey(Schema):
    shop: str
    parcel_id: str


class PrintIn(Schema):
    """`reason` is needed as soon as one of the labels was printed before."""

    parcels: list[ParcelKey]
    reason: str = ""


class ChosenIn(Schema):
    parcels: list[ParcelKey]


class CountOut(Schema):
    count: int


class SellerIn(Schema):
    carrier: str
    number: str
    service: str = ""


class WhyIn(Schema):
    why: str


class ManifestIn(Schema):
    """`warehouse` is its code, "" the first one; an empty `carrier` takes any carrier's parcels."""

    warehouse: str = ""
    carrier: str = ""


class CodeIn(Schema):
    code: str


class CloseIn(Schema):
    vehicle: str = ""
    driver: str = ""
    counted: int | None = None


class ManifestOut(Schema):
    manifest_id: str
    warehouse: str
    carrier: str
    parcels: int
    opened_at: datetime
    closed_at: datetime | None
    counted: int | None


class ManifestDetailOut(ManifestOut):
    parcel_ids: list[str]


class CarrierIn(Schema):
    key: str
    name: str
    provider_ids: dict[str, str] = {}
    tracking_url: str = ""


class CarrierOut(CarrierIn):
    way: str
