"""The slices of an import: read a large file, store one part, end. Each can be run again without harm."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from shundan.core.actors import Who
from shundan.core.facts import RatingFacts, StatementFacts, TransactionFacts
from shundan.desk.imports.actions.keeping import forget_persons, keep_rows
from shundan.desk.imports.actions.parts import keep
from shundan.desk.imports.actions.reading import market_of, read_import
from shundan.desk.imports.queries import (
    CANCELLED,
    DONE,
    FAILED,
    KEPT_FOR,
    KIND,
    READING,
    Counts,
    kept,
    named_files,
    old_files,
    waiting_imports,
)
from shundan.edges.channels.files.kinds import Kind
from shundan.edges.inbox.actions import SnapshotDraft, store_snapshots
from shundan.ground.jobs import actions as jobs
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib import clock
from shundan.ground.lib.blobs import erase_blob, get_blob, sweep_folders
from shundan.ground.lib.db import in_transaction
from shundan.ground.shops.actions import ShopDraft, store_shop
from shundan.ground.shops.queries import shop_by_key
from shundan.stages.feedback.actions import store_ratings
from shundan.stages.money.actions import import_rates, store_statement
from shundan.stages.orders.queries import fillable_values

STRAY_AFTER = timedelta(days=1)  # by then its row was written, or never will be
_FOLDERS_AN_HOUR = 8
LEASE = timedelta(minutes=5)  # longer than reading the largest file takes


def advance_next_import() -> int:
    """Run one slice of the oldest open import; return how many things it stored or read."""
    job = jobs.claim_job(KIND, lease=LEASE)
    if job is not None:
        return advance(job)
    _forget_in_hour(clock.wall().replace(minute=0, second=0, microsecond=0))
    return 0


@lru_cache(maxsize=1)  # once an hour and worker; again would be harmless
def _forget_in_hour(hour: datetime) -> int:
    return forget_old_files(now=hour) + sweep_stray_files(now=hour)


def forget_old_files(*, now: datetime) -> int:
    """Erase what jobs keep, and persons in kept rows, once their erase clock has run out; return how many files.

    An import that nobody confirmed until then is dropped.
    """
    for job in waiting_imports(now - KEPT_FOR[KIND]):
        jobs.end_job(job, result={"phase": CANCELLED})
    names = old_files(now=now)
    for name in names:
        erase_blob(name)
    forget_persons(now=now)
    return len(names)


def sweep_stray_files(*, now: datetime) -> int:
    """Erase files a day old that no row names, a few folders in each hour: all are seen in 32 hours."""
    first = int(now.timestamp() // 3600) * _FOLDERS_AN_HOUR
    return sweep_folders(range(first, first + _FOLDERS_AN_HOUR), named=named_files, before=now - STRAY_AFTER)


def advance(job: Any) -> int:
    """Run one slice: a failure ends the import and says why, what was stored before stays."""

    def give_up(error: Exception) -> dict[str, Any]:
        forget_parts(job)
        return {"phase": FAILED, "remedy": getattr(error, "remedy", "")}

    return jobs.run_slice(job, _advance, otherwise="The file cannot be read; the log says why.", give_up=give_up)


def _advance(job: Any) -> int:
    if job.cancel_asked_at is not None:
        return _end(job, CANCELLED)
    return _read(job) if job.cursor.get("phase", READING) == READING else _store(job)


def _read(job: Any) -> int:
    market = market_of(shop_by_key(job.shop_id) if job.shop_id else None, job.params["new_shop"])
    cursor = read_import(get_blob(job.params["blob"]), market, dates=job.params["dates"], token=job.params["token"])

    def work() -> bool:
        jobs.pause_job(job.pk, by=who_of(job))
        return jobs.report_progress(job, done=0, total=Counts(**cursor["counts"]).to_store, cursor=cursor)

    if not in_transaction(work):
        _end(job, CANCELLED)
    return 1


def _store(job: Any) -> int:
    cursor = job.cursor
    if cursor["kind"] == Kind.RATES:
        count = import_rates(get_blob(job.params["blob"]), by=who_of(job), now=clock.now())
        job.progress_done = count
        return _end(job, DONE)
    shop_key = _shop_key(job)
    if cursor["next"] >= len(cursor["parts"]):
        return _end(job, DONE)
    entries = kept(cursor["parts"][cursor["next"]])["entries"]
    ratings = [_rating(entry["rating"]) for entry in entries if "rating" in entry]
    statements = [_statement(entry) for entry in entries if "statement" in entry]
    drafts = [_draft(job, shop_key, entry) for entry in entries if "order" in entry]
    rows = [row for entry in entries for row in entry.get("kept", ())]
    asked_at = datetime.fromisoformat(job.params["asked_at"])
    blanks = _blanks(shop_key, entries, token=job.params["token"])
    after = {**cursor, "next": cursor["next"] + 1, "shop_key": shop_key}
    if blanks:
        after["blanks"] = {**cursor.get("blanks", {}), str(cursor["next"]): blanks}

    def work() -> bool:
        if ratings:
            _, known = store_ratings(shop_key, ratings, by=who_of(job), now=clock.now())
            counts = cursor["counts"]
            after["counts"] = {**counts, "new": counts["new"] - known, "same": counts["same"] + known}
        store_snapshots(drafts)
        for statement, transactions in statements:
            store_statement(shop_key, statement, transactions, updated_at=asked_at)
        if rows:
            keep_rows(shop_key, cursor["kind"], rows, import_key=job.pk, file_name=job.params["name"])
        return jobs.report_progress(job, done=job.progress_done + len(entries), cursor=after)

    if not in_transaction(work):
        _end(job, CANCELLED)
    elif after["next"] >= len(after["parts"]):
        _end(job, DONE)
    return len(entries)


def _blanks(shop_key: int, entries: list[dict[str, Any]], *, token: str) -> str:
    """Keep what the channel's own orders hold before a file fills their blanks, so that undoing can put it back."""
    ids = [entry["order"]["order_id"] for entry in entries if entry.get("what") == "fills"]
    return keep({"import": token, "orders": fillable_values(shop_key, ids)}) if ids else ""


