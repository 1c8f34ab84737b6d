from __future__ import annotations

from django.db import models


class Watermark(models.Model):
    """How far the sealed journal of a shop has been read (shop null: entries without a shop)."""

    shop = models.OneToOneField("shops.Shop", models.PROTECT)
    position = models.BigIntegerField(default=0)
    read_at = models.DateTimeField(null=True)


class DayFigure(models.Model):
    """One day of one shop, in the shop's own zone and currency; counted anew whenever one of its orders moves."""

    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    day = models.DateField()
    currency = models.CharField(max_length=3)
    orders = models.IntegerField(default=0)  # paid, without samples, gifts, replacements and our own
    cancelled = models.IntegerField(default=0)
    units = models.IntegerField(default=0)
    sales_minor = models.BigIntegerField(default=0)  # what buyers paid for live orders, shipping and tax included
    cancelled_minor = models.BigIntegerField(default=0)
    buyers = models.IntegerField(default=0)
    returning_buyers = models.IntegerField(default=0)  # had ordered in this shop before
    shipped = models.IntegerField(default=0)
    late = models.IntegerField(default=0)  # dispatch clock missed
    delivered = models.IntegerField(default=0)
    cases = models.IntegerField(default=0)
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "day"], name="one_figure_per_day")]
        indexes = [models.Index(fields=["day"], name="insight_by_day")]


class ItemDay(models.Model):
    """Units and sales of one SKU on one day of one shop."""

    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    day = models.DateField()
    sku_id = models.CharField(max_length=32)
    seller_sku = models.CharField(max_length=80, blank=True)
    title = models.CharField(max_length=300)
    units = models.IntegerField()
    sales_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "day", "sku_id"], name="one_item_per_day")]
