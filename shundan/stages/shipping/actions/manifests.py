"""Manifests: parcels scanned out one by one, closed when the carrier took them. Closing is done once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F
from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.errors import Conflict, NotFound, Refused
from shundan.core.parcel_moves import ParcelMove
from shundan.core.states import ParcelState
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib.db import in_transaction, lock
from shundan.stages.packing.actions import lock_parcels, move_parcels, refuse_stopped
from shundan.stages.packing.queries import Stopped
from shundan.stages.shipping.models import Manifest, ManifestParcel
from shundan.stages.stock.queries import warehouses_seen_by

P = ParcelState


def open_manifest(*, warehouse: str = "", carrier: str = "", by: Who, now: datetime) -> Manifest:
    """Begin a hand-over at a warehouse in scope (its code; "" is the first one), for one carrier or ("") for any."""
    place = next((one for one in warehouses_seen_by(by) if warehouse in ("", one.code)), None)
    if place is None:
        raise NotFound(_("There is no warehouse yet."), remedy=_("Make one in Stock."))

    def work() -> Manifest:
        manifest = Manifest.objects.create(
            manifest_id=f"~{now.timestamp()}-{by.key}"[:24],
            warehouse_id=place.pk,
            carrier_name=carrier.strip()[:80],
            opened_at=now,
            opened_by=by.named,
        )
        manifest.manifest_id = f"M-{now.astimezone(ZoneInfo(place.zone)):%m%d}-{manifest.pk:02d}"
        manifest.save(update_fields=["manifest_id"])
        return manifest

    return in_transaction(work)


def scan_out(manifest_key: int, parcel_key: int, *, by: Who, now: datetime) -> ManifestParcel:
    """Put one packed parcel onto an open manifest; raise Stopped for an open stop, Conflict for any other state."""

    def work() -> ManifestParcel:
        parcel = lock_parcels([parcel_key]).get(parcel_key)
        manifest = _locked(manifest_key)
        if parcel is None:
            raise NotFound(_("There is no such parcel."))
        _refuse_unready(parcel, manifest)
        scan = ManifestParcel.objects.filter(parcel_id=parcel_key, taken_out_at=None).first()
        if scan is not None and scan.manifest_id == manifest_key:
            return scan
        if scan is not None:
            name = Manifest.objects.values_list("manifest_id", flat=True).get(pk=scan.manifest_id)
            raise Conflict(
                _("The parcel is on manifest %(manifest)s.") % {"manifest": name},
                code="on_another",
                remedy=_("Take it out there first."),
            )
        Manifest.objects.filter(pk=manifest_key).update(parcels=F("parcels") + 1)
        return ManifestParcel.objects.create(
            manifest_id=manifest_key, parcel_id=parcel_key, scanned_at=now, scanned_by=by.named
        )

    return in_transaction(work)


def _refuse_unready(parcel: Any, manifest: Manifest) -> None:
    """Raise what keeps a parcel off this manifest."""
    if parcel.parcel_state == P.VOIDED:
        raise Stopped(_("Parcel %(parcel)s is void: do not ship it.") % {"parcel": parcel.parcel_id})
    refuse_stopped([parcel.pk])
    if parcel.parcel_state != P.PACKED:
        raise Conflict(
            _("Parcel %(parcel)s is not packed.") % {"parcel": parcel.parcel_id},
            code="not_packed",
            remedy=_("Take it back to the pack station."),
        )
    if manifest.carrier_name and parcel.carrier_name and parcel.carrier_name != manifest.carrier_name:
        told = {"parcel": parcel.parcel_id, "carrier": parcel.carrier_name}
        raise Refused(
            _("Parcel %(parcel)s goes with %(carrier)s.") % told,
            code="other_carrier",
            remedy=_("Put it onto that carrier's manifest."),
        )
    if parcel.warehouse_id != manifest.warehouse_id:
        raise Refused(_("This parcel stands in another warehouse."), code="other_warehouse")


def take_out(manifest_key: int, parcel_key: int, *, by: Who, now: datetime) -> None:
    """Take a parcel off a manifest that is still open."""

    def work() -> None:
        _locked(manifest_key)
        _take_out([parcel_key], manifest_key, by=by, now=now)

    in_transaction(work)


def _take_out(parcel_keys: list[int], manifest_key: int, *, by: Who, now: datetime) -> None:
    rows = ManifestParcel.objects.filter(manifest_id=manifest_key, parcel_id__in=parcel_keys, taken_out_at=None)
    if rows.update(taken_out_at=now, taken_out_by=by.named) != len(parcel_keys):
        raise Conflict(_("The parcel is not on this manifest."), remedy=_("Reload the page."))
    Manifest.objects.filter(pk=manifest_key).update(parcels=F("parcels") - len(parcel_keys))


def close_manifest(
    manifest_key: int, *, by: Who, now: datetime, vehicle: str = "", driver: str = "", counted: int | None = None
) -> int:
    """Hand the manifest's parcels over, once; return how many. Stock falls with the move.

    Raises Stopped, changing nothing, when an order in it was stopped meanwhile: that parcel must be taken out first.
    """

    def work() -> int:
        keys = _keys_on(manifest_key)
        parcels = lock_parcels(keys)
        manifest = _locked(manifest_key)
        if _keys_on(manifest_key) != keys:
            raise Conflict(_("Somebody scanned a parcel meanwhile."), remedy=_("Count again, then close."))
        refuse_stopped(keys)
        count = _hand_over(parcels, manifest, by=by, now=now)
        Manifest.objects.filter(pk=manifest_key, closed_at=None).update(
            closed_at=now,
            closed_by=by.named,
            vehicle=vehicle.strip()[:40],
            driver=driver.strip()[:80],
            counted=counted,
        )
        facts = {"parcels": count, "counted": counted}
        record(
            [Draft("manifest", manifest_key, "close_manifest", by, now, subject_name=manifest.manifest_id, facts=facts)]
        )
        return count

    return in_transaction(work)


def _keys_on(manifest_key: int) -> list[int]:
    rows = ManifestParcel.objects.filter(manifest_id=manifest_key, taken_out_at=None)
    return sorted(rows.values_list("parcel_id", flat=True))


def _hand_over(parcels: Mapping[int, Any], manifest: Manifest, *, by: Who, now: datetime) -> int:
    """Move what is packed; what the carrier scanned already counts too, what cannot go is taken out."""
    facts = {key: {"manifest": manifest.manifest_id} for key in parcels}
    moved = move_parcels([(key, ParcelMove.HAND_OVER) for key in parcels], by=by, at=now, facts=facts)
    gone = [key for key, one in parcels.items() if one.parcel_state in (P.IN_TRANSIT, P.DELIVERED)]
    left_out = [key for key in parcels if key not in moved and key not in gone]
    if left_out:
        _take_out(left_out, manifest.pk, by=by, now=now)
    if not moved and not gone:
        raise Refused(_("There is no parcel on this manifest."), code="empty_manifest", remedy=_("Scan parcels first."))
    return len(moved) + len(gone)


def take_back(parcel_key: int, *, why: str, by: Who, now: datetime) -> None:
    """Take a handed-over parcel back before the carrier's first scan. Needs a reason; its units stay off the books."""
    if not why.strip():
        raise Refused(_("Taking a parcel back needs a reason."), field="why", remedy=_("Say why it comes back."))

    def work() -> None:
        moved = move_parcels(
            [(parcel_key, ParcelMove.TAKE_BACK)],
            by=by,
            at=now,
            facts={parcel_key: {"why": why.strip()[:120]}},
        )
        if not moved:
            raise Conflict(
                _("Only a parcel that the carrier has not scanned can be taken back."),
                remedy=_("Reload the page."),
            )
        ManifestParcel.objects.filter(parcel_id=parcel_key, taken_out_at=None).update(
            taken_out_at=now, taken_out_by=by.named
        )

    in_transaction(work)


def _locked(manifest_key: int) -> Manifest:
    rows = lock(Manifest.objects.filter(pk=manifest_key))
    if not rows:
        raise NotFound(_("There is no such manifest."))
    if rows[0].closed_at is not None:
        raise Conflict(
            _("Manifest %(manifest)s is closed.") % {"manifest": rows[0].manifest_id},
            code="manifest_closed",
            remedy=_("Open a new one."),
        )
    return rows[0]
