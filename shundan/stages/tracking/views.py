"""Pages of tracking: followed parcels, troubles, and one parcel with all that happened to it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from shundan.core.errors import Refused
from shundan.core.parcel_moves import ParcelMove
from shundan.core.rights import Right
from shundan.ground.lib import clock
from shundan.ground.look.views import render_detail, render_list
from shundan.ground.staff.logins import needs
from shundan.stages.packing.queries import find_parcel
from shundan.stages.tracking import actions
from shundan.stages.tracking.queries.lists import FOLLOWED, TROUBLES, followed_in_list
from shundan.stages.tracking.queries.page import parcel_page
from shundan.stages.tracking.queries.troubles import OUTCOME_WORDS, find_trouble, troubles_seen_by


@needs(Right.SEE_PARCEL)
@require_safe
def followed(request: HttpRequest) -> HttpResponseBase:
    """List the parcels that left us, with their carriers' last word and how long they are silent."""
    extra = {"actions_template": "tracking/_actions.html"}
    return render_list(request, FOLLOWED, followed_in_list(request.who), extra=extra)


@needs(Right.SEE_PARCEL)
@require_safe
def troubles(request: HttpRequest) -> HttpResponseBase:
    """List troubles."""
    return render_list(request, TROUBLES, troubles_seen_by(request.who))


@needs(Right.SEE_PARCEL)
@require_safe
def parcel(request: HttpRequest, shop: str, parcel_id: str) -> HttpResponse:
    """Show one parcel: where it is, what is in it, and what happened."""
    who = request.who
    page = parcel_page(shop, parcel_id, who=who, now=clock.now())
    context = {
        "page": page,
        "parcel": page.parcel,
        "edit": page.edit,
        "carriers": page.carriers,
        "outcomes": OUTCOME_WORDS,
        "may_track": who.may(Right.TRACK),
        "may_ship": who.may(Right.SHIP),
        "may_answer": who.may(Right.ANSWER),
        "may_pack": who.may(Right.PACK),
        "sees_buyer": who.may(Right.SEE_BUYER),
    }
    return render_detail(request, "tracking/parcel.html", context)


@needs(Right.TRACK)
@require_POST
def move_parcel(request: HttpRequest, shop: str, parcel_id: str) -> HttpResponse:
    """Move a parcel on its way because a person knows."""
    found, told = find_parcel(shop, parcel_id, who=request.who), request.POST.get("move", "")
    if told not in ParcelMove.__members__:
        raise Refused(_("Choose what happened."), field="move")
    why = request.POST.get("why", "")
    actions.move_by_hand(found.pk, ParcelMove(told), why=why, by=request.who, now=clock.now())
    return redirect("tracking:parcel", shop, parcel_id)


@needs(Right.TRACK)
@require_POST
def note_trouble(request: HttpRequest, shop: str, parcel_id: str) -> HttpResponse:
    """Note by hand that something is wrong with a parcel."""
    found, note = find_parcel(shop, parcel_id, who=request.who), request.POST.get("note", "").strip()
    if not note:
        raise Refused(_("Say what is wrong."), field="note")
    actions.open_trouble(found, "by_hand", by=request.who, now=clock.now(), facts={"note": note[:200]})
    return redirect("tracking:parcel", shop, parcel_id)


@needs(Right.TRACK)
@require_POST
def close_trouble(request: HttpRequest, key: int) -> HttpResponse:
    """End a trouble with its cause."""
    trouble, told = find_trouble(key, who=request.who), request.POST
    outcome = told.get("outcome", "closed")
    actions.close_trouble(key, cause=told.get("cause", ""), outcome=outcome, by=request.who, now=clock.now())
    messages.success(request, _("The trouble is closed."))
    return redirect("tracking:parcel", trouble.shop.shop_id, trouble.parcel.parcel_id)


@needs(Right.ANSWER)
@require_POST
def tell_buyer(request: HttpRequest, key: int) -> HttpResponse:
    """Write to the buyer about a trouble."""
    trouble = find_trouble(key, who=request.who)
    actions.tell_buyer(key, request.POST.get("text", ""), by=request.who, now=clock.now())
    messages.success(request, _("The message is on its way."))
    return redirect("tracking:parcel", trouble.shop.shop_id, trouble.parcel.parcel_id)
