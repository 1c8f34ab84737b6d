"""Parcels kept true to their orders: cancelled units leave their lines, adopted orders get their parcel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.errors import Refused
from shundan.core.parcel_moves import ParcelMove
from shundan.core.states import ParcelState
from shundan.ground.lib.db import in_transaction
from shundan.stages.packing.actions.door import lock_parcels, move_parcels
from shundan.stages.packing.actions.plans import Units, plan_units
from shundan.stages.packing.models import Parcel, ParcelLine
from shundan.stages.packing.queries.fitting import live_orders, reserved_units
from shundan.stages.stock.queries import items_by_key, needs_of

P = ParcelState


def fit_parcels(parcels: Iterable[Parcel], *, by: Who, now: datetime) -> int:
    """Take cancelled units out of parcels that are still here; a packed box is opened. Returns how many lines changed.

    The lines' reservations say how many units are still to go.
    """

    def work() -> int:
        here = lock_parcels([parcel.pk for parcel in parcels])
        rows = ParcelLine.objects.filter(parcel__in=here, line__cancelled__gt=0, line__reservation__isnull=False)
        lines = list(rows.order_by("pk").distinct())
        wanted = reserved_units([line.line_id for line in lines])
        odd = [line for line in lines if wanted.get(line.line_id, 0) < line.quantity]
        packed = {line.parcel_id for line in odd if here[line.parcel_id].parcel_state == P.PACKED}
        facts = {key: {"why": "units_cancelled"} for key in packed}
        move_parcels([(key, ParcelMove.UNPACK) for key in sorted(packed)], by=by, at=now, facts=facts)
        for line in odd:
            left = wanted.get(line.line_id, 0)
            one = ParcelLine.objects.filter(pk=line.pk)
            if left:
                one.update(quantity=left, checked=0)
            else:
                one.delete()
        return len(odd)

    return in_transaction(work)


def adopt_orders(orders: Sequence[Any], *, by: Who, now: datetime) -> int:
    """Plan parcels for adopted orders: somebody arranged them elsewhere, so no label is asked for, only fetched.

    Raises Refused for an order of which no line is linked to an item.
    """

    def work() -> int:
        # Looked at once more under the lock: another worker may have planned them since they were chosen.
        planned = live_orders([order.pk for order in orders])
        todo = [order for order in orders if order.pk not in planned]
        needs = needs_of([order.pk for order in todo])
        items = items_by_key({need.item_key for found in needs.values() for need in found if need.item_key})
        units = {key: [_unit(need, items) for need in found if need.item_key in items] for key, found in needs.items()}
        for order in todo:
            if not units.get(order.pk):
                raise Refused(
                    _("No line of order %(order)s is linked to an item.") % {"order": order.order_id},
                    code="unknown_sku",
                    remedy=_("Link its listings in Stock first."),
                )
        parcels = plan_units(todo, units, by=by, now=now)
        moves = [(one.pk, ParcelMove.REQUEST) for one in parcels]
        moves += [(one.pk, ParcelMove.LABEL) for one in parcels if not one.shipping_by_platform]
        columns = {one.pk: {"arranged_at": now} for one in parcels}
        facts = {one.pk: {"why": "adopted"} for one in parcels}
        move_parcels(moves, by=by, at=now, columns=columns, facts=facts)
        return len(parcels)

    return in_transaction(work)


def _unit(need: Any, items: dict[int, Any]) -> Units:
    return Units(need.order_key, need.line_key, need.item_key, need.warehouse_key, need.units, items[need.item_key])
