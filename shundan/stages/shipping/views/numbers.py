"""Another number for a parcel of our own carrier."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from shundan.core.errors import Refused
from shundan.core.rights import Right
from shundan.edges.carriers.queries import carriers
from shundan.ground.lib import clock
from shundan.ground.look.views import is_partial
from shundan.ground.staff.logins import needs
from shundan.stages.packing.queries import find_parcel
from shundan.stages.shipping import actions
from shundan.stages.shipping.queries import number_edit


@needs(Right.SHIP)
def edit_tracking(request: HttpRequest, shop: str, parcel_id: str) -> HttpResponse:
    """Give a parcel another number, and show how that stands."""
    parcel, refusal, told = find_parcel(shop, parcel_id, who=request.who), None, request.POST
    partial = is_partial(request, "number")
    if request.method == "POST":
        try:
            carrier, number = told.get("carrier", ""), told.get("number", "")
            actions.edit_tracking(parcel.pk, carrier=carrier, number=number, by=request.who, now=clock.now())
        except Refused as error:
            refusal = error
        else:
            if not partial:
                messages.success(request, _("The new number is noted."))
                return redirect("tracking:parcel", shop, parcel_id)
            parcel = find_parcel(shop, parcel_id, who=request.who)
    edit = number_edit(parcel, now=clock.now())
    context = {"parcel": parcel, "edit": edit, "carriers": carriers(), "refusal": refusal, "told": told}
    template = "shipping/_number.html" if partial else "shipping/number.html"
    status = (422 if partial else refusal.status) if refusal else 200  # of refusals htmx puts in this one only
    return render(request, template, {**context, "may_ship": True}, status=status)
