"""Manifests and their parcels."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.errors import NotFound
from shundan.ground.staff.queries import names_of
from shundan.stages.packing.queries import order_ids_of
from shundan.stages.shipping.documents import ManifestFacts
from shundan.stages.shipping.documents import ManifestParcel as PaperParcel
from shundan.stages.shipping.models import Manifest, ManifestParcel


def manifests_seen_by(who: Who | None) -> QuerySet[Manifest]:
    """Return manifests of the warehouses in somebody's scope, newest first."""
    rows = Manifest.objects.select_related("warehouse").order_by("-pk")
    return rows if who is None or who.warehouses is None else rows.filter(warehouse__code__in=who.warehouses)


def open_manifests(who: Who | None, *, limit: int = 20) -> list[Manifest]:
    """Return manifests that are not closed, newest first."""
    return list(manifests_seen_by(who).filter(closed_at=None)[:limit])


def find_manifest(manifest_id: str, *, who: Who | None = None) -> Manifest:
    """Return a manifest by its number; raise NotFound outside the scope."""
    manifest = manifests_seen_by(who).filter(manifest_id=manifest_id).first()
    if manifest is None:
        raise NotFound(_("There is no manifest %(manifest)s.") % {"manifest": manifest_id}, field="manifest")
    return manifest


def scans_of(manifest: Manifest, *, limit: int | None = None) -> list[ManifestParcel]:
    """Return the parcels on a manifest, the latest scan first."""
    rows = (
        ManifestParcel.objects.filter(manifest=manifest, taken_out_at=None)
        .select_related("parcel__shop")
        .order_by("-pk")
    )
    return list(rows if limit is None else rows[:limit])


def left_out_of(manifest: Manifest) -> list[str]:
    """Return the numbers of parcels that could not be handed over when the manifest was closed."""
    rows = ManifestParcel.objects.filter(manifest=manifest, taken_out_at=manifest.closed_at, taken_out_at__isnull=False)
    return list(rows.order_by("pk").values_list("parcel__parcel_id", flat=True))


def manifest_facts(manifest: Manifest, *, made_at: datetime) -> ManifestFacts:
    """Return what the manifest's paper says, in the warehouse's own zone."""
    zone = ZoneInfo(manifest.warehouse.zone)
    scans = list(reversed(scans_of(manifest)))
    orders = order_ids_of([scan.parcel_id for scan in scans])
    shops = sorted({scan.parcel.shop.name for scan in scans})
    markets = {scan.parcel.shop.region for scan in scans}
    kind, _colon, key = manifest.closed_by.partition(":")
    closed = (kind, key)
    return ManifestFacts(
        number=manifest.manifest_id,
        carrier=manifest.carrier_name or _("Any carrier"),
        warehouse=manifest.warehouse.name,
        market=markets.pop() if len(markets) == 1 else "",
        made_at=made_at.astimezone(zone),
        handed_over_at=manifest.closed_at.astimezone(zone) if manifest.closed_at else None,
        vehicle=manifest.vehicle,
        handed_over_by=names_of([closed])[closed] if manifest.closed_at else "",
        shops=tuple(shops),
        parcels=tuple(
            PaperParcel(
                parcel=scan.parcel.parcel_id,
                tracking=scan.parcel.tracking_number,
                order_ids=tuple(orders.get(scan.parcel_id, ())),
                weight_grams=scan.parcel.weight_g or 0,
                scanned_at=scan.scanned_at.astimezone(zone),
            )
            for scan in scans
        ),
    )
