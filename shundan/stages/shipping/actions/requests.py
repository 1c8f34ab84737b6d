"""Labels asked for: one saved call each, in the transaction that moves the parcel; and what the platform answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from shundan.core.actors import Who
from shundan.core.calls import CallKind, CallState
from shundan.core.errors import Conflict
from shundan.core.parcel_moves import ParcelMove
from shundan.core.states import ParcelState
from shundan.edges.inbox.actions import want
from shundan.edges.outbox.actions import CallDraft, apply_call, queue_call
from shundan.ground.journal.actions import record
from shundan.ground.lib import clock
from shundan.ground.lib.db import in_transaction
from shundan.stages.orders.actions import mark_arranged
from shundan.stages.packing.actions import lock_parcels, move_parcels, note_parcels, parcel_draft
from shundan.stages.packing.queries import (
    lines_of_parcels,
    order_ids_of,
    order_keys_of,
    parcel_of_package,
    parcels_of,
    units_in,
)
from shundan.stages.shipping.models import Label
from shundan.stages.shipping.queries.labels import idle_labels, parcels_to_request
from shundan.stages.shipping.queries.terms import terms_of

P = ParcelState
ELSEWHERE = gettext_noop(
    "The platform counts these units into a package that is another parcel of ours. If that one has left, send them "
    "apart or refund them, and tell the buyer."
)


def request_labels(parcels: Iterable[Any], *, by: Who, now: datetime) -> int:
    """Ask for the labels of PLANNED parcels: call, label row and REQUEST in one transaction. Returns how many.

    What may be asked for is looked up with the orders locked: a stopped parcel, or one that moved on, is left out.
    """
    return in_transaction(lambda: _request([parcel.pk for parcel in parcels], by=by, now=now))


def _request(keys: Sequence[int], *, by: Who, now: datetime) -> int:
    parcels = lock_parcels(keys)
    orders = order_keys_of(parcels)
    ready = set(parcels_to_request().filter(pk__in=keys).values_list("pk", flat=True))  # once more, under the locks
    free = [parcel for key, parcel in sorted(parcels.items()) if key in ready]
    end_labels([parcel.pk for parcel in free], why="asked_again", now=now)
    numbers, requests = next_numbers(free), _requests(free, orders, now)
    Label.objects.bulk_create(
        [Label(shop_id=one.shop_id, parcel_id=one.pk, number=numbers[one.pk], asked_at=now) for one in free]
    )
    for parcel in free:
        key = f"label:{parcel.pk}:{numbers[parcel.pk]}"
        call = parcel_call(parcel, CallKind.REQUEST_LABEL, key, orders[parcel.pk], requests[parcel.pk])
        queue_call(call, by=by, now=now)
    moved = move_parcels([(parcel.pk, ParcelMove.REQUEST) for parcel in free], by=by, at=now)
    mark_arranged(sorted({order for parcel in free for order in orders[parcel.pk]}), at=now)
    return len(moved)


def next_numbers(parcels: Iterable[Any]) -> dict[int, int]:
    """Return parcel key -> the number of its next label. One query."""
    keys = [parcel.pk for parcel in parcels]
    counts = Label.objects.filter(parcel_id__in=keys).values("parcel_id").annotate(n=Max("number"))
    return dict.fromkeys(keys, 1) | {key: last + 1 for key, last in counts.values_list("parcel_id", "n")}


def _requests(parcels: Sequence[Any], orders: Mapping[int, list[int]], now: datetime) -> dict[int, dict[str, Any]]:
    """Map parcels to what their call says: the package, its orders and units, and the terms a person chose."""
    keys = [parcel.pk for parcel in parcels]
    order_ids = order_ids_of(keys)
    siblings = parcels_of({order for key in keys for order in orders[key]})
    requests: dict[int, dict[str, Any]] = {
        parcel.pk: {
            "package_id": parcel.package_id,
            "order_ids": order_ids[parcel.pk],
            "channel_line_ids": [],
            "is_part": any(_live(siblings[order]) > 1 for order in orders[parcel.pk]),
        }
        for parcel in parcels
    }
    for row in lines_of_parcels(keys):
        request = requests[row.parcel_id]
        request["channel_line_ids"] += units_in(row, request["package_id"])
    for key, terms in terms_of(keys).items():
        requests[key] |= terms.said(now)
    return requests


def _live(parcels: Iterable[Any]) -> int:
    return sum(parcel.parcel_state != P.VOIDED for parcel in parcels)


def parcel_call(parcel: Any, kind: CallKind, key: str, order_keys: list[int], request: dict[str, Any]) -> CallDraft:
    """Return a call about a parcel, ready to be queued; `key` makes it this call and no other."""
    return CallDraft(
        shop_key=parcel.shop_id,
        kind=kind,
        subject_kind="parcel",
        subject_key=parcel.pk,
        subject_name=parcel.parcel_id,
        order_keys=order_keys,
        idempotency_key=key,
        request=request,
    )


def retry_labels(parcel_keys: Iterable[int], *, by: Who, now: datetime) -> int:
    """Let labels that were refused be asked for again: the trouble is cleared, the next round asks."""

    def clear() -> int:
        parcels = lock_parcels(list(parcel_keys))
        asked = (one for one in parcels.values() if one.parcel_state == P.PLANNED and one.shipping_by_platform)
        stuck = [one for one in asked if one.trouble]
        note_parcels({one.pk: {"trouble": ""} for one in stuck})
        record([parcel_draft(one, "retry_label", by=by, at=now, facts={}) for one in stuck])
        return len(stuck)

    cleared = in_transaction(clear)
    if not cleared:
        raise Conflict(_("No label was refused for these parcels."), remedy=_("Reload the page."))
    return cleared


def apply_answer(call: Any, *, by: Who, now: datetime) -> None:
    """Take in the outbox's answer to a label request or a seller's shipment, and mark the call as applied."""

    def work() -> None:
        parcel = lock_parcels([call.subject_key]).get(call.subject_key)
        label = Label.objects.filter(parcel_id=call.subject_key, ended_at=None).first()
        if parcel is not None and label is not None and _is_current(call, label):
            if call.call_state == CallState.ANSWERED:
                _accepted(parcel, label, dict(call.answer or {}), by=by, now=now)
            else:
                _refused(parcel, call, by=by, now=now)
        apply_call(call.pk)

    in_transaction(work)


def _is_current(call: Any, label: Label) -> bool:
    return bool(call.idempotency_key.rpartition(":")[2] == str(label.number))


def _accepted(parcel: Any, label: Label, answer: dict[str, Any], *, by: Who, now: datetime) -> None:
    """The platform agreed: numbers are kept, and the file may be fetched; unless another parcel has them already."""
    package_id = str(answer.get("package_id") or "")
    other = parcel_of_package(parcel.shop_id, package_id) if package_id else None
    if other is not None and other.pk != parcel.pk:
        # Somebody combined the orders meanwhile. Loose parcels are planned anew when the package's news comes; from a
        # box that is closed or gone a person has to say what becomes of the units that are not in it.
        want(parcel.shop_id, "package", [package_id], reason="the package is another parcel")
        facts = {"code": "package_elsewhere", "package": package_id, "parcel": other.parcel_id}
        _sent_back(parcel, ELSEWHERE, facts, by=by, now=now)
        return
    told = {
        "package_id": package_id,
        "tracking_number": answer.get("tracking_number"),
        "carrier_key": answer.get("carrier_id"),
        "carrier_name": answer.get("carrier_name"),
    }
    columns = {name: str(value) for name, value in told.items() if value}
    note_parcels({parcel.pk: {**columns, "arranged_at": now, "trouble": ""}})
    own = label.source == "own"
    Label.objects.filter(pk=label.pk).update(arranged_at=now, next_try_at=None if own else clock.wall())
    if own:
        move_parcels([(parcel.pk, ParcelMove.LABEL)], by=by, at=now)


def _refused(parcel: Any, call: Any, *, by: Who, now: datetime) -> None:
    why = call.error or call.error_code or "refused"
    _sent_back(parcel, why, {"code": call.error_code or "refused", "call": call.pk}, by=by, now=now)


def _sent_back(parcel: Any, trouble: str, facts: dict[str, Any], *, by: Who, now: datetime) -> None:
    """End the label and let the parcel wait with its trouble until a person has it asked for again."""
    end_labels([parcel.pk], why=facts["code"], now=now)
    columns = {parcel.pk: {"trouble": trouble}}
    move_parcels([(parcel.pk, ParcelMove.REJECT)], by=by, at=now, columns=columns, facts={parcel.pk: facts})


def end_labels(parcel_keys: Iterable[int], *, why: str, now: datetime) -> int:
    """End the open labels of these parcels; what was printed stays in the log."""
    rows = Label.objects.filter(parcel_id__in=list(parcel_keys), ended_at=None)
    return rows.update(ended_at=now, ended_why=why[:48], next_try_at=None)


def end_idle_labels(*, now: datetime, limit: int = 200) -> int:
    """End labels whose parcel is void, or was sent back by the platform's own news."""
    # By their own keys: a parcel asked for again meanwhile has a new label, which is not idle.
    rows = Label.objects.filter(pk__in=list(idle_labels().values_list("pk", flat=True)[:limit]), ended_at=None)
    return rows.update(ended_at=now, ended_why="parcel_moved_on", next_try_at=None)
