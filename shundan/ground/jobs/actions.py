"""Work in batches: bad rows become snags and block nobody; long work is a job; steps leave a heartbeat."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, TypeVar

from django.db import DatabaseError, transaction
from django.db.models import Model, QuerySet
from django.utils.translation import gettext

from shundan.core.actors import Who
from shundan.core.errors import Conflict, NotFound, ShundanError
from shundan.ground.jobs.models import Beat, Job, Snag
from shundan.ground.jobs.queries import job_by_key
from shundan.ground.lib import clock
from shundan.ground.lib.db import claim, in_transaction, lock
from shundan.ground.lib.traces import say_error, say_trace

log = logging.getLogger(__name__)
M = TypeVar("M", bound=Model)
TRIES_BEFORE_A_PERSON = 5
_LOOK_AGAIN = 0.05  # seconds, while a worker holds the slice
_PAUSES = (5, 30, 120, 600)  # seconds before try 2, 3, 4, 5
# What a row or a file nobody foresaw may raise; a fault of the program itself (an assertion, say) is none of these.
_FAILURES = (ShundanError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError)


def work_batch(
    step: str, rows: QuerySet[M], work: Callable[[list[M]], Any], *, limit: int = 50, subject_kind: str = "",
    name_of: Callable[[M], str] = lambda row: str(row.pk), of: str = "self",
) -> int:  # fmt: skip
    """Claim up to `limit` rows and run `work(rows)` on them in one transaction; return how many were claimed.

    `rows` is ordered oldest first and yields only rows that still need work. If the batch fails, it is run again
    row by row, each in a transaction of its own: a row that fails becomes a snag of this step and is left out of
    later batches until its next try. Rows with a waiting snag are left out by this function.

    `of` is what a claim locks (see `claim`). Where `work` itself locks what stands before its rows, and looks again
    under these locks, it is "": who locked his rows first would meet somebody who locks in the right order.
    """
    kind = subject_kind or str(rows.model._meta.model_name)
    # Nearly always there are none: then neither the claim nor its end has to think of them.
    any_snags = Snag.objects.filter(step=step, subject_kind=kind).exists()
    todo = rows.exclude(pk__in=_waiting(step, kind)) if any_snags else rows
    try:
        return in_transaction(lambda: _run(step, kind if any_snags else "", todo, work, limit, of))
    except (DatabaseError, *_FAILURES) as error:
        log.warning("step %s: batch failed (%s), now row by row", step, say_error(error))
    keys = list(todo.values_list("pk", flat=True)[:limit])
    for key in keys:
        _run_alone(step, kind, todo, key, work, name_of, of)
    return len(keys)


def _waiting(step: str, kind: str) -> QuerySet[Snag, int]:
    """Return the keys to leave out: snags whose next try is still ahead, or that wait for a person."""
    snags = Snag.objects.filter(step=step, subject_kind=kind)
    return snags.exclude(next_try_at__lte=clock.wall()).values_list("subject_key", flat=True)


def _run(step: str, kind: str, todo: QuerySet[M], work: Callable[[list[M]], Any], limit: int, of: str) -> int:
    """Do one batch; `kind` is empty where this step has no snags."""
    rows = claim(todo, limit=limit, of=of)
    if rows:
        work(rows)
    if rows and kind:
        # Done at last: what failed before is no snag any more.
        Snag.objects.filter(step=step, subject_kind=kind, subject_key__in=[row.pk for row in rows]).delete()
    return len(rows)


def _run_alone(
    step: str, kind: str, todo: QuerySet[M], key: int, work: Callable[[list[M]], Any], name_of: Callable[[M], str],
    of: str,
) -> None:  # fmt: skip
    names: list[str] = []

    def one() -> None:
        for row in claim(todo.filter(pk=key), limit=1, of=of):
            names.append(name_of(row))
            work([row])

    try:
        in_transaction(one)
    except Exception as error:  # whatever a row does, its neighbours go on: the snag keeps it in sight
        expected = isinstance(error, ShundanError | DatabaseError)
        trace = "" if expected else f"\n{say_trace(error)}"
        log.warning("step %s: %s %s is a snag: %s%s", step, kind, key, say_error(error), trace)
        note_snag(step, kind, key, error, name=names[0] if names else "")
    else:
        Snag.objects.filter(step=step, subject_kind=kind, subject_key=key).delete()


def told(error: Exception) -> str:
    """Return an error's own sentence: what a database adds below it quotes whole rows, with names and addresses."""
    text = str(error)
    return text.partition("\n")[0] if isinstance(error, DatabaseError) else text


def note_snag(step: str, kind: str, key: int, error: Exception, *, name: str = "") -> None:
    """Count one failure of a step at a row, and say when it is tried again (never by itself after five)."""
    with transaction.atomic():
        now = clock.wall()
        snag, _ = Snag.objects.select_for_update().get_or_create(
            step=step, subject_kind=kind, subject_key=key, defaults={"first_at": now}
        )
        snag.attempts += 1
        snag.subject_name = name or snag.subject_name
        snag.error_code = getattr(error, "code", type(error).__name__)
        snag.error = told(error)[:2000]
        waits = snag.attempts < TRIES_BEFORE_A_PERSON
        snag.next_try_at = now + timedelta(seconds=_PAUSES[snag.attempts - 1]) if waits else None
        snag.save()


