"""The pack station: every unit scanned, the box weighed, the parcel packed; or refused, with the reason.

Each asks for open stops with the orders locked, so that a cancel that came a second ago still stops the box.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from django.db.models import F
from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.errors import Conflict, NotFound, Refused
from shundan.core.parcel_moves import ParcelMove, next_parcel_state
from shundan.core.states import ParcelState
from shundan.ground.journal.actions import record
from shundan.ground.lib.db import in_transaction
from shundan.stages.orders.actions import open_stop
from shundan.stages.packing.actions.door import lock_parcels, move_parcels, note_parcels, parcel_draft, refuse_stopped
from shundan.stages.packing.models import PackScan, Parcel, ParcelLine
from shundan.stages.packing.queries.parcels import order_keys_of
from shundan.stages.packing.queries.stops import Stopped
from shundan.stages.packing.queries.weights import expected_weight, fits

P = ParcelState


@dataclass(frozen=True)
class Scanned:
    """What a right scan did: the line, and how far line and parcel are."""

    line_key: int
    checked: int
    quantity: int
    left: int  # units of the whole parcel still to scan


def open_parcel(parcel_key: int, *, by: Who, now: datetime) -> None:
    """Say whether this parcel may be packed now; raise Stopped, or Conflict with what state it is in."""
    _answered(parcel_key, "", lambda: _ready(parcel_key), by=by, now=now)


def scan_item(parcel_key: int, code: str, *, by: Who, now: datetime) -> Scanned:
    """Count one unit by its barcode or SKU; raise Refused for a wrong item or one too many, Stopped for a stop."""

    def count() -> Scanned:
        _ready(parcel_key)
        lines = list(ParcelLine.objects.filter(parcel=parcel_key).select_related("item", "line").order_by("pk"))
        line = _match(lines, code.strip())
        ParcelLine.objects.filter(pk=line.pk, checked__lt=F("quantity")).update(checked=F("checked") + 1)
        left = sum(one.quantity - one.checked for one in lines) - 1
        return Scanned(line.pk, line.checked + 1, line.quantity, left)

    return _answered(parcel_key, code, count, by=by, now=now)


def pack_parcel(
    parcel_key: int, *, by: Who, now: datetime, weight_g: int | None = None, accept_weight: str = ""
) -> None:
    """Close a parcel whose every unit was scanned; `accept_weight` says why an odd weight is right."""

    def close() -> None:
        parcel = _ready(parcel_key)
        lines = list(ParcelLine.objects.filter(parcel=parcel_key))
        missing = sum(line.quantity - line.checked for line in lines)
        if not lines:
            raise Refused(_("Nothing is left to pack in this parcel."), code="nothing_inside")
        if missing:
            raise Refused(
                _("%(count)d units are not scanned yet.") % {"count": missing},
                code="not_checked",
                remedy=_("Scan every unit, then close the box."),
            )
        _weigh(parcel, weight_g, accept_weight)
        columns: dict[str, Any] = {"packed_by": by.named, **({"weight_g": weight_g} if weight_g else {})}
        facts = {"weight_g": weight_g, **({"accepted_weight": accept_weight} if accept_weight else {})}
        moved = move_parcels(
            [(parcel_key, ParcelMove.PACK)],
            by=by,
            at=now,
            columns={parcel_key: columns},
            facts={parcel_key: facts},
        )
        if not moved:
            raise Conflict(_("Somebody else packed this parcel."), remedy=_("Take the next one."))
        _note(parcel_key, "", "done", by=by, now=now)

    _answered(parcel_key, "", close, by=by, now=now)


def unpack_parcel(parcel_key: int, *, why: str, by: Who, now: datetime) -> None:
    """Open a packed box again: its scans begin anew. Needs a reason."""
    if not why.strip():
        raise Refused(_("Unpacking needs a reason."), field="why", remedy=_("Say why the box is opened."))
    moved = move_parcels(
        [(parcel_key, ParcelMove.UNPACK)], by=by, at=now, facts={parcel_key: {"why": why.strip()[:120]}}
    )
    if not moved:
        raise Conflict(_("This parcel is not packed."), remedy=_("Reload the page."))


def put_back(parcel_key: int, *, by: Who) -> None:
    """Forget the scans of a parcel that is not packed after all."""
    ParcelLine.objects.filter(parcel=parcel_key, parcel__parcel_state=P.LABELLED).update(checked=0)


def report_short(parcel_key: int, *, by: Who, now: datetime) -> NoReturn:
    """Stop the orders of a parcel because goods are missing; raises Stopped, for from now on it is."""

    def stop() -> None:
        parcel = _ready(parcel_key)
        lines = ParcelLine.objects.filter(parcel=parcel_key, checked__lt=F("quantity")).select_related("item")
        facts = {
            "parcel": parcel.parcel_id,
            "missing": {line.item.sku: line.quantity - line.checked for line in lines},
        }
        for order_key in order_keys_of([parcel_key])[parcel_key]:
            open_stop(order_key, "missing_goods", by=by, now=now, facts=facts)

    in_transaction(stop)
    refuse_stopped([parcel_key])
    raise Conflict(_("This parcel has no order."), remedy=_("Reload the page."))


def shelve_parcel(parcel_key: int, shelf: str, *, by: Who, now: datetime) -> None:
    """Record that a stopped parcel stands on its shelf."""
    shelf = shelf.strip()[:20]
    if not shelf:
        raise Refused(
            _("Scan the shelf."), field="shelf", remedy=_("The code stands on the shelf for stopped parcels.")
        )

    def shelve() -> None:
        parcel = _parcel(parcel_key)
        note_parcels({parcel_key: {"note": shelf}})
        record([parcel_draft(parcel, "shelve", by=by, at=now, facts={"shelf": shelf})])

    in_transaction(shelve)


def _ready(parcel_key: int) -> Parcel:
    """Return the parcel, locked with its orders, if it may be packed."""
    parcel = lock_parcels([parcel_key]).get(parcel_key)
    if parcel is None:
        raise NotFound(_("There is no such parcel."))
    if parcel.parcel_state == P.VOIDED:
        raise Stopped(
            _("Parcel %(parcel)s is void: do not ship it.") % {"parcel": parcel.parcel_id},
            parcel_key=parcel.pk,
        )
    refuse_stopped([parcel_key])
    if parcel.parcel_state == P.PACKED:
        raise Conflict(_("Parcel %(parcel)s is packed already.") % {"parcel": parcel.parcel_id}, code="packed_already")
    next_parcel_state(P(parcel.parcel_state), ParcelMove.PACK)
    return parcel


def _match(lines: list[ParcelLine], code: str) -> ParcelLine:
    """Find the line a scanned code means; one that still misses units first."""
    folded = code.casefold()
    known = [
        line
        for line in lines
        if folded
        and folded in {line.item.barcode.casefold(), line.item.sku.casefold(), line.line.seller_sku.casefold()}
    ]
    if not known:
        raise Refused(
            _("%(code)s does not belong into this parcel.") % {"code": code or "—"},
            code="wrong_item",
            remedy=_("Put it back and scan the item that is asked for."),
        )
    for line in known:
        if line.checked < line.quantity:
            return line
    raise Refused(
        _("There are enough of %(code)s in this parcel.") % {"code": code},
        code="too_many",
        remedy=_("Take the last one out again."),
    )


def _weigh(parcel: Parcel, weight_g: int | None, accept: str) -> None:
    if weight_g is not None and weight_g <= 0:
        raise Refused(_("A weight is more than nothing."), field="weight_g", code="bad_weight")
    expected = expected_weight(parcel)
    if weight_g and expected and not accept.strip() and not fits(weight_g, expected):
        raise Refused(
            _("%(grams)d g is not what this parcel should weigh (%(expected)d g).")
            % {"grams": weight_g, "expected": expected.grams},
            code="weight_differs",
            field="weight_g",
            remedy=_("Check the box, or say why the weight is right."),
        )


def _answered(parcel_key: int, code: str, work: Callable[[], Any], *, by: Who, now: datetime) -> Any:
    """Run one act of the station; keep every scan, right or refused, as evidence."""

    def kept() -> Any:
        answer = work()
        if code:
            _note(parcel_key, code, "right", by=by, now=now)
        return answer

    try:
        return in_transaction(kept)
    except Refused as refusal:
        if refusal.code in ("stopped", "wrong_item", "too_many"):
            _note(parcel_key, code, refusal.code, by=by, now=now)
        raise


def _note(parcel_key: int, code: str, result: str, *, by: Who, now: datetime) -> None:
    PackScan.objects.create(parcel_id=parcel_key, code=code[:120], result=result, at=now, by=by.named)


def _parcel(parcel_key: int) -> Parcel:
    parcel = Parcel.objects.filter(pk=parcel_key).first()
    if parcel is None:
        raise NotFound(_("There is no such parcel."))
    return parcel
