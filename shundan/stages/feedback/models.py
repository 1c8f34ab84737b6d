from __future__ import annotations

from django.db import models
from django.db.models import Q

from shundan.ground.lib.fields import ToldField


class Rating(models.Model):
    """A buyer's rating of one order's goods. The platform has no endpoint for them: they come from a file."""

    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    rating_key = models.CharField(max_length=64)  # hash of order, SKU and moment: the same file twice is harmless
    order_id = ToldField(max_length=32, blank=True)
    sku_id = ToldField(max_length=32, blank=True)
    product_id = ToldField(max_length=32, blank=True)
    stars = models.IntegerField()
    text = models.TextField(blank=True)
    buyer_name = ToldField(max_length=120, blank=True)
    at = models.DateTimeField()
    cause = models.CharField(max_length=48, blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=96, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "rating_key"], name="one_rating_per_key"),
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="stars_are_one_to_five"),
        ]
        indexes = [models.Index(fields=["-at", "-id"], name="feedback_newest")]


class ProductScore(models.Model):
    """How many ratings of each number of stars a product has, as product performance last told."""

    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    product_id = ToldField(max_length=32)
    stars = models.JSONField(default=dict)  # "1" … "5" -> count
    asked_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "product_id"], name="one_score_per_product")]


class Problem(models.Model):
    """Something that goes wrong more than once, with the cause it has and what it was seen at."""

    title = models.CharField(max_length=200)
    cause = models.CharField(max_length=48)
    note = models.TextField(blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=96)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=96, blank=True)


class ProblemLink(models.Model):
    """One order, case, rating or parcel where a problem was seen."""

    problem = models.ForeignKey(Problem, models.CASCADE, related_name="links")
    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    subject_kind = models.CharField(max_length=16)
    subject_name = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "problem", "subject_kind", "subject_name"], name="one_link_per_subject"
            )
        ]


class Improvement(models.Model):
    """What is done about a problem."""

    problem = models.ForeignKey(Problem, models.CASCADE, related_name="improvements")
    text = models.TextField()
    at = models.DateTimeField()
    by = models.CharField(max_length=96)
    done_at = models.DateTimeField(null=True)
