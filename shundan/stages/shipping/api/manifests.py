"""Manifests for programs: opened, scanned onto, closed, drawn."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from shundan.core.rights import Right
from shundan.ground.lib import clock
from shundan.ground.staff.logins import needs
from shundan.stages.packing.queries import parcel_by_code
from shundan.stages.shipping import actions
from shundan.stages.shipping.api.shapes import CloseIn, CodeIn, ManifestDetailOut, ManifestIn, ManifestOut
from shundan.stages.shipping.documents import render_manifest
from shundan.stages.shipping.models import Manifest
from shundan.stages.shipping.queries import find_manifest, manifest_facts, scans_of
from shundan.stages.shipping.queries.manifests import left_out_of, manifests_seen_by

router = Router(tags=["shipping"])


@router.get("/manifests", response=list[ManifestOut])
@needs(Right.SEE_PARCEL)
def list_manifests(request: HttpRequest, open: bool | None = None) -> list[dict[str, Any]]:
    """List the newest hundred manifests; `open` keeps the open or the closed ones."""
    rows = manifests_seen_by(request.who)
    if open is not None:
        rows = rows.filter(closed_at__isnull=open)
    return [_manifest(row) for row in rows[:100]]


@router.post("/manifests", response=ManifestOut)
@needs(Right.SHIP)
def open_manifest(request: HttpRequest, told: ManifestIn) -> dict[str, Any]:
    """Begin a hand-over."""
    made = actions.open_manifest(warehouse=told.warehouse, carrier=told.carrier, by=request.who, now=clock.now())
    return _manifest(find_manifest(made.manifest_id))


@router.get("/manifests/{manifest_id}", response=ManifestDetailOut)
@needs(Right.SEE_PARCEL)
def get_manifest(request: HttpRequest, manifest_id: str) -> dict[str, Any]:
    """Show a manifest with its parcels, the latest scan first."""
    return _manifest_detail(find_manifest(manifest_id, who=request.who))


@router.get("/manifests/{manifest_id}/pdf")
@needs(Right.SEE_PARCEL)
def get_manifest_pdf(request: HttpRequest, manifest_id: str) -> HttpResponse:
    """Draw the manifest as PDF."""
    facts = manifest_facts(find_manifest(manifest_id, who=request.who), made_at=clock.now())
    return HttpResponse(render_manifest(facts), content_type="application/pdf")


@router.post("/manifests/{manifest_id}/scan", response=ManifestOut)
@needs(Right.SHIP)
def scan_out(request: HttpRequest, manifest_id: str, told: CodeIn) -> dict[str, Any]:
    """Put one packed parcel onto the manifest."""
    manifest = find_manifest(manifest_id, who=request.who)
    parcel = parcel_by_code(told.code, who=request.who)
    actions.scan_out(manifest.pk, parcel.pk, by=request.who, now=clock.now())
    return _manifest(find_manifest(manifest_id))


@router.post("/manifests/{manifest_id}/take-out", response=ManifestOut)
@needs(Right.SHIP)
def take_out(request: HttpRequest, manifest_id: str, told: CodeIn) -> dict[str, Any]:
    """Take one parcel off an open manifest."""
    manifest = find_manifest(manifest_id, who=request.who)
    parcel = parcel_by_code(told.code, who=request.who)
    actions.take_out(manifest.pk, parcel.pk, by=request.who, now=clock.now())
    return _manifest(find_manifest(manifest_id))


@router.post("/manifests/{manifest_id}/close", response=ManifestDetailOut)
@needs(Right.SHIP)
def close_manifest(request: HttpRequest, manifest_id: str, told: CloseIn) -> dict[str, Any]:
    """Hand the manifest's parcels over, once."""
    manifest = find_manifest(manifest_id, who=request.who)
    actions.close_manifest(
        manifest.pk,
        vehicle=told.vehicle,
        driver=told.driver,
        counted=told.counted,
        by=request.who,
        now=clock.now(),
    )
    return _manifest_detail(find_manifest(manifest_id))


def _manifest(row: Manifest) -> dict[str, Any]:
    told = ("manifest_id", "parcels", "opened_at", "closed_at", "counted")
    return {
        **{name: getattr(row, name) for name in told},
        "warehouse": row.warehouse.code,
        "carrier": row.carrier_name,
    }


def _manifest_detail(row: Manifest) -> dict[str, Any]:
    parcels = [scan.parcel.parcel_id for scan in scans_of(row)]
    return {**_manifest(row), "parcel_ids": parcels, "left_out": left_out_of(row)}
