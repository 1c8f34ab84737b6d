from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from shundan.core.states import ParcelState
from shundan.ground.lib.fields import ToldField


class Parcel(models.Model):
    """What is packed, labelled and handed over. `parcel_state` is written only behind packing's door."""

    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    parcel_id = models.CharField(max_length=24)  # ours, printed as a barcode: P + number
    parcel_state = models.CharField(max_length=12, default=ParcelState.PLANNED)
    state_since = models.DateTimeField()
    warehouse = models.ForeignKey("stock.Warehouse", models.PROTECT)
    shipping_by_platform = models.BooleanField(default=True)
    package_id = ToldField(max_length=32, blank=True)
    package_status = ToldField(max_length=24, blank=True)
    package_updated_at = models.DateTimeField(null=True)  # guard of package news, with package_asked_at
    package_asked_at = models.DateTimeField(null=True)
    carrier_key = ToldField(max_length=40, blank=True)
    carrier_name = ToldField(max_length=80, blank=True)
    tracking_number = ToldField(max_length=80, blank=True, db_index=True)
    service = ToldField(max_length=80, blank=True)
    weight_g = models.IntegerField(null=True)
    expected_weight_g = models.IntegerField(null=True)
    planned_at = models.DateTimeField()
    requested_at = models.DateTimeField(null=True)
    arranged_at = models.DateTimeField(null=True)  # the platform agreed to ship it
    labelled_at = models.DateTimeField(null=True)
    packed_at = models.DateTimeField(null=True)
    packed_by = models.CharField(max_length=96, blank=True)
    handed_over_at = models.DateTimeField(null=True)
    scanned_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    trouble = ToldField(max_length=200, blank=True)  # why the label was refused, say
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "parcel_id"], name="one_parcel_per_id"),
            models.UniqueConstraint(
                fields=["shop", "package_id"],
                condition=~Q(package_id="") & ~Q(parcel_state="VOIDED"),
                name="one_live_parcel_per_package",
            ),
            models.CheckConstraint(
                condition=Q(parcel_state__in=[s.value for s in ParcelState]), name="parcel_state_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["parcel_state", "id"], name="packing_by_state"),
            models.Index(fields=["parcel_id"], name="packing_by_parcel_id"),
        ]


class ParcelOrder(models.Model):
    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    parcel = models.ForeignKey(Parcel, models.PROTECT, related_name="parcel_orders")
    order = models.ForeignKey("orders.Order", models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "parcel", "order"], name="one_order_once_per_parcel")]


class ParcelLine(models.Model):
    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    parcel = models.ForeignKey(Parcel, models.PROTECT, related_name="parcel_lines")
    line = models.ForeignKey("orders.Line", models.PROTECT)
    item = models.ForeignKey("stock.Item", models.PROTECT)
    bin = models.CharField(max_length=24, blank=True)
    quantity = models.IntegerField()
    checked = models.IntegerField(default=0)  # units scanned at the pack station

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "parcel", "line"], name="one_parcel_line"),
            models.CheckConstraint(condition=Q(checked__gte=0, checked__lte=F("quantity")), name="checked_fits"),
        ]


class Wave(models.Model):
    """Parcels picked together, on one pick list."""

    wave_id = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=8, default="mixed")  # single (one unit each) | multi | mixed
    due_at = models.DateTimeField(null=True)  # the soonest clock of its orders when it was made
    parcels = models.IntegerField(default=0)
    units = models.IntegerField(default=0)
    warehouse = models.ForeignKey("stock.Warehouse", models.PROTECT)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=96)
    printed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)


class WaveParcel(models.Model):
    wave = models.ForeignKey(Wave, models.PROTECT, related_name="wave_parcels")
    parcel = models.OneToOneField(Parcel, models.PROTECT)
    position = models.IntegerField()  # also the number of its tote


class Pick(models.Model):
    """Units of one item to take from one bin for a whole wave, and how many were taken."""

    wave = models.ForeignKey(Wave, models.PROTECT, related_name="picks")
    item = models.ForeignKey("stock.Item", models.PROTECT)
    bin = models.CharField(max_length=24, blank=True)
    quantity = models.IntegerField()
    picked = models.IntegerField(default=0)
    short_at = models.DateTimeField(null=True)  # the picker found too few
    skipped_at = models.DateTimeField(null=True)  # left for later
    picked_at = models.DateTimeField(null=True)
    picked_by = models.CharField(max_length=96, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wave", "item", "bin"], name="one_pick_per_bin"),
            models.CheckConstraint(condition=Q(picked__gte=0, picked__lte=F("quantity")), name="picked_fits"),
        ]

    @property
    def left(self) -> int:
        """Units still to take."""
        return self.quantity - self.picked


class PackScan(models.Model):
    """One scan at the pack station, right or wrong: evidence, and the learning of weights."""

    parcel = models.ForeignKey(Parcel, models.PROTECT)
    code = models.CharField(max_length=120)
    result = models.CharField(max_length=16)  # right, wrong_item, too_many, stopped, done
    at = models.DateTimeField()
    by = models.CharField(max_length=96)

    class Meta:
        indexes = [
            models.Index(fields=["by", "at"], condition=Q(result="done"), name="packing_done_scans"),
            models.Index(fields=["parcel", "id"], name="packing_scans_of_parcel"),
        ]
