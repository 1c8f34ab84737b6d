"""Orders, for programs: the same rights and words as the pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema

from shundan.core.errors import Refused
from shundan.core.facts import AddressFacts
from shundan.core.rights import Right
from shundan.desk.orderbook import queries
from shundan.edges.conversations.actions import Recipient, write_to_buyer
from shundan.ground.lib import clock
from shundan.ground.look.queries.keyset import page_of
from shundan.ground.staff.logins import needs
from shundan.stages.orders import actions
from shundan.stages.orders.queries import Order, holds_of, order_by_id, stops_of
from shundan.stages.review import actions as review

router = Router(tags=["orders"])


class Why(Schema):
    why: str = ""


class Waive(Schema):
    check: str
    why: str


class CloseHold(Schema):
    hold: int
    outcome: str = "fixed"


class Text(Schema):
    text: str


class StopIn(Schema):
    stop: int


class CancelIn(Schema):
    """`reason` is one of the platform's; a wrong one is answered with those it takes."""

    reason: str


class LinkIn(Schema):
    sku_id: str
    item: str
    units_per_sale: int = 1


class AddressIn(Schema):
    name: str = ""
    phone: str = ""
    region: str = ""
    postal_code: str = ""
    state: str = ""
    city: str = ""
    district: str = ""
    lines: list[str] = []


