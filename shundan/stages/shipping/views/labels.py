"""Labels waiting, refused, ready and printed; own carriers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from shundan.core.errors import Refused
from shundan.core.rights import Right
from shundan.edges.carriers.queries import carriers
from shundan.ground.lib import clock
from shundan.ground.look.views import render_list, show_pdf
from shundan.ground.staff.logins import needs
from shundan.stages.packing.queries import find_parcel, parcels_seen_by
from shundan.stages.shipping import actions
from shundan.stages.shipping.actions.printing import MOST
from shundan.stages.shipping.queries import open_manifests
from shundan.stages.shipping.queries.lists import LABELS, labels_in_list


@needs(Right.SEE_PARCEL)
@require_safe
def labels(request: HttpRequest) -> HttpResponseBase:
    """List parcels by how their label stands, with the open manifests above them."""
    extra = {
        "manifests": open_manifests(request.who),
        "actions_template": "shipping/_actions.html",
        "before_template": "shipping/_manifests.html",
        "may_ship": request.who.may(Right.SHIP),
    }
    rows = labels_in_list(request.who)
    return render_list(request, LABELS, rows, template="shipping/list.html", extra=extra)


@needs(Right.SHIP)
@require_POST
def print_labels(request: HttpRequest) -> HttpResponse:
    """Print the chosen labels as one PDF; asks why when one of them was printed before."""
    keys = _chosen(request)
    try:
        reason = request.POST.get("reason", "")
        file = actions.print_labels(keys, by=request.who, now=clock.now(), reason=reason)
    except Refused as refusal:
        if refusal.code != "printed_before":
            raise
        return render(request, "shipping/print_again.html", {"keys": keys, "refusal": refusal}, status=422)
    return show_pdf(file, "labels.pdf")


@needs(Right.SHIP)
@require_POST
def retry_labels(request: HttpRequest) -> HttpResponse:
    """Ask for refused labels once more."""
    count = actions.retry_labels(_chosen(request), by=request.who, now=clock.now())
    told = ngettext("%(count)d label is asked for again.", "%(count)d labels are asked for again.", count)
    messages.success(request, told % {"count": count})
    return redirect("shipping:labels")


@needs(Right.SHIP)
def ship_by_seller(request: HttpRequest, shop: str, parcel_id: str) -> HttpResponse:
    """Send a parcel with an own carrier: the number is typed in, the label is drawn here."""
    parcel, refusal = find_parcel(shop, parcel_id, who=request.who), None
    if request.method == "POST":
        told = request.POST
        try:
            actions.ship_by_seller(
                parcel.pk,
                carrier=told.get("carrier", ""),
                number=told.get("number", ""),
                service=told.get("service", ""),
                by=request.who,
                now=clock.now(),
            )
        except Refused as error:
            refusal = error
        else:
            messages.success(request, _("The label is drawn; the platform is told."))
            return redirect("tracking:parcel", shop, parcel_id)
    context = {"parcel": parcel, "carriers": carriers(), "refusal": refusal, "told": request.POST}
    return render(request, "shipping/seller.html", context, status=422 if refusal else 200)


@needs(Right.SHIP)
@require_POST
def take_back(request: HttpRequest, shop: str, parcel_id: str) -> HttpResponse:
    """Take a handed-over parcel back before the carrier's first scan."""
    parcel = find_parcel(shop, parcel_id, who=request.who)
    actions.take_back(parcel.pk, why=request.POST.get("why", ""), by=request.who, now=clock.now())
    messages.success(request, _("%(parcel)s is back.") % {"parcel": parcel_id})
    return redirect("tracking:parcel", shop, parcel_id)


def _chosen(request: HttpRequest) -> list[int]:
    """Return the chosen parcels in the order of the list, those out of scope left out.

    One more than may be printed at once, so that printing refuses what would be cut off.
    """
    if request.POST.get("everything") == "1":
        return list(LABELS.filtered(request, labels_in_list(request.who)).values_list("pk", flat=True)[: MOST + 1])
    asked = [int(key) for key in request.POST.getlist("row")[: MOST + 1] if key.isdecimal()]
    seen = set(parcels_seen_by(request.who).filter(pk__in=asked).values_list("pk", flat=True))
    return [key for key in asked if key in seen]
