from __future__ import annotations

from django.db import models

from shundan.ground.lib.fields import ToldField


class Job(models.Model):
    """Long work: bulk, import, export, back-fill. Run in bounded slices by the stage it belongs to."""

    shop = models.ForeignKey("shops.Shop", models.PROTECT, null=True)
    kind = models.CharField(max_length=24)
    title = models.CharField(max_length=200, blank=True)
    by_kind = models.CharField(max_length=12)
    by_key = models.CharField(max_length=80)
    params = models.JSONField(default=dict)
    cursor = models.JSONField(default=dict)
    progress_done = models.BigIntegerField(default=0)
    progress_total = models.BigIntegerField(null=True)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField()  # wall time, as all of this table
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    cancel_asked_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "id"], condition=models.Q(ended_at=None), name="jobs_open")]


class Snag(models.Model):
    """A row a step could not do: skipped until `next_try_at`, shown after five tries, never in anybody's way."""

    step = models.CharField(max_length=48)
    subject_kind = models.CharField(max_length=16)
    subject_key = models.BigIntegerField()
    subject_name = ToldField(max_length=80, blank=True)
    attempts = models.IntegerField(default=0)
    error_code = ToldField(max_length=48, blank=True)
    error = models.TextField(blank=True)
    first_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True)  # null: waits for a person

    class Meta:
        constraints = [models.UniqueConstraint(fields=["step", "subject_kind", "subject_key"], name="one_snag_per_row")]


class Beat(models.Model):
    """When a step last ran, and what it did (wall time)."""

    step = models.CharField(max_length=48, primary_key=True)
    ran_at = models.DateTimeField()
    worked_at = models.DateTimeField(null=True)
    done = models.BigIntegerField(default=0)
    took_ms = models.IntegerField(default=0)
    error = models.TextField(blank=True)
    failed_at = models.DateTimeField(null=True)