@router.get("")
@needs(Right.SEE_ORDER)
def list_orders(
    request: HttpRequest, shop: str = "", state: str = "", platform_status: str = "", updated_after: str = "",
    q: str = "", limit: int = 50, after: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Return orders, newest placed first; with `updated_after`, ascending by the platform's update time.

    `state` and `platform_status` take several, with commas. `limit` is 1 to 200; send `next` back as `after`.
    """
    if not 1 <= limit <= 200:
        raise Refused(_("A page has 1 to 200 orders."), field="limit", remedy=_("Ask for 50."))
    rows, sort = queries.find_orders(
        request.who, shop=shop, state=state, platform_status=platform_status, updated_after=updated_after, q=q
    )
    items, after_this = page_of(rows, sort, after=after, limit=limit)
    return {"items": [queries.order_row(one, who=request.who) for one in items], "next": after_this}


@router.get("/{shop}/{order_id}")
@needs(Right.SEE_ORDER)
def read_order(request: HttpRequest, shop: str, order_id: str) -> dict[str, Any]:
    """Return one order with lines, parcels, holds, stops, deadlines, cases and journal."""
    return queries.order_detail(order_by_id(shop, order_id, who=request.who), who=request.who)


@router.post("/{shop}/{order_id}/hold")
@needs(Right.HOLD)
def hold_order(request: HttpRequest, shop: str, order_id: str, body: Why) -> dict[str, Any]:
    """Hold an order by hand; it waits until the hold is closed."""
    order = order_by_id(shop, order_id, who=request.who)
    actions.hold_by_hand(order.pk, body.why, by=request.who, now=clock.now())
    return _again(request, order)


@router.post("/{shop}/{order_id}/unhold")
@needs(Right.HOLD)
def unhold_order(request: HttpRequest, shop: str, order_id: str, body: CloseHold) -> dict[str, Any]:
    """Close one hold of an order; the last one sets it free, and it is checked again."""
    order = order_by_id(shop, order_id, who=request.who)
    _own(order, body.hold)
    actions.close_hold(body.hold, body.outcome, by=request.who, now=clock.now())
    return _again(request, order)


@router.post("/{shop}/{order_id}/waive")
@needs(Right.APPROVE)
def waive_check(request: HttpRequest, shop: str, order_id: str, body: Waive) -> dict[str, Any]:
    """Let a check pass for this order while its inputs stay the same."""
    order = order_by_id(shop, order_id, who=request.who)
    actions.waive(order.pk, body.check, body.why, by=request.who, now=clock.now())
    return _again(request, order)


@router.post("/{shop}/{order_id}/approve")
@needs(Right.APPROVE)
def approve_order(request: HttpRequest, shop: str, order_id: str, body: Why) -> dict[str, Any]:
    """Waive everything that holds the order, with one reason; missing units and unknown SKUs cannot be waived."""
    order = order_by_id(shop, order_id, who=request.who)
    review.approve_held(order.pk, body.why, by=request.who, now=clock.now())
    return _again(request, order)


@router.post("/{shop}/{order_id}/look-again")
@needs(Right.APPROVE)
def look_again(request: HttpRequest, shop: str, order_id: str) -> dict[str, Any]:
    """Let the checks look at a held order as it is now."""
    order = order_by_id(shop, order_id, who=request.who)
    review.look_again(order.pk, by=request.who, now=clock.now())
    return _again(request, order)


@router.post("/{shop}/{order_id}/link-sku")
@needs(Right.STOCK)
def link_sku(request: HttpRequest, shop: str, order_id: str, body: LinkIn) -> dict[str, Any]:
    """Link one of the order's SKUs to an item of ours; every order held for it is checked again."""
    order = order_by_id(shop, order_id, who=request.who)
    told = body.dict()
    review.link_sku(
        order.pk, told["sku_id"], told["item"], by=request.who, now=clock.now(), units_per_sale=told["units_per_sale"]
    )
    return _again(request, order)


@router.post("/{shop}/{order_id}/cancel")
@needs(Right.CANCEL)
def cancel_order(request: HttpRequest, shop: str, order_id: str, body: CancelIn) -> dict[str, Any]:
    """Cancel the order at its channel; nothing of it leaves meanwhile."""
    order = order_by_id(shop, order_id, who=request.who)
    done = review.cancel_order(order.pk, body.reason, by=request.who, now=clock.now())
    return _again(request, order) | {"cancel": done}


@router.post("/{shop}/{order_id}/let-go")
@needs(Right.HOLD)
def lift_stop(request: HttpRequest, shop: str, order_id: str, body: StopIn) -> dict[str, Any]:
    """Lift a stop: the order's parcels may leave again."""
    order = order_by_id(shop, order_id, who=request.who)
    if not any(row.pk == body.stop for row in stops_of(order.pk)):
        raise Refused(
            _("This stop is not of this order."), field="stop", remedy=_("Read the order and take its stop's id.")
        )
    actions.close_stop(body.stop, "fixed", by=request.who, now=clock.now())
    return _again(request, order)


@router.post("/{shop}/{order_id}/address")
@needs(Right.APPROVE)
def change_address(request: HttpRequest, shop: str, order_id: str, body: AddressIn) -> dict[str, Any]:
    """Correct the address; only what is sent changes. The order is checked again."""
    order = order_by_id(shop, order_id, who=request.who)
    told = AddressFacts(**{**body.dict(), "lines": tuple(body.lines)})
    actions.change_address(order.pk, told, by=request.who, now=clock.now())
    return _again(request, order)


@router.post("/{shop}/{order_id}/note")
@needs(Right.HOLD)
def add_note(request: HttpRequest, shop: str, order_id: str, body: Text) -> dict[str, Any]:
    """Write a note for those who work on the order next."""
    order = order_by_id(shop, order_id, who=request.who)
    actions.add_note(order.pk, body.text, by=request.who, now=clock.now())
    return _again(request, order)


@router.post("/{shop}/{order_id}/message")
@needs(Right.ANSWER)
def write_message(request: HttpRequest, shop: str, order_id: str, body: Text) -> dict[str, Any]:
    """Write to the buyer of the order through the platform."""
    order = order_by_id(shop, order_id, who=request.who)
    buyer = order.buyer
    recipient = Recipient(
        order.shop_id,
        order.order_id,
        order.pk,
        buyer.channel_buyer_id if buyer else "",
        buyer.nickname if buyer else "",
    )
    thread = write_to_buyer(recipient, body.text, by=request.who, now=clock.now())
    return {"thread": thread.pk}


@router.post("/{shop}/{order_id}/buyer")
@needs(Right.SEE_BUYER)
def look_at_buyer(request: HttpRequest, shop: str, order_id: str, body: Why) -> dict[str, Any]:
    """Return the address as it is held, unmasked; the look and its reason are journaled."""
    order = order_by_id(shop, order_id, who=request.who)
    row = actions.look_at_address(order.pk, body.why, by=request.who, now=clock.now())
    return {
        "name": row.name, "phone": row.phone, "region": row.region, "postal_code": row.postal_code, "state": row.state,
        "city": row.city, "district": row.district, "lines": row.lines,
    }  # fmt: skip


def _again(request: HttpRequest, order: Order) -> dict[str, Any]:
    fresh = order_by_id(order.shop.shop_id, order.order_id, who=request.who)
    return queries.order_row(fresh, who=request.who)


def _own(order: Order, hold: int) -> None:
    if not any(row.pk == hold for row in holds_of(order.pk)):
        raise Refused(
            _("This hold is not of this order."), field="hold", remedy=_("Read the order and take its hold's id.")
        )
