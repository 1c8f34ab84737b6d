"""One order."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from shundan.core.rights import Right, may
from shundan.desk.orderbook.queries import read_order_page
from shundan.desk.orderbook.queries.words import ADDRESS_PARTS
from shundan.ground.lib import clock
from shundan.ground.look.views import render_detail
from shundan.ground.staff.logins import needs
from shundan.stages.orders.actions import look_at_address
from shundan.stages.orders.queries import order_by_id
from shundan.stages.review.actions import CANCEL_REASONS


@needs(Right.SEE_ORDER)
@require_safe
def order(request: HttpRequest, shop: str, order_id: str) -> HttpResponse:
    """Show one order: where it is, why, and what can be done; the drawer gets the same in short."""
    return _page(request, shop, order_id)


@needs(Right.SEE_BUYER)
@require_POST
def look(request: HttpRequest, shop: str, order_id: str) -> HttpResponse:
    """Show the same page with the buyer's data as we hold it; the look and its reason are journaled."""
    found = order_by_id(shop, order_id, who=request.who)
    look_at_address(found.pk, request.POST.get("why", ""), by=request.who, now=clock.now())
    answer = _page(request, shop, order_id, looked=True)
    answer["Cache-Control"] = "no-store"
    return answer


def _page(request: HttpRequest, shop: str, order_id: str, *, looked: bool = False) -> HttpResponse:
    now = clock.now()
    found = order_by_id(shop, order_id, who=request.who)
    role = str(request.who.role)
    context = {
        "page": read_order_page(found, who=request.who, now=now, looked=looked),
        "order": found,
        "now": now,
        "looked": looked,
        "may": {right.value: may(role, right) for right in Right},
        "cancel_reasons": CANCEL_REASONS,
        "address_parts": ADDRESS_PARTS,
    }
    if request.method == "POST":
        return render(request, "orderbook/order.html", {**context, "look_base": "look/detail.html"})
    return render_detail(request, "orderbook/order.html", context)
