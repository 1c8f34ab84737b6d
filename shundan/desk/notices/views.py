"""Since you left: the page, the bell's count, and "seen"."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from shundan.core.rights import Right
from shundan.desk.notices import actions, queries
from shundan.ground.staff.logins import needs, person_of


@needs(Right.SEE_DESK)
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """Show what happened since the person last pressed "seen"."""
    found = queries.read_notices(request.who, person_key=person_of(request).pk)
    return render(request, "notices/notices.html", {"notices": found})


@needs(Right.SEE_DESK)
@never_cache
@require_safe
def bell(request: HttpRequest) -> HttpResponse:
    """Show the bell's number, for the part of a page."""
    count = queries.count_notices(request.who, person_key=person_of(request).pk)
    return render(request, "notices/_bell.html", {"count": count})


@needs(Right.SEE_DESK)
@require_POST
def mark_read(request: HttpRequest) -> HttpResponse:
    """Begin anew from here."""
    actions.mark_read(person_of(request).pk, by=request.who)
    return redirect("notices:notices")
