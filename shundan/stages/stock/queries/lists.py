"""The lists of items and of listings."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from shundan.ground.look.queries import Column, Filter, ListPage, Preset, Sort
from shundan.stages.stock.models import Item, Listing

REASON_WORDS: dict[str, str | Promise] = {
    "opening": _("Opening count"),
    "receive": _("Receipt"),
    "count": _("Counted"),
    "reserve": _("Reserved"),
    "release": _("Released"),
    "leave": _("Left"),
    "write_off": _("Written off"),
    "return": _("Back on the shelf"),
}


def _short(rows: QuerySet[Any], value: bool) -> QuerySet[Any]:
    return rows.filter(available__lt=0) if value else rows.filter(available__gte=0)


def _name(item: Item) -> Any:
    return format_html("{}", item.name_zh or item.name_en or "—")


ITEMS = ListPage(
    key="stock",
    title=_("Stock"),
    columns=(
        Column("sku", _("Item"), kind="code"),
        Column("name", _("Item name"), value=_name, export="name_en"),
        Column("on_hand", _("On hand"), kind="number", sort="on_hand"),
        Column("reserved", _("Reserved"), kind="number"),
        Column("expected", _("Expected"), kind="number"),
        Column("available", _("Available"), kind="number", sort="available"),
        Column("buffer", _("Buffer"), kind="number", wide=True),
        Column("barcode", _("Barcode"), kind="code", wide=True),
    ),
    filters=(Filter("short", _("Short"), "boolean", apply=_short), Filter("sku", _("SKU"), "text")),
    sorts=(
        Sort("sku", _("Item"), "sku"),
        Sort("available", _("Available"), "available"),
        Sort("on_hand", _("On hand"), "on_hand"),
    ),
    default_sort="sku",
    search_fields=("sku", "name_zh", "name_en", "barcode__exact"),
    row_url=lambda item: reverse("stock:item", args=[item.sku]),
    presets=(Preset("all", _("All"), ""), Preset("short", _("Short"), "short=1", counted=True, alarming=True)),
    empty=_("No item yet: they come with the listings of a connected shop, or are made here."),
)


def _unlinked(rows: QuerySet[Listing], value: bool) -> QuerySet[Listing]:
    return rows.filter(item=None) if value else rows.exclude(item=None)


def _refused(rows: QuerySet[Listing], value: bool) -> QuerySet[Listing]:
    return rows.filter(refused_at__isnull=not value)


LISTINGS = ListPage(
    key="listings",
    title=_("Listings"),
    columns=(
        Column("seller_sku", _("Seller SKU"), kind="code"),
        Column("shop", _("Shop"), value="shop.region", kind="tag"),
        Column("title", _("Listing")),
        Column("variant", _("Variant"), wide=True),
        Column("item", _("Item"), value="item.sku", kind="code"),
        Column("price_minor", _("Price"), kind="money"),
        Column("offered", _("Offered"), value=lambda row: sum(row.channel_stock.values()), kind="number"),
        Column("wanted_stock", _("Pushed"), kind="number"),
        Column("status", _("Status"), kind="tag", wide=True),
    ),
    filters=(
        Filter("unlinked", _("Not linked"), "boolean", apply=_unlinked),
        Filter("refused", _("Stock refused"), "boolean", apply=_refused),
    ),
    sorts=(Sort("newest", _("Newest"), "updated_at", descending=True),),
    default_sort="newest",
    shop_field="shop_id",
    search_fields=("seller_sku", "title", "sku_id__exact"),
    row_url=lambda row: reverse("stock:listing", args=[row.shop.shop_id, row.sku_id]),
    presets=(
        Preset("all", _("All"), ""),
        Preset("unlinked", _("Not linked"), "unlinked=1", counted=True, alarming=True),
        Preset("refused", _("Stock refused"), "refused=1", counted=True, alarming=True),
    ),
    empty=_("No listing yet: they come from connected shops."),
)
