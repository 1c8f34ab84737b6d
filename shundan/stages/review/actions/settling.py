"""What a person decides at a hold: waive it, look again, link the SKU, end it by hand."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.checks import CHECK_BY_KEY, NEVER_WAIVED
from shundan.core.errors import Conflict, Refused
from shundan.stages.orders import queries as orders
from shundan.stages.orders.actions import close_holds, waive
from shundan.stages.orders.queries import Hold
from shundan.stages.stock.actions import link_sku as link_stock_sku

# Holds that no check stands behind: a person ends them by deciding.
_BY_HAND = ("by_hand", "address_changed", "lines_changed", "cancel_refused")


def approve_held(order_key: int, why: str, *, by: Who, now: datetime) -> bool:
    """Let an order pass everything that holds it, with one reason; return whether it is free now.

    Raises Refused when it lacks an item or units: nobody can wave that through.
    """
    with transaction.atomic():
        holds = _open(order_key)
        if fixed := [hold.kind for hold in holds if hold.kind in NEVER_WAIVED]:
            raise Refused(
                _("This cannot be waived: %(kinds)s.") % {"kinds": ", ".join(fixed)},
                code="never_waived",
                remedy=_("Link the SKU or receive goods."),
            )
        freed = [waive(order_key, hold.kind, why, by=by, now=now) for hold in holds]
        return any(freed)


def look_again(order_key: int, *, by: Who, now: datetime) -> bool:
    """Close what checks hold the order for, so that they look again; return whether the order is free now."""
    holds = [hold.pk for hold in _open(order_key) if hold.kind in CHECK_BY_KEY]
    if not holds:
        raise Conflict(_("No check holds this order."), remedy=_("End the hold by hand."))
    return bool(close_holds(holds, "looked_again", by=by, now=now))


def unhold(order_key: int, hold_key: int, outcome: str, *, by: Who, now: datetime) -> bool:
    """End one hold that no check stands behind; return whether the order is free now."""
    hold = next((one for one in _open(order_key) if one.pk == hold_key), None)
    if hold is None:
        raise Conflict(_("This hold is closed already."), remedy=_("Reload the order."))
    if hold.kind not in _BY_HAND:
        raise Refused(
            _("A check holds this order: waive it, or fix what it found."),
            code="waive_instead",
            remedy=_("Choose “waive”."),
        )
    return bool(close_holds([hold.pk], outcome[:32] or "fixed", by=by, now=now))


def link_sku(order_key: int, sku_id: str, item_sku: str, *, by: Who, now: datetime, units_per_sale: int = 1) -> bool:
    """Link the SKU of one of the order's lines to an item of ours and look again; return whether the order is free."""
    line = next((one for one in orders.lines_of([order_key]).get(order_key, ()) if one.sku_id == sku_id), None)
    if line is None:
        raise Refused(
            _("The order has no SKU %(sku_id)s.") % {"sku_id": sku_id},
            field="sku_id",
            remedy=_("Choose one of its lines."),
        )
    with transaction.atomic():
        link_stock_sku(line, item_sku, by=by, now=now, units_per_sale=units_per_sale)
        holds = [hold.pk for hold in _open(order_key, required=False) if hold.kind in ("unknown_sku", "missing_stock")]
        return bool(close_holds(holds, "linked", by=by, now=now))


def _open(order_key: int, *, required: bool = True) -> list[Hold]:
    holds = orders.open_holds([order_key]).get(order_key, [])
    if not holds and required:
        raise Conflict(_("The order is not held any more."), remedy=_("Reload the order."))
    return holds
