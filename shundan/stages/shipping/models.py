from __future__ import annotations

from django.db import models
from django.db.models import Q

from shundan.ground.lib.fields import ToldField


class Label(models.Model):
    """One asking for one parcel's label: asked, arranged, fetched, printed, ended; then the next may follow."""

    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    parcel = models.ForeignKey("packing.Parcel", models.PROTECT, related_name="labels")
    number = models.IntegerField()  # 1, 2, … of this parcel: part of the call's idempotency key
    source = models.CharField(max_length=8, default="platform")  # platform | own
    asked_at = models.DateTimeField()
    arranged_at = models.DateTimeField(null=True)  # the platform said yes
    blob = models.CharField(max_length=64, blank=True)  # SHA-256 of the file
    content_type = ToldField(max_length=40, blank=True)
    fetched_at = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(null=True)  # wall; null: nothing to fetch now
    attempts = models.IntegerField(default=0)
    error_code = ToldField(max_length=48, blank=True)
    error = ToldField(max_length=300, blank=True)
    printed = models.IntegerField(default=0)
    printed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # rejected, or its parcel is void
    ended_why = models.CharField(max_length=48, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "parcel", "number"], name="one_label_per_number"),
            models.UniqueConstraint(fields=["shop", "parcel"], condition=Q(ended_at=None), name="one_open_label"),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(ended_at=None, fetched_at=None),
                name="shipping_labels_to_fetch",
            ),
            models.Index(fields=["parcel"], name="shipping_labels_of_parcel"),
            models.Index(fields=["fetched_at"], condition=~Q(blob=""), name="shipping_label_files"),
        ]


class LabelTerms(models.Model):
    """On which terms a person wants a parcel's label, from its refusal on; the next choice replaces them."""

    parcel = models.OneToOneField("packing.Parcel", models.PROTECT, related_name="label_terms")
    terms = models.JSONField(default=dict)  # what was told, as `queries.Terms` names it; nothing: the platform chooses
    chosen_at = models.DateTimeField()
    chosen_by = models.CharField(max_length=96)


class LabelPrint(models.Model):
    """Who printed which label when; from the second time on also why."""

    label = models.ForeignKey(Label, models.PROTECT, related_name="prints")
    at = models.DateTimeField()
    by = models.CharField(max_length=96)
    number = models.IntegerField()  # 1: the first print
    reason = models.CharField(max_length=120, blank=True)


class Manifest(models.Model):
    """One hand-over: parcels scanned out one by one, closed when the carrier took them."""

    manifest_id = models.CharField(max_length=24, unique=True)
    warehouse = models.ForeignKey("stock.Warehouse", models.PROTECT)
    carrier_name = models.CharField(max_length=80, blank=True)  # empty: any carrier
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=96)
    parcels = models.IntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=96, blank=True)
    vehicle = models.CharField(max_length=40, blank=True)
    driver = models.CharField(max_length=80, blank=True)
    counted = models.IntegerField(null=True)  # what the carrier counted and signed

    class Meta:
        indexes = [models.Index(fields=["-id"], name="shipping_newest_manifests")]


class ManifestParcel(models.Model):
    """One parcel scanned out onto one manifest; taken out again it stays as evidence."""

    manifest = models.ForeignKey(Manifest, models.PROTECT, related_name="scans")
    parcel = models.ForeignKey("packing.Parcel", models.PROTECT, related_name="manifest_scans")
    scanned_at = models.DateTimeField()
    scanned_by = models.CharField(max_length=96)
    taken_out_at = models.DateTimeField(null=True)
    taken_out_by = models.CharField(max_length=96, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["parcel"], condition=Q(taken_out_at=None), name="one_manifest_at_a_time")
        ]
        indexes = [models.Index(fields=["manifest", "id"], name="shipping_manifest_scans")]
