"""Reads of jobs, snags and heartbeats."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet

from shundan.ground.jobs.models import Beat, Job, Snag
from shundan.ground.lib import clock


def open_snags() -> QuerySet[Snag]:
    """Return all snags, those that wait for a person first."""
    return Snag.objects.order_by("next_try_at", "pk")


def beats() -> QuerySet[Beat]:
    return Beat.objects.order_by("step")


def oldest_beat_age() -> timedelta | None:
    """Return how long ago the least recently run step ran; None before any ran."""
    first = Beat.objects.order_by("ran_at").first()
    return clock.wall() - first.ran_at if first else None


def jobs_of(*, kinds: list[str] | None = None, open_only: bool = False) -> QuerySet[Job]:
    """Return jobs, newest first."""
    jobs = Job.objects.order_by("-pk")
    if kinds is not None:
        jobs = jobs.filter(kind__in=kinds)
    return jobs.filter(ended_at=None) if open_only else jobs


def job_by_key(key: int) -> Job | None:
    return Job.objects.filter(pk=key).first()
