from __future__ import annotations

from django.db import models

from shundan.ground.lib.fields import QuickJSONField, ToldField


class Arrival(models.Model):
    """A webhook as it came: verified, stored once, answered. Thought about later."""

    app_key = models.CharField(max_length=64)
    notification_id = ToldField(max_length=80)  # the platform's, or the body's hash
    shop = models.ForeignKey("shops.Shop", models.PROTECT, null=True)
    channel_shop_id = ToldField(max_length=32, blank=True)
    kind = models.IntegerField(null=True)
    body = models.BinaryField()
    received_at = models.DateTimeField()  # wall
    repeats = models.IntegerField(default=0)
    state = models.CharField(max_length=12, default="NEW")  # NEW, DONE, UNOWNED, QUARANTINED, IGNORED
    reason = ToldField(max_length=200, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["app_key", "notification_id"], name="one_arrival_per_delivery")]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(state="NEW"), name="inbox_new_arrivals"),
            models.Index(fields=["state", "id"], name="inbox_arrivals_by_state"),
        ]


class Want(models.Model):
    """Something to fetch: unique while open. News that comes meanwhile sets `asked_again_at`."""

    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    kind = models.CharField(max_length=20)  # order, package, cancellation, return, listing, conversation, tracking …
    outside_id = ToldField(max_length=80)
    reason = ToldField(max_length=40, blank=True)
    lane = models.IntegerField(default=0)  # 0: today's news, 9: back-fill
    created_at = models.DateTimeField()  # wall, as all of this table
    not_before = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    asked_again_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    error = ToldField(max_length=300, blank=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "kind", "outside_id"],
                condition=models.Q(closed_at=None),
                name="one_open_want",
            )
        ]
        indexes = [models.Index(fields=["lane", "id"], condition=models.Q(closed_at=None), name="inbox_open_wants")]


class Snapshot(models.Model):
    """What a channel or a file told about one thing at one moment. The raw payload stays here, not on the order."""

    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    kind = models.CharField(max_length=20)
    outside_id = ToldField(max_length=80)
    updated_at = models.DateTimeField()  # the platform's update time
    asked_at = models.DateTimeField()  # when our request started
    source = models.CharField(max_length=8)  # api | file | manual
    payload = QuickJSONField()
    file_name = ToldField(max_length=120, blank=True)
    file_row = models.IntegerField(null=True)
    applied_at = models.DateTimeField(null=True)
    outcome = ToldField(max_length=40, blank=True)  # applied, older, same, waits, refused: …
    waits_for = ToldField(max_length=80, blank=True)  # an order id that is not stored yet

    class Meta:
        indexes = [
            models.Index(fields=["kind", "id"], condition=models.Q(applied_at=None), name="inbox_unapplied"),
            models.Index(fields=["shop", "kind", "outside_id"], name="inbox_by_thing"),
            models.Index(
                fields=["shop", "waits_for"],
                condition=models.Q(applied_at=None) & ~models.Q(waits_for=""),
                name="inbox_waiting",
            ),
        ]


class Sweep(models.Model):
    """How far one kind of thing of one shop is complete: everything updated before `complete_to` was seen."""

    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    kind = models.CharField(max_length=20)
    complete_to = models.DateTimeField()  # story
    window_to = models.DateTimeField(null=True)  # the window being read; null between windows
    page_token = models.TextField(blank=True)
    next_at = models.DateTimeField()  # wall
    lease_until = models.DateTimeField(null=True)
    ran_at = models.DateTimeField(null=True)
    found = models.BigIntegerField(default=0)  # things only the sweep saw
    error = ToldField(max_length=300, blank=True)
    failed_at = models.DateTimeField(null=True)
    # The back-fill: windows of creation time, newest first, until `back_until` is reached.
    back_from = models.DateTimeField(null=True)  # everything created since is wanted already; null: no back-fill
    back_until = models.DateTimeField(null=True)
    back_page_token = models.TextField(blank=True)
    back_found = models.BigIntegerField(default=0)
    back_done_at = models.DateTimeField(null=True)  # wall
    back_job = models.ForeignKey("jobs.Job", models.SET_NULL, null=True)
    compare_at = models.DateTimeField(null=True)  # wall: when an hour of this shop is counted at the platform next
    behind_since = models.DateTimeField(null=True)  # wall: since when it has been too far behind, and said so

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "kind"], name="one_sweep_per_kind")]


class HourCount(models.Model):
    """How many orders of one hour of creation the platform and the desk had when both were last counted."""

    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    hour = models.DateTimeField()  # its first moment, UTC, story time
    platform = models.IntegerField()
    desk = models.IntegerField()
    counted_at = models.DateTimeField()  # wall, as what follows
    next_at = models.DateTimeField(null=True)  # when it is counted again; null: it was right
    wanted = models.IntegerField(default=0)  # orders the desk did not know, asked for because of this count
    gap_at = models.DateTimeField(null=True)  # when orders were found to be missing
    healed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "hour"], name="one_count_per_hour")]
        indexes = [models.Index(fields=["-hour", "-id"], name="inbox_counts_newest")]


class TurnedAway(models.Model):
    """How many webhooks of one day were not stored: 401 signature, 413 size, 415 type, 503 database busy."""

    day = models.DateField()  # UTC
    app_key = models.CharField(max_length=64, blank=True)  # empty: nobody knows whose
    status = models.IntegerField()
    count = models.BigIntegerField()
    last_at = models.DateTimeField()  # wall

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "app_key", "status"], name="one_turned_away_row")]
