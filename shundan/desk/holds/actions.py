"""How a hold is ended from the board: one choice, one action of the stage that knows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.errors import Conflict, Refused
from shundan.core.facts import AddressFacts
from shundan.desk.holds.queries import choices_of
from shundan.stages.orders import actions as orders
from shundan.stages.orders.queries import Hold
from shundan.stages.review import actions as review

_PARTS = ("name", "phone", "postal_code", "state", "city", "district")


def settle(hold: Hold, choice: str, told: Mapping[str, Any], *, by: Who, now: datetime) -> None:
    """End (or change) a hold by one of its choices; raise Refused when it does not fit hold or role."""
    way = next((one for one in choices_of(hold, hold.order) if one.key == choice), None)
    if way is None:
        raise Refused(_("Choose how this hold ends."), field="choice", remedy=_("Choose one of the ways shown."))
    by.needs(way.right)
    if hold.closed_at is not None:
        raise Conflict(_("This hold is closed already."), remedy=_("Look at the next one."))
    key = hold.order_id
    match choice:
        case "link":
            review.link_sku(key, str(told.get("sku_id", "")), str(told.get("item", "")).strip(), by=by, now=now)
        case "address":
            lines = tuple(line.strip() for line in str(told.get("lines", "")).splitlines() if line.strip())
            parts: dict[str, Any] = {part: str(told.get(part, "")).strip() for part in _PARTS}
            orders.change_address(key, replace(AddressFacts(lines=lines), **parts), by=by, now=now)
        case "waive":
            orders.waive(key, hold.kind, str(told.get("why", "")), by=by, now=now)
        case "end":
            review.unhold(key, hold.pk, "fixed", by=by, now=now)
        case "again":
            review.look_again(key, by=by, now=now)
        case "cancel":
            review.cancel_order(key, str(told.get("reason", "")), by=by, now=now)


def wait_for_buyer(hold: Hold) -> None:
    """Note that the next word is the buyer's."""
    orders.set_waits_for(hold.pk, "buyer")
