"""System › Calls: what was said, or shall be said, to the outside; and what a person decides about it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from shundan.core.rights import Right
from shundan.desk.system import actions
from shundan.desk.system.queries.lists import CALLS, in_scope
from shundan.edges.outbox.queries import Call, calls
from shundan.ground.lib import clock
from shundan.ground.look.views import render_list
from shundan.ground.staff.logins import needs

AT_ONCE = 200


@needs(Right.SYSTEM)
@require_safe
def list_calls(request: HttpRequest) -> HttpResponseBase:
    """List calls, newest first."""
    return render_list(request, CALLS, in_scope(calls(), request.who), template="system/list.html")


@needs(Right.SYSTEM)
@require_POST
def repeat_calls(request: HttpRequest) -> HttpResponse:
    """Send the chosen calls again."""
    return _tell(request, actions.repeat_calls(_chosen(request), by=request.who))


@needs(Right.SYSTEM)
@require_POST
def confirm_calls(request: HttpRequest) -> HttpResponse:
    """Say that the chosen calls did happen."""
    return _tell(request, actions.confirm_calls(_chosen(request), by=request.who))


@needs(Right.SYSTEM)
@require_POST
def drop_calls(request: HttpRequest) -> HttpResponse:
    """Call off the chosen calls that were not sent yet."""
    return _tell(request, actions.drop_calls(_chosen(request), by=request.who, now=clock.now()))


def _chosen(request: HttpRequest) -> list[Call]:
    return list(CALLS.selected(request, in_scope(calls(), request.who))[:AT_ONCE])


def _tell(request: HttpRequest, done: int) -> HttpResponse:
    told = ngettext(
        "%(n)s call was changed; the others had moved on.",
        "%(n)s calls were changed; the others had moved on.",
        done,
    )
    messages.success(request, told % {"n": done})
    return redirect("system:calls")
