"""What is done to one order. Each view calls one action; a refusal comes back as a sentence on the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shundan.core.errors import Refused
from shundan.core.facts import AddressFacts
from shundan.core.moves import OrderMove
from shundan.core.rights import Right
from shundan.edges.conversations.actions import Recipient, write_to_buyer
from shundan.ground.lib import clock
from shundan.ground.staff.actions import do_once
from shundan.ground.staff.logins import needs
from shundan.stages.orders import actions as orders
from shundan.stages.orders.queries import Order, order_by_id, stops_of
from shundan.stages.review import actions as review


def _act(request: HttpRequest, shop: str, order_id: str, work: Callable[[Order], object], done: str) -> HttpResponse:
    """Do `work` with the order, say how it went, and go back to where the person was."""
    order = order_by_id(shop, order_id, who=request.who)
    try:
        work(order)
    except Refused as refusal:
        messages.error(request, f"{refusal.message} {refusal.remedy}".strip())
    else:
        messages.success(request, done)
    back = request.POST.get("next", "")
    if back and url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        return redirect(back)
    return redirect("orderbook:order", shop, order_id)


@needs(Right.HOLD)
@require_POST
def hold(request: HttpRequest, shop: str, order_id: str) -> HttpResponse:
    """Hold (or stop) the order by hand."""
    by, why = request.who, request.POST.get("why", "")
    return _act(
        request, shop, order_id, lambda order: orders.hold_by_hand(order.pk, why, by=by, now=clock.now()), _("Held.")
    )


@needs(Right.HOLD)
@require_POST
def unhold(request: HttpRequest, shop: str, order_id: str) -> HttpResponse:
    """End a hold that no check stands behind."""
    by, key = request.who, int(request.POST.get("hold") or 0)
    return _act(
        request,
        shop,
        order_id,
        lambda order: review.unhold(order.pk, key, "fixed", by=by, now=clock.now()),
        _("Hold ended."),
    )


@needs(Right.HOLD)
@require_POST
def let_go(request: HttpRequest, shop: str, order_id: str) -> HttpResponse:
    """Lift a stop: the parcel may leave again."""
    key = int(request.POST.get("stop") or 0)

    def work(order: Order) -> None:
        if not any(stop.pk == key for stop in stops_of(order.pk)):
            raise Refused(_("This stop is not of this order."), remedy=_("Reload the order."))
        orders.close_stop(key, "fixed", by=request.who, now=clock.now())

    return _act(request, shop, order_id, work, _("Stop lifted."))


@needs(Right.APPROVE)
@require_POST
def waive(request: HttpRequest, shop: str, order_id: str) -> HttpResponse:
    """Let the order pass one check, or all that hold it."""
    by, why, check = request.who, request.POST.get("why", ""), request.POST.get("check", "")

    def work(order: Order) -> None:
        if check:
            orders.waive(order.pk, check, why, by=by, now=clock.now())
        else:
            review.approve_held(order.pk, why, by=by, now=clock.now())

    return _act(request, shop, order_id, work, _("Waived; it is checked again."))


@needs(Right.APPROVE)
@require_POST
def look_again(request: HttpRequest, shop: str, order_id: str) -> HttpResponse:
    """Let the checks look again."""
    by = request.who
    return _act(
        request,
        shop,
        order_id,
        lambda order: review.look_again(order.pk, by=by, now=clock.now()),
        _("It is checked again."),
    )


@needs(Right.STOCK)
@require_POST
def link_sku(request: HttpRequest, shop: str, order_id: str) -> HttpResponse:
    """Link one of the order's SKUs to an item."""
    by, sku_id, item = request.who, request.POST.get("sku_id", ""), request.POST.get("item", "").strip()
    return _act(
        request,
        shop,
        order_id,
        lambda order: review.link_sku(order.pk, sku_id, item, by=by, now=clock.now()),
        _("Linked; it is checked again."),
    )


@needs(Right.APPROVE)
@require_POST
def change_address(request: HttpRequest, shop: str, order_id: str) -> HttpResponse:
    """Correct the address."""
    told: dict[str, Any] = {
        part: request.POST.get(part, "").strip()
        for part in ("name", "phone", "postal_code", "state", "city", "district")
    }
    lines = tuple(line.strip() for line in request.POST.get("lines", "").splitlines() if line.strip())
    facts, by = replace(AddressFacts(lines=lines), **told), request.who
    return _act(
        request,
        shop,
        order_id,
        lambda order: orders.change_address(order.pk, facts, by=by, now=clock.now()),
        _("Address corrected."),
    )


@needs(Right.CANCEL)
@require_POST
def cancel(request: HttpRequest, shop: str, order_id: str) -> HttpResponse:
    """Cancel the order at its channel, with one of the platform's reasons."""
    by, reason = request.who, request.POST.get("reason", "")
    return _act(
        request,
        shop,
        order_id,
        lambda order: review.cancel_order(order.pk, reason, by=by, now=clock.now()),
        _("Asked to cancel; nothing of it leaves meanwhile."),
    )


@needs(Right.SEE_ORDER)
@require_POST
def add_note(request: HttpRequest, shop: str, order_id: str) -> HttpResponse:
    """Write a note beside the order."""
    by, text = request.who, request.POST.get("text", "")
    return _act(
        request, shop, order_id, lambda order: orders.add_note(order.pk, text, by=by, now=clock.now()), _("Noted.")
    )


@needs(Right.ANSWER)
@require_POST
def write(request: HttpRequest, shop: str, order_id: str) -> HttpResponse:
    """Write to the buyer."""
    by, text, why = request.who, request.POST.get("text", ""), request.POST.get("why", "")

    def work(order: Order) -> None:
        buyer = order.buyer
        recipient = Recipient(order.shop_id, order.order_id, order.pk, buyer.channel_buyer_id if buyer else "",
                              buyer.nickname if buyer else "")  # fmt: skip
        sent = request.POST.get("once", "")
        do_once(by, sent, lambda: write_to_buyer(recipient, text, by=by, now=clock.now(), why=why))

    return _act(request, shop, order_id, work, _("The message is on its way."))


@needs(Right.APPROVE)
@require_POST
def adopt(request: HttpRequest, shop: str, order_id: str) -> HttpResponse:
    """Ship a watched order from our shelf: somebody arranged it elsewhere."""
    by = request.who
    return _act(
        request,
        shop,
        order_id,
        lambda order: orders.move_order(order.pk, OrderMove.ADOPT, by=by, at=clock.now()),
        _("Adopted: our shelf ships it."),
    )


@needs(Right.APPROVE)
@require_POST
def block_buyer(request: HttpRequest, shop: str, order_id: str) -> HttpResponse:
    """Block the order's buyer, or let them go."""
    by, why = request.who, request.POST.get("why", "")

    def work(order: Order) -> None:
        if order.buyer is None:
            raise Refused(_("The platform did not tell who the buyer is."), remedy=_("There is nobody to block."))
        if order.buyer.blocked_at:
            orders.unblock_buyer(order.buyer.pk, by=by, now=clock.now())
        else:
            orders.block_buyer(order.buyer.pk, why, by=by, now=clock.now())

    return _act(request, shop, order_id, work, _("Done."))
