"""Orders as files in the platform's own columns: gathered in bounded slices, written at the end."""

from __future__ import annotations

import secrets
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from io import BytesIO
from itertools import chain
from typing import Any

from shundan.core.actors import Who
from shundan.core.errors import Refused
from shundan.core.rights import Right
from shundan.desk.imports.actions.parts import keep
from shundan.desk.imports.queries import (
    EXPORT,
    ExportReport,
    find_export,
    kept,
    orders_as_facts,
    returns_of_orders,
    sent_orders,
)
from shundan.desk.imports.queries.exports import FORMATS, ORDERS_FILE, RETURNS_FILE, TRACKING_FILE
from shundan.edges.channels.files import tracking
from shundan.edges.channels.files.export import export_header, export_rows
from shundan.edges.channels.files.returns import RETURN_HEADER, return_row
from shundan.ground.jobs import actions as jobs
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib import clock
from shundan.ground.lib.blobs import erase_blob, put_blob
from shundan.ground.lib.db import in_transaction
from shundan.ground.lib.sheets import write_book, write_csv
from shundan.ground.shops.queries import Shop, all_shops

SLICE = 500  # orders read in one slice
KEYS = 10_000  # orders whose keys are kept in one file: a slice opens no more than it needs
AT_ONCE = 1_000  # orders a page may wait for
MOST = 500_000
LEASE = timedelta(minutes=10)  # longer than writing the largest workbook takes
_LEFT_OUT_SHOWN = 200
_SHEETS = {ORDERS_FILE: "OrderSKUList", RETURNS_FILE: "Returns"}


def start_export(
    keys: Sequence[int], kind: str, file_format: str, *, by: Who, now: datetime | None = None, at_once: bool = False
) -> ExportReport:
    """Begin to write orders (by key) to a file; a small one is ready at once. `kind`: orders, returns or tracking.

    Raises NotAllowed without the right to export, Refused for an unknown format, no order, or too many. Buyers are
    masked for whoever may not see them. The journal says who took how many orders away.
    """
    by.needs(Right.EXPORT)
    if file_format not in FORMATS.get(kind, ()):
        raise Refused("There is no such file.", field="format", remedy="Choose CSV or XLSX.")
    if not keys:
        raise Refused("No order is chosen.", remedy="Choose other filters.")
    if len(keys) > MOST:
        raise Refused("These are more orders than one file can hold.", remedy="Narrow the list by date or shop.")
    with_buyer = by.may(Right.SEE_BUYER)
    params = {"kind": kind, "format": file_format, "with_buyer": with_buyer, "keys": _keep_keys(keys)}

    def work() -> int:
        job = jobs.start_job(EXPORT, by=by, title=kind, params=params, total=len(keys))
        facts = {"kind": kind, "format": file_format, "orders": len(keys), "with_buyer": with_buyer}
        record([Draft("export", job.pk, "export_orders", by, now or clock.now(), facts=facts)])
        return int(job.pk)

    key = in_transaction(work)
    if at_once or len(keys) <= AT_ONCE:
        jobs.run_to_end(key, advance_export, lease=LEASE)
    return find_export(key)


def _keep_keys(keys: Sequence[int]) -> list[str]:
    """Keep the chosen orders in files of this export's own."""
    token = secrets.token_hex(8)
    pieces = (list(keys[start : start + KEYS]) for start in range(0, len(keys), KEYS))
    return [keep({"export": token, "keys": piece}) for piece in pieces]


def advance_next_export() -> int:
    """Run one slice of the oldest open export; return how many orders it read."""
    job = jobs.claim_job(EXPORT, lease=LEASE)
    return advance_export(job) if job is not None else 0


def advance_export(job: Any) -> int:
    """Read the next orders, or write the file when all are read. A failure ends the export and says why."""

    def give_up(error: Exception) -> dict[str, Any]:
        _forget(job, job.cursor)
        return {}

    return jobs.run_slice(job, _advance, otherwise="The file was not written; the log says why.", give_up=give_up)


