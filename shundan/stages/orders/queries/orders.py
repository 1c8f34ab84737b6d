"""Orders, lines, buyers and addresses, within somebody's scope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.errors import NotFound
from shundan.core.privacy import is_masked, mask_line, mask_name, mask_phone
from shundan.core.rights import Right
from shundan.core.states import OrderState
from shundan.stages.orders.models import Address, Buyer, Line, Order


@dataclass(frozen=True)
class ShownAddress:
    """An address as this person may see it; `hidden`: our own masking, `masked`: the platform's."""

    name: str
    phone: str
    region: str
    postal_code: str
    state: str
    city: str
    district: str
    lines: tuple[str, ...]
    hidden: bool
    masked: bool
    erased: bool
    known: bool


def orders_seen_by(who: Who | None) -> QuerySet[Order]:
    """Return the orders in somebody's scope, with shop and buyer."""
    rows = Order.objects.select_related("shop", "buyer")
    return rows if who is None or who.shop_keys is None else rows.filter(shop__in=who.shop_keys)


def listed_orders(who: Who | None) -> QuerySet[Order]:
    """Return the orders that lists show: those in somebody's scope, without the ones an undone import withdrew."""
    return orders_seen_by(who).exclude(cancelled_by="WITHDRAWN")


def order_by_id(shop_id: str, order_id: str, *, who: Who | None = None) -> Order:
    """Return the order by the platform's ids; raise NotFound outside the scope as if there were none."""
    order = orders_seen_by(who).filter(shop__shop_id=shop_id, order_id=order_id).first()
    if order is None:
        raise NotFound(
            _("There is no order %(order_id)s in shop %(shop_id)s.") % {"order_id": order_id, "shop_id": shop_id},
            remedy=_("Search for it by its number."),
        )
    return order


def orders_in(state: OrderState, *, limit: int | None = None) -> QuerySet[Order]:
    """Return orders in a state, oldest first."""
    rows = Order.objects.filter(order_state=state.value).order_by("pk")
    return rows if limit is None else rows[:limit]


def orders_by_key(keys: Iterable[int]) -> dict[int, Order]:
    """Return key -> order, with its shop."""
    return {row.pk: row for row in Order.objects.select_related("shop", "buyer").filter(pk__in=list(keys))}


def order_by_key(key: int) -> Order:
    """Return one order, with its shop; raise NotFound."""
    found = orders_by_key([key]).get(key)
    if found is None:
        raise NotFound(_("There is no such order."), remedy=_("Search for it by its number."))
    return found


def orders_by_ids(pairs: Iterable[tuple[int, str]]) -> dict[tuple[int, str], Order]:
    """Return (shop key, order id) -> order for those that are stored."""
    wanted = set(pairs)
    if not wanted:
        return {}
    rows = Order.objects.select_related("shop").filter(
        shop__in={shop for shop, _ in wanted}, order_id__in={one for _, one in wanted}
    )
    return {key: row for row in rows if (key := (row.shop_id, row.order_id)) in wanted}


def uncounted_lines(states: Iterable[OrderState]) -> QuerySet[Line]:
    """Return live lines of ours that stock has not counted as sold, of orders in these states, oldest first."""
    rows = Line.objects.filter(expected_at=None, quantity__gt=F("cancelled"), order__fulfilled_by="US")
    rows = rows.filter(order__order_state__in=[state.value for state in states]).order_by("pk")
    return rows.only("shop_id", "order_id", "sku_id", "seller_sku", "quantity", "cancelled")


def homes_of(order_keys: Iterable[int]) -> dict[int, tuple[str, str, datetime]]:
    """Return order key -> (order id, the platform's warehouse id, when it was placed)."""
    rows = Order.objects.filter(pk__in=list(order_keys))
    return {row[0]: row[1:] for row in rows.values_list("pk", "order_id", "channel_warehouse_id", "placed_at")}


def find_orders(shop_key: int, order_ids: Iterable[str]) -> dict[str, Order]:
    """Return order id -> order of one shop; ids that are not stored are left out."""
    return {row.order_id: row for row in Order.objects.filter(shop=shop_key, order_id__in=list(order_ids))}


def stored_ids(shop_key: int, order_ids: Iterable[str]) -> set[str]:
    """Return which of these order ids of a shop are stored."""
    rows = Order.objects.filter(shop=shop_key, order_id__in=list(order_ids))
    return set(rows.values_list("order_id", flat=True))


def orders_of_buyer(buyer_key: int, *, limit: int = 20) -> list[Order]:
    """Return a buyer's newest orders."""
    return list(Order.objects.filter(buyer=buyer_key).order_by("-placed_at", "-pk")[:limit])


def lively_orders_of(buyer_keys: Iterable[int], *, since: datetime) -> list[Order]:
    """Return the orders of these buyers placed since then that are not cancelled, oldest first."""
    rows = Order.objects.filter(buyer__in=list(buyer_keys), placed_at__gte=since)
    return list(rows.exclude(order_state=OrderState.CANCELLED.value).order_by("placed_at", "pk"))


def blocked_buyers(buyer_keys: Iterable[int]) -> set[int]:
    """Return which of these buyers are blocked."""
    rows = Buyer.objects.filter(pk__in=list(buyer_keys), blocked_at__isnull=False)
    return set(rows.values_list("pk", flat=True))


def lines_of(order_keys: Iterable[int]) -> dict[int, list[Line]]:
    """Return order key -> its lines, in the order they were told."""
    found: dict[int, list[Line]] = {}
    for line in Line.objects.filter(order__in=list(order_keys)).order_by("pk"):
        found.setdefault(line.order_id, []).append(line)
    return found


def lines_by_key(keys: Iterable[int]) -> list[Line]:
    """Return these lines that have live units, with their orders."""
    rows = Line.objects.filter(pk__in=list(keys), quantity__gt=F("cancelled"))
    return list(rows.select_related("order").order_by("pk"))


def addresses_of(order_keys: Iterable[int]) -> dict[int, Address]:
    """Return order key -> the address as we hold it, for labels and checks; never for a page."""
    return {row.order_id: row for row in Address.objects.filter(order__in=list(order_keys))}


def address_of(order: Order, *, who: Who, looked: bool = False) -> ShownAddress:
    """Return the address as `who` may see it: hidden unless a journaled look (`looked`) preceded."""
    row = Address.objects.filter(order=order.pk).first()
    if row is None:
        return ShownAddress("", "", "", "", "", "", "", (), False, False, False, False)
    shown = looked and who.may(Right.SEE_BUYER)
    return ShownAddress(
        name=row.name if shown else _hide(row.name, mask_name(row.name)),
        phone=row.phone if shown else _hide(row.phone, mask_phone(row.phone)),
        region=row.region,
        postal_code=row.postal_code if shown else _hide(row.postal_code, mask_line(row.postal_code)),
        state=row.state,
        city=row.city,
        district=row.district if shown else mask_line(row.district),
        lines=tuple(line if shown else _hide(line, mask_line(line)) for line in row.lines),
        hidden=not shown,
        masked=row.masked,
        erased=row.erased_at is not None,
        known=True,
    )


def _hide(text: str, hidden: str) -> str:
    """Return the platform's own masking where there is one: it shows no more than ours."""
    return text if is_masked(text) else hidden
