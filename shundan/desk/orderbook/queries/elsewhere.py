"""Who arranged an order that is only watched, and when, as far as the platform tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shundan.core.errors import Unreadable
from shundan.core.facts import PackageFacts
from shundan.core.states import FulfilledBy
from shundan.core.states import OrderState as S
from shundan.edges.channels.tiktok.mapping import map_package
from shundan.edges.inbox.queries import latest_snapshots

_HANDOVERS: dict[str, str | Promise] = {"PICKUP": _("picked up"), "DROP_OFF": _("dropped off")}


@dataclass(frozen=True)
class Arranged:
    """One package somebody else arranged: what the platform tells of it."""

    package_id: str
    by: str | Promise
    since: datetime | None  # since when the platform has the package
    shipped_at: datetime | None  # when it was told ready to ship
    tracking_number: str
    carrier: str
    status: str
    handover: str | Promise


def arranged_elsewhere(order: Any, lines: Sequence[Any]) -> tuple[Arranged, ...]:
    """Return the packages of a watched order; one query, and none for orders that are ours."""
    if order.order_state != S.WATCHED:
        return ()
    ids = list(dict.fromkeys(key for line in lines for key in line.package_ids if key))[:20]
    if not ids:
        return (_arranged("", order, None),) if order.shipped_at or order.tracking_number else ()
    told = latest_snapshots(order.shop_id, "package", ids)
    return tuple(_arranged(key, order, _read(told.get(key))) for key in ids)


def _read(payload: dict[str, Any] | None) -> PackageFacts | None:
    try:
        return map_package(payload) if payload else None
    except Unreadable:
        return None


def _arranged(key: str, order: Any, facts: PackageFacts | None) -> Arranged:
    by_platform = facts.shipping_by_platform if facts else None
    by_platform = order.shipping_by_platform if by_platform is None else by_platform
    who = (
        _("the platform's own warehouse") if order.fulfilled_by == FulfilledBy.PLATFORM
        else _("the seller or another tool, with the platform's label") if by_platform
        else _("the seller or another tool, with a carrier of their own")
    )  # fmt: skip
    if facts is None:
        return Arranged(key, who, None, order.shipped_at, order.tracking_number, order.carrier_name, "", "")
    return Arranged(
        key, who, facts.arranged_at, order.shipped_at, facts.tracking_number, facts.carrier_name, facts.status,
        _HANDOVERS.get(facts.handover_method, ""),
    )  # fmt: skip
