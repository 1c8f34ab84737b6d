"""The lists of followed parcels and of troubles as pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from shundan.core.actors import Who
from shundan.core.parcel_moves import LEFT_US
from shundan.ground.lib import clock
from shundan.ground.look.queries import Column, Filter, ListPage, Preset, Sort
from shundan.ground.look.queries.formats import chip, duration_text
from shundan.ground.look.queries.states import state_choices
from shundan.stages.packing.queries import parcels_seen_by, soonest_of_parcel, with_orders
from shundan.stages.packing.queries.lists import orders_cell, parcel_url
from shundan.stages.tracking.models import TROUBLE_WORDS, Trouble

_STILL = ("HANDED_OVER", "IN_TRANSIT", "FAILED", "LOST")


def followed_rows(who: Who | None) -> QuerySet[Any]:
    """Return the parcels that left us, with how they are followed and whether something is wrong."""
    trouble = Trouble.objects.filter(parcel=OuterRef("pk"), closed_at=None)
    rows = parcels_seen_by(who).filter(parcel_state__in=sorted(LEFT_US)).select_related("follow")
    return rows.annotate(is_troubled=Exists(trouble))


def followed_in_list(who: Who | None) -> QuerySet[Any]:
    """Return followed parcels as the list shows them."""
    return with_orders(soonest_of_parcel(followed_rows(who)))


def _silence(row: Any) -> timedelta | None:
    """Return for how long nobody has heard of a parcel that is still on its way."""
    if row.parcel_state not in _STILL:
        return None
    follow = getattr(row, "follow", None)
    since = (follow.last_event_at if follow else None) or row.handed_over_at or row.state_since
    return max(clock.now() - since, timedelta())


def _silence_cell(row: Any) -> Any:
    length = _silence(row)
    if length is None:
        return ""
    words = duration_text(length)
    return chip(words, "warn") if length > timedelta(days=3) or row.is_troubled else words


FOLLOWED = ListPage(
    key="followed",
    title=_("Tracking"),
    columns=(
        Column("parcel_id", _("Parcel"), kind="code"),
        Column("orders", _("Orders"), value=orders_cell, export=False),
        Column("shop", _("Shop"), value="shop.name", kind="tag", wide=True),
        Column("parcel_state", _("State"), kind="state", state_kind="parcel"),
        Column("due_at", _("Time left"), kind="deadline", deadline_kind="due_kind", sort="due"),
        Column("last_text", _("Last word of the carrier"), value="follow.last_text"),
        Column("silence", _("Silent for"), value=_silence_cell, export=False, sort="event"),
        Column("carrier_name", _("Carrier"), wide=True),
        Column("tracking_number", _("Tracking number"), kind="code", wide=True),
        Column("handed_over_at", _("Handed over"), kind="when", sort="left", right=True, wide=True),
    ),
    filters=(
        Filter("state", _("State"), "multi", field="parcel_state", choices=state_choices(sorted(LEFT_US))),
        Filter("trouble", _("Trouble"), "boolean", field="is_troubled"),
        Filter("carrier", _("Carrier"), "text", field="carrier_name"),
        Filter("left", _("Handed over"), "dates", field="handed_over_at"),
    ),
    sorts=(
        Sort("left", _("Handed over"), "handed_over_at", descending=True),
        Sort("due", _("Time left"), "due_at"),
        Sort("event", _("Silent for"), "follow__last_event_at"),
    ),
    default_sort="left",
    row_url=parcel_url,
    search_fields=("parcel_id", "tracking_number", "parcel_orders__order__order_id__endswith"),
    presets=(
        Preset("all", _("All"), ""),
        Preset("unscanned", _("Not scanned yet"), "state=HANDED_OVER", counted=True),
        Preset("transit", _("In transit"), "state=IN_TRANSIT", counted=True),
        Preset("trouble", _("Trouble"), "trouble=1", counted=True, alarming=True),
        Preset("arrived", _("Delivered"), "state=DELIVERED"),
    ),
    shop_field="shop_id",
    row_tone=lambda row: "bad" if row.is_troubled else "",
    empty=_("No parcel has left yet."),
)

TROUBLES = ListPage(
    key="troubles",
    title=_("Troubles"),
    columns=(
        Column("kind", _("Trouble"), value="word"),
        Column("parcel", _("Parcel"), value="parcel.parcel_id", kind="code"),
        Column("shop", _("Shop"), value="shop.name", kind="tag"),
        Column("state", _("State"), value="parcel.parcel_state", kind="state", state_kind="parcel"),
        Column("carrier", _("Carrier"), value="parcel.carrier_name"),
        Column("told_buyer_at", _("Buyer told"), kind="when"),
        Column("cause", _("Cause"), kind="code"),
        Column("opened_at", _("Since"), kind="when", sort="opened", right=True),
    ),
    filters=(
        Filter("kind", _("Trouble"), "multi", choices=list(TROUBLE_WORDS.items())),
        Filter(
            "open",
            _("Not closed"),
            "boolean",
            apply=lambda rows, yes: rows.filter(closed_at__isnull=yes),
            icon="circle",
        ),
        Filter("opened", _("Since"), "dates", field="opened_at"),
    ),
    sorts=(Sort("opened", _("Since"), "opened_at", descending=True),),
    default_sort="opened",
    row_url=lambda row: parcel_url(row.parcel),
    search_fields=("parcel__parcel_id", "parcel__tracking_number"),
    presets=(
        Preset("open", _("Not closed"), "open=1", counted=True, alarming=True),
        Preset("all", _("All"), ""),
    ),
    shop_field="shop_id",
    empty=_("No trouble. Parcels that fall silent will stand here."),
)
