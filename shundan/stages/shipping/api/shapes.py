"""What shipping tells programs and takes from them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from ninja import Schema
from pydantic import Field


class TermsOut(Schema):
    """On which terms a person wants the label; what is empty is left to the platform."""

    service_id: str = ""
    service_name: str = ""
    handover_method: str = ""
    pickup_at: datetime | None = None
    pickup_until: datetime | None = None
    weight_g: int = 0
    size_cm: list[int] = []


class LabelOut(Schema):
    """`label`: waiting (to be asked or made), own (needs a carrier), failed (see trouble), ready or printed."""

    parcel_id: str
    shop: str
    state: str
    orders: list[str]
    label: str
    trouble: str
    terms: TermsOut
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


class TermsIn(Schema):
    """Either service, weight and size, or the hand-over: the platform takes no other ones together with that.

    `pickup_at` is the beginning of one of the slots offered. Size is length, width and height, all three.
    """

    service_id: str = ""
    handover_method: Literal["", "DROP_OFF", "PICKUP"] = ""
    pickup_at: datetime | None = None
    weight_g: int = 0
    length_cm: int = 0
    width_cm: int = 0
    height_cm: int = 0


class ServiceOut(Schema):
    """`price_minor` is null for roles that see no money; days are until delivery, 0 where nobody tells."""

    service_id: str
    name: str
    carrier_name: str
    price_minor: int | None
    currency: str
    earliest_days: int
    latest_days: int
    is_default: bool


class SlotOut(Schema):
    starts_at: datetime
    ends_at: datetime


class OffersOut(Schema):
    """`silent` says why the platform's offers are not known; `help` what may end the refusal."""

    trouble: str
    help: str
    terms: TermsOut
    services: list[ServiceOut]
    handover_methods: list[str]
    pickup_slots: list[SlotOut]
    reckoned: str
    silent: str


class SellerIn(Schema):
    carrier: str
    number: str
    service: str = ""


class NumberIn(Schema):
    carrier: str
    number: str


class NumberOut(Schema):
    """`standing` of the number `told` last: "" (none), telling, asking (the answer was lost), refused or told.

    `why_not` and `remedy` say why the number cannot be changed now, or what may end the refusal before.
    """

    parcel_id: str
    shop: str
    tracking_number: str
    carrier: str
    can_change: bool
    until: datetime | None
    why_not: str
    remedy: str
    standing: str
    told: str
    error: str


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
    """`left_out`: scanned out, but opened or void when the manifest was closed. They are not handed over."""

    parcel_ids: list[str]
    left_out: list[str]


class CarrierIn(Schema):
    key: str
    name: str
    provider_ids: dict[str, str] = {}
    tracking_url: str = ""


class CarrierOut(CarrierIn):
    way: str