def _shop_key(job: Any) -> int:
    """Return the key of the import's shop; one that a file brings is made now, once."""
    if found := job.shop_id or job.cursor.get("shop_key"):
        return int(found)
    told = job.params["new_shop"]
    draft = ShopDraft(told["shop_id"], told["name"], told["region"], channel="files")
    key: int = store_shop(draft, now=clock.now()).pk
    return key


def _draft(job: Any, shop_key: int, entry: dict[str, Any]) -> SnapshotDraft:
    payload = entry["order"]
    return SnapshotDraft(
        shop_key=shop_key,
        kind="order",
        outside_id=payload["order_id"],
        updated_at=datetime.fromisoformat(payload["updated_at"]),
        asked_at=datetime.fromisoformat(job.params["asked_at"]),
        payload=payload,
        source="file",
        file_name=job.params["name"],
        file_row=entry["row"],
    )


def _rating(told: dict[str, Any]) -> RatingFacts:
    return RatingFacts(**{**told, "at": datetime.fromisoformat(told["at"])})


def _statement(entry: dict[str, Any]) -> tuple[StatementFacts, list[TransactionFacts]]:
    told = entry["statement"]
    at = datetime.fromisoformat(told["at"])
    return StatementFacts(**{**told, "at": at}), [
        TransactionFacts(**{**part, "at": datetime.fromisoformat(part["at"])}) for part in entry["transactions"]
    ]


def _end(job: Any, phase: str) -> int:
    """End the import, journal it, and forget the parts it was stored from."""
    counts = job.cursor.get("counts", {})
    shop_key = job.shop_id or job.cursor.get("shop_key")

    def work() -> None:
        jobs.end_job(job, result={"phase": phase})
        record(
            [
                Draft(
                    "import",
                    job.pk,
                    f"import_{phase.lower()}",
                    who_of(job),
                    clock.now(),
                    shop_key=shop_key,
                    subject_name=job.params["name"][:80],
                    facts={"kind": job.cursor.get("kind", ""), "stored": job.progress_done, **counts},
                )
            ]
        )

    in_transaction(work)
    if phase != DONE:
        forget_parts(job)  # those of a finished import are needed to undo it, and go with its file
    return 1


def forget_parts(job: Any) -> None:
    """Erase what was read but will not be stored."""
    for part in job.cursor.get("parts", []):
        erase_blob(part)


def who_of(job: Any) -> Who:
    return Who(job.by_kind, job.by_key, "file")
