"""Listings and platform warehouses as channels tell them; unknown seller SKUs become items of ours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from shundan.core.actors import Who
from shundan.core.facts import ListingFacts
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib.db import lock
from shundan.stages.stock.actions.levels import LevelChange, change_levels
from shundan.stages.stock.actions.people import first_warehouse
from shundan.stages.stock.models import SELLING, Item, Listing, ShopWarehouse
from shundan.stages.stock.queries import warehouses_of

UPDATED = [
    "product_id",
    "seller_sku",
    "item",
    "title",
    "variant",
    "image_url",
    "status",
    "price_minor",
    "currency",
    "channel_stock",
    "refused_at",
    "refused_stock",
    "refused_why",
    "dirty_at",
    "updated_at",
    "asked_at",
]


class Told(Protocol):
    """What of a snapshot decides whether it is applied."""

    pk: int
    shop_id: int
    updated_at: datetime
    asked_at: datetime


def store_listings(told: Sequence[tuple[Told, Sequence[ListingFacts]]], *, by: Who, now: datetime) -> dict[int, str]:
    """Store the listings of product snapshots in the caller's transaction; return snapshot key -> outcome.

    A listing whose seller SKU is known is linked to that item. Where no such item exists it is made, and what the
    channel offers becomes its opening count, once.
    """
    keys = {(snapshot.shop_id, one.sku_id) for snapshot, many in told for one in many}
    rows = lock(Listing.objects.filter(shop__in={shop for shop, _ in keys}, sku_id__in={sku for _, sku in keys}))
    stored = {(row.shop_id, row.sku_id): row for row in rows}
    fresh: dict[tuple[int, str], Listing] = {}
    outcomes: dict[int, str] = {}
    for snapshot, many in told:
        outcomes[snapshot.pk] = "older"
        for facts in many:
            key = (snapshot.shop_id, facts.sku_id)
            row = fresh.get(key) or stored.get(key)
            if row is not None and (snapshot.updated_at, snapshot.asked_at) <= (row.updated_at, row.asked_at):
                continue
            fresh[key] = _write(row or Listing(shop_id=snapshot.shop_id, sku_id=facts.sku_id), snapshot, facts, now)
            outcomes[snapshot.pk] = "applied"
    _link(list(fresh.values()), by=by, now=now)
    Listing.objects.bulk_create([row for row in fresh.values() if row.pk is None])
    changed = [row for row in fresh.values() if (row.shop_id, row.sku_id) in stored]
    if changed:
        Listing.objects.bulk_create(changed, update_conflicts=True, update_fields=UPDATED, unique_fields=["id"])
    return outcomes


def _write(row: Listing, snapshot: Told, facts: ListingFacts, now: datetime) -> Listing:
    if facts.stock != row.channel_stock:
        row.dirty_at = row.dirty_at or now  # perhaps the platform's number is right, perhaps ours: compare
    row.product_id, row.seller_sku = facts.product_id[:32], facts.seller_sku[:80] or row.seller_sku
    row.title, row.variant = facts.title[:300] or row.title, facts.variant[:200] or row.variant
    row.image_url, row.status = facts.image_url[:500] or row.image_url, facts.status[:32]
    if facts.currency:  # a price in no currency is no price: what is held stays
        row.price_minor, row.currency = facts.price_minor, facts.currency
    row.channel_stock = dict(facts.stock)
    if row.refused_at and (row.status not in SELLING or sum(facts.stock.values()) == row.refused_stock):
        row.refused_at, row.refused_stock, row.refused_why = None, None, ""  # somebody put it right in the shop
    row.updated_at, row.asked_at = snapshot.updated_at, snapshot.asked_at
    return row


def _link(rows: list[Listing], *, by: Who, now: datetime) -> None:
    """Link unlinked listings by seller SKU, and make the items that are missing with their opening count."""
    loose = [row for row in rows if row.item_id is None and row.seller_sku]
    items = {item.sku: item for item in Item.objects.filter(sku__in={row.seller_sku for row in loose})}
    first = {row.seller_sku: row for row in reversed(loose) if row.seller_sku not in items}
    made = [
        Item(
            sku=sku,
            name_zh=_name(row),
            name_en=_name(row),
            created_at=now,
            opened_at=row.asked_at,
            opened_shop_id=row.shop_id,
        )
        for sku, row in sorted(first.items())
    ]
    if made:
        Item.objects.bulk_create(made)
        home = first_warehouse()
        _open(made, first, home.pk, by=by, now=now)
        items |= {item.sku: item for item in made}
    for row in loose:
        row.item = items[row.seller_sku]


def _name(row: Listing) -> str:
    return f"{row.title} {row.variant}".strip()[:300]


def _open(made: list[Item], first: dict[str, Listing], home: int, *, by: Who, now: datetime) -> None:
    places = warehouses_of({(row.shop_id, outside) for row in first.values() for outside in row.channel_stock})
    changes, drafts = [], []
    for item in made:
        row = first[item.sku]
        for outside, units in sorted(row.channel_stock.items()):
            place = places.get((row.shop_id, outside), home)
            key = f"opening:item:{item.pk}:{outside}"
            changes.append(LevelChange(item.pk, place, key, "opening", on_hand=units, note=f"listing {row.sku_id}"))
        facts = {"sku_id": row.sku_id, "units": sum(row.channel_stock.values())}
        drafts.append(
            Draft("item", item.pk, "opening_count", by, now, shop_key=row.shop_id, subject_name=item.sku, facts=facts)
        )
    change_levels(changes, by=by, now=now)
    record(drafts)


def store_warehouses(shop_key: int, places: Sequence[tuple[str, str]]) -> None:
    """Store a shop's platform warehouses, given as (id, name); new ones are linked to our default warehouse."""
    home = first_warehouse()
    known = set(ShopWarehouse.objects.filter(shop=shop_key).values_list("channel_warehouse_id", flat=True))
    ShopWarehouse.objects.bulk_create(
        [
            ShopWarehouse(shop_id=shop_key, channel_warehouse_id=outside[:32], name=name[:120], warehouse=home)
            for outside, name in places
            if outside not in known
        ],
        ignore_conflicts=True,
    )
