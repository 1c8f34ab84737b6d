"""Hand-over: scanning out and closing."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from shundan.core.errors import Refused
from shundan.core.rights import Right
from shundan.ground.lib import clock
from shundan.ground.look.views import is_partial, show_pdf
from shundan.ground.staff.logins import needs
from shundan.stages.packing.queries import parcel_by_code
from shundan.stages.packing.queries.station import Said
from shundan.stages.shipping import actions
from shundan.stages.shipping.documents import render_manifest
from shundan.stages.shipping.queries import find_manifest, manifest_facts, scans_of
from shundan.stages.shipping.queries.manifests import left_out_of, manifests_seen_by
from shundan.stages.stock.queries import warehouses_seen_by

SHOWN = 60


@needs(Right.SEE_PARCEL)
@require_safe
def manifests(request: HttpRequest) -> HttpResponse:
    """List the newest manifests."""
    rows = list(manifests_seen_by(request.who)[:100])
    context = {
        "manifests": rows,
        "warehouses": warehouses_seen_by(request.who),
        "may_ship": request.who.may(Right.SHIP),
    }
    return render(request, "shipping/manifests.html", context)


@needs(Right.SHIP)
@require_POST
def open_manifest(request: HttpRequest) -> HttpResponse:
    """Begin a hand-over."""
    told = request.POST
    made = actions.open_manifest(
        warehouse=told.get("warehouse", ""), carrier=told.get("carrier", ""), by=request.who, now=clock.now()
    )
    return redirect("shipping:manifest", made.manifest_id)


@needs(Right.SEE_PARCEL)
@require_safe
def manifest(request: HttpRequest, manifest_id: str) -> HttpResponse:
    """Show a manifest; while it is open, parcels are scanned out here."""
    return _page(request, manifest_id)


@needs(Right.SHIP)
@require_POST
def scan(request: HttpRequest, manifest_id: str) -> HttpResponse:
    """Put one scanned parcel onto the manifest."""
    code = request.POST.get("code", "").strip()
    row = find_manifest(manifest_id, who=request.who)
    try:
        parcel = parcel_by_code(code, who=request.who)
        actions.scan_out(row.pk, parcel.pk, by=request.who, now=clock.now())
        said = Said("right", parcel.parcel_id, code=code)
    except Refused as refusal:
        said = Said.refused(refusal, code)
    return _page(request, manifest_id, said)


@needs(Right.SHIP)
@require_POST
def take_out(request: HttpRequest, manifest_id: str) -> HttpResponse:
    """Take a parcel off an open manifest."""
    row = find_manifest(manifest_id, who=request.who)
    parcel = parcel_by_code(request.POST.get("code", ""), who=request.who)
    actions.take_out(row.pk, parcel.pk, by=request.who, now=clock.now())
    return _page(
        request,
        manifest_id,
        Said("right", _("%(parcel)s is off the manifest.") % {"parcel": parcel.parcel_id}),
    )


@needs(Right.SHIP)
@require_POST
def close(request: HttpRequest, manifest_id: str) -> HttpResponse:
    """Hand the manifest's parcels over, once."""
    row, told = find_manifest(manifest_id, who=request.who), request.POST
    counted = int(told["counted"]) if told.get("counted", "").isdecimal() else None
    try:
        count = actions.close_manifest(
            row.pk,
            vehicle=told.get("vehicle", ""),
            driver=told.get("driver", ""),
            counted=counted,
            by=request.who,
            now=clock.now(),
        )
    except Refused as refusal:
        return _page(request, manifest_id, Said.refused(refusal))
    messages.success(request, _("%(count)d parcels are handed over.") % {"count": count})
    return redirect("shipping:manifest", manifest_id)


@needs(Right.SEE_PARCEL)
@require_safe
def paper(request: HttpRequest, manifest_id: str) -> HttpResponse:
    """Draw the manifest as PDF."""
    facts = manifest_facts(find_manifest(manifest_id, who=request.who), made_at=clock.now())
    return show_pdf(render_manifest(facts), f"manifest-{manifest_id}.pdf")


def _page(request: HttpRequest, manifest_id: str, said: Said | None = None) -> HttpResponse:
    row = find_manifest(manifest_id, who=request.who)
    context = {
        "manifest": row,
        "scans": scans_of(row, limit=SHOWN),
        "left_out": left_out_of(row),
        "said": said,
        "now": clock.now(),
        "may_ship": request.who.may(Right.SHIP),
        "shown": SHOWN,
    }
    if row.closed_at or not context["may_ship"]:
        return render(request, "shipping/manifest.html", context)
    template = "shipping/_scan_out.html" if is_partial(request, "station") else "shipping/scan_out.html"
    return render(request, template, context)
