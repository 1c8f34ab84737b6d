"""Waves: pick lists on paper and in the hand."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from shundan.core.errors import Refused
from shundan.core.rights import Right
from shundan.ground.lib import clock
from shundan.ground.look.views import is_partial, show_pdf
from shundan.ground.staff.logins import needs
from shundan.stages.packing import actions
from shundan.stages.packing.documents import render_pick_list
from shundan.stages.packing.queries import pick_list_facts
from shundan.stages.packing.queries.station import Said
from shundan.stages.packing.queries.waves import wave_view


@needs(Right.SEE_PARCEL)
@require_safe
def wave(request: HttpRequest, wave_id: str) -> HttpResponse:
    """Show a wave: its pick list and its parcels."""
    view = wave_view(wave_id, who=request.who)
    return render(
        request,
        "packing/wave.html",
        {"view": view, "wave": view.wave, "may_pack": request.who.may(Right.PACK)},
    )


@needs(Right.SEE_PARCEL)
@require_safe
def pick_list(request: HttpRequest, wave_id: str) -> HttpResponse:
    """Draw the pick list as PDF."""
    view = wave_view(wave_id, who=request.who)
    pdf = render_pick_list(pick_list_facts(view))
    actions.note_printed(wave_id, now=clock.now())
    return show_pdf(pdf, f"pick-{wave_id}.pdf")


@needs(Right.PACK)
def pick(request: HttpRequest, wave_id: str) -> HttpResponse:
    """Pick with a phone: bin after bin; POST counts a scan, skips a bin or says that it holds too few."""
    view, said = wave_view(wave_id, who=request.who), None
    if request.method == "POST":
        try:
            said = _act(request, wave_id)
        except Refused as refusal:
            said = Said.refused(refusal, request.POST.get("code", ""))
        view = wave_view(wave_id, who=request.who)
    template = "packing/_pick.html" if is_partial(request, "pick") else "packing/pick.html"
    return render(request, template, {"view": view, "wave": view.wave, "said": said})


def _act(request: HttpRequest, wave_id: str) -> Said:
    by, now = request.who, clock.now()
    act = request.POST.get("act", "scan")
    if act in ("skip", "short"):
        pick = request.POST.get("pick", "")
        actions.skip_pick(wave_id, int(pick) if pick.isdecimal() else 0, short=act == "short", by=by, now=now)
        return Said("right", "")
    quantity = int(request.POST.get("quantity") or 1) if request.POST.get("quantity", "1").isdecimal() else 1
    picked = actions.pick_item(wave_id, request.POST.get("code", ""), quantity=quantity, by=by, now=now)
    return Said("right", f"{picked.item.sku} {picked.picked}/{picked.quantity}")


@needs(Right.PACK)
@require_POST
def close_wave(request: HttpRequest, wave_id: str) -> HttpResponse:
    """End the picking of a wave."""
    wave_view(wave_id, who=request.who)
    actions.close_wave(wave_id, by=request.who, now=clock.now())
    return redirect("packing:parcels")
