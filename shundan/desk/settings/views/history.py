"""Settings › Shops: how far each shop's history is fetched; pausing it, going on, going further back."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from shundan.core.errors import Refused
from shundan.core.rights import Right
from shundan.desk.settings import actions, queries
from shundan.desk.settings.forms import refusal_sentence
from shundan.ground.lib import clock
from shundan.ground.shops.queries import Shop, find_shop
from shundan.ground.staff.logins import needs


@needs(Right.SETTINGS)
@require_safe
def show_histories(request: HttpRequest) -> HttpResponse:
    """Show the table alone, as the page asks for it every few seconds."""
    return render(request, "settings/_histories.html", {"histories": queries.histories(request.who, now=clock.now())})


@needs(Right.SETTINGS)
@require_POST
def pause(request: HttpRequest, shop: str) -> HttpResponse:
    """Let one shop's history rest."""
    return _turn(request, shop, actions.pause_history, _("The history of %(shop)s rests; today's news goes on."))


@needs(Right.SETTINGS)
@require_POST
def resume(request: HttpRequest, shop: str) -> HttpResponse:
    """Let one shop's history go on."""
    return _turn(request, shop, actions.resume_history, _("The history of %(shop)s is fetched on."))


@needs(Right.SETTINGS)
@require_POST
def extend(request: HttpRequest, shop: str) -> HttpResponse:
    """Let one shop's history go further back."""
    told = request.POST.get("days", "")
    days = int(told) if told.isascii() and told.isdigit() and len(told) < 5 else 0

    def further(found: Shop, **rest: object) -> None:
        actions.extend_history(found, days=days, by=request.who, now=clock.now())

    return _turn(request, shop, further, _("The history of %(shop)s goes further back now."))


def _turn(request: HttpRequest, shop: str, change: Callable[..., None], said: str) -> HttpResponse:
    found = find_shop(shop, who=request.who)
    try:
        change(found, by=request.who, now=clock.now())
    except Refused as refusal:
        messages.error(request, refusal_sentence(refusal))
    else:
        messages.success(request, said % {"shop": found.name})
    return redirect("settings:shops")
