"""Parcels, and what is done with many of them."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from shundan.core.errors import Refused
from shundan.core.parcel_moves import HERE
from shundan.core.rights import Right
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib import clock
from shundan.ground.look.views import render_list, show_pdf
from shundan.ground.staff.actions import do_once
from shundan.ground.staff.logins import needs
from shundan.stages.packing import actions
from shundan.stages.packing.actions.waves import LARGEST
from shundan.stages.packing.documents import render_invoices, render_packing_slips
from shundan.stages.packing.documents.slips import Paper
from shundan.stages.packing.models import Parcel
from shundan.stages.packing.queries import find_parcel, invoice_facts, order_keys_of, slip_facts
from shundan.stages.packing.queries.lists import PARCELS, parcel_rows
from shundan.stages.packing.queries.waves import open_waves


@needs(Right.SEE_PARCEL)
@require_safe
def parcels(request: HttpRequest) -> HttpResponseBase:
    """List parcels, with the waves being picked above them."""
    extra = {
        "waves": open_waves(request.who),
        "actions_template": "packing/_actions.html",
        "before_template": "packing/_waves.html",
        "may_pack": request.who.may(Right.PACK),
    }
    return render_list(request, PARCELS, _rows(request), template="packing/list.html", extra=extra)


def _rows(request: HttpRequest) -> QuerySet[Parcel]:
    """Return what the list shows before it is narrowed; what is on its way has its own page."""
    rows = parcel_rows(request.who)
    asked = request.GET.get("state") or request.GET.get("q")
    return rows if asked else rows.filter(parcel_state__in=HERE)


@needs(Right.PACK)
@require_POST
def make_wave(request: HttpRequest) -> HttpResponse:
    """Make a wave of the chosen parcels, or of the most urgent ones."""
    chosen = request.POST.getlist("row") or request.POST.get("everything") == "1"
    keys = _chosen(request, most=LARGEST) if chosen else None
    kind = request.POST.get("kind") or "mixed"
    by = request.who
    wave = do_once(
        by, request.POST.get("once", ""), lambda: actions.make_wave(by=by, now=clock.now(), kind=kind, parcel_keys=keys)
    )
    messages.success(
        request, _("Wave %(wave)s holds %(count)d parcels.") % {"wave": wave.wave_id, "count": wave.parcels}
    )
    return redirect("packing:wave", wave.wave_id)


@needs(Right.SEE_PARCEL)
@require_POST
def slips(request: HttpRequest) -> HttpResponse:
    """Draw the packing slips of the chosen parcels as one PDF."""
    keys = _chosen(request, most=600)
    return show_pdf(render_packing_slips(slip_facts(keys), made_at=clock.now()), "packing-slips.pdf")


@needs(Right.SEE_PARCEL)
@require_safe
def slip(request: HttpRequest, shop: str, parcel_id: str) -> HttpResponse:
    """Draw one parcel's packing slip; ?paper=A4 for the large one."""
    parcel = find_parcel(shop, parcel_id, who=request.who)
    paper: Paper = "A4" if request.GET.get("paper") == "A4" else "100x150"
    pdf = render_packing_slips(slip_facts([parcel.pk]), paper=paper, made_at=clock.now())
    return show_pdf(pdf, f"slip-{parcel.parcel_id}.pdf")


@needs(Right.SEE_BUYER)
@require_POST
def invoices(request: HttpRequest) -> HttpResponse:
    """Draw the invoices of the chosen parcels' orders as one PDF; each look at a buyer is journaled."""
    return _invoices(request, _chosen(request, most=200), "invoices.pdf")


@needs(Right.SEE_BUYER)
@require_safe
def invoice(request: HttpRequest, shop: str, parcel_id: str) -> HttpResponse:
    """Draw the invoices of one parcel's orders."""
    parcel = find_parcel(shop, parcel_id, who=request.who)
    return _invoices(request, [parcel.pk], f"invoice-{parcel.parcel_id}.pdf")


def _chosen(request: HttpRequest, *, most: int) -> list[int]:
    """Return the chosen parcels, as the list stands; raise Refused for more than can be done at once."""
    keys = list(PARCELS.selected(request, _rows(request)).values_list("pk", flat=True)[: most + 1])
    if len(keys) > most:
        raise Refused(_("Choose at most %(most)d parcels at once.") % {"most": most}, code="too_many_parcels")
    return keys


def _invoices(request: HttpRequest, parcel_keys: list[int], name: str) -> HttpResponse:
    now = clock.now()
    orders = sorted({order for keys in order_keys_of(parcel_keys).values() for order in keys})
    facts = invoice_facts(orders, issued_at=now)
    pdf = render_invoices(facts, made_at=now)
    record([Draft("order", key, "print_invoice", request.who, now) for key in orders])
    return show_pdf(pdf, name)
