from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from shundan.ground.lib.fields import ToldField


class Warehouse(models.Model):
    code = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=80)
    zone = models.CharField(max_length=40, default="Asia/Shanghai")
    address = models.TextField(blank=True)
    priority = models.IntegerField(default=0)
    closed_at = models.DateTimeField(null=True)


class ShopWarehouse(models.Model):
    """Which of our warehouses a shop's platform warehouse is."""

    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    channel_warehouse_id = ToldField(max_length=32)
    name = ToldField(max_length=120, blank=True)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "channel_warehouse_id"], name="one_link_per_warehouse")]


class Item(models.Model):
    """What stands on our shelf, under our own SKU, whatever listings sell it."""

    sku = models.CharField(max_length=80, unique=True)
    name_zh = models.CharField(max_length=300, blank=True)
    name_en = models.CharField(max_length=300, blank=True)
    barcode = models.CharField(max_length=80, blank=True, db_index=True)
    weight_g = models.IntegerField(null=True)
    cost_minor = models.BigIntegerField(default=0)
    cost_currency = models.CharField(max_length=3, default="CNY")
    buffer = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    # Its opening count came from this shop's listing: what that shop sold before still stands on the shelf.
    opened_at = models.DateTimeField(null=True)
    opened_shop = models.ForeignKey("shops.Shop", models.PROTECT, null=True)
    retired_at = models.DateTimeField(null=True)


SELLING = ("ACTIVATE",)  # the statuses of a listing that buyers can order from


class Listing(models.Model):
    """One sellable SKU in one shop, linked to the item it sells."""

    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    product_id = ToldField(max_length=32)
    sku_id = ToldField(max_length=32)
    seller_sku = ToldField(max_length=80, blank=True)
    item = models.ForeignKey(Item, models.PROTECT, null=True)
    units_per_sale = models.IntegerField(default=1)
    title = ToldField(max_length=300)
    variant = ToldField(max_length=200, blank=True)
    image_url = ToldField(max_length=500, blank=True)
    status = ToldField(max_length=32, blank=True)
    price_minor = models.BigIntegerField(default=0)
    currency = ToldField(max_length=3)
    channel_stock = models.JSONField(default=dict)  # platform warehouse id -> quantity, as last told
    wanted_stock = models.IntegerField(null=True)  # what we last decided to push
    dirty_at = models.DateTimeField(null=True)  # since when its item's levels differ from what was last pushed
    pushed_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)  # since when the shop offers a number other than the one we told it
    refused_stock = models.IntegerField(null=True)  # that number
    refused_why = ToldField(max_length=300, blank=True)
    updated_at = models.DateTimeField()
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "sku_id"], name="one_listing_per_sku")]
        indexes = [
            models.Index(fields=["shop", "seller_sku"], name="stock_by_seller_sku"),
            models.Index(fields=["dirty_at"], condition=~Q(dirty_at=None), name="stock_dirty_listings"),
        ]


class Level(models.Model):
    """How many of an item stand in a warehouse. What can never be negative is on hand − reserved."""

    item = models.ForeignKey(Item, models.PROTECT)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT)
    bin = models.CharField(max_length=24, blank=True)
    on_hand = models.IntegerField(default=0)
    reserved = models.IntegerField(default=0)
    expected = models.IntegerField(default=0)  # soft: sold, not reserved yet; may exceed the stock
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "warehouse"], name="one_level_per_place"),
            models.CheckConstraint(condition=Q(reserved__gte=0, on_hand__gte=F("reserved")), name="never_oversold"),
            models.CheckConstraint(condition=Q(expected__gte=0), name="expected_is_counted"),
        ]


class LedgerRow(models.Model):
    """Every change of a level, once: `key` says what it was for and is unique."""

    key = models.CharField(max_length=120, unique=True)
    item = models.ForeignKey(Item, models.PROTECT)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT)
    reason = models.CharField(max_length=24)  # opening, receive, count, reserve, release, leave, write_off, return
    on_hand_change = models.IntegerField(default=0)
    reserved_change = models.IntegerField(default=0)
    at = models.DateTimeField()
    by = models.CharField(max_length=96)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["item", "-id"], name="stock_ledger_by_item")]


class Expectation(models.Model):
    """A live line of ours that will need units: soft, written before anything is checked."""

    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    line = models.OneToOneField("orders.Line", models.PROTECT)
    order = models.ForeignKey("orders.Order", models.PROTECT)
    item = models.ForeignKey(Item, models.PROTECT)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT)
    quantity = models.IntegerField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["order"], condition=Q(ended_at=None), name="stock_open_expectations")]


class Reservation(models.Model):
    """Units of one item locked in one warehouse for one line; ended by leaving, or by release."""

    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    order = models.ForeignKey("orders.Order", models.PROTECT)
    line = models.ForeignKey("orders.Line", models.PROTECT)
    item = models.ForeignKey(Item, models.PROTECT)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT)
    quantity = models.IntegerField()
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_how = models.CharField(max_length=12, blank=True)  # left | released

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "line"], condition=Q(ended_at=None), name="one_open_reservation_per_line"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="reservation_has_units"),
        ]
        indexes = [models.Index(fields=["order"], condition=Q(ended_at=None), name="stock_open_reservations")]
