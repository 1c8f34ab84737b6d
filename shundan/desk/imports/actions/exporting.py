"""Orders as files in the platform's own columns: gathered in bounded slices, written at the end."""

from __future__ import annotations

import secrets
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from shundan.core.actors import Who
from shundan.core.errors import Refused
from shundan.core.rights import Right
from shundan.desk.imports.actions.parts import keep
from shundan.desk.imports.queries import (
    ExportReport,
    find_export,
    kept,
    old_exports,
    orders_as_facts,
    returns_of_orders,
    sent_orders,
)
from shundan.desk.imports.queries.exports import EXPORT, FORMATS, KEPT_FOR, ORDERS_FILE, RETURNS_FILE, TRACKING_FILE
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
        if at_once or len(keys) <= AT_ONCE:
            jobs.pause_job(job.pk, by=by)  # so that no worker takes it up as well
        return int(job.pk)

    key = in_transaction(work)
    if at_once or len(keys) <= AT_ONCE:
        jobs.run_to_end(key, advance_export)
    return find_export(key)


def _keep_keys(keys: Sequence[int]) -> str:
    """Keep the chosen orders in a file of this export's own."""
    return keep({"export": secrets.token_hex(8), "keys": list(keys)})


def advance_next_export() -> int:
    """Run one slice of the oldest open export; return how many orders it read."""
    job = jobs.claim_job(EXPORT, lease=LEASE)
    return advance_export(job) if job is not None else 0


def advance_export(job: Any) -> int:
    """Read the next orders, or write the file when all are read. A failure ends the export and says why."""
    return jobs.run_slice(job, _advance, otherwise="The file was not written; the log says why.")


def _advance(job: Any) -> int:
    cursor = {"next": 0, "parts": [], "left_out": [], "left_out_count": 0, **job.cursor}
    if job.cancel_asked_at is not None:
        _forget_parts(cursor)
        jobs.end_job(job, error="This export was cancelled.")
        return 1
    keys = kept(job.params["keys"])["keys"][cursor["next"] : cursor["next"] + SLICE]
    if not keys:
        return _finish(job, cursor)
    tables, left_out = _tables(job.params["kind"], keys, with_buyer=job.params["with_buyer"])
    cursor["parts"] = [*cursor["parts"], keep({"export": job.pk, "place": cursor["next"], "tables": tables})]
    cursor["next"] += len(keys)
    cursor["left_out"] = [*cursor["left_out"], *left_out][:_LEFT_OUT_SHOWN]
    cursor["left_out_count"] += len(left_out)
    jobs.report_progress(job, done=cursor["next"], cursor=cursor)
    return len(keys)


def _tables(kind: str, keys: list[int], *, with_buyer: bool) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Return shop key (as text) -> rows, and (order id, why) of what is left out."""
    tables: dict[str, list[list[str]]] = {}
    if kind == TRACKING_FILE:
        sent, left_out = sent_orders(keys)
        for shop_key, one in sent:
            tables.setdefault(str(shop_key), []).extend(tracking.upload_rows([one]))
        return tables, left_out
    shops = {shop.pk: shop for shop in all_shops()}
    if kind == RETURNS_FILE:
        for shop_key, line in returns_of_orders(keys, with_buyer=with_buyer):
            tables.setdefault(str(shop_key), []).append(return_row(line, zone=shops[shop_key].zone))
        return tables, []
    for shop_key, facts in orders_as_facts(keys, with_buyer=with_buyer):
        shop = shops[shop_key]
        rows = export_rows([facts], region=shop.region, zone=shop.zone)
        tables.setdefault(str(shop_key), []).extend(rows)
    return tables, []


def _finish(job: Any, cursor: dict[str, Any]) -> int:
    shops = {str(shop.pk): shop for shop in all_shops()}
    counts: dict[str, int] = {}
    for name in cursor["parts"]:
        for shop_key, rows in kept(name)["tables"].items():
            counts[shop_key] = counts.get(shop_key, 0) + len(rows)
    told = {"left_out": cursor["left_out"], "left_out_count": cursor["left_out_count"]}
    if not counts:
        jobs.end_job(job, result=told, error="None of the chosen orders can be in such a file.")
        _forget_parts(cursor)
        return 1
    chosen = [shops[key] for key in sorted(counts, key=int)]
    content, ending = _written(job.params["kind"], job.params["format"], chosen, cursor["parts"])
    name = f"{job.params['kind']}-{clock.now():%Y%m%d-%H%M}.{ending}"
    result = {**told, "blob": put_blob(content), "file_name": name, "rows": sum(counts.values())}
    jobs.end_job(job, result=result)
    _forget_parts(cursor)
    return 1


def _written(kind: str, file_format: str, shops: list[Shop], parts: list[str]) -> tuple[bytes, str]:
    """Return (content, ending): one table, or a folder of tables where several shops are in it."""
    if kind != TRACKING_FILE and file_format == "xlsx":
        one = len(shops) == 1
        book = ((_SHEETS[kind] if one else shop.shop_id, _header(kind, shop), _rows(parts, shop)) for shop in shops)
        return write_book(book), "xlsx"
    files = {shop.shop_id: _file(kind, shop, _rows(parts, shop)) for shop in shops}
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


def _rows(parts: list[str], shop: Shop) -> Iterator[list[str]]:
    for name in parts:
        yield from kept(name)["tables"].get(str(shop.pk), ())


def _forget_parts(cursor: dict[str, Any]) -> None:
    for name in cursor["parts"]:
        erase_blob(name)


def forget_old_exports(*, now: datetime) -> None:
    """Erase exported files once their erase clock has run out."""
    for name in old_exports(now - KEPT_FOR):
        erase_blob(name)
