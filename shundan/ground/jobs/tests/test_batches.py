"""Batches: a bad row is a snag in nobody's way, told without what its row holds, and gone once it is done."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from shundan.core.actors import step
from shundan.ground.jobs.actions import start_job, work_batch
from shundan.ground.jobs.models import Job, Snag
from shundan.ground.lib import clock

pytestmark = pytest.mark.django_db
BY = step("test")


def test_a_bad_row_is_left_out_and_its_neighbours_are_done() -> None:
    jobs = [start_job("test", by=BY, title=title) for title in ("a", "bad", "c")]
    done: list[str] = []

    def work(rows: list[Job]) -> None:
        if any(row.title == "bad" for row in rows):
            raise ValueError("no such thing")
        done.extend(row.title for row in rows)

    rows = Job.objects.order_by("pk")
    assert work_batch("test", rows, work) == 3
    assert (done, Snag.objects.get().subject_key) == (["a", "c"], jobs[1].pk)
    assert work_batch("test", rows.filter(title="bad"), work) == 0


def test_a_snag_that_is_done_with_others_is_gone() -> None:
    job = start_job("test", by=BY)
    Snag.objects.create(
        step="test", subject_kind="job", subject_key=job.pk, attempts=2, first_at=clock.wall(), next_try_at=clock.wall()
    )
    Snag.objects.create(step="other", subject_kind="job", subject_key=job.pk, attempts=1, first_at=clock.wall())
    assert work_batch("test", Job.objects.order_by("pk"), lambda rows: None) == 1
    assert list(Snag.objects.values_list("step", flat=True)) == ["other"]


def test_a_snag_and_the_log_do_not_quote_the_row_that_a_database_refused(caplog: pytest.LogCaptureFixture) -> None:
    start_job("test", by=BY)

    def work(rows: list[Job]) -> None:
        raise IntegrityError("null value in column\nDETAIL:  Failing row contains (7, Emma Stone, 1 Fictional Way).")

    work_batch("test", Job.objects.order_by("pk"), work)
    assert Snag.objects.get().error == "null value in column"
    assert "Emma" not in caplog.text
