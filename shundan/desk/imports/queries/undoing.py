"""Reads of undone imports: how far, how many of what, and what was left with which reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shundan.core.errors import NotFound
from shundan.desk.imports.queries.parts import kept
from shundan.desk.imports.queries.reports import ImportReport
from shundan.ground.jobs.queries import job_by_key


@dataclass(frozen=True)
class LeftRow:
    """A row that undoing left: where it stands in the file, what it is, and why (an English sentence)."""

    row: int
    name: str
    why: str


@dataclass(frozen=True)
class UndoReport:
    """How far an undoing is. `withdrawn`, `reset`: orders; `rows_gone`, `rows_back`: kept rows; `refused`: left."""

    is_ended: bool
    done: int
    total: int
    withdrawn: int = 0
    reset: int = 0
    rows_gone: int = 0
    rows_back: int = 0
    refused: int = 0
    refused_blobs: tuple[str, ...] = ()
    error: str = ""


def undo_of(report: ImportReport) -> UndoReport | None:
    """Return the undoing of an import, None when nobody asked for it."""
    job: Any = job_by_key(report.undo_key) if report.undo_key else None
    if job is None:
        return None
    counts: Mapping[str, int] = job.cursor.get("counts", {})
    return UndoReport(
        job.ended_at is not None, job.progress_done, job.progress_total or 0, **counts,
        refused_blobs=tuple(job.cursor.get("refused", ())), error=job.error,
    )  # fmt: skip


def left_rows(undo: UndoReport, *, limit: int | None = None) -> list[LeftRow]:
    """Return what undoing left, in the file's order, as far as it is still kept."""
    rows: list[LeftRow] = []
    for name in undo.refused_blobs:
        try:
            rows += [LeftRow(*row) for row in kept(name)["rows"]]
        except NotFound:
            continue
    return rows[:limit]
