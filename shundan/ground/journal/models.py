from __future__ import annotations

from django.db import models

from shundan.ground.lib.fields import ToldField


class Entry(models.Model):
    """One thing somebody did. Append-only: never changed but once, when sealing gives it position and hash.

    Holds keys, states and codes only; personal values stand in `Erasable`, hashed here.
    """

    shop = models.ForeignKey("shops.Shop", models.PROTECT, null=True)
    subject_kind = models.CharField(max_length=16)  # order, parcel, case, item, shop, staff, file …
    subject_key = models.BigIntegerField()
    subject_name = ToldField(max_length=80, blank=True)  # the id a person knows it by
    verb = models.CharField(max_length=40)  # a move, or what was done: "print_label"
    from_state = models.CharField(max_length=16, blank=True)
    to_state = models.CharField(max_length=16, blank=True)
    by_kind = models.CharField(max_length=12)
    by_key = models.CharField(max_length=80)
    via = models.CharField(max_length=12, blank=True)
    at = models.DateTimeField()  # story time
    written_at = models.DateTimeField()  # wall time
    facts = models.JSONField(default=dict)
    position = models.BigIntegerField(null=True)  # per shop (0 for none), set by sealing
    chain = models.CharField(max_length=64, blank=True)  # SHA-256 over the previous chain and this row

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "position"], name="one_entry_per_position")]
        indexes = [
            models.Index(fields=["subject_kind", "subject_key", "id"], name="journal_by_subject"),
            models.Index(fields=["id"], condition=models.Q(position=None), name="journal_unsealed"),
        ]


class Erasable(models.Model):
    """Personal values an entry speaks of; removed when their clock runs out."""

    entry = models.OneToOneField(Entry, models.CASCADE)
    values = models.JSONField()
    erase_at = models.DateTimeField(null=True)
