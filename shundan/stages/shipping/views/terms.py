"""A label that was refused: what the platform offers now, and what is to be different."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from shundan.core.errors import Conflict, Refused
from shundan.core.rights import Right
from shundan.edges.channels.tiktok.shipping import Offers
from shundan.ground.lib import clock
from shundan.ground.staff.logins import needs
from shundan.stages.packing.queries import find_parcel
from shundan.stages.shipping import actions
from shundan.stages.shipping.forms import SIDES, fill_in, read_terms
from shundan.stages.shipping.queries import Terms, cure_for, offers_for, terms_of


@needs(Right.SHIP)
def change_label(request: HttpRequest, shop: str, parcel_id: str) -> HttpResponse:
    """Ask for a refused label again on other terms, chosen among what the platform offers now."""
    parcel = find_parcel(shop, parcel_id, who=request.who)
    if request.method != "POST":
        actions.check_refused(parcel)
        return _page(request, parcel)
    try:
        terms = actions.change_label(parcel.pk, read_terms(request.POST), by=request.who, now=clock.now())
    except Conflict:
        raise  # somebody was first: there is nothing to correct
    except Refused as refusal:
        return _page(request, parcel, refusal)
    messages.success(request, _("The label is asked for again: %(terms)s.") % {"terms": terms})
    return redirect("tracking:parcel", shop, parcel_id)


def _page(request: HttpRequest, parcel: Any, refusal: Refused | None = None) -> HttpResponse:
    kept = terms_of([parcel.pk]).get(parcel.pk, Terms())
    wanted = read_terms(request.POST) if refusal else kept
    if refusal and refusal.field in ("weight_g", *SIDES):
        wanted = Terms()  # what is no measure is not asked about
    # A platform that was silent a moment ago is not waited for once more.
    silent = Offers(silent=refusal.remedy) if refusal and refusal.code == "offers_unknown" else None
    context = {
        "parcel": parcel,
        "kept": kept,
        "refusal": refusal,
        "told": request.POST if refusal else fill_in(kept),
        "offers": silent or offers_for(parcel, wanted),
        "cure": cure_for(parcel.trouble),
        "sees_money": request.who.may(Right.SEE_MONEY),
        "trouble": parcel.trouble and _(parcel.trouble),
    }
    return render(request, "shipping/change.html", context, status=refusal.status if refusal else 200)
