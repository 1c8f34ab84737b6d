"""Labels of parcels, and what waits to be asked or fetched."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Case, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from shundan.core.actors import Who
from shundan.core.parcel_moves import HERE
from shundan.core.states import ParcelState
from shundan.ground.lib.blobs import get_blob
from shundan.stages.packing.queries import parcels_in, parcels_seen_by, unstopped
from shundan.stages.shipping.models import Label, LabelPrint

P = ParcelState


def labels_of(parcel_keys: Iterable[int]) -> dict[int, Label]:
    """Map each parcel's key to its open label, if it has one. One query."""
    return {label.parcel_id: label for label in Label.objects.filter(parcel_id__in=list(parcel_keys), ended_at=None)}


def parcels_to_request() -> QuerySet[Any]:
    """Return PLANNED platform parcels that nothing stands in the way of: no trouble, no open stop, no paused shop."""
    rows = parcels_in(P.PLANNED).filter(shipping_by_platform=True, trouble="")
    return unstopped(rows.filter(shop__channel="tiktok", shop__paused_at=None))


def unlabelled_requests() -> QuerySet[Any]:
    """Return parcels that were arranged by somebody else: REQUESTED or LABELLED, though we never asked."""
    label = Label.objects.filter(parcel=OuterRef("pk"), ended_at=None)
    return parcels_in(P.REQUESTED).filter(~Exists(label), shipping_by_platform=True).exclude(package_id="")


def labels_to_fetch(now: datetime) -> QuerySet[Label]:
    """Return labels whose file can be tried now (`now`: wall time), the longest waiting first."""
    rows = Label.objects.filter(ended_at=None, fetched_at=None, next_try_at__lte=now, source="platform")
    return rows.filter(shop__paused_at=None, parcel__parcel_state=P.REQUESTED).order_by("next_try_at", "pk")


def idle_labels() -> QuerySet[Label]:
    """Return open labels whose parcel is back at PLANNED, or void: they are over."""
    over = Q(parcel__parcel_state__in=[P.PLANNED, P.VOIDED])
    return Label.objects.filter(over, ended_at=None).order_by("pk")


def old_label_files(before: datetime) -> QuerySet[Label]:
    """Return labels whose file was fetched before that moment and is still kept, oldest first."""
    return Label.objects.exclude(blob="").filter(fetched_at__lt=before).order_by("fetched_at")


def named_by_labels(names: Iterable[str]) -> set[str]:
    """Return which of these files a label has."""
    return set(Label.objects.filter(blob__in=list(names)).values_list("blob", flat=True))


def prints_of(parcel_keys: Iterable[int], *, limit: int = 100) -> list[LabelPrint]:
    """Return who printed these parcels' labels, newest first."""
    rows = LabelPrint.objects.filter(label__parcel_id__in=list(parcel_keys)).select_related("label__parcel")
    return list(rows.order_by("-pk")[:limit])


def label_rows(who: Who | None, *, standing: str = "") -> QuerySet[Any]:
    """Return the parcels that are here, with how their label stands: waiting, own, failed, ready or printed."""
    mine = Label.objects.filter(parcel=OuterRef("pk"), ended_at=None)
    rows = parcels_seen_by(who).filter(parcel_state__in=HERE).select_related("label_terms")
    rows = rows.annotate(
        printed=Coalesce(Subquery(mine.values("printed")[:1]), 0),
        standing=Case(
            When(parcel_state=P.PLANNED, trouble__gt="", then=Value("failed")),
            When(parcel_state=P.PLANNED, shipping_by_platform=False, then=Value("own")),
            When(parcel_state__in=[P.PLANNED, P.REQUESTED], then=Value("waiting")),
            When(printed=0, then=Value("ready")),
            default=Value("printed"),
        ),
    ).prefetch_related(Prefetch("labels", Label.objects.filter(ended_at=None), to_attr="open_labels"))
    return rows.filter(standing=standing) if standing else rows


def label_file(label: Label) -> bytes:
    """Return the label's file; raise NotFound when it was erased."""
    return get_blob(label.blob)