def retry_snag(key: int, *, by: Who) -> None:
    """Let the step try this row again at once; its count begins anew."""
    Snag.objects.filter(pk=key).update(attempts=0, next_try_at=clock.wall())


def beat(step: str, done: int, took_ms: int, error: str = "") -> None:
    """Leave the heartbeat of one run of a step."""
    now = clock.wall()
    row: dict[str, Any] = {"ran_at": now, "took_ms": took_ms}
    if done:
        row |= {"worked_at": now, "done": done}
    if error:
        row |= {"error": error[:2000], "failed_at": now}
    Beat.objects.update_or_create(step=step, defaults=row)


def start_job(
    kind: str, *, by: Who, title: str = "", params: dict[str, Any] | None = None, shop_key: int | None = None,
    total: int | None = None,
) -> Job:  # fmt: skip
    """Store long work to be run in slices by the step that claims its kind."""
    return Job.objects.create(
        kind=kind, title=title, shop_id=shop_key, params=params or {}, progress_total=total,
        by_kind=by.kind, by_key=by.key, created_at=clock.wall(),
    )  # fmt: skip


def claim_job(kind: str, *, lease: timedelta = timedelta(seconds=60), key: int | None = None) -> Job | None:
    """Lease the oldest open job of a kind (or this one) that is neither paused nor leased; None when there is none."""
    now = clock.wall()
    with transaction.atomic():
        rows = Job.objects.filter(kind=kind, ended_at=None, paused_at=None).exclude(lease_until__gt=now).order_by("pk")
        jobs = claim(rows if key is None else rows.filter(pk=key), limit=1)
        if not jobs:
            return None
        job = jobs[0]
        job.lease_until, job.started_at = now + lease, job.started_at or now
        job.save(update_fields=["lease_until", "started_at"])
    return job


def report_progress(job: Job, *, done: int, total: int | None = None, cursor: dict[str, Any] | None = None) -> bool:
    """Save how far a job is and give its lease back; return False when somebody asked to cancel it."""
    job.progress_done, job.lease_until = done, None
    job.progress_total = total if total is not None else job.progress_total
    job.cursor = cursor if cursor is not None else job.cursor
    job.save(update_fields=["progress_done", "progress_total", "cursor", "lease_until"])
    return not Job.objects.filter(pk=job.pk, cancel_asked_at__isnull=False).exists()


def locked_job(key: int) -> Job:
    """Return a job whose row is locked until the caller's transaction ends; raise NotFound."""
    rows = lock(Job.objects.filter(pk=key))
    if not rows:
        raise NotFound(gettext("There is no job %(key)s.") % {"key": key}, remedy=gettext("Reload the page."))
    return rows[0]


def add_result(key: int, told: dict[str, Any]) -> None:
    """Add to the result of a job, inside the caller's transaction; what it holds already stays."""
    job = locked_job(key)
    Job.objects.filter(pk=key).update(result={**job.result, **told})


def end_job(job: Job, *, result: dict[str, Any] | None = None, error: str = "") -> None:
    """Save the end of a job, once."""
    Job.objects.filter(pk=job.pk, ended_at=None).update(
        ended_at=clock.wall(), result=result or {}, error=error, lease_until=None, progress_done=job.progress_done
    )


def run_slice(
    job: Job, work: Callable[[Job], int], *, otherwise: str,
    give_up: Callable[[Exception], dict[str, Any]] = lambda error: {},
) -> int:  # fmt: skip
    """Run one slice of a job and return how much it did; a failure ends the job and says why.

    `otherwise` is what a person reads of a failure without a sentence of its own; `give_up` tidies up and returns
    what the job's result holds then.
    """
    try:
        return work(job)
    except _FAILURES as error:
        log.warning("job %s (%s) failed: %s", job.pk, job.kind, say_error(error))
        end_job(job, result=give_up(error), error=error.message if isinstance(error, ShundanError) else otherwise)
        return 1


def run_to_end(key: int, run: Callable[[Job], int], *, lease: timedelta) -> None:
    """Run slice after slice of a job in this thread until it ends or pauses itself.

    A worker may take a slice in between, and goes on with it by itself if this process dies.
    """
    while (job := job_by_key(key)) is not None and job.ended_at is None and job.paused_at is None:
        if leased := claim_job(job.kind, lease=lease, key=key):
            run(leased)
        else:
            threading.Event().wait(_LOOK_AGAIN)


def ask_cancel(key: int, *, by: Who) -> None:
    """Ask a running job to stop at its next slice."""
    if not Job.objects.filter(pk=key, ended_at=None, cancel_asked_at=None).update(cancel_asked_at=clock.wall()):
        raise Conflict(gettext("This job has ended already."), remedy=gettext("Reload the page."))


def pause_job(key: int, *, by: Who) -> None:
    Job.objects.filter(pk=key, ended_at=None).update(paused_at=clock.wall())


def resume_job(key: int, *, by: Who) -> None:
    Job.objects.filter(pk=key, ended_at=None).update(paused_at=None)


def forget_snags(step: str, kind: str, keys: Iterable[int]) -> None:
    """Drop the snags of rows that no longer need this step."""
    Snag.objects.filter(step=step, subject_kind=kind, subject_key__in=list(keys)).delete()
