"""People, a shop, a shelf and orders with reserved units, for the tests of packing and the stages behind it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

from shundan.core.actors import Who
from shundan.core.rights import Role
from shundan.core.states import OrderState, ParcelState
from shundan.ground.shops.models import Shop
from shundan.stages.orders.models import Address, Line, Order, Stop
from shundan.stages.packing.actions import move_parcels, plan_orders
from shundan.stages.packing.models import Parcel
from shundan.stages.stock.models import Item, Level, Reservation, Warehouse

NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
PACKER = Who("person", "7", "page", role=Role.PACKER, name="chen")
SECOND_PACKER = Who("person", "8", "page", role=Role.PACKER, name="lin")
CLERK = Who("person", "3", "page", role=Role.CLERK, name="wang")
STEP = Who("step", "test", "step")
_numbers = count(1)


def make_shop(name: str = "Luma Living US", *, channel: str = "tiktok") -> Shop:
    number = next(_numbers)
    return Shop.objects.create(
        channel=channel,
        shop_id=f"70{number:08d}",
        name=name,
        region="US",
        zone="America/Los_Angeles",
        currency="USD",
        created_at=NOW,
    )


def make_warehouse(code: str = "DG") -> Warehouse:
    return Warehouse.objects.get_or_create(code=code, defaults={"name": "Dongguan", "zone": "Asia/Shanghai"})[0]


def make_item(sku: str, *, weight_g: int | None = 200, barcode: str = "", on_hand: int = 50) -> Item:
    item = Item.objects.create(
        sku=sku, name_zh=f"货品 {sku}", name_en=sku, barcode=barcode, weight_g=weight_g, created_at=NOW
    )
    Level.objects.create(item=item, warehouse=make_warehouse(), bin="A-03-2", on_hand=on_hand, changed_at=NOW)
    return item


def make_order(
    shop: Shop,
    wanted: dict[Item, int],
    *,
    state: OrderState = OrderState.RESERVED,
    packages: tuple[str, ...] = ("pkg",),
    by_platform: bool = True,
) -> Order:
    """Make an order with one line and one open reservation per item; the package id gets a number of its own."""
    number = next(_numbers)
    order = Order.objects.create(
        shop=shop,
        order_id=f"5771048629{number:08d}",
        order_state=state,
        state_since=NOW,
        platform_status="AWAITING_SHIPMENT",
        currency="USD",
        placed_at=NOW - timedelta(hours=2),
        updated_at=NOW,
        asked_at=NOW,
        stored_at=NOW,
        shipping_by_platform=by_platform,
        units=sum(wanted.values()),
        package_ids=[f"1152{number:06d}" if one == "pkg" else one for one in packages],
        next_due_at=NOW + timedelta(hours=number),
    )
    Address.objects.create(order=order, name="Emma Stone", region="US", lines=["1 Fictional Way"], city="Springfield")
    for item, units in wanted.items():
        line = Line.objects.create(
            shop=shop,
            order=order,
            line_key=item.sku,
            channel_line_ids=[f"{number}{n}" for n in range(units)],
            sku_id=f"sku-{item.pk}",
            seller_sku=f"SELLER-{item.sku}",
            title=item.sku,
            quantity=units,
            unit_price_minor=1990,
        )
        warehouse = make_warehouse()
        Reservation.objects.create(
            shop=shop, order=order, line=line, item=item, warehouse=warehouse, quantity=units, made_at=NOW
        )
        level = Level.objects.get(item=item, warehouse=warehouse)
        Level.objects.filter(pk=level.pk).update(reserved=level.reserved + units)
    return order


def make_parcel(shop: Shop, wanted: dict[Item, int], state: ParcelState = ParcelState.PLANNED) -> Parcel:
    """Plan an order's parcel and write it into a state, without the moves between."""
    order = make_order(shop, wanted)
    plan_orders([order], by=STEP, now=NOW)
    parcel = Parcel.objects.get(parcel_orders__order=order)
    Parcel.objects.filter(pk=parcel.pk).update(parcel_state=state)
    parcel.refresh_from_db()
    return parcel


def order_of(parcel: Parcel) -> Order:
    return Order.objects.get(parcelorder__parcel=parcel)


def stop_order(order: Order, kind: str = "cancel_request") -> Stop:
    return Stop.objects.create(shop=order.shop, order=order, kind=kind, opened_at=NOW, opened_by="platform:tiktok")


def walk(parcel: Parcel, *moves: str) -> Parcel:
    """Move a parcel through its door, one move after the other."""
    from shundan.core.parcel_moves import ParcelMove

    move_parcels([(parcel.pk, ParcelMove(move)) for move in moves], by=STEP, at=NOW)
    parcel.refresh_from_db()
    return parcel
