"""What a worker runs for shipping."""

from __future__ import annotations

from typing import Any

from shundan.core.actors import step
from shundan.core.calls import CallKind
from shundan.edges.outbox.queries import answered
from shundan.ground.jobs.actions import work_batch
from shundan.ground.lib import clock
from shundan.stages.packing.actions import lock_parcels
from shundan.stages.shipping.actions import (
    adopt_requests,
    apply_answer,
    apply_edit,
    end_idle_labels,
    erase_labels,
    fetch_labels,
    learn_carriers,
    request_labels,
)
from shundan.stages.shipping.queries import labels_to_fetch, parcels_to_request, unlabelled_requests


def request_next_labels(*, limit: int = 50) -> int:
    """Ask for the labels of PLANNED parcels; returns how many parcels were looked at."""
    by, now = step("request_next_labels"), clock.now()
    learn_carriers(now=now)
    return work_batch(
        "request_next_labels",
        parcels_to_request(),
        lambda parcels: request_labels(parcels, by=by, now=now),
        limit=limit,
        of="",
        subject_kind="parcel",
        name_of=lambda parcel: parcel.parcel_id,
    )


def apply_label_answers(*, limit: int = 100) -> int:
    """Take in what the platform answered to label requests, seller shipments and changed numbers; returns how many."""
    by, now = step("apply_label_answers"), clock.now()

    def take_in(calls: list[Any]) -> None:
        lock_parcels([call.subject_key for call in calls])  # all at once, in the order everybody locks
        for call in calls:
            (apply_edit if call.kind == CallKind.UPDATE_TRACKING else apply_answer)(call, by=by, now=now)

    return sum(
        work_batch(
            "apply_label_answers",
            answered(kind),
            take_in,
            limit=limit,
            subject_kind="call",
            name_of=lambda call: call.subject_name,
        )
        for kind in (CallKind.REQUEST_LABEL, CallKind.SHIP_BY_SELLER, CallKind.UPDATE_TRACKING)
    )


def fetch_next_labels(*, limit: int = 60) -> int:
    """Fetch label files that may be ready; returns how many came or were put right."""
    by, now = step("fetch_next_labels"), clock.now()
    done = end_idle_labels(now=now) + adopt_requests(unlabelled_requests()[:limit], now=now)
    labels = list(labels_to_fetch(clock.wall()).select_related("parcel", "shop")[:limit])
    return done + fetch_labels(labels, by=by, now=now)


def erase_old_labels(*, limit: int = 100) -> int:
    """Erase label files whose time is up; returns how many."""
    return erase_labels(now=clock.now(), limit=limit)
