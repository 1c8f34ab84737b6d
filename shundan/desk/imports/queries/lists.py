"""The list of kept rows, one per kind."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from shundan.core.rights import Right, may
from shundan.desk.imports.models import KeptRow
from shundan.ground.look.queries import Column, Filter, ListPage, Sort


def _order(row: Any) -> Any:
    """Draw the order's number: a link once the order is stored."""
    if not row.order_id:
        return ""
    if not row.is_linked:
        return format_html('<span class="text-3">{}</span>', row.order_id)
    address = reverse("orderbook:order", args=[row.shop.shop_id, row.order_id])
    return format_html('<a href="{}">{}</a>', address, row.order_id)


def _shop(row: Any) -> Any:
    return format_html('<span class="tag" title="{}">{}</span>', row.shop.name, row.shop.region)


def _linked(rows: QuerySet[KeptRow], value: bool) -> QuerySet[KeptRow]:
    return rows.filter(Q(is_linked=value))


def _sees_money(request: Any) -> bool:
    return may(str(request.who.role), Right.SEE_MONEY)


@cache
def kept_list(kind: str) -> ListPage:
    """Return the declaration of the list of one kind's rows."""
    return ListPage(
        key=f"rows-{kind}",
        title=_("Rows from files"),
        columns=(
            Column("outside_id", _("Its own number"), value=lambda row: row.outside_id or row.sku or f"#{row.pk}"),
            Column("order_id", _("Order"), value=_order, export="order_id"),
            Column("shop", _("Shop"), value=_shop, export="shop.name"),
            Column("sku", _("SKU"), kind="code", wide=True),
            Column("status", _("Status")),
            Column("amount_minor", _("Amount"), kind="money", shown=_sees_money),
            Column("told_at", _("Moment"), kind="when", sort="told", right=True),
            Column("file_name", _("File"), value=lambda row: f"{row.file_name} · {row.file_row}", wide=True),
        ),
        filters=(
            Filter("linked", _("Order is stored"), "boolean", apply=_linked),
            Filter("status", _("Status"), "text", field="status"),
            Filter("told", _("Moment"), "dates", field="told_at", icon="calendar"),
        ),
        sorts=(Sort("new", _("Newest"), "pk", descending=True), Sort("told", _("Moment"), "told_at", descending=True)),
        default_sort="new",
        shop_field="shop_id",
        row_url=lambda row: reverse("imports:row", args=[row.kind, row.pk]),
        search_fields=("order_id__endswith", "outside_id__endswith", "sku__iexact", "status__istartswith"),
        empty=_("No file has told such rows yet."),
    )
