"""Label files brought in: read outside any transaction, stored by content, then the parcel is LABELLED."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from shundan.core.actors import Who
from shundan.core.errors import OutsideRefused, ShundanError, Unauthorised, Unavailable
from shundan.core.parcel_moves import ParcelMove
from shundan.core.privacy import PERSONAL
from shundan.edges.channels.tiktok.shipping import LabelFile, fetch_label_file
from shundan.edges.inbox.actions import want
from shundan.ground.jobs.actions import note_snag
from shundan.ground.lib import clock
from shundan.ground.lib.blobs import erase_blob, put_blob
from shundan.ground.lib.db import in_transaction
from shundan.ground.lib.together import Outcome, together
from shundan.stages.packing.actions import lock_parcels, move_parcels
from shundan.stages.shipping.actions.requests import end_labels, next_numbers
from shundan.stages.shipping.models import Label
from shundan.stages.shipping.queries.labels import old_label_files

KEPT = timedelta(days=PERSONAL["blobs.label"][1])
_PAUSES = (1, 2, 4, 8, 15, 30, 60, 120, 300)  # seconds until the next try
_TRIES_OF_A_REFUSAL = 3


def fetch_labels(labels: Iterable[Label], *, by: Who, now: datetime) -> int:
    """Fetch label files, many at a time; return how many came. One bad file is in nobody's way: it is a snag."""
    came = 0

    def keep(outcome: Outcome[Label, LabelFile]) -> None:
        nonlocal came
        try:
            came += _take_in(outcome.item, outcome.value, outcome.error, by=by, now=now)
        except (ShundanError, OSError, LookupError, TypeError, ValueError) as error:
            postpone_label(outcome.item, error)
            note_snag("fetch_next_labels", "label", outcome.item.pk, error, name=outcome.item.parcel.parcel_id)

    together(_ask, labels, done=keep)
    return came


def _ask(label: Label) -> LabelFile:
    return fetch_label_file(label.shop_id, label.parcel.package_id)


def _take_in(label: Label, file: LabelFile | None, error: Exception | None, *, by: Who, now: datetime) -> bool:
    """Keep what came. Not ready, or the shop cannot be reached: tried later. Refused: the parcel gets trouble."""
    if isinstance(error, OutsideRefused) and not isinstance(error, Unauthorised):
        if label.attempts + 1 < _TRIES_OF_A_REFUSAL:
            postpone_label(label, error)
        else:
            _give_up(label, error, by=by, now=now)
        return False
    if isinstance(error, (Unavailable, Unauthorised)):
        postpone_label(label, error)
        return False
    if error is not None or file is None:
        raise error or LookupError("no file")
    blob = put_blob(file.content)
    in_transaction(lambda: _keep(label, blob, file.content_type, file.tracking_number, by=by, now=now))
    return True


def _keep(label: Label, blob: str, content_type: str, tracking: str, *, by: Who, now: datetime) -> None:
    parcel = lock_parcels([label.parcel_id]).get(label.parcel_id)
    kept = Label.objects.filter(pk=label.pk, ended_at=None, fetched_at=None).update(
        blob=blob,
        content_type=content_type,
        fetched_at=now,
        next_try_at=None,
        error="",
        error_code="",
        attempts=label.attempts + 1,
    )
    if parcel is None or not kept:
        return
    columns: dict[str, Any] = {"trouble": "", **({"tracking_number": tracking} if tracking else {})}
    move_parcels(
        [(parcel.pk, ParcelMove.LABEL)],
        by=by,
        at=now,
        columns={parcel.pk: columns},
        facts={parcel.pk: {"label": label.number, "sha256": blob}},
    )


def postpone_label(label: Label, error: Exception) -> None:
    """Try a label later, each time after a longer pause, and keep the reason in sight."""
    # A shop that cannot be reached counts no attempt: once it is connected again the file is fetched within a moment.
    lost = isinstance(error, Unauthorised)
    pause = 10 if lost else _PAUSES[min(label.attempts, len(_PAUSES) - 1)]
    told = getattr(error, "retry_after", None) or 0
    code = getattr(error, "outside_code", "") or getattr(error, "code", type(error).__name__)
    Label.objects.filter(pk=label.pk).update(
        attempts=label.attempts + (0 if lost else 1),
        next_try_at=clock.wall() + timedelta(seconds=max(pause, told)),
        error_code=str(code),
        error=str(error),
    )


def _give_up(label: Label, error: OutsideRefused, *, by: Who, now: datetime) -> None:
    """The platform will not give this label: the parcel goes back to PLANNED and says why.

    The package is read again: what its carrier had against it stands there, not in the answer about the document.
    """

    def work() -> None:
        lock_parcels([label.parcel_id])
        # Another worker may have been given the file meanwhile, or the label been asked for anew.
        rows = Label.objects.filter(pk=label.pk, ended_at=None, fetched_at=None)
        if not rows.update(error_code=str(error.outside_code), error=error.message):
            return
        end_labels([label.parcel_id], why=str(error.outside_code or error.code), now=now)
        move_parcels(
            [(label.parcel_id, ParcelMove.REJECT)],
            by=by,
            at=now,
            columns={label.parcel_id: {"trouble": error.message}},
            facts={label.parcel_id: {"code": error.outside_code, "request_id": error.request_id}},
        )
        want(label.shop_id, "package", [label.parcel.package_id], reason="label refused")

    in_transaction(work)


def erase_labels(*, now: datetime, limit: int) -> int:
    """Erase label files whose time is up; the log of prints stays. Returns how many."""
    labels = list(old_label_files(now - KEPT)[:limit])
    rows, names = Label.objects.filter(pk__in=[label.pk for label in labels]), {label.blob for label in labels}
    shared = Label.objects.filter(blob__in=names).exclude(pk__in=rows.values("pk"))
    for name in names - set(shared.values_list("blob", flat=True)):
        erase_blob(name)
    rows.update(blob="")  # after the files: a row that names none would leave its file for ever
    return len(labels)


def adopt_requests(parcels: Iterable[Any], *, now: datetime) -> int:
    """Give parcels that were arranged elsewhere their label row: the file is fetched, nothing is asked again."""
    found = list(parcels)
    numbers, soon = next_numbers(found), clock.wall()
    rows = [
        Label(shop_id=one.shop_id, parcel_id=one.pk, number=numbers[one.pk], asked_at=now, arranged_at=now,
              next_try_at=soon)
        for one in found
    ]  # fmt: skip
    Label.objects.bulk_create(rows, ignore_conflicts=True)  # another worker may have adopted one meanwhile
    return len(rows)
