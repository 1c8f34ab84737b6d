"""The board of holds."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from shundan.core.errors import NotFound, Refused
from shundan.core.rights import Right, may
from shundan.desk.holds import actions, queries
from shundan.desk.orderbook.queries.words import ADDRESS_PARTS
from shundan.edges.conversations.actions import Recipient, write_to_buyer
from shundan.ground.lib import clock
from shundan.ground.look.queries.shell import chosen_shop_id
from shundan.ground.staff.actions import do_once
from shundan.ground.staff.logins import needs
from shundan.stages.orders.queries import Hold, hold_by_key
from shundan.stages.review.actions import CANCEL_REASONS


@needs(Right.SEE_ORDER)
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Show what waits, the chosen hold with its ways out, and the conversation with its buyer."""
    now, tab = clock.now(), request.GET.get("waits", "")
    groups = queries.read_groups(request.who, waits_for=tab, shop_key=chosen_shop_id(request))
    asked = request.GET.get("hold", "")
    hold = queries.find_hold(groups, int(asked) if asked.isdecimal() else 0)
    role = str(request.who.role)
    context = {
        "groups": groups, "tabs": queries.TABS, "tab": tab, "counts": queries.count_waits(request.who), "now": now,
        "chosen": queries.read_hold(hold, who=request.who, now=now) if hold else None,
        "following": queries.next_hold(groups, hold.pk) if hold else 0, "cancel_reasons": CANCEL_REASONS,
        "address_parts": ADDRESS_PARTS, "may": {right.value: may(role, right) for right in Right},
    }  # fmt: skip
    return render(request, "holds/board.html", context)


@needs(Right.HOLD)
@require_POST
def settle(request: HttpRequest, hold_key: int) -> HttpResponse:
    """End a hold by the chosen way and go to the next."""
    hold = _hold(request, hold_key)
    try:
        actions.settle(hold, request.POST.get("choice", ""), request.POST, by=request.who, now=clock.now())
    except Refused as refusal:
        messages.error(request, f"{refusal.message} {refusal.remedy}".strip())
        return _back(request, hold_key)
    messages.success(request, _("Settled."))
    following = request.POST.get("following", "")
    return _back(request, int(following) if following.isdecimal() else 0)


@needs(Right.ANSWER)
@require_POST
def write(request: HttpRequest, hold_key: int) -> HttpResponse:
    """Write to the buyer about a hold; it then waits for the buyer."""
    hold = _hold(request, hold_key)
    order, buyer = hold.order, hold.order.buyer
    recipient = Recipient(order.shop_id, order.order_id, order.pk, buyer.channel_buyer_id if buyer else "",
                          buyer.nickname if buyer else "")  # fmt: skip
    try:
        by, text = request.who, request.POST.get("text", "")
        do_once(by, request.POST.get("once", ""),
                lambda: write_to_buyer(recipient, text, by=by, now=clock.now(), why=hold.kind))  # fmt: skip
    except Refused as refusal:
        messages.error(request, f"{refusal.message} {refusal.remedy}".strip())
    else:
        actions.wait_for_buyer(hold)
        messages.success(request, _("The message is on its way."))
    return _back(request, hold_key)


def _hold(request: HttpRequest, hold_key: int) -> Hold:
    hold = hold_by_key(hold_key)
    if hold is None or not request.who.sees_shop(hold.shop_id):
        raise NotFound(_("There is no such hold."), remedy=_("Look at the board."))
    return hold


def _back(request: HttpRequest, hold_key: int) -> HttpResponse:
    tab = request.POST.get("waits", "")
    tab = tab if tab in dict(queries.TABS) else ""
    return redirect(f"{reverse('holds:board')}?waits={tab}&hold={hold_key or ''}")
