"""Stock, for programs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema

from shundan.core.errors import NotFound
from shundan.core.rights import Right
from shundan.ground.lib import clock
from shundan.ground.staff.logins import needs
from shundan.stages.stock import actions, queries

router = Router(tags=["stock"])


class UnitsIn(Schema):
    """`key` (a delivery note's number, say) makes a repetition harmless."""

    units: int
    warehouse: str
    bin: str = ""
    note: str = ""
    key: str = ""


class CountIn(Schema):
    counted: int
    warehouse: str
    bin: str = ""
    note: str = ""


class ItemIn(Schema):
    """What is not sent stays as it is."""

    sku: str
    name_zh: str | None = None
    name_en: str | None = None
    barcode: str | None = None
    weight_g: int | None = None
    cost_minor: int | None = None
    cost_currency: str | None = None
    buffer: int | None = None


class LinkIn(Schema):
    shop: str
    sku_id: str
    item: str
    units_per_sale: int = 1


@router.get("")
@needs(Right.SEE_STOCK)
def list_items(request: HttpRequest, q: str = "", limit: int = 100, after: str = "") -> dict[str, Any]:
    """Return items by SKU with on hand, reserved, expected and available; send `next` back as `after`."""
    rows = queries.items_in_list().filter(sku__gt=after).order_by("sku")
    rows = rows.filter(sku__icontains=q) if q else rows
    limit = min(max(limit, 1), 200)
    found = list(rows[: limit + 1])
    return {"items": [_row(row) for row in found[:limit]], "next": found[limit - 1].sku if len(found) > limit else None}


@router.post("")
@needs(Right.STOCK)
def keep_item(request: HttpRequest, body: ItemIn) -> dict[str, Any]:
    """Make an item, or change what is known of it."""
    actions.keep_item(actions.ItemDraft(**body.dict()), by=request.who, now=clock.now())
    return _item(body.sku.strip())


@router.get("/listings")
@needs(Right.SEE_STOCK)
def list_listings(
    request: HttpRequest, shop: str = "", unlinked: bool = False, refused: bool = False, limit: int = 100,
    after: int = 0,
) -> dict[str, Any]:  # fmt: skip
    """Return listings, oldest stored first (`refused`: the stock of which was); send `next` back as `after`."""
    rows = queries.listings_seen_by(request.who).filter(pk__gt=after).order_by("pk")
    rows = rows.filter(shop__shop_id=shop) if shop else rows
    rows = rows.filter(item=None) if unlinked else rows
    rows = rows.filter(refused_at__isnull=False) if refused else rows
    limit = min(max(limit, 1), 200)
    found = list(rows[: limit + 1])
    items = [
        {
            "shop": row.shop.shop_id,
            "product_id": row.product_id,
            "sku_id": row.sku_id,
            "seller_sku": row.seller_sku,
            "title": row.title,
            "variant": row.variant,
            "status": row.status,
            "item": row.item.sku if row.item else None,
            "units_per_sale": row.units_per_sale,
            "offered": sum(row.channel_stock.values()),
            "pushed": row.wanted_stock,
            "refused": row.refused_stock,
            "refused_why": row.refused_why,
        }
        for row in found[:limit]
    ]
    return {"items": items, "next": found[limit - 1].pk if len(found) > limit else None}


@router.post("/listings/link")
@needs(Right.STOCK)
def link_listing(request: HttpRequest, body: LinkIn) -> dict[str, Any]:
    """Say which item a listing sells."""
    found = queries.listings_seen_by(request.who).filter(shop__shop_id=body.shop, sku_id=body.sku_id).first()
    if found is None:
        raise NotFound(
            _("There is no listing %(sku_id)s.") % {"sku_id": body.sku_id},
            field="sku_id",
            remedy=_("Read /api/v1/stock/listings."),
        )
    item = queries.find_item(body.item)
    actions.link_listing(found, item, by=request.who, now=clock.now(), units_per_sale=body.units_per_sale)
    return _item(body.item)


@router.post("/items/{path:sku}/receive")
@needs(Right.STOCK)
def receive(request: HttpRequest, sku: str, body: UnitsIn) -> dict[str, Any]:
    """Book goods that arrived."""
    actions.receive_units(
        queries.find_item(sku),
        body.units,
        warehouse=body.warehouse,
        by=request.who,
        now=clock.now(),
        key=body.key,
        note=body.note,
        bin=body.bin,
    )
    return _item(sku)


@router.post("/items/{path:sku}/count")
@needs(Right.STOCK)
def count(request: HttpRequest, sku: str, body: CountIn) -> dict[str, Any]:
    """Set what is on hand to what was counted."""
    actions.count_bin(
        queries.find_item(sku),
        body.counted,
        warehouse=body.warehouse,
        by=request.who,
        now=clock.now(),
        note=body.note,
        bin=body.bin,
    )
    return _item(sku)


@router.post("/items/{path:sku}/write-off")
@needs(Right.STOCK)
def write_off(request: HttpRequest, sku: str, body: UnitsIn) -> dict[str, Any]:
    """Take broken or lost units off the shelf; `note` says why."""
    actions.write_off(
        queries.find_item(sku), body.units, warehouse=body.warehouse, by=request.who, now=clock.now(), note=body.note
    )
    return _item(sku)


@router.get("/items/{path:sku}")
@needs(Right.SEE_STOCK)
def read_item(request: HttpRequest, sku: str) -> dict[str, Any]:
    """Return one item with its levels and newest ledger rows."""
    item = queries.find_item(sku)
    return _item(sku) | {
        "levels": [
            {
                "warehouse": row.warehouse.code,
                "bin": row.bin,
                "on_hand": row.on_hand,
                "reserved": row.reserved,
                "expected": row.expected,
            }
            for row in queries.levels([item.pk]).get(item.pk, ())
        ],
        "ledger": [
            {
                "at": row.at,
                "reason": row.reason,
                "on_hand_change": row.on_hand_change,
                "reserved_change": row.reserved_change,
                "warehouse": row.warehouse.code,
                "by": row.by,
                "note": row.note,
            }
            for row in queries.ledger_of(item.pk)
        ],
    }


def _item(sku: str) -> dict[str, Any]:
    return _row(queries.items_in_list().get(sku=sku))


def _row(row: Any) -> dict[str, Any]:
    return {
        "sku": row.sku,
        "name_zh": row.name_zh,
        "name_en": row.name_en,
        "barcode": row.barcode,
        "weight_g": row.weight_g,
        "buffer": row.buffer,
        "on_hand": row.on_hand,
        "reserved": row.reserved,
        "expected": row.expected,
        "available": row.available,
    }
