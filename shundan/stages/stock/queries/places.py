"""Which warehouse an order's goods leave from."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.errors import NotFound
from shundan.stages.stock.models import ShopWarehouse, Warehouse


def warehouses() -> list[Warehouse]:
    """Return our open warehouses, the one used first first."""
    return list(Warehouse.objects.filter(closed_at=None).order_by("-priority", "pk"))


def warehouses_seen_by(who: Who) -> list[Warehouse]:
    """Return the open warehouses in somebody's scope, the one used first first."""
    return [one for one in warehouses() if who.sees_warehouse(one.code)]


def default_warehouse() -> Warehouse | None:
    """Return the warehouse used where nothing else is said; None before the first one exists."""
    return Warehouse.objects.filter(closed_at=None).order_by("-priority", "pk").first()


def warehouse_by_code(code: str) -> Warehouse:
    """Return the warehouse of that code; raise NotFound."""
    found = Warehouse.objects.filter(code=code).first()
    if found is None:
        raise NotFound(
            _("There is no warehouse %(code)s.") % {"code": code},
            field="warehouse",
            remedy=_("Choose one from the list."),
        )
    return found


def warehouses_of(places: Iterable[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """Return (shop key, platform warehouse id) -> our warehouse's key, the default where no link says otherwise."""
    wanted = set(places)
    default = default_warehouse()
    linked = {
        (shop, outside): warehouse
        for shop, outside, warehouse in ShopWarehouse.objects.filter(
            shop__in={shop for shop, _ in wanted}, warehouse__isnull=False
        ).values_list("shop_id", "channel_warehouse_id", "warehouse_id")
    }
    found = {place: linked.get(place, default.pk if default else 0) for place in wanted}
    return {place: key for place, key in found.items() if key}


def warehouse_links(who: Who | None) -> list[ShopWarehouse]:
    """Return the platform warehouses of the shops in scope, with our warehouse each stands for (None: not said yet)."""
    rows = ShopWarehouse.objects.select_related("shop", "warehouse").order_by("shop_id", "channel_warehouse_id")
    return list(rows if who is None or who.shop_keys is None else rows.filter(shop__in=who.shop_keys))
