"""The hand-over manifest 交接单: what the carrier took, when, and who signed for it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from shundan.core.errors import Refused
from shundan.ground.lib.barcodes import code128_mark
from shundan.ground.lib.pdf import render_typst
from shundan.stages.shipping.documents.words import words_for

_TEMPLATE = Path(__file__).with_name("manifest.typ")


@dataclass(frozen=True)
class ManifestParcel:
    """One parcel on the manifest. `scanned_at` (aware) is when it was scanned out; None if it was not."""

    parcel: str
    tracking: str
    order_ids: tuple[str, ...]
    weight_grams: int = 0
    scanned_at: datetime | None = None


@dataclass(frozen=True)
class ManifestFacts:
    """One hand-over. Times are aware and stand on the paper as given, with their offset from UTC.

    `handed_over_at` is None while the carrier has not come: the paper then leaves room to write it.
    """

    number: str
    carrier: str
    warehouse: str
    market: str
    parcels: tuple[ManifestParcel, ...]
    made_at: datetime
    handed_over_at: datetime | None = None
    handed_over_by: str = ""
    vehicle: str = ""
    shops: tuple[str, ...] = ()


def render_manifest(manifest: ManifestFacts) -> bytes:
    """Draw the manifest on A4, parcels in the order given, with boxes for both signatures."""
    if not manifest.parcels:
        raise Refused(_("There is no parcel on this manifest."), code="nothing_to_print")
    bars = code128_mark(manifest.number, room_mm=80, height_mm=14)
    grams = sum(parcel.weight_grams for parcel in manifest.parcels)
    facts = {
        "number": manifest.number,
        "carrier": manifest.carrier,
        "warehouse": manifest.warehouse,
        "handed_over_at": _moment(manifest.handed_over_at),
        "made_at": _moment(manifest.made_at),
        "handed_over_by": manifest.handed_over_by,
        "vehicle": manifest.vehicle,
        "shops": manifest.shops,
        "count": len(manifest.parcels),
        "orders": len({order_id for parcel in manifest.parcels for order_id in parcel.order_ids}),
        "weight": _kilograms(grams),
        "parcels": [
            {
                "parcel": parcel.parcel,
                "tracking": parcel.tracking,
                "order_ids": parcel.order_ids,
                "weight": _kilograms(parcel.weight_grams),
                "scanned_at": f"{parcel.scanned_at:%m-%d %H:%M:%S}" if parcel.scanned_at else "",
            }
            for parcel in manifest.parcels
        ],
        "bar_mark": asdict(bars) if bars else None,
        "words": words_for(manifest.market),
    }
    return render_typst(_TEMPLATE, facts, made_at=manifest.made_at)


def _moment(at: datetime | None) -> str:
    """Write 2026-11-24 17:05:09 (UTC+08:00): evidence needs the second and the zone."""
    if at is None:
        return ""
    offset = at.strftime("%z")
    return f"{at:%Y-%m-%d %H:%M:%S} (UTC{offset[:3]}:{offset[3:5]})"


def _kilograms(grams: int) -> str:
    return f"{grams // 1000}.{grams % 1000:03d} kg" if grams else ""
