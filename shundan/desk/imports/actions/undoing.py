"""An import is undone: what only it told goes, what others built upon stays and is named with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from shundan.core.actors import Who
from shundan.core.errors import Conflict, Refused
from shundan.core.states import ParcelState
from shundan.desk.imports.actions.keeping import take_back_rows
from shundan.desk.imports.actions.parts import keep
from shundan.desk.imports.queries import DONE, UNDO, find_job, kept
from shundan.edges.channels.files.kinds import Kind
from shundan.edges.channels.files.mapping import facts_from_payload
from shundan.edges.inbox.actions import settle_snapshots
from shundan.edges.inbox.queries import Snapshot
from shundan.ground.jobs import actions as jobs
from shundan.ground.jobs.queries import job_by_key
from shundan.ground.journal.actions import Draft, record
from shundan.ground.journal.queries import touched_by_people
from shundan.ground.lib import clock
from shundan.ground.lib.blobs import has_blob
from shundan.ground.lib.db import in_transaction
from shundan.stages.aftersales.queries import cases_of
from shundan.stages.orders.actions import Filling, reset_blanks, withdraw_orders
from shundan.stages.orders.queries import Order, find_orders
from shundan.stages.packing.queries import parcels_of

LEASE = timedelta(minutes=5)
AT_ONCE = 2  # parts undone while the page waits
_NOT_LEFT = (ParcelState.PLANNED, ParcelState.VOIDED)
CHANGED = "It was known before this import, which only changed it: import the file that is right."
TOLD_SINCE = "It was told again since then; the later news stays."
TOUCHED = "Somebody has worked on it since then."
LABELLED = "A label was asked for, or its parcel has left."
CASE = "After-sales has opened a case for it."
STATEMENT = "Statements are not undone: import the settlement that is right; the later one counts."
RATING = "Ratings are not undone."


def start_undo(key: int, *, by: Who) -> int:
    """Begin to undo an import, once; return the key of the job. A small one is undone at once.

    Raises Conflict when it is not finished, is undone already or its orders are still being taken up, Refused for
    exchange rates and when its file is no longer kept.
    """
    find_job(key, who=by)

    def work() -> Any:
        job = jobs.locked_job(key)
        _check(job)
        undo = jobs.start_job(
            UNDO, by=by, title=job.params["name"], params={"import": key, "name": job.params["name"]},
            shop_key=job.shop_id or job.cursor.get("shop_key"), total=len(job.cursor["parts"]),
        )  # fmt: skip
        jobs.add_result(key, {"undo": undo.pk})
        return undo

    undo = in_transaction(work)
    if (undo.progress_total or 0) <= AT_ONCE:
        jobs.run_to_end(undo.pk, advance_undo, lease=LEASE)
    return int(undo.pk)


def _check(job: Any) -> None:
    previous: Any = job_by_key(job.result["undo"]) if job.result.get("undo") else None
    if previous is not None and not previous.error:  # one that failed may be tried again
        raise Conflict("This import is undone already.", remedy="Reload the page.")
    if job.ended_at is None or job.result.get("phase") != DONE:
        raise Conflict("Only an import that was stored can be undone.", remedy="Reload the page.")
    if job.cursor.get("kind") == Kind.RATES:
        raise Refused("Exchange rates are not undone.", remedy="Import or enter the rates that are right.")
    if not all(map(has_blob, job.cursor.get("parts", []))):
        raise Refused(
            "What this import stored is no longer kept.", remedy="Cancel its orders by hand, or import the right file."
        )
    if _waiting(job).exists():
        raise Conflict("Its orders are still being taken up.", remedy="Wait a moment and try again.")


def _waiting(job: Any) -> Any:
    return Snapshot.objects.filter(
        shop=job.shop_id or job.cursor.get("shop_key"), kind="order", source="file", applied_at=None,
        asked_at=datetime.fromisoformat(job.params["asked_at"]),
    )  # fmt: skip


def advance_next_undo() -> int:
    """Run one slice of the oldest open undoing; return how many rows it looked at."""
    job = jobs.claim_job(UNDO, lease=LEASE)
    return advance_undo(job) if job is not None else 0


def advance_undo(job: Any) -> int:
    """Undo one part of the import: its orders, then its kept rows, then the end. A failure ends it and says why."""
    return jobs.run_slice(job, _advance, otherwise="The import was not undone; the log says why.")


def _advance(job: Any) -> int:
    done = find_job(job.params["import"])
    parts, cursor = done.cursor["parts"], {"part": 0, "after": 0, "counts": {}, "refused": [], **job.cursor}
    if cursor["part"] < len(parts):
        return _undo_part(job, done, cursor)
    return in_transaction(lambda: _undo_rows(job, done, cursor))


def _undo_part(job: Any, done: Any, cursor: dict[str, Any]) -> int:
    place = cursor["part"]
    entries = kept(done.cursor["parts"][place])["entries"]
    blanks = done.cursor.get("blanks", {}).get(str(place))
    before = kept(blanks)["orders"] if blanks else {}

    def work() -> None:
        refused = _refused_kinds(entries)
        counts = dict(cursor["counts"])
        orders = {entry["order"]["order_id"]: entry for entry in entries if "order" in entry}
        if orders:
            told, withdrawn, reset = _undo_orders(done, orders, before, by=_who(job))
            refused += told
            counts["withdrawn"] = counts.get("withdrawn", 0) + withdrawn
            counts["reset"] = counts.get("reset", 0) + reset
        counts["refused"] = counts.get("refused", 0) + len(refused)
        names = [keep({"undo": job.pk, "rows": refused})] if refused else []
        after = {**cursor, "part": place + 1, "counts": counts, "refused": [*cursor["refused"], *names]}
        jobs.report_progress(job, done=place + 1, cursor=after)

    in_transaction(work)
    return len(entries)


def _refused_kinds(entries: Iterable[Mapping[str, Any]]) -> list[list[Any]]:
    """Return (row, what, reason) of entries that no undoing takes back."""
    rows = []
    for entry in entries:
        if "statement" in entry:
            rows.append([entry["row"], entry["statement"]["statement_id"], STATEMENT])
        elif "rating" in entry:
            rows.append([entry["row"], entry["rating"]["order_id"], RATING])
    return rows


def _undo_orders(
    done: Any, entries: Mapping[str, Mapping[str, Any]], before: Mapping[str, Any], *, by: Who
) -> tuple[list[list[Any]], int, int]:
    """Return the refused rows, how many orders were withdrawn, and how many had blanks reset."""
    shop_key, now = done.shop_id or done.cursor["shop_key"], clock.now()
    facts = {"import": done.pk, "cause": "import undone"}
    stored = find_orders(shop_key, entries)
    reasons = _reasons(done, stored, entries)
    going = {order.pk: (order.updated_at, order.asked_at) for one, order in stored.items() if one not in reasons
             and order.source == "file"}  # fmt: skip
    fillings = {
        order.pk: Filling(before[one], facts_from_payload(entries[one]["order"]))
        for one, order in stored.items()
        if order.source != "file" and one in before and one not in reasons
    }
    gone = withdraw_orders(going, by=by, now=now, facts=facts)
    reset = reset_blanks(fillings, by=by, now=now, facts=facts)
    for one, order in stored.items():
        missed = order.pk in going and order.pk not in gone or order.pk in fillings and order.pk not in reset
        if missed:
            reasons[one] = TOLD_SINCE
    undone = [one for one in entries if one not in reasons]
    rows = Snapshot.objects.filter(
        shop=shop_key, kind="order", outside_id__in=undone, source="file",
        asked_at=datetime.fromisoformat(done.params["asked_at"]),
    )  # fmt: skip
    settle_snapshots([(key, "withdrawn") for key in rows.values_list("pk", flat=True)])
    refused = [[entries[one]["row"], one, reason] for one, reason in reasons.items()]
    return refused, len(gone), sum(bool(fields) for fields in reset.values())


def _reasons(done: Any, stored: Mapping[str, Order], entries: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return order id -> why this import's telling of it is not taken back."""
    asked_at = datetime.fromisoformat(done.params["asked_at"])
    files = {order.pk: one for one, order in stored.items() if order.source == "file"}
    touched = touched_by_people("order", files)
    cases = {case.order_id for case in cases_of(files)}
    labelled = {
        key for key, parcels in parcels_of(files).items() if any(one.parcel_state not in _NOT_LEFT for one in parcels)
    }
    reasons: dict[str, str] = {}
    for one, order in stored.items():
        what = entries[one].get("what")
        if what == "changed":
            reasons[one] = CHANGED
        elif order.source == "file" and order.asked_at != asked_at or order.source != "file" and what == "new":
            reasons[one] = TOLD_SINCE
        elif order.pk in labelled:
            reasons[one] = LABELLED
        elif order.pk in cases:
            reasons[one] = CASE
        elif order.pk in touched:
            reasons[one] = TOUCHED
    return reasons


def _undo_rows(job: Any, done: Any, cursor: dict[str, Any]) -> int:
    """Take back a batch of kept rows; end when none is left."""
    gone, back, last = take_back_rows(done.pk, after=cursor["after"])
    counts = dict(cursor["counts"])
    counts["rows_gone"] = counts.get("rows_gone", 0) + gone
    counts["rows_back"] = counts.get("rows_back", 0) + back
    after = {**cursor, "after": last, "counts": counts}
    jobs.report_progress(job, done=job.progress_done, cursor=after)
    if last:
        return gone + back
    jobs.end_job(job, result={"counts": counts})
    record(
        [
            Draft("import", done.pk, "import_undone", _who(job), clock.now(), shop_key=job.shop_id,
                  subject_name=job.params["name"][:80], facts={"kind": done.cursor.get("kind", ""), **counts})
        ]
    )  # fmt: skip
    return 1


def _who(job: Any) -> Who:
    return Who(job.by_kind, job.by_key, "file")
