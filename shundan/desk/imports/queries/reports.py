"""Reads of imports: each is a job of the kind "import"; its cursor tells how far it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shundan.core.actors import SYSTEM, Who
from shundan.core.errors import NotFound
from shundan.desk.imports.queries.parts import KIND, kept
from shundan.edges.channels.files.guessing import UnknownTable
from shundan.edges.channels.files.mapping import Payload
from shundan.edges.channels.files.tables import RefusedRow
from shundan.edges.inbox.queries import Snapshot
from shundan.ground.jobs.queries import job_by_key, jobs_of
from shundan.ground.shops.queries import all_shops
from shundan.stages.money.queries import statements_seen_by
from shundan.stages.orders.queries import orders_seen_by

READING, MAPPING, PREVIEW, STORING, DONE, CANCELLED, FAILED = (
    "READING",
    "MAPPING",  # its columns are unknown: a person says what they mean
    "PREVIEW",
    "STORING",
    "DONE",
    "CANCELLED",
    "FAILED",
)
OPEN_PHASES = (READING, MAPPING, PREVIEW, STORING)
_AT_ONCE = 500


@dataclass(frozen=True)
class Counts:
    """What a file holds, measured against what is stored. `fills`: orders the channel itself told already."""

    new: int = 0
    changed: int = 0
    fills: int = 0
    same: int = 0
    refused: int = 0

    @property
    def to_store(self) -> int:
        return self.new + self.changed + self.fills

    @property
    def total(self) -> int:
        return self.to_store + self.same


@dataclass(frozen=True)
class ImportReport:
    """One import as pages, programs and the command line show it."""

    key: int
    name: str
    phase: str
    kind: str
    shop_id: str
    shop_name: str
    new_region: str
    counts: Counts
    stored: int
    created_at: datetime
    ended_at: datetime | None
    error: str
    remedy: str
    sample: list[dict[str, Any]] = field(default_factory=list)
    refused_blob: str = ""
    unknown_blob: str = ""
    undo_key: int | None = None

    @property
    def is_open(self) -> bool:
        return self.phase in OPEN_PHASES

    @property
    def is_moving(self) -> bool:
        return self.phase in (READING, STORING)


def imports_seen_by(who: Who, *, limit: int = 50, before: int | None = None) -> list[ImportReport]:
    """Return the newest imports of the shops in somebody's scope."""
    jobs = jobs_of(kinds=[KIND])
    if before is not None:
        jobs = jobs.filter(pk__lt=before)
    if who.shop_keys is not None:
        jobs = jobs.filter(shop__in=who.shop_keys)
    shops = {shop.pk: shop for shop in all_shops()}
    return [report_of(job, shops=shops) for job in jobs[:limit]]


def find_import(key: int, *, who: Who | None = None) -> ImportReport:
    """Return one import; raise NotFound outside the scope as if there were none."""
    return report_of(find_job(key, who=who), shops={shop.pk: shop for shop in all_shops()})


def find_job(key: int, *, who: Who | None = None) -> Any:
    """Return the job of an import within somebody's scope; raise NotFound otherwise."""
    job = job_by_key(key)
    seen = who is None or who.shop_keys is None or (job is not None and job.shop_id in who.shop_keys)
    if job is None or job.kind != KIND or not seen:
        raise NotFound(f"There is no import {key}.", remedy="Choose one from the list of imports.")
    return job


def report_of(job: Any, *, shops: dict[int, Any]) -> ImportReport:
    """Put a job's rows together as a report."""
    cursor = {**job.cursor, **job.result}
    shop = shops.get(job.shop_id or cursor.get("shop_key") or 0)
    new_shop = job.params.get("new_shop") or {}
    phase = cursor.get("phase", READING)
    if job.ended_at is not None and phase in OPEN_PHASES:
        phase = FAILED if job.error else CANCELLED
    return ImportReport(
        key=job.pk,
        name=job.params.get("name", ""),
        phase=phase,
        kind=cursor.get("kind", ""),
        shop_id=shop.shop_id if shop else new_shop.get("shop_id", ""),
        shop_name=shop.name if shop else new_shop.get("name", ""),
        new_region=new_shop.get("region", "") if shop is None else "",
        counts=Counts(**cursor.get("counts", {})),
        stored=job.progress_done,
        created_at=job.created_at,
        ended_at=job.ended_at,
        error=job.error,
        remedy=cursor.get("remedy", ""),
        sample=cursor.get("sample", []),
        refused_blob=cursor.get("refused", ""),
        unknown_blob=cursor.get("unknown", ""),
        undo_key=cursor.get("undo"),
    )


def waiting_imports(before: datetime) -> Any:
    """Return the imports from before a moment that nobody has confirmed or dropped."""
    return jobs_of(kinds=[KIND], open_only=True).filter(created_at__lt=before, cursor__phase__in=[MAPPING, PREVIEW])


def refused_rows(report: ImportReport, *, limit: int | None = None) -> list[RefusedRow]:
    """Return the rows that were not taken, in the file's order."""
    rows = _kept(report.refused_blob).get("rows", [])
    return [RefusedRow(*row) for row in rows[:limit]]


def refused_table(report: ImportReport) -> tuple[list[str], list[list[str]]]:
    """Return (header, one row of cells per refused row) as the file had them."""
    told = _kept(report.refused_blob)
    header: list[str] = told.get("header", [])
    return header, told.get("cells", [[] for _ in told.get("rows", [])])


def unknown_table(report: ImportReport) -> UnknownTable | None:
    """Return the table whose columns a person is asked about, None when it is no longer kept."""
    told = _kept(report.unknown_blob)
    return UnknownTable(**told["table"]) if told else None


def _kept(name: str) -> dict[str, Any]:
    """Return what an import keeps in a file, nothing once its erase clock has run out."""
    if not name:
        return {}
    try:
        return kept(name)
    except NotFound:
        return {}


def told_before(shop_key: int, order_ids: Iterable[str]) -> dict[str, Payload]:
    """Return order id -> what a file last told about it, as far as it is still kept."""
    found: dict[str, Payload] = {}
    for chunk in _chunks(order_ids):
        rows = Snapshot.objects.filter(shop=shop_key, kind="order", outside_id__in=chunk, source="file")
        rows = rows.exclude(outcome="withdrawn").order_by("pk")
        found |= dict(rows.values_list("outside_id", "payload"))
    return found


def known_sources(shop_key: int, order_ids: Iterable[str]) -> dict[str, str]:
    """Return order id -> who told it last (api, file, manual), of the orders that are stored."""
    found: dict[str, str] = {}
    for chunk in _chunks(order_ids):
        rows = orders_seen_by(None).filter(shop=shop_key, order_id__in=chunk)
        found |= dict(rows.values_list("order_id", "source"))
    return found


def stored_statements(shop_key: int, statement_ids: list[str]) -> dict[str, tuple[int, int, str]]:
    """Return statement id -> (settled, fees, status) of the statements that are stored."""
    rows = statements_seen_by(SYSTEM).filter(shop=shop_key, statement_id__in=statement_ids)
    told = rows.values_list("statement_id", "settled_minor", "fee_minor", "payment_status")
    return {statement_id: (settled, fee, status) for statement_id, settled, fee, status in told}


def _chunks(order_ids: Iterable[str]) -> Iterable[list[str]]:
    ids = list(order_ids)
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))
