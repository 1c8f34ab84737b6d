from __future__ import annotations

from django.db import models

from shundan.ground.lib.fields import ToldField


class Deadline(models.Model):
    """One clock of one subject. `source`: platform (carried by the order: it wins), rulebook or person."""

    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    subject_kind = models.CharField(max_length=16)  # order, parcel, case, thread
    subject_key = models.BigIntegerField()
    subject_name = ToldField(max_length=80, blank=True)
    kind = models.CharField(max_length=24)
    due_at = models.DateTimeField()
    source = models.CharField(max_length=12)
    rule = models.CharField(max_length=80, blank=True)
    met_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)  # no longer applies: the order was cancelled, say

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "subject_kind", "subject_key", "kind"], name="one_clock_per_kind")
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(met_at=None, dropped_at=None), name="rulebook_open_clocks"
            )
        ]
