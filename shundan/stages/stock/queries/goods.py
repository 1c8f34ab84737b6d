"""What the lines of orders need: which item, how many units, from where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from shundan.core.allocation import Place
from shundan.core.states import OrderState as S
from shundan.stages.orders import queries as orders
from shundan.stages.orders.queries import Line
from shundan.stages.stock.models import Listing
from shundan.stages.stock.queries.places import warehouses_of

# Orders whose lines are promised but not reserved yet.
PROMISED = (S.WAITING, S.RECEIVED, S.HELD, S.APPROVED)


@dataclass(frozen=True)
class Need:
    """What one live line needs. `item_key` is 0 where its SKU is not linked to an item."""

    order_key: int
    line_key: int
    shop_key: int
    sku_id: str
    seller_sku: str
    item_key: int
    warehouse_key: int
    units: int

    @property
    def place(self) -> Place:
        return self.item_key, self.warehouse_key


def listings_of(pairs: Iterable[tuple[int, str]]) -> dict[tuple[int, str], Listing]:
    """Return (shop key, SKU id) -> listing for those that are stored."""
    wanted = set(pairs)
    if not wanted:
        return {}
    return {key: row for row in _listings(wanted) if (key := (row.shop_id, row.sku_id)) in wanted}


def _listings(wanted: set[tuple[int, str]]) -> QuerySet[Listing]:
    return Listing.objects.filter(shop__in={shop for shop, _ in wanted}, sku_id__in={sku for _, sku in wanted})


def needs_of(order_keys: Iterable[int]) -> dict[int, list[Need]]:
    """Return order key -> what its live lines need, in line order; a constant number of queries."""
    keys = list(order_keys)
    homes = orders.homes_of(keys)
    lines = [line for rows in orders.lines_of(keys).values() for line in rows if line.live > 0]
    return needs_of_lines(lines, {key: warehouse_id for key, (_, warehouse_id, _) in homes.items()})


def needs_of_lines(lines: Iterable[Line], warehouse_ids: dict[int, str]) -> dict[int, list[Need]]:
    """Return order key -> needs of these lines; `warehouse_ids`: order key -> the platform's warehouse id."""
    rows = list(lines)
    links = {
        (shop, sku_id): (item_key or 0, units)
        for shop, sku_id, item_key, units in _listings({(line.shop_id, line.sku_id) for line in rows}).values_list(
            "shop_id", "sku_id", "item_id", "units_per_sale"
        )
    }
    homes = warehouses_of({(line.shop_id, warehouse_ids.get(line.order_id, "")) for line in rows})
    needs: dict[int, list[Need]] = {}
    for line in rows:
        item_key, units_per_sale = links.get((line.shop_id, line.sku_id), (0, 1))
        needs.setdefault(line.order_id, []).append(Need(
            line.order_id, line.pk, line.shop_id, line.sku_id, line.seller_sku,
            item_key=item_key,
            warehouse_key=homes.get((line.shop_id, warehouse_ids.get(line.order_id, "")), 0),
            units=line.live * units_per_sale,
        ))  # fmt: skip
    return needs


def unexpected_lines() -> QuerySet[Line]:
    """Return live lines that are ours to ship, linked to an item, and not counted yet."""
    linked = Listing.objects.filter(shop=OuterRef("shop"), sku_id=OuterRef("sku_id"), item__isnull=False)
    return orders.uncounted_lines(PROMISED).filter(Exists(linked))
