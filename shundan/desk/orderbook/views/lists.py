"""The list of orders, and what is done to many at once."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from shundan.core.errors import NotFound, Refused
from shundan.core.rights import Right
from shundan.desk.imports.actions.exporting import MOST, start_export
from shundan.desk.orderbook.queries import ORDERS
from shundan.ground.lib import clock
from shundan.ground.look.views import render_list
from shundan.ground.staff.logins import needs
from shundan.stages.orders.actions import hold_by_hand
from shundan.stages.orders.queries import listed_orders
from shundan.stages.review.actions import approve_held, look_again


@needs(Right.SEE_ORDER)
@require_safe
def list_orders(request: HttpRequest) -> HttpResponseBase:
    """Show the orders in scope."""
    extra = {"actions_template": "orderbook/_list_actions.html", "may_import": request.who.may(Right.IMPORT)}
    return render_list(request, ORDERS, listed_orders(request.who), extra=extra)


@needs(Right.EXPORT)
@require_POST
def export_orders(request: HttpRequest) -> HttpResponseBase:
    """Write the whole filtered list (its query stands in the address) to a file in the platform's own columns."""
    kind, _dot, ending = request.POST.get("file", "").partition(".")
    chosen = ORDERS.filtered(request, listed_orders(request.who)).values_list("pk", flat=True)
    try:
        report = start_export(list(chosen[: MOST + 1]), kind, ending, by=request.who)
    except Refused as refusal:
        refusal.message, refusal.remedy = _(refusal.message), _(refusal.remedy)
        raise
    return redirect("imports:export", report.key)


@needs(Right.HOLD)
@require_POST
def change_many(request: HttpRequest, act: str) -> HttpResponseBase:
    """Do one thing to the chosen orders, at most 500 at once; what does not fit is counted, not forced."""
    work, right = _work(request, act)
    request.who.needs(right)
    done = refused = 0
    for key in ORDERS.selected(request, listed_orders(request.who)).values_list("pk", flat=True)[:500]:
        try:
            work(key)
            done += 1
        except Refused:
            refused += 1
    if done:
        messages.success(request, ngettext("%(n)s order done.", "%(n)s orders done.", done) % {"n": done})
    if refused:
        text = ngettext("%(n)s order does not allow it.", "%(n)s orders do not allow it.", refused)
        messages.warning(request, text % {"n": refused})
    return redirect(request.POST.get("next") or "orderbook:orders")


def _work(request: HttpRequest, act: str) -> tuple[Callable[[int], object], Right]:
    by, now = request.who, clock.now()
    why = request.POST.get("why", "").strip() or _("decided for many at once")
    match act:
        case "approve":
            return lambda key: approve_held(key, why, by=by, now=now), Right.APPROVE
        case "again":
            return lambda key: look_again(key, by=by, now=now), Right.APPROVE
        case "hold":
            return lambda key: hold_by_hand(key, why, by=by, now=now), Right.HOLD
    raise NotFound(_("There is no such action."))
