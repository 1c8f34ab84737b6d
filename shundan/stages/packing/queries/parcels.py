"""Parcels by key, order, state and scanned code, within somebody's scope."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Concat, Length, Replace
from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.errors import Conflict, NotFound
from shundan.core.parcel_moves import HERE
from shundan.core.states import OrderState, ParcelState
from shundan.ground.shops.queries import find_shop
from shundan.stages.packing.models import Parcel, ParcelLine, ParcelOrder

P = ParcelState


def parcels_seen_by(who: Who | None) -> QuerySet[Parcel]:
    """Return the parcels of the shops and warehouses in somebody's scope."""
    rows = Parcel.objects.select_related("shop", "warehouse")
    if who is not None and who.shop_keys is not None:
        rows = rows.filter(shop_id__in=who.shop_keys)
    if who is not None and who.warehouses is not None:
        rows = rows.filter(warehouse__code__in=who.warehouses)
    return rows


def parcels_in(*states: str) -> QuerySet[Parcel]:
    """Return parcels in any of these states, oldest first: the queue of the stage that reads the state."""
    return Parcel.objects.filter(parcel_state__in=states).order_by("pk")


def parcels_of(order_keys: Iterable[int]) -> dict[int, list[Parcel]]:
    """Map each order's key to its parcels, oldest first, void ones included. One query."""
    links = (
        ParcelOrder.objects.filter(order_id__in=list(order_keys))
        .select_related("parcel__warehouse")
        .order_by("parcel_id")
    )
    found: dict[int, list[Parcel]] = defaultdict(list)
    for link in links:
        found[link.order_id].append(link.parcel)
    return found


def parcel_of_package(shop_key: int, package_id: str) -> Parcel | None:
    """Return the live parcel that is this package of the platform, or None."""
    return Parcel.objects.filter(shop_id=shop_key, package_id=package_id).exclude(parcel_state=P.VOIDED).first()


def order_keys_of(parcel_keys: Iterable[int]) -> dict[int, list[int]]:
    """Map each parcel's key to the keys of its orders. One query."""
    found: dict[int, list[int]] = defaultdict(list)
    links = ParcelOrder.objects.filter(parcel_id__in=list(parcel_keys)).order_by("pk")
    for parcel_key, order_key in links.values_list("parcel_id", "order_id"):
        found[parcel_key].append(order_key)
    return found


def with_orders(rows: QuerySet[Parcel]) -> QuerySet[Parcel]:
    """Read parcels together with their orders and lines: three queries however many."""
    return rows.prefetch_related(
        Prefetch("parcel_orders", ParcelOrder.objects.select_related("order").order_by("pk")),
        Prefetch("parcel_lines", ParcelLine.objects.select_related("item", "line").order_by("pk")),
    )


def soonest_of_parcel(rows: QuerySet[Parcel]) -> QuerySet[Parcel]:
    """Add the soonest open clock of a parcel's orders: `due_at` and `due_kind`."""
    orders = ParcelOrder.objects.filter(parcel=OuterRef("pk"))
    soonest = orders.order_by(F("order__next_due_at").asc(nulls_last=True))
    return rows.annotate(
        due_at=Subquery(soonest.values("order__next_due_at")[:1]),
        due_kind=Subquery(soonest.values("order__next_due_kind")[:1]),
    )


def lines_of_parcels(parcel_keys: Iterable[int]) -> list[ParcelLine]:
    """Return the lines of parcels with item and order line, by parcel."""
    rows = ParcelLine.objects.filter(parcel_id__in=list(parcel_keys))
    return list(rows.select_related("item", "line").order_by("parcel_id", "pk"))


def units_in(row: ParcelLine, package_id: str) -> list[str]:
    """Return the platform's units of a parcel's line: of a line that is split, those it told in this package."""
    units, told = row.line.channel_line_ids, row.line.package_ids
    return [unit for unit, one in zip(units, told, strict=False) if one == package_id] if package_id in told else units


def parcel_by_key(key: int, *, who: Who | None = None) -> Parcel:
    """Return one parcel; raise NotFound outside the scope."""
    parcel = parcels_seen_by(who).filter(pk=key).first()
    return parcel if parcel is not None else _missing(str(key))


def find_parcel(shop_id: str, parcel_id: str, *, who: Who | None = None) -> Parcel:
    """Return the parcel with our number in a shop; raise NotFound outside the scope."""
    shop = find_shop(shop_id, who=who)
    parcel = parcels_seen_by(who).filter(shop=shop, parcel_id=parcel_id).first()
    return parcel if parcel is not None else _missing(parcel_id)


