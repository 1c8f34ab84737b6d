from __future__ import annotations

from django.db import models


class Run(models.Model):
    """One look of the checks at one order: the answer to "why was it approved, or held?"."""

    order = models.ForeignKey("orders.Order", models.PROTECT)
    at = models.DateTimeField()
    verdict = models.CharField(max_length=8)  # APPROVE | HOLD
    results = models.JSONField(default=list)  # per check: key, outcome, facts, inputs_hash, version
    moved = models.BooleanField(default=True)  # False: the order had moved on meanwhile

    class Meta:
        indexes = [models.Index(fields=["order", "-id"], name="review_by_order")]


class Threshold(models.Model):
    """What a shop's checks compare with; a shop without a row uses the defaults of core.checks."""

    shop = models.OneToOneField("shops.Shop", models.PROTECT)
    price_below_percent = models.IntegerField(default=50)
    unusual_quantity = models.IntegerField(default=10)
    duplicate_hours = models.IntegerField(default=24)
    off = models.JSONField(default=list)  # keys of checks this shop does not want
