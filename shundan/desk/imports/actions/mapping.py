"""A person says what the columns of an unknown file mean; files with the same columns are known from then on."""

from __future__ import annotations

from collections.abc import Mapping as Map
from datetime import datetime

from shundan.core.actors import Who
from shundan.core.errors import Conflict, Refused
from shundan.desk.imports.models import Mapping
from shundan.desk.imports.queries import MAPPING, ImportReport, find_import, find_job, mapping_by_key, unknown_table
from shundan.edges.channels.files.columns import fold
from shundan.edges.channels.files.guessing import WANTED, fingerprint
from shundan.edges.channels.files.kinds import Kind
from shundan.ground.jobs import actions as jobs
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib import clock
from shundan.ground.lib.db import in_transaction


def explain_columns(
    key: int, kind: str, columns: Map[str, str], *, by: Who, now: datetime | None = None
) -> ImportReport:
    """Remember what the columns of an import's file mean (column name -> field, "" for none), and read it again.

    Raises Conflict when the import asks nothing, Refused when a field is unknown, named twice, or missing.
    """
    report = find_import(key, who=by)
    table = unknown_table(report)
    if report.phase != MAPPING or table is None:
        raise Conflict("This import asks for no columns.", remedy="Reload the page.")
    meanings = checked_meanings(kind, columns, header=table.header)
    moment = now or clock.now()

    def work() -> None:
        row, _ = Mapping.objects.update_or_create(
            fingerprint=fingerprint(table.header),
            defaults={
                "kind": kind, "header": table.header, "columns": meanings, "file_name": report.name, "made_at": moment,
                "made_by": by.named,
            },
        )  # fmt: skip
        record([Draft("mapping", row.pk, "explain_columns", by, moment, subject_name=report.name[:80],
                      facts={"kind": kind, "columns": len(meanings)})])  # fmt: skip
        job = find_job(key, who=by)
        jobs.report_progress(job, done=0, cursor={})

    in_transaction(work)
    return find_import(key, who=by)


def checked_meanings(kind: str, columns: Map[str, str], *, header: list[str]) -> dict[str, str]:
    """Return folded column name -> field of what was said; raise Refused where it cannot be right."""
    if kind not in set(WANTED):
        known = ", ".join(WANTED)
        raise Refused(f"“{kind}” is no kind of table.", field="kind", remedy=f"Choose one of: {known}.")
    wanted = WANTED[Kind(kind)]
    names = {fold(name) for name in header if name}
    said = {fold(name): field for name, field in columns.items() if field}
    for name, field in columns.items():
        if field and field not in wanted.columns:
            raise Refused(f"“{field}” is no field of {kind}.", field=name, remedy="Choose a field from the list.")
        if field and fold(name) not in names:
            raise Refused(f"The file has no column “{name}”.", field=name, remedy="Choose a column of the file.")
    twice = next((field for field in said.values() if list(said.values()).count(field) > 1), "")
    if twice:
        raise Refused(
            "Two columns are given the same meaning.", field=twice, remedy="Leave one of them without a meaning."
        )
    missing = next((field for field in wanted.needed if field not in said.values()), "")
    if missing:
        raise Refused(
            "A column that such a table cannot do without has no meaning yet.",
            field=missing,
            remedy="Choose its column, or another kind of table.",
        )
    return said


def forget_mapping(key: int, *, by: Who, now: datetime | None = None) -> None:
    """Forget what was said about these columns; files with them are asked about again."""
    row = mapping_by_key(key)

    def work() -> None:
        record([Draft("mapping", row.pk, "forget_columns", by, now or clock.now(), subject_name=row.file_name[:80],
                      facts={"kind": row.kind})])  # fmt: skip
        Mapping.objects.filter(pk=key).delete()

    in_transaction(work)
