"""The first page of the day."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from shundan.core.rights import Right
from shundan.desk.today.queries import read_news, read_today
from shundan.ground.lib import clock
from shundan.ground.look.queries.shell import chosen_shop_id
from shundan.ground.look.views import is_partial
from shundan.ground.staff.logins import needs


@needs(Right.SEE_DESK)
def today(request: HttpRequest) -> HttpResponse:
    """Show what is running out across shops and what to do first; htmx takes the inner part again."""
    now = clock.now()
    context = {
        "today": read_today(request.who, now=now, chosen=chosen_shop_id(request)),
        "now": now,
        "may_see_system": request.who.may(Right.SYSTEM),
        "news": read_news(request.who),
    }
    template = "today/_today.html" if is_partial(request, "today") else "today/today.html"
    return render(request, template, context)
