"""Reads of kept rows: by kind, by order, and as the table they came from."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet

from shundan.core.actors import Who
from shundan.core.rights import Right
from shundan.desk.imports.models import KeptRow
from shundan.edges.channels.files.kinds import Kind
from shundan.stages.orders.queries import Order

_AT_ONCE = 500
# The kinds with a page of their own; those about money ask the right to see it.
KEPT_LIST_KINDS: dict[str, Right] = {
    Kind.RETURNS.value: Right.SEE_ORDER,
    Kind.SETTLEMENT.value: Right.SEE_MONEY,
    Kind.INCOME.value: Right.SEE_MONEY,
    Kind.UNSETTLED.value: Right.SEE_MONEY,
    Kind.AFFILIATE.value: Right.SEE_MONEY,
    Kind.TRACKING.value: Right.SEE_ORDER,
    Kind.PRODUCTS.value: Right.SEE_ORDER,
    Kind.ERP_ITEMS.value: Right.SEE_ORDER,
}


def kept_rows_seen_by(who: Who, kind: str) -> QuerySet[KeptRow]:
    """Return the rows of one kind in somebody's scope, each knowing whether its order is stored (`is_linked`)."""
    stored = Order.objects.filter(shop=OuterRef("shop"), order_id=OuterRef("order_id"))
    rows = KeptRow.objects.select_related("shop").filter(kind=kind).annotate(is_linked=Exists(stored))
    return rows if who.shop_keys is None else rows.filter(shop__in=who.shop_keys)


def kept_rows_of_order(shop_key: int, order_id: str, *, who: Who, limit: int = 50) -> list[KeptRow]:
    """Return what files told about one order beside the order itself, as far as somebody may see it."""
    kinds = [kind for kind, right in KEPT_LIST_KINDS.items() if who.may(right)]
    rows = KeptRow.objects.filter(shop=shop_key, order_id=order_id, kind__in=kinds)
    return list(rows.order_by("kind", "-told_at", "-pk")[:limit])


def kept_hashes(shop_key: int, kind: str, keys: Iterable[str]) -> dict[str, str]:
    """Return row key -> hash of what is kept under it."""
    wanted, found = list(keys), dict[str, str]()
    for start in range(0, len(wanted), _AT_ONCE):
        rows = KeptRow.objects.filter(shop=shop_key, kind=kind, row_key__in=wanted[start : start + _AT_ONCE])
        found |= dict(rows.values_list("row_key", "content_hash"))
    return found


def original_table(rows: Iterable[KeptRow], *, with_personal: bool) -> tuple[list[str], list[list[str]]]:
    """Return (header, rows) in the columns of the files the rows came from; a missing cell is empty."""
    places: dict[str, int] = {}
    told: list[dict[str, str]] = []
    for row in rows:
        cells = [*row.payload, *(row.personal if with_personal else [])]
        for place, name, _ in cells:
            places.setdefault(name, place)
        told.append({name: cell for _, name, cell in cells})
    header = sorted(places, key=lambda name: (places[name], name))
    return header, [[row.get(name, "") for name in header] for row in told]
