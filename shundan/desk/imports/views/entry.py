"""The page where a person types an order in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from shundan.core.errors import Refused
from shundan.core.rights import Right
from shundan.desk.imports import actions
from shundan.desk.imports.forms import EntryForm, LineForms
from shundan.desk.imports.views.sentences import said
from shundan.ground.shops.queries import shops_seen_by
from shundan.ground.staff.logins import needs


@needs(Right.IMPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def enter_order(request: HttpRequest) -> HttpResponse:
    """Show the form, or store the order that was typed into it."""
    sent = request.POST if request.method == "POST" else None
    form, lines = EntryForm(sent, shops=shops_seen_by(request.who)), LineForms(sent, prefix="lines")
    context: dict[str, Any] = {"form": form, "lines": lines}
    if sent is not None and form.is_valid() and lines.is_valid():
        typed = [line.cleaned_data for line in lines if line.cleaned_data]
        try:
            order_id = actions.enter_order(form.entered(typed), form.chosen_shop, by=request.who)
        except Refused as refusal:
            context["refusal"] = {"message": said(refusal.message), "remedy": said(refusal.remedy)}
        else:
            messages.success(request, _("Order %(id)s is stored and appears within seconds.") % {"id": order_id})
            return redirect("orderbook:orders")
    return render(request, "imports/enter.html", context, status=200 if sent is None else 422)