def _advance(job: Any) -> int:
    cursor = {"next": 0, "parts": {}, "rows": 0, "left_out": [], "left_out_count": 0, **job.cursor}
    if job.cancel_asked_at is not None:
        return _end(job, cursor, error="This export was cancelled.")
    place = cursor["next"]
    if place >= job.progress_total:
        return _finish(job, cursor)
    within = place % KEYS
    keys = kept(job.params["keys"][place // KEYS])["keys"][within : within + SLICE]
    tables, left_out = _tables(job.params["kind"], keys, with_buyer=job.params["with_buyer"])
    for shop_key, rows in tables.items():
        part = keep({"export": job.pk, "place": place, "shop": shop_key, "rows": rows})
        cursor["parts"] = {**cursor["parts"], shop_key: [*cursor["parts"].get(shop_key, ()), part]}
        cursor["rows"] += len(rows)
    cursor["next"] += len(keys)
    cursor["left_out"] = [*cursor["left_out"], *left_out][:_LEFT_OUT_SHOWN]
    cursor["left_out_count"] += len(left_out)
    jobs.report_progress(job, done=cursor["next"], cursor=cursor)
    return len(keys)


def _tables(kind: str, keys: list[int], *, with_buyer: bool) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Return shop key (as text) -> rows, and (order id, why) of what is left out."""
    shops = {shop.pk: shop for shop in all_shops()}
    left_out: list[tuple[str, str]] = []
    told: list[tuple[int, Iterable[list[str]]]]
    if kind == TRACKING_FILE:
        sent, left_out = sent_orders(keys)
        told = [(key, tracking.upload_rows([one])) for key, one in sent]
    elif kind == RETURNS_FILE:
        lines = returns_of_orders(keys, with_buyer=with_buyer)
        told = [(key, [return_row(line, zone=shops[key].zone)]) for key, line in lines]
    else:
        orders = orders_as_facts(keys, with_buyer=with_buyer)
        told = [(key, export_rows([one], region=shops[key].region, zone=shops[key].zone)) for key, one in orders]
    tables: dict[str, list[list[str]]] = {}
    for key, rows in told:
        tables.setdefault(str(key), []).extend(rows)
    return tables, left_out


def _finish(job: Any, cursor: dict[str, Any]) -> int:
    parts, kind = cursor["parts"], job.params["kind"]
    told = {"left_out": cursor["left_out"], "left_out_count": cursor["left_out_count"]}
    if not parts:
        return _end(job, cursor, told, error="None of the chosen orders can be in such a file.")
    tables = [(shop, _rows(parts[str(shop.pk)])) for shop in all_shops() if str(shop.pk) in parts]
    content, ending = _written(kind, job.params["format"], tables)
    name = f"{kind}-{clock.now():%Y%m%d-%H%M}.{ending}"
    return _end(job, cursor, {**told, "blob": put_blob(content), "file_name": name, "rows": cursor["rows"]})


def _rows(parts: list[str]) -> Iterator[list[str]]:
    for name in parts:
        yield from kept(name)["rows"]


def _end(job: Any, cursor: dict[str, Any], result: dict[str, Any] | None = None, *, error: str = "") -> int:
    jobs.end_job(job, result=result, error=error)
    _forget(job, cursor)
    return 1


def _forget(job: Any, cursor: dict[str, Any]) -> None:
    """Erase what only writing the file needed."""
    for name in (*job.params["keys"], *chain.from_iterable(cursor.get("parts", {}).values())):
        erase_blob(name)


def _written(kind: str, file_format: str, tables: list[tuple[Shop, Iterator[list[str]]]]) -> tuple[bytes, str]:
    """Return (content, ending): one table, or a folder of tables where several shops are in it."""
    if kind != TRACKING_FILE and file_format == "xlsx":
        one = len(tables) == 1
        book = ((_SHEETS[kind] if one else shop.shop_id, _header(kind, shop), rows) for shop, rows in tables)
        return write_book(book), "xlsx"
    files = {shop.shop_id: _file(kind, shop, rows) for shop, rows in tables}
    if len(files) == 1:
        return next(iter(files.values())), file_format
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, content in files.items():
            folder.writestr(zipfile.ZipInfo(f"{name}.{file_format}", (2000, 1, 1, 0, 0, 0)), content)
    return out.getvalue(), "zip"


def _header(kind: str, shop: Shop) -> list[str]:
    return RETURN_HEADER if kind == RETURNS_FILE else export_header(shop.region)


def _file(kind: str, shop: Shop, rows: Iterable[list[str]]) -> bytes:
    if kind == TRACKING_FILE:
        return tracking.write_upload(rows)
    return write_csv(rows, header=_header(kind, shop))
