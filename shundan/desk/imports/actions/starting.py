"""A file comes in, is confirmed or cancelled; and the whole way at once for the command line."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from shundan.core.actors import Who
from shundan.core.errors import BadFile, Conflict, NotAllowed, NotFound, Refused
from shundan.core.rights import Role
from shundan.desk.imports.actions.mapping import explain_columns
from shundan.desk.imports.actions.reading import market_of, read_import
from shundan.desk.imports.actions.storing import LEASE, advance, forget_parts
from shundan.desk.imports.queries import (
    CANCELLED,
    KIND,
    MAPPING,
    PREVIEW,
    READING,
    STORING,
    Counts,
    ImportReport,
    find_import,
    find_job,
)
from shundan.ground.jobs import actions as jobs
from shundan.ground.lib import clock
from shundan.ground.lib.blobs import put_blob
from shundan.ground.lib.db import in_transaction
from shundan.ground.lib.sheets.tables import LARGEST_FILE
from shundan.ground.shops.actions import MARKETS
from shundan.ground.shops.queries import Shop, find_shop

READ_AT_ONCE = 1_500_000  # bytes: what a page may wait for; larger files are read by the step
_LOCKS = ("~$", ".~")  # what spreadsheet programs put before a name while the table is open
_LARGEST_LOCK = 1024  # bytes: a table of that name is a table
COMMAND_LINE = Who("step", "import", "file", role=Role.OWNER)


def start_import(
    content: bytes,
    name: str,
    shop: Shop | None,
    *,
    by: Who,
    now: datetime | None = None,
    create_region: str = "",
    create_name: str = "",
    create_id: str = "",
    dates: str = "",
    at_once: bool = False,
) -> ImportReport:
    """Take a file in and return its preview, or its beginning while a large file is still being read.

    Without a shop, `create_region` names the market of one that is made when the import is confirmed. Raises
    BadFile (nothing is kept) when the file cannot be taken as a whole, NotAllowed when somebody limited to some
    shops brings another.
    """
    new_shop = _new_shop(create_region, create_name, create_id) if shop is None and create_region else None
    if new_shop and by.shop_keys is not None:  # its id may be that of a shop outside the scope
        raise NotAllowed("Only who works for all shops may bring a new one.", field="shop", remedy="Choose a shop.")
    if len(content) > LARGEST_FILE:
        raise BadFile("The file is larger than 100 MB.", remedy="Export a shorter time")
    if Path(name).name.startswith(_LOCKS) and len(content) <= _LARGEST_LOCK:
        raise BadFile(
            "This is not the table but the lock that a spreadsheet program keeps while it is open.",
            remedy="Choose the file of the same name without ~$ at its beginning.",
        )
    params: dict[str, Any] = {
        "name": Path(name).name[:120],
        "size": len(content),
        "dates": dates,
        "new_shop": new_shop,
        "token": secrets.token_hex(8),
        "asked_at": (now or clock.now()).isoformat(),
    }
    cursor = None
    if at_once or len(content) <= READ_AT_ONCE:
        cursor = read_import(content, market_of(shop, new_shop), dates=dates, token=params["token"])
    params["blob"] = put_blob(content)

    def work() -> int:
        job = jobs.start_job(KIND, by=by, title=params["name"], params=params, shop_key=shop.pk if shop else None)
        if cursor is not None:
            jobs.pause_job(job.pk, by=by)  # until somebody confirms what the preview shows
            jobs.report_progress(job, done=0, total=Counts(**cursor["counts"]).to_store, cursor=cursor)
        return int(job.pk)

    return find_import(in_transaction(work))


def explain_import(key: int, kind: str, columns: Mapping[str, str], *, by: Who) -> ImportReport:
    """Remember what an unknown file's columns mean, and read the file again: at once, or by the step if it is large."""
    explain_columns(key, kind, columns, by=by)
    jobs.resume_job(key, by=by)
    if find_job(key, who=by).params["size"] <= READ_AT_ONCE:
        jobs.run_to_end(key, advance, lease=LEASE)
    return find_import(key)


def _new_shop(region: str, name: str, shop_id: str) -> dict[str, str]:
    region = region.strip().upper()
    if region not in MARKETS:
        raise Refused(
            f"“{region}” is not a market.",
            field="create_shop",
            remedy=f"Markets: {', '.join(sorted(MARKETS))}.",
        )
    shop_id = shop_id.strip() or f"files-{region.lower()}"
    if len(shop_id) > 32:
        raise Refused("A shop id has 32 characters at most.", field="shop", remedy="Choose a shorter one.")
    return {"region": region, "shop_id": shop_id, "name": name.strip()[:120] or shop_id}


def confirm_import(key: int, *, by: Who) -> ImportReport:
    """Let the step store what the preview showed."""
    find_job(key, who=by)

    def work() -> None:
        job = jobs.locked_job(key)  # begins once, however many press the button at the same moment
        if job.ended_at is not None or job.cursor.get("phase") != PREVIEW:
            raise Conflict("This import no longer waits for a confirmation.", remedy="Reload the page.")
        jobs.report_progress(job, done=0, cursor={**job.cursor, "phase": STORING})
        jobs.resume_job(key, by=by)

    in_transaction(work)
    return find_import(key)


def cancel_import(key: int, *, by: Who) -> ImportReport:
    """Drop an import that was not stored yet, or stop one at its next slice; what is stored stays."""
    find_job(key, who=by)

    def work() -> Any:
        job = jobs.locked_job(key)  # nobody confirms it meanwhile
        if job.ended_at is None and job.cursor.get("phase", READING) in (PREVIEW, MAPPING):
            jobs.end_job(job, result={"phase": CANCELLED})
            return job
        return jobs.ask_cancel(key, by=by)

    if dropped := in_transaction(work):
        forget_parts(dropped)
    return find_import(key)


def import_file(path: str | Path, shop_id: str, create_shop: str = "", *, dates: str = "") -> ImportReport:
    """Read and store a file at once; a missing shop is made when `create_shop` names its market."""
    content = Path(path).read_bytes()
    try:
        shop = find_shop(shop_id)
    except NotFound:
        if not create_shop:
            raise
        shop = None
    report = start_import(
        content,
        Path(path).name,
        shop,
        by=COMMAND_LINE,
        create_region=create_shop,
        create_id=shop_id,
        create_name=shop_id,
        dates=dates,
        at_once=True,
    )
    if report.phase == MAPPING:
        raise Refused(
            f"The columns of {report.name} are unknown.",
            code="unknown_columns",
            remedy=f"Say what they mean at /imports/{report.key}/columns/, then import the file again.",
        )
    confirm_import(report.key, by=COMMAND_LINE)
    jobs.run_to_end(report.key, advance, lease=LEASE)
    return find_import(report.key)
