"""Another number for a parcel of our own carrier: told to the platform first, ours when it has taken it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.calls import CallKind, CallState
from shundan.core.errors import Refused
from shundan.core.parcel_moves import HERE
from shundan.edges.carriers.queries import find_carrier
from shundan.edges.inbox.actions import want
from shundan.edges.outbox.actions import apply_call, queue_call
from shundan.edges.outbox.queries import calls_of
from shundan.ground.journal.actions import record
from shundan.ground.lib.blobs import put_blob
from shundan.ground.lib.db import in_transaction
from shundan.stages.packing.actions import lock_parcels, note_parcels, parcel_draft
from shundan.stages.packing.queries import order_keys_of, parcel_by_key
from shundan.stages.shipping.actions.own import checked_number, draw_label, provider_of, told_of
from shundan.stages.shipping.actions.requests import end_labels, next_numbers, parcel_call
from shundan.stages.shipping.models import Label
from shundan.stages.shipping.queries.numbers import number_edit

K = CallKind.UPDATE_TRACKING


def edit_tracking(parcel_key: int, *, carrier: str, number: str, by: Who, now: datetime) -> None:
    """Give a parcel of our own carrier another number: the platform is told, and takes it once, within 72 hours.

    The parcel keeps its number until the platform has agreed; of a local order nobody has to. Raises Conflict when it
    cannot be changed now, Refused naming the field.
    """
    chosen, number = find_carrier(carrier), checked_number(number)
    parcel = parcel_by_key(parcel_key)
    _check(parcel, now)
    if number == parcel.tracking_number and parcel.carrier_name == chosen.name:
        raise Refused(
            _("The parcel goes with this number already."), code="same_number", field="number", remedy=_("Check it.")
        )
    request = {
        **told_of(parcel, number, provider_of(chosen, parcel)),
        "number_before": parcel.tracking_number,
        "carrier_key": chosen.key,
        "carrier_name": chosen.name,
    }
    blob = ""
    if parcel.parcel_state in HERE and _our_label(parcel) is not None:
        blob = put_blob(draw_label(parcel, chosen.name, number, parcel.service, now))
    in_transaction(lambda: _tell(parcel_key, request, blob, by=by, now=now))


def _our_label(parcel: Any) -> Label | None:
    return Label.objects.filter(parcel_id=parcel.pk, ended_at=None, source="own").first()


def _check(parcel: Any, now: datetime) -> None:
    refusal = number_edit(parcel, now=now).refusal
    if refusal is not None:
        raise refusal


def _tell(key: int, request: dict[str, Any], blob: str, *, by: Who, now: datetime) -> None:
    lock_parcels([key])
    parcel = parcel_by_key(key)
    _check(parcel, now)
    facts = {"from": request["number_before"], "to": request["tracking_number"], "carrier": request["carrier_key"]}
    record([parcel_draft(parcel, "edit_tracking", by=by, at=now, facts=facts)])
    if blob:
        request["label"] = _keep_label(parcel, blob, now)
    if parcel.shop.channel != "tiktok":
        _change(parcel, request, now=now)
        return
    number = calls_of("parcel", key).filter(kind=K).count() + 1
    queue_call(parcel_call(parcel, K, f"tracking:{key}:{number}", order_keys_of([key])[key], request), by=by, now=now)


def _keep_label(parcel: Any, blob: str, now: datetime) -> int:
    """Keep the label with the new number as one that is over, until the number is taken; returns its number."""
    label = Label(
        shop_id=parcel.shop_id,
        parcel_id=parcel.pk,
        number=next_numbers([parcel])[parcel.pk],
        source="own",
        asked_at=now,
        blob=blob,
        content_type="application/pdf",
        fetched_at=now,
        ended_at=now,
        ended_why="number_not_taken",
    )
    label.save(force_insert=True)
    return label.number


def apply_edit(call: Any, *, by: Who, now: datetime) -> None:
    """Take in what the platform said to another number: the parcel and its label follow, or the refusal is kept."""

    def work() -> None:
        parcel = lock_parcels([call.subject_key]).get(call.subject_key)
        if parcel is not None and call.call_state == CallState.ANSWERED:
            _change(parcel, call.request, now=now)
            record([parcel_draft(parcel, "number_taken", by=by, at=now, facts={"call": call.pk})])
        elif parcel is not None:
            facts = {"code": call.error_code, "call": call.pk}
            record([parcel_draft(parcel, "number_refused", by=by, at=now, facts=facts)])
        apply_call(call.pk)

    in_transaction(work)


def _change(parcel: Any, request: Mapping[str, Any], *, now: datetime) -> None:
    """Write the new number; a parcel that is still here gets its new label, which waits to be printed."""
    names = ("tracking_number", "carrier_key", "carrier_name")
    note_parcels({parcel.pk: {name: str(request[name]) for name in names}})
    before = _our_label(parcel)
    if before is not None and request.get("label") and parcel.parcel_state in HERE:
        end_labels([parcel.pk], why="number_changed", now=now)
        new = Label.objects.filter(parcel_id=parcel.pk, number=request["label"])
        new.update(ended_at=None, ended_why="", arranged_at=before.arranged_at)
    if parcel.package_id and parcel.shop.channel == "tiktok":
        # News told before, and taken in after, still names the number before.
        want(parcel.shop_id, "package", [parcel.package_id], reason="number changed")