def find_parcels(names: Sequence[tuple[str, str]], *, who: Who | None = None) -> list[Parcel]:
    """Return the parcels of (shop id, our number), in that order; raise NotFound for one outside the scope."""
    shops, numbers = {shop_id for shop_id, _ in names}, {number for _, number in names}
    rows = parcels_seen_by(who).filter(shop__shop_id__in=shops, parcel_id__in=numbers)
    found = {(row.shop.shop_id, row.parcel_id): row for row in rows}
    return [found[name] if name in found else _missing(name[1]) for name in names]


def parcel_by_code(code: str, *, who: Who | None = None) -> Parcel:
    """Return the parcel a scanned code means: our number, the tracking number, or an order's id.

    Raises NotFound, or Conflict when the code means several.
    """
    code = code.strip()
    for lookup in ("parcel_id__iexact", "tracking_number", "parcel_orders__order__order_id"):
        rows = list(parcels_seen_by(who).filter(**{lookup: code}).order_by("-pk")[:5]) if code else []
        live = [row for row in rows if row.parcel_state != P.VOIDED] or rows[:1]
        if len(live) == 1:
            return live[0]
        if live:
            names = ", ".join(row.parcel_id for row in live)
            raise Conflict(
                _("%(code)s means several parcels: %(names)s.") % {"code": code, "names": names},
                code="several_parcels",
                remedy=_("Scan the parcel's own barcode."),
            )
    return _missing(code)


def cancelled_parcels() -> QuerySet[Parcel]:
    """Return parcels that have not left though an order in them is cancelled."""
    cancelled = ParcelOrder.objects.filter(parcel=OuterRef("pk"), order__order_state=OrderState.CANCELLED)
    return Parcel.objects.filter(Exists(cancelled), parcel_state__in=HERE).order_by("pk")


def vanished_parcels() -> QuerySet[Parcel]:
    """Return parcels whose label was never asked for and whose package is not what it was, by newer news of orders.

    None of their orders names it any more, or it was split: units in the parcel are told to lie in another package.
    """
    rows = Parcel.objects.filter(parcel_state=P.PLANNED).exclude(package_id="").order_by("pk")
    orders = ParcelOrder.objects.filter(parcel=OuterRef("pk"))
    lines = ParcelLine.objects.filter(parcel=OuterRef("pk")).exclude(line__package_ids=[])
    own = Concat(Value('"'), OuterRef("package_id"), Value('"'))  # a package's id as it stands in a list of them
    older = orders.filter(order__asked_at__lte=OuterRef("planned_at"))
    told = orders.annotate(told=Cast("order__package_ids", TextField()))
    told_of_line = Cast("line__package_ids", TextField())
    rest = Length(told_of_line) - Length(Replace(told_of_line, own, Value("")))  # type: ignore[arg-type]
    elsewhere = lines.annotate(theirs=rest / Length(own)).filter(quantity__gt=F("theirs"))
    is_gone = ~Exists(told.filter(Q(order__package_ids=[]) | Q(told__contains=own))) | Exists(elsewhere)
    return rows.filter(~Exists(older), is_gone)


def unstopped(rows: QuerySet[Parcel]) -> QuerySet[Parcel]:
    """Leave out parcels of which an order has an open stop or is cancelled."""
    orders = ParcelOrder.objects.filter(parcel=OuterRef("pk"))
    stopped = orders.filter(order__stops__opened_at__isnull=False, order__stops__closed_at__isnull=True)
    cancelled = orders.filter(order__order_state=OrderState.CANCELLED)
    return rows.exclude(Exists(stopped)).exclude(Exists(cancelled))


def unstopped_orders(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Leave out orders with an open stop, so that no parcel is planned for them."""
    stopped = rows.model._default_manager.filter(
        pk=OuterRef("pk"), stops__opened_at__isnull=False, stops__closed_at__isnull=True
    )
    return rows.exclude(Exists(stopped))


def order_ids_of(parcel_keys: Iterable[int]) -> dict[int, list[str]]:
    """Map parcels to the platform's ids of the orders in them. One query."""
    found: dict[int, list[str]] = defaultdict(list)
    links = ParcelOrder.objects.filter(parcel_id__in=list(parcel_keys)).order_by("pk")
    for parcel_key, order_id in links.values_list("parcel_id", "order__order_id"):
        found[parcel_key].append(order_id)
    return found


def _missing(code: str) -> Parcel:
    raise NotFound(
        _("There is no parcel %(code)s.") % {"code": code or "—"},
        field="parcel",
        remedy=_("Scan the barcode on its slip or label."),
    )
