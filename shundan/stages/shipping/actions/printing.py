"""Labels printed: many as one PDF, each print in the log; from the second time on with a reason."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError

from shundan.core.actors import Who
from shundan.core.errors import Conflict, Refused
from shundan.core.states import ParcelState
from shundan.ground.journal.actions import record
from shundan.ground.lib.blobs import get_blob
from shundan.ground.lib.db import in_transaction
from shundan.stages.packing.actions import lock_parcels, parcel_draft, refuse_stopped
from shundan.stages.shipping.models import Label, LabelPrint

PRINTABLE = (ParcelState.LABELLED, ParcelState.PACKED, ParcelState.HANDED_OVER)
MOST = 600


def print_labels(parcel_keys: Sequence[int], *, by: Who, now: datetime, reason: str = "") -> bytes:
    """Return the labels of these parcels as one PDF, in the order asked for, and log each print.

    Raises Stopped for an open stop, Refused when a label is missing or one is printed again without a reason; then
    nothing is logged.
    """
    if not parcel_keys:
        raise Refused(_("Choose the parcels first."), code="nothing_to_print")
    if len(parcel_keys) > MOST:
        raise Refused(_("Print at most %(most)d labels at once.") % {"most": MOST}, code="too_many_labels")
    keys, why = list(dict.fromkeys(parcel_keys)), reason.strip()
    labels = in_transaction(lambda: _printable(keys, why)[1])
    file = join_files([get_blob(label.blob) for label in labels])
    in_transaction(lambda: _log(keys, why, [label.pk for label in labels], by=by, now=now))
    return file


def _printable(keys: list[int], reason: str) -> tuple[Mapping[int, Any], list[Label]]:
    """Lock the parcels and return them with their labels; raises what keeps one of them from being printed."""
    parcels = lock_parcels(keys)
    refuse_stopped(keys)
    found = {label.parcel_id: label for label in Label.objects.filter(parcel_id__in=keys, ended_at=None)}
    for key in keys:
        parcel = parcels.get(key)
        if parcel is None or parcel.parcel_state not in PRINTABLE or key not in found or not found[key].blob:
            name = parcel.parcel_id if parcel else str(key)
            raise Conflict(
                _("There is no label for parcel %(parcel)s.") % {"parcel": name},
                code="no_label",
                remedy=_("Wait until the platform has made it, or look why it was refused."),
            )
    labels = [found[key] for key in keys]
    again = [label for label in labels if label.printed]
    if again and not reason:
        raise Refused(
            _("%(count)d of these labels were printed before.") % {"count": len(again)},
            code="printed_before",
            field="reason",
            remedy=_("Say why they are printed again."),
        )
    return parcels, labels


def _log(keys: list[int], reason: str, drawn: list[int], *, by: Who, now: datetime) -> None:
    """Log the print of the labels that were drawn; what stands in their way since then is asked for once more."""
    parcels, labels = _printable(keys, reason)
    if [label.pk for label in labels] != drawn:
        raise Conflict(_("One of these labels was replaced meanwhile."), remedy=_("Print them again."))
    LabelPrint.objects.bulk_create(
        [
            LabelPrint(
                label=label,
                at=now,
                by=by.named,
                number=label.printed + 1,
                reason=reason[:120] if label.printed else "",
            )
            for label in labels
        ]
    )
    Label.objects.filter(pk__in=[label.pk for label in labels]).update(printed=F("printed") + 1, printed_at=now)
    record(
        [
            parcel_draft(
                parcels[label.parcel_id],
                "print_label",
                by=by,
                at=now,
                facts={
                    "label": label.number,
                    "print": label.printed + 1,
                    **({"reason": reason[:120]} if label.printed else {}),
                },
            )
            for label in labels
        ]
    )


def join_files(files: Sequence[bytes]) -> bytes:
    """Return the pages of several PDFs as one; a file that is no PDF raises Refused."""
    if len(files) == 1:
        return files[0]
    writer = PdfWriter()
    for file in files:
        try:
            writer.append(PdfReader(io.BytesIO(file)))
        except PyPdfError as error:
            raise Refused(
                _("One of these labels is not a readable PDF."),
                code="bad_label",
                remedy=_("Print it alone, or fetch it again."),
            ) from error
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
