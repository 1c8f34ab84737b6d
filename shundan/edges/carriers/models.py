from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Carrier(models.Model):
    """Who moves parcels outside the platform's own shipping; numbers are written by hand or come from a rate table."""

    key = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    way = models.CharField(max_length=8, default="manual")  # manual | table
    provider_ids = models.JSONField(default=dict)  # region -> the platform's shipping provider id
    tracking_url = models.CharField(max_length=200, blank=True)  # with {number}
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)


class Rate(models.Model):
    """What a carrier takes for one weight band to one region, from a day on."""

    carrier = models.ForeignKey(Carrier, models.PROTECT, related_name="rates")
    service = models.CharField(max_length=40, blank=True)
    region = models.CharField(max_length=2)
    from_g = models.IntegerField(default=0)
    to_g = models.IntegerField()
    price_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    days = models.IntegerField(null=True)
    valid_from = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["carrier", "service", "region", "from_g", "valid_from"], name="one_rate_per_band"
            ),
            models.CheckConstraint(condition=Q(to_g__gt=F("from_g")), name="rate_band_is_a_band"),
        ]
