from __future__ import annotations

from django.db import models

from shundan.ground.lib.fields import ToldField


class Call(models.Model):
    """A changing call to the outside: saved before it is made, its answer saved before the move."""

    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    kind = models.CharField(max_length=24)  # core.calls.CallKind
    subject_kind = models.CharField(max_length=16)  # order, parcel, case, thread, listing
    subject_key = models.BigIntegerField()
    subject_name = ToldField(max_length=80, blank=True)
    order_keys = models.JSONField(default=list)  # ours, of every order it touches
    idempotency_key = models.CharField(max_length=160)
    request = models.JSONField()
    call_state = models.CharField(max_length=10, default="QUEUED")
    by_kind = models.CharField(max_length=12)
    by_key = models.CharField(max_length=80)
    queued_at = models.DateTimeField()  # story
    not_before = models.DateTimeField()  # wall
    lease_until = models.DateTimeField(null=True)  # wall
    attempts = models.IntegerField(default=0)
    asks = models.IntegerField(default=0)  # how often it was asked whether it happened
    sent_at = models.DateTimeField(null=True)
    answer = models.JSONField(null=True)
    answered_at = models.DateTimeField(null=True)
    error_code = ToldField(max_length=48, blank=True)
    error = models.TextField(blank=True)
    request_id = ToldField(max_length=80, blank=True)
    applied_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "idempotency_key"], name="one_call_per_key")]
        indexes = [
            models.Index(
                fields=["call_state", "not_before"],
                condition=models.Q(call_state__in=["QUEUED", "SENDING", "UNSURE", "ANSWERED", "FAILED"]),
                name="outbox_open_calls",
            ),
            models.Index(fields=["subject_kind", "subject_key", "id"], name="outbox_by_subject"),
        ]
