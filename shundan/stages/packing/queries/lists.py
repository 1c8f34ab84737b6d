"""The list of parcels as a page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse, reverse_lazy
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from shundan.core.actors import Who
from shundan.core.rights import Right, may
from shundan.core.states import ParcelState
from shundan.ground.lib import clock
from shundan.ground.look.queries import BulkAction, Column, Filter, ListPage, Preset, Sort
from shundan.ground.look.queries.formats import order_id
from shundan.ground.look.queries.states import state_choices
from shundan.stages.packing.models import Parcel, ParcelLine
from shundan.stages.packing.queries.parcels import parcels_seen_by, soonest_of_parcel, with_orders


def parcel_url(parcel: Any) -> str:
    """Return where a parcel's own page stands."""
    return reverse("tracking:parcel", args=[parcel.shop.shop_id, parcel.parcel_id])


def orders_cell(parcel: Any) -> SafeString:
    """Draw the ids of a parcel's orders."""
    ids = (link.order.order_id for link in parcel.parcel_orders.all())
    return format_html_join(" ", "{}", ((order_id(one, short=True),) for one in ids))


def items_cell(parcel: Any) -> SafeString:
    """Draw the first item and how many more there are."""
    lines = list(parcel.parcel_lines.all())
    if not lines:
        return format_html("—")
    first = lines[0]
    more = format_html(' <span class="text-2">+{}</span>', len(lines) - 1) if len(lines) > 1 else ""
    name = first.item.name_zh or first.line.title
    return format_html('<span class="code">{}</span> {} × {}{}', first.item.sku, name, first.quantity, more)


def _trouble(parcel: Any) -> str:
    return parcel.trouble and str(_(parcel.trouble))[:36]


def _packs(request: HttpRequest) -> bool:
    return may(request.who.role, Right.PACK)


def _sees_buyers(request: HttpRequest) -> bool:
    return may(request.who.role, Right.SEE_BUYER)


PARCELS = ListPage(
    key="parcels",
    title=_("Packing"),
    columns=(
        Column("parcel_id", _("Parcel"), kind="code"),
        Column("orders", _("Orders"), value=orders_cell, export=lambda row: ", ".join(_ids(row))),
        Column("shop", _("Shop"), value="shop.name", kind="tag", wide=True),
        Column("parcel_state", _("State"), kind="state", state_kind="parcel"),
        Column("due_at", _("Time left"), kind="deadline", deadline_kind="due_kind", sort="due"),
        Column("items", _("Items"), value=items_cell, export=False),
        Column("unit_count", _("Units"), kind="number"),
        Column("wave", _("Wave"), value="waveparcel.wave.wave_id", kind="code", wide=True),
        Column("carrier_name", _("Carrier"), wide=True),
        Column("trouble", _("Trouble"), value=_trouble, export="trouble", wide=True),
        Column("state_since", _("Since"), kind="when", sort="since", right=True, wide=True),
    ),
    filters=(
        Filter("state", _("State"), "multi", field="parcel_state", choices=state_choices(ParcelState)),
        Filter("wave", _("In a wave"), "boolean", apply=lambda rows, yes: rows.filter(waveparcel__isnull=not yes)),
        Filter(
            "single",
            _("One unit"),
            "boolean",
            apply=lambda rows, yes: rows.filter(unit_count=1) if yes else rows.filter(unit_count__gt=1),
        ),
        Filter(
            "due",
            _("Due"),
            "choice",
            choices=[("overdue", _("Overdue")), ("today", _("Within 24 hours"))],
            apply=lambda rows, value: rows.filter(
                due_at__lt=clock.now() + (timedelta() if value == "overdue" else timedelta(hours=24))
            ),
        ),
        Filter("warehouse", _("Warehouse"), "text", field="warehouse__code"),
    ),
    sorts=(
        Sort("due", _("Time left"), "due_at"),
        Sort("since", _("Since"), "state_since", descending=True),
    ),
    default_sort="due",
    row_url=parcel_url,
    search_fields=("parcel_id", "tracking_number", "parcel_orders__order__order_id__endswith"),
    presets=(
        Preset("here", _("In the warehouse"), ""),
        Preset("labelled", _("To pack"), "state=LABELLED", counted=True),
        Preset("packed", _("To hand over"), "state=PACKED", counted=True),
        Preset("waiting", _("Waiting for a label"), "state=PLANNED&state=REQUESTED", counted=True),
    ),
    bulk=(
        BulkAction("wave", _("Make a wave"), reverse_lazy("packing:make_wave"), icon="layers", shown=_packs),
        BulkAction("slips", _("Packing slips"), reverse_lazy("packing:slips"), icon="file-text"),
        BulkAction("invoices", _("Invoices"), reverse_lazy("packing:invoices"), icon="receipt", shown=_sees_buyers),
    ),
    shop_field="shop_id",
    row_tone=lambda row: "bad" if row.trouble and row.parcel_state == "PLANNED" else "",
    empty=_("No parcel yet: orders get theirs as soon as their units are reserved."),
)


def parcel_rows(who: Who | None) -> QuerySet[Parcel]:
    """Return parcels as the list shows them: with units, soonest clock, wave, orders and lines."""
    units = ParcelLine.objects.filter(parcel=OuterRef("pk")).order_by().values("parcel")
    rows = soonest_of_parcel(parcels_seen_by(who)).annotate(
        unit_count=Coalesce(Subquery(units.annotate(n=Sum("quantity")).values("n")), 0)
    )
    return with_orders(rows.select_related("waveparcel__wave"))


def _ids(parcel: Any) -> list[str]:
    return [link.order.order_id for link in parcel.parcel_orders.all()]
