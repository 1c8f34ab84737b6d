"""Items and listings, for pages, checks and the pack station."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.errors import NotFound
from shundan.stages.stock.models import Item, LedgerRow, Level, Listing


def find_item(sku: str) -> Item:
    """Return the item of our own SKU; raise NotFound."""
    found = Item.objects.filter(sku=sku).first()
    if found is None:
        raise NotFound(
            _("There is no item %(sku)s.") % {"sku": sku}, field="sku", remedy=_("Look for it in Stock, or make it.")
        )
    return found


def items_by_key(keys: Iterable[int]) -> dict[int, Item]:
    return Item.objects.in_bulk(list(keys))


def items_by_code(codes: Iterable[str]) -> dict[str, Item]:
    """Return code -> item, a code being a barcode or our own SKU; barcodes win."""
    wanted = [code for code in codes if code]
    found = {row.sku: row for row in Item.objects.filter(sku__in=wanted)}
    return found | {row.barcode: row for row in Item.objects.filter(barcode__in=wanted)}


def items_in_list() -> QuerySet[Item]:
    """Return the items in use with their sums over all warehouses: on_hand, reserved, expected, available."""
    rows = Item.objects.filter(retired_at=None)
    for name in ("on_hand", "reserved", "expected"):
        summed = Level.objects.filter(item=OuterRef("pk")).order_by().values("item").annotate(n=Sum(name)).values("n")
        rows = rows.annotate(**{name: Coalesce(Subquery(summed, output_field=IntegerField()), 0)})
    return rows.annotate(available=F("on_hand") - F("reserved") - F("expected") - F("buffer"))


def ledger_of(item_key: int, *, limit: int = 100, before: int | None = None) -> list[LedgerRow]:
    """Return an item's newest ledger rows, with their warehouses; `before`: only rows older than this key."""
    rows = LedgerRow.objects.filter(item=item_key).select_related("warehouse").order_by("-pk")
    return list((rows.filter(pk__lt=before) if before else rows)[:limit])


def listings_of_item(item_key: int) -> list[Listing]:
    return list(Listing.objects.filter(item=item_key).select_related("shop").order_by("shop_id", "sku_id"))


def listings_seen_by(who: Who | None) -> QuerySet[Listing]:
    """Return the listings in somebody's scope, with shop and item."""
    rows = Listing.objects.select_related("shop", "item")
    return rows if who is None or who.shop_keys is None else rows.filter(shop__in=who.shop_keys)


def unlinked_listings(who: Who | None) -> QuerySet[Listing]:
    """Return listings that sell no item of ours yet."""
    return listings_seen_by(who).filter(item=None)


def titles_of_products(pairs: Iterable[tuple[int, str]]) -> dict[tuple[int, str], str]:
    """Return (shop key, product id) -> its title, for those that are listed; one query."""
    wanted = set(pairs)
    rows = Listing.objects.filter(shop__in={shop for shop, _ in wanted}, product_id__in={one for _, one in wanted})
    return {(shop, product): title for shop, product, title in rows.values_list("shop_id", "product_id", "title")}
