"""What imports, undoings and exports keep in files while they run, and until their erase clock runs out."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from shundan.core.privacy import PERSONAL
from shundan.ground.jobs.queries import jobs_of
from shundan.ground.lib.blobs import get_blob
from shundan.stages.shipping.queries import named_by_labels

KIND, UNDO, EXPORT = "import", "undo", "export"  # of jobs
KEPT_FOR = {
    KIND: timedelta(days=PERSONAL["blobs.import"][1]),
    UNDO: timedelta(days=PERSONAL["blobs.import"][1]),
    EXPORT: timedelta(days=PERSONAL["blobs.export"][1]),
}
_SHARED = ("params__blob", "result__blob")  # named by what they hold alone: two jobs may have the same
_PLACES = (
    *_SHARED, "params__keys", "cursor__parts", "cursor__blanks", "cursor__refused", "cursor__unknown",
)  # fmt: skip
_AT_ONCE = 5_000  # jobs, the newest of the old; older ones were seen in their hour


def kept(name: str) -> dict[str, Any]:
    """Return what was kept under a name; raise NotFound once it was erased."""
    found: dict[str, Any] = json.loads(gzip.decompress(get_blob(name)))
    return found


def old_files(*, now: datetime) -> set[str]:
    """Return the files of ended jobs that are past their erase clock, but those a younger job has too."""
    old: set[str] = set()
    young: set[str] = set()
    for kind, kept_for in KEPT_FOR.items():
        jobs, is_old = jobs_of(kinds=[kind]), Q(created_at__lt=now - kept_for, ended_at__isnull=False)
        old.update(_names(list(jobs.filter(is_old).values_list(*_PLACES)[:_AT_ONCE])))
        young.update(_names(list(jobs.exclude(is_old).values_list(*_SHARED))))
    return old - young


def named_files(names: Iterable[str]) -> set[str]:
    """Return which of these files a row names: a label, or a job of any age."""
    told = _names(list(jobs_of(kinds=list(KEPT_FOR)).values_list(*_PLACES).iterator()))
    return named_by_labels(names) | set(names).intersection(told)


def _names(told: Any) -> Iterator[str]:
    """Yield every file name in what jobs remember: one, a list, or lists and names by key."""
    if isinstance(told, str):
        yield from [told] if told else []
    elif told is not None:
        for one in told.values() if isinstance(told, dict) else told:
            yield from _names(one)
