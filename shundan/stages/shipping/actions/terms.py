"""A label that was refused, asked for again on other terms: checked against what the platform offers now, then kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.errors import Conflict, Refused
from shundan.core.states import ParcelState
from shundan.ground.journal.actions import record
from shundan.ground.lib.db import in_transaction
from shundan.stages.packing.actions import lock_parcels, note_parcels, parcel_draft
from shundan.stages.packing.queries import parcel_by_key
from shundan.stages.shipping.models import LabelTerms
from shundan.stages.shipping.queries.terms import Terms, offers_for

MOST_GRAMS, LONGEST_CM = 200_000, 500


def change_label(parcel_key: int, wanted: Terms, *, by: Who, now: datetime) -> Terms:
    """Have a refused label asked for again on these terms, which replace the ones before; returns them.

    What the platform offers is read first, outside the transaction. Raises Refused naming the field.
    """
    parcel = parcel_by_key(parcel_key)
    check_refused(parcel)
    _check_measures(wanted)
    terms = _offered(parcel, wanted)

    def keep() -> None:
        locked = lock_parcels([parcel_key])[parcel_key]
        check_refused(locked)
        before = LabelTerms.objects.filter(parcel_id=parcel_key)
        if not terms and not any(Terms.read(row.terms) for row in before):
            raise Refused(_("Nothing is different."), remedy=_("Say what is to be different, or ask again as it was."))
        told = {"terms": terms.kept, "chosen_at": now, "chosen_by": by.named}
        if not before.update(**told):
            LabelTerms.objects.create(parcel_id=parcel_key, **told)
        note_parcels({parcel_key: {"trouble": ""}})
        record([parcel_draft(locked, "change_label", by=by, at=now, facts=terms.kept)])

    in_transaction(keep)
    return terms


def check_refused(parcel: Any) -> None:
    """Raise unless the platform refused this parcel's label and a person has to say what becomes of it."""
    if not parcel.shipping_by_platform or parcel.shop.channel != "tiktok":
        raise Conflict(
            _("The platform does not ship this parcel."), code="seller_ships", remedy=_("Send it with an own carrier.")
        )
    if parcel.parcel_state != ParcelState.PLANNED or not parcel.trouble:
        raise Conflict(_("No label was refused for this parcel."), remedy=_("Reload the page."))


def _check_measures(wanted: Terms) -> None:
    """Refuse measures that are no parcel's, and a way of handing over together with what has to be bought."""
    if not 0 <= wanted.weight_g <= MOST_GRAMS:
        raise Refused(
            _("A weight is between 1 and %(most)s grams.") % {"most": MOST_GRAMS},
            field="weight_g",
            remedy=_("Weigh the parcel and write whole grams, such as 900."),
        )
    for field, length in zip(("length_cm", "width_cm", "height_cm"), wanted.size_cm, strict=False):
        if not 1 <= length <= LONGEST_CM:
            raise Refused(
                _("Length, width and height are each between 1 and %(most)s centimetres.") % {"most": LONGEST_CM},
                field=field,
                remedy=_("Measure the parcel and write all three in whole centimetres."),
            )
    if wanted.is_bought and wanted.handover_method:
        raise Refused(
            _("The platform takes another way of handing over only without another service, weight or size."),
            field="handover_method",
            remedy=_("Choose the one or the other."),
        )


def _offered(parcel: Any, wanted: Terms) -> Terms:
    """Return the terms in the platform's words; raises Refused for what it does not offer this parcel now."""
    if not (wanted.service_id or wanted.handover_method):
        return wanted  # a weight or size is told, not chosen
    offers = offers_for(parcel, wanted)
    field = "service_id" if wanted.service_id else "handover_method"
    if offers.silent:
        raise Refused(
            _("The platform does not say what it offers: %(why)s") % {"why": offers.silent},
            code="offers_unknown",
            field=field,
            remedy=_("Try again in a minute, or ask again as it was."),
        )
    if wanted.service_id:
        service = next((one for one in offers.services if one.service_id == wanted.service_id), None)
        if service is None:
            raise _not_offered(_("The platform does not offer this service for this weight and size."), field)
        return replace(wanted, service_name=service.name[:80])
    if wanted.handover_method not in offers.handover.methods:
        raise _not_offered(_("The platform does not offer this way of handing over for this parcel."), field)
    if not wanted.pickup_at:
        return wanted
    slots = {int(slot.starts_at.timestamp()): int(slot.ends_at.timestamp()) for slot in offers.handover.slots}
    if wanted.handover_method != "PICKUP" or wanted.pickup_at not in slots:
        raise _not_offered(_("This pick-up slot is not free."), "pickup_at")
    return replace(wanted, pickup_until=slots[wanted.pickup_at])


def _not_offered(message: str, field: str) -> Refused:
    return Refused(message, code="not_offered", field=field, remedy=_("Choose one of those offered now."))
