"""What people do with stock: receive, count, write off, take returns back, link listings, keep items and places."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.errors import Conflict, NotFound, Refused
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib.db import in_transaction, lock
from shundan.stages.orders.queries import Line, lines_by_key
from shundan.stages.stock.actions.levels import LevelChange, change_levels, lock_levels
from shundan.stages.stock.models import Item, LedgerRow, Level, Listing, Reservation, ShopWarehouse, Warehouse
from shundan.stages.stock.queries import default_warehouse, find_item, listings_of, warehouse_by_code

NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # whatever a channel tells is newer


@dataclass(frozen=True)
class ItemDraft:
    """An item as people keep it; None leaves what is known."""

    sku: str
    name_zh: str | None = None
    name_en: str | None = None
    barcode: str | None = None
    weight_g: int | None = None
    cost_minor: int | None = None
    cost_currency: str | None = None
    buffer: int | None = None


def receive_units(
    item: Item, units: int, *, warehouse: str, by: Who, now: datetime, key: str = "", note: str = "", bin: str = ""
) -> None:
    """Book goods that arrived. `key` (a delivery note's number, say) makes a repetition harmless."""
    if units < 1:
        raise Refused(_("Receive at least one unit."), field="units", remedy=_("Write how many arrived."))
    _book(item, warehouse, units, "receive", key=key, note=note, bin=bin, by=by, now=now)


def count_bin(
    item: Item, counted: int, *, warehouse: str, by: Who, now: datetime, note: str = "", bin: str = ""
) -> int:
    """Set what is on hand to what was counted; return the difference. Raises Conflict below what is reserved."""
    if counted < 0:
        raise Refused(_("A count is not negative."), field="counted", remedy=_("Write what stands there."))

    def work() -> int:
        place = (item.pk, warehouse_by_code(warehouse).pk)
        level = lock_levels([place], now=now)[place]
        difference = counted - level.on_hand
        if counted < level.reserved:
            raise Conflict(
                _("%(reserved)s units are reserved for orders, only %(counted)s were counted.")
                % {"reserved": level.reserved, "counted": counted},
                code="below_reserved",
                remedy=_("Hold or cancel an order first, so that its units are free."),
            )
        key = f"count:{item.pk}:{place[1]}:{now.isoformat()}"
        change_levels([LevelChange(*place, key, "count", on_hand=difference, note=note)], by=by, now=now)
        if bin:
            Level.objects.filter(pk=level.pk).update(bin=bin[:24])
        record(
            [_draft(item, "count_bin", by, now, {"warehouse": warehouse, "counted": counted, "difference": difference})]
        )
        return difference

    return in_transaction(work)


def write_off(item: Item, units: int, *, warehouse: str, by: Who, now: datetime, note: str) -> None:
    """Take broken or lost units off the shelf; raise Conflict when they are reserved."""
    if units < 1:
        raise Refused(_("Write off at least one unit."), field="units", remedy=_("Write how many are gone."))
    if not note.strip():
        raise Refused(_("A write-off needs its reason."), field="note", remedy=_("Write what happened to them."))
    _book(item, warehouse, -units, "write_off", key="", note=note, bin="", by=by, now=now)


def return_units(line_key: int, units: int, *, warehouse: str = "", key: str, by: Who, now: datetime) -> bool:
    """Put units of an order line that came back in good order on the shelf, once per `key`; return whether it was new.

    `units` are sold units: each puts as many on the shelf as one sale takes. They go to the item the line was shipped
    with. Call it inside the transaction that grades them. Raises NotFound when nothing of the line ever left.
    """
    if units < 1 or LedgerRow.objects.filter(key=key).exists():
        return False
    left = Reservation.objects.filter(line=line_key, ended_how="left").order_by("-pk")
    shipped = left.first() or LedgerRow.objects.filter(key=f"left:{line_key}", on_hand_change__lt=0).first()
    if shipped is None:
        raise NotFound(_("This line never left our shelf."), remedy=_("Receive the goods at the item's page instead."))
    place = warehouse_by_code(warehouse).pk if warehouse else shipped.warehouse_id
    per_sale = _units_per_sale(line_key)
    change_levels([LevelChange(shipped.item_id, place, key, "return", on_hand=units * per_sale)], by=by, now=now)
    return True


def _units_per_sale(line_key: int) -> int:
    pairs = {(line.shop_id, line.sku_id) for line in lines_by_key([line_key])}
    return next((listing.units_per_sale for listing in listings_of(pairs).values()), 1)


def _book(
    item: Item, warehouse: str, units: int, reason: str, *, key: str, note: str, bin: str, by: Who, now: datetime
) -> None:
    def work() -> None:
        place = warehouse_by_code(warehouse).pk
        name = f"{reason}:{item.pk}:{key}" if key else f"{reason}:{item.pk}:{place}:{now.isoformat()}"
        if key and LedgerRow.objects.filter(key=name).exists():
            raise Conflict(
                _("“%(key)s” was booked already.") % {"key": key}, code="booked", remedy=_("Look at the item's ledger.")
            )
        change_levels([LevelChange(item.pk, place, name, reason, on_hand=units, note=note)], by=by, now=now)
        if bin:
            Level.objects.filter(item=item, warehouse=place).update(bin=bin[:24])
        record([_draft(item, reason, by, now, {"warehouse": warehouse, "units": units})])

    in_transaction(work)


def keep_item(draft: ItemDraft, *, by: Who, now: datetime) -> Item:
    """Make an item, or bring what is known of it up to date."""
    sku = draft.sku.strip()[:80]
    if not sku:
        raise Refused(_("An item needs its SKU."), field="sku", remedy=_("Write the code on the shelf."))
    told = {name: value for name, value in vars(draft).items() if name != "sku" and value is not None}
    with transaction.atomic():
        item, made = Item.objects.get_or_create(sku=sku, defaults={"created_at": now, **told})
        changed = [name for name, value in told.items() if getattr(item, name) != value]
        if changed:
            Item.objects.filter(pk=item.pk).update(**told)
            item.refresh_from_db()
        if made or changed:
            record([_draft(item, "make_item" if made else "change_item", by, now, {"changed": changed})])
        if "buffer" in changed:
            Listing.objects.filter(item=item, dirty_at=None).update(dirty_at=now)
    return item


def link_listing(listing: Listing, item: Item, *, by: Who, now: datetime, units_per_sale: int = 1) -> None:
    """Say which item a listing sells, and how many of it one sale takes."""
    if units_per_sale < 1:
        raise Refused(_("One sale takes at least one unit."), field="units_per_sale", remedy=_("Write 1 or more."))
    with transaction.atomic():
        rows = lock(Listing.objects.filter(pk=listing.pk))
        if not rows:
            raise NotFound(_("There is no such listing."))
        Listing.objects.filter(pk=listing.pk).update(item=item, units_per_sale=units_per_sale, dirty_at=now)
        facts = {"sku_id": listing.sku_id, "item": item.sku, "units_per_sale": units_per_sale}
        record([_draft(item, "link_listing", by, now, facts, shop_key=listing.shop_id)])


def link_sku(line: Line, item_sku: str, *, by: Who, now: datetime, units_per_sale: int = 1) -> None:
    """Link the SKU an order line names to an item of ours; a listing that no channel told is made from the line."""
    item = find_item(item_sku)
    currency = line.order.currency
    listing, __ = Listing.objects.get_or_create(
        shop_id=line.shop_id,
        sku_id=line.sku_id,
        defaults={
            "product_id": line.product_id,
            "seller_sku": line.seller_sku,
            "title": line.title,
            "currency": currency,
            "variant": line.variant,
            "price_minor": line.list_price_minor,
            "updated_at": NEVER,
            "asked_at": NEVER,
        },
    )
    link_listing(listing, item, by=by, now=now, units_per_sale=units_per_sale)


def keep_warehouse(code: str, name: str, *, by: Who, now: datetime, priority: int = 0) -> Warehouse:
    """Make a warehouse of ours, or rename it."""
    if not code.strip():
        raise Refused(_("A warehouse needs its code."), field="code", remedy=_("Write a short code, such as DG-1."))
    with transaction.atomic():
        row, __ = Warehouse.objects.update_or_create(
            code=code.strip()[:16], defaults={"name": name.strip()[:80] or code.strip(), "priority": priority}
        )
        record([Draft("warehouse", row.pk, "keep_warehouse", by, now, subject_name=row.code)])
    return row


def link_warehouse(shop_key: int, channel_warehouse_id: str, warehouse: str, *, by: Who, now: datetime) -> None:
    """Say which of our warehouses a shop's platform warehouse is."""
    home = warehouse_by_code(warehouse)
    with transaction.atomic():
        ShopWarehouse.objects.update_or_create(
            shop_id=shop_key, channel_warehouse_id=channel_warehouse_id, defaults={"warehouse": home}
        )
        facts = {"channel_warehouse_id": channel_warehouse_id, "warehouse": warehouse}
        record(
            [
                Draft(
                    "warehouse",
                    home.pk,
                    "link_warehouse",
                    by,
                    now,
                    shop_key=shop_key,
                    subject_name=home.code,
                    facts=facts,
                )
            ]
        )


def first_warehouse() -> Warehouse:
    """Return the default warehouse; the first one is made when there is none."""
    found = default_warehouse()
    return found or Warehouse.objects.get_or_create(code="MAIN", defaults={"name": "Main warehouse"})[0]


def _draft(
    item: Item, verb: str, by: Who, at: datetime, facts: dict[str, object], *, shop_key: int | None = None
) -> Draft:
    return Draft("item", item.pk, verb, by, at, shop_key=shop_key, subject_name=item.sku, facts=facts)
