from __future__ import annotations

from django.db import models

from shundan.ground.lib.fields import ToldField


class Rate(models.Model):
    """How many units of the home currency one unit of `currency` was worth on a day. Entered by hand or by file."""

    day = models.DateField()
    currency = models.CharField(max_length=3)
    home = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=20, decimal_places=8)
    source = models.CharField(max_length=40, default="by hand")
    at = models.DateTimeField()
    by = models.CharField(max_length=96)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "currency", "home"], name="one_rate_per_day")]


class Statement(models.Model):
    """What the platform settled with a shop on one day."""

    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    statement_id = ToldField(max_length=40)
    at = models.DateTimeField()
    currency = ToldField(max_length=3)
    settled_minor = models.BigIntegerField()
    revenue_minor = models.BigIntegerField(default=0)
    fee_minor = models.BigIntegerField(default=0)
    adjustment_minor = models.BigIntegerField(default=0)
    payment_status = ToldField(max_length=16, blank=True)
    payment_id = ToldField(max_length=40, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "statement_id"], name="one_statement_per_id")]
        indexes = [models.Index(fields=["-at", "-id"], name="money_newest_statements")]


class Transaction(models.Model):
    """One order's (or adjustment's) part of a statement."""

    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    transaction_id = ToldField(max_length=60)
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="transactions")
    order_id = ToldField(max_length=32, blank=True)  # the platform's; the order may be older than the desk
    kind = ToldField(max_length=48)
    currency = ToldField(max_length=3)
    settled_minor = models.BigIntegerField()
    revenue_minor = models.BigIntegerField(default=0)
    fee_minor = models.BigIntegerField(default=0)
    shipping_minor = models.BigIntegerField(default=0)
    adjustment_minor = models.BigIntegerField(default=0)
    fees = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "statement", "transaction_id"], name="one_transaction_per_id")
        ]
        indexes = [models.Index(fields=["shop", "order_id"], name="money_by_order")]
