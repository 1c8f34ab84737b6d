"""The list of labels as a page."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse, reverse_lazy
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from shundan.core.actors import Who
from shundan.core.rights import Right, may
from shundan.ground.look.queries import BulkAction, Column, Filter, ListPage, Preset, Sort
from shundan.ground.look.queries.formats import chip
from shundan.stages.packing.queries import soonest_of_parcel, with_orders
from shundan.stages.packing.queries.lists import orders_cell, parcel_url
from shundan.stages.shipping.queries.labels import label_rows
from shundan.stages.shipping.queries.terms import Terms

STANDINGS = {
    "waiting": (_("Waiting"), "info"),
    "own": (_("Needs a carrier"), "warn"),
    "failed": (_("Label refused"), "bad"),
    "ready": (_("Ready to print"), "accent"),
    "printed": (_("Printed"), "ok"),
}


def _standing(row: Any) -> Any:
    label, tone = STANDINGS[row.standing]
    return chip(label, tone)


def _why(row: Any) -> str:
    label = next(iter(row.open_labels), None)
    why = row.trouble or (label.error if label and not label.fetched_at else "")
    return why and str(_(why))


def terms_in(row: Any) -> Terms:
    """Return the terms a person chose for the label of a row of `label_rows`."""
    kept = getattr(row, "label_terms", None)
    return Terms.read(kept.terms) if kept else Terms()


def _terms(row: Any) -> str:
    terms = terms_in(row)
    return str(terms) if terms else ""


def _change(row: Any) -> Any:
    """Draw the way to other terms for a label that the platform refused."""
    if row.standing != "failed" or not row.shipping_by_platform or row.shop.channel != "tiktok":
        return ""
    url = reverse("shipping:change", args=[row.shop.shop_id, row.parcel_id])
    return format_html('<a href="{}">{}</a>', url, _("Change"))


def _ships(request: HttpRequest) -> bool:
    return may(request.who.role, Right.SHIP)


LABELS = ListPage(
    key="labels",
    title=_("Shipping"),
    columns=(
        Column("parcel_id", _("Parcel"), kind="code"),
        Column("orders", _("Orders"), value=orders_cell, export=False),
        Column("shop", _("Shop"), value="shop.name", kind="tag", wide=True),
        Column("standing", _("Label"), value=_standing, export="standing"),
        Column("change", _("Change"), value=_change, export=False, shown=_ships),
        Column("parcel_state", _("State"), kind="state", state_kind="parcel"),
        Column("due_at", _("Time left"), kind="deadline", deadline_kind="due_kind", sort="due"),
        Column("carrier_name", _("Carrier"), wide=True),
        Column("tracking_number", _("Tracking number"), kind="code", wide=True),
        Column("printed", _("Prints"), kind="number"),
        Column("why", _("Why not"), value=_why),
        Column("terms", _("Label asked for"), value=_terms, wide=True),
        Column("state_since", _("Since"), kind="when", sort="since", right=True, wide=True),
    ),
    filters=(
        Filter("label", _("Label"), "choice", field="standing", choices=[(k, v[0]) for k, v in STANDINGS.items()]),
        Filter("carrier", _("Carrier"), "text", field="carrier_name"),
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
        Preset("all", _("All"), ""),
        Preset("ready", _("Ready to print"), "label=ready", counted=True),
        Preset("waiting", _("Waiting"), "label=waiting", counted=True),
        Preset("own", _("Needs a carrier"), "label=own", counted=True),
        Preset("failed", _("Label refused"), "label=failed", counted=True, alarming=True),
        Preset("printed", _("Printed"), "label=printed"),
    ),
    bulk=(
        BulkAction("print", _("Print labels"), reverse_lazy("shipping:print"), icon="printer", shown=_ships),
        BulkAction("retry", _("Ask again"), reverse_lazy("shipping:retry"), icon="refresh-cw", shown=_ships),
    ),
    shop_field="shop_id",
    row_tone=lambda row: "bad" if row.standing == "failed" else "",
    empty=_("No parcel waits here."),
)


def labels_in_list(who: Who | None) -> QuerySet[Any]:
    """Return the parcels that are here as the list shows them."""
    return with_orders(soonest_of_parcel(label_rows(who)))
