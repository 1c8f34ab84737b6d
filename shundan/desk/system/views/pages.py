"""The System pages: what arrived, what waits, what is stuck, and the machine below."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from shundan.core.errors import NotFound
from shundan.core.rights import Right
from shundan.desk.system import actions
from shundan.desk.system.queries.lists import ARRIVALS, HOURS, SNAGS, WANT_KINDS, WANTS, hour_standing, in_scope
from shundan.desk.system.queries.overview import is_open_surprise, read_overview
from shundan.edges.inbox import queries as inbox
from shundan.ground.jobs.queries import open_snags
from shundan.ground.lib import clock
from shundan.ground.look.views import render_list
from shundan.ground.staff.logins import needs

AT_ONCE = 500
LIST = "system/list.html"


@needs(Right.SYSTEM)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show how the desk is: shops, steps, what waits, storage."""
    return render(request, "system/overview.html", {"overview": read_overview(request.who), "now": clock.now()})


@needs(Right.SYSTEM)
@require_safe
def list_sweeps(request: HttpRequest) -> HttpResponse:
    """Show how far each kind of thing of each shop is complete."""
    rows = [(row, WANT_KINDS.get(row.kind, row.kind)) for row in in_scope(inbox.sweeps(), request.who)[:500]]
    context = {
        "sweeps": rows,
        "shops": [row for row in inbox.completeness() if request.who.sees_shop(row.shop_key)],
        "hours": [(row, hour_standing(row)) for row in in_scope(inbox.hour_counts(), request.who)[:12]],
        "now": clock.now(),
    }
    return render(request, "system/sweeps.html", context)


@needs(Right.SYSTEM)
@require_safe
def list_arrivals(request: HttpRequest) -> HttpResponseBase:
    """List webhooks as they came, newest first."""
    return render_list(request, ARRIVALS, in_scope(inbox.arrivals(), request.who), template=LIST)


@needs(Right.SYSTEM)
@require_POST
def retry_arrivals(request: HttpRequest) -> HttpResponse:
    """Read the chosen arrivals once more."""
    chosen = ARRIVALS.selected(request, in_scope(inbox.arrivals(), request.who))
    keys = list(chosen.values_list("pk", flat=True)[:AT_ONCE])
    done = actions.retry_arrivals(keys, by=request.who, now=clock.now())
    messages.success(
        request,
        ngettext("%(n)s arrival is read again.", "%(n)s arrivals are read again.", done) % {"n": done},
    )
    return redirect("system:arrivals")


@needs(Right.SYSTEM)
@require_POST
def see_surprise(request: HttpRequest) -> HttpResponse:
    """Take one surprise off the list."""
    told = request.POST.get("row", "")
    key = int(told) if told.isascii() and told.isdigit() and len(told) < 19 else 0
    if not is_open_surprise(key, request.who):
        raise NotFound(_("There is no such surprise."), remedy=_("Somebody may have looked at it already."))
    actions.see_surprise(key, by=request.who, now=clock.now())
    return redirect("system:overview")


@needs(Right.SYSTEM)
@require_safe
def list_wants(request: HttpRequest) -> HttpResponseBase:
    """List what is waiting to be fetched."""
    return render_list(request, WANTS, in_scope(inbox.wants(), request.who), template=LIST)


@needs(Right.SYSTEM)
@require_POST
def retry_wants(request: HttpRequest) -> HttpResponse:
    """Fetch the chosen things again at once."""
    chosen = WANTS.selected(request, in_scope(inbox.wants(), request.who))
    keys = list(chosen.values_list("pk", flat=True)[:AT_ONCE])
    done = actions.retry_wants(keys, by=request.who, now=clock.now())
    messages.success(
        request, ngettext("%(n)s thing is fetched again.", "%(n)s things are fetched again.", done) % {"n": done}
    )
    return redirect("system:wants")


@needs(Right.SYSTEM)
@require_safe
def list_hours(request: HttpRequest) -> HttpResponseBase:
    """List the hours that were counted at the platform and here, newest first."""
    return render_list(request, HOURS, in_scope(inbox.hour_counts(), request.who), template=LIST)


@needs(Right.SYSTEM)
@require_safe
def list_snags(request: HttpRequest) -> HttpResponseBase:
    """List the rows that steps could not do."""
    return render_list(request, SNAGS, open_snags(), template=LIST)


@needs(Right.SYSTEM)
@require_POST
def retry_snags(request: HttpRequest) -> HttpResponse:
    """Let the steps try the chosen rows again."""
    keys = list(SNAGS.selected(request, open_snags()).values_list("pk", flat=True)[:AT_ONCE])
    done = actions.retry_snags(keys, by=request.who, now=clock.now())
    messages.success(request, ngettext("%(n)s row is tried again.", "%(n)s rows are tried again.", done) % {"n": done})
    return redirect("system:snags")
