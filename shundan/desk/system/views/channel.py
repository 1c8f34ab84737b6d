"""System › Channel: how the platform is reached."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from shundan.core.rights import Right
from shundan.desk.system import actions
from shundan.desk.system.queries.channel import read_channel
from shundan.ground.lib import clock
from shundan.ground.shops.queries import find_shop
from shundan.ground.staff.logins import needs


@needs(Right.SYSTEM)
@require_safe
def show_channel(request: HttpRequest) -> HttpResponse:
    """Show consents, older versions in use and slowed groups of the shops in scope."""
    return render(request, "system/channel.html", {"channel": read_channel(request.who), "now": clock.now()})


@needs(Right.SYSTEM)
@require_POST
def forget_versions(request: HttpRequest, shop: str) -> HttpResponse:
    """Ask for the newest versions of one shop again."""
    found = find_shop(shop, who=request.who)
    actions.forget_versions(found, by=request.who, now=clock.now())
    messages.success(request, _("The newest versions are asked for again for %(shop)s.") % {"shop": found.name})
    return redirect("system:channel")
