"""Reads of exports: files that are being written, or wait to be fetched by whoever asked for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shundan.core.actors import Who
from shundan.core.errors import NotFound
from shundan.desk.imports.queries.parts import EXPORT
from shundan.ground.jobs.queries import job_by_key, jobs_of

ORDERS_FILE, RETURNS_FILE, TRACKING_FILE = "orders", "returns", "tracking"
FORMATS = {ORDERS_FILE: ("csv", "xlsx"), RETURNS_FILE: ("csv", "xlsx"), TRACKING_FILE: ("xlsx",)}


@dataclass(frozen=True)
class ExportReport:
    """One export as pages, programs and the command line show it. `left_out`: (order id, why)."""

    key: int
    kind: str
    format: str
    done: int
    total: int
    rows: int
    created_at: datetime
    ended_at: datetime | None
    error: str
    file_name: str
    blob: str
    left_out: tuple[tuple[str, str], ...] = ()
    left_out_count: int = 0

    @property
    def is_moving(self) -> bool:
        return self.ended_at is None

    @property
    def is_ready(self) -> bool:
        return bool(self.blob)


def exports_of(who: Who, *, limit: int = 30) -> list[ExportReport]:
    """Return the newest exports somebody asked for."""
    jobs = jobs_of(kinds=[EXPORT]).filter(by_kind=who.kind, by_key=who.key)
    return [export_report(job) for job in jobs[:limit]]


def find_export(key: int, *, who: Who | None = None) -> ExportReport:
    """Return one export; raise NotFound for everybody but the one who asked for it."""
    job = job_by_key(key)
    if job is None or job.kind != EXPORT or (who is not None and (job.by_kind, job.by_key) != (who.kind, who.key)):
        raise NotFound(f"There is no export {key}.", remedy="Choose one from the list of exports.")
    return export_report(job)


def export_report(job: Any) -> ExportReport:
    """Put a job's rows together as a report."""
    told = {**job.cursor, **job.result}
    left_out = told.get("left_out", [])
    return ExportReport(
        key=job.pk, kind=job.params["kind"], format=job.params["format"], done=job.progress_done,
        total=job.progress_total or 0, rows=told.get("rows", 0), created_at=job.created_at, ended_at=job.ended_at,
        error=job.error, file_name=told.get("file_name", ""), blob=told.get("blob", ""),
        left_out=tuple((one, why) for one, why in left_out), left_out_count=told.get("left_out_count", 0),
    )  # fmt: skip
