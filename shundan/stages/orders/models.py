from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from shundan.core.states import OPEN_STATES, OrderState
from shundan.ground.lib.fields import ToldField


class Buyer(models.Model):
    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    channel_buyer_id = ToldField(max_length=64)
    nickname = ToldField(max_length=120, blank=True)
    email = ToldField(max_length=200, blank=True)
    first_seen_at = models.DateTimeField()
    blocked_at = models.DateTimeField(null=True)
    blocked_why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "channel_buyer_id"], name="one_buyer_per_shop")]


class Order(models.Model):
    """One order of one shop. `order_state` is written only behind the door (actions)."""

    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    order_id = ToldField(max_length=32)
    order_state = models.CharField(max_length=12)
    state_since = models.DateTimeField()
    platform_status = ToldField(max_length=24)
    order_type = models.CharField(max_length=16, default="NORMAL")
    fulfilled_by = models.CharField(max_length=12, default="US")
    shipping_by_platform = models.BooleanField(default=True)
    buyer = models.ForeignKey(Buyer, models.PROTECT, null=True)
    currency = ToldField(max_length=3)
    total_minor = models.BigIntegerField(default=0)
    subtotal_minor = models.BigIntegerField(default=0)
    shipping_minor = models.BigIntegerField(default=0)
    tax_minor = models.BigIntegerField(default=0)
    seller_discount_minor = models.BigIntegerField(default=0)
    platform_discount_minor = models.BigIntegerField(default=0)
    payment_method = ToldField(max_length=60, blank=True)
    placed_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()  # the platform's update time, first half of the guard
    asked_at = models.DateTimeField()  # when the request started, second half of the guard
    stored_at = models.DateTimeField()  # wall: when it first stood in the desk
    release_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(null=True)
    collected_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = ToldField(max_length=16, blank=True)
    cancel_reason = ToldField(max_length=200, blank=True)
    cancel_requested = models.BooleanField(default=False)
    arranged_at = models.DateTimeField(null=True)  # when we asked for its first label
    buyer_note = models.TextField(blank=True)
    seller_note = models.TextField(blank=True)
    channel_warehouse_id = ToldField(max_length=32, blank=True)
    delivery_option_id = ToldField(max_length=32, blank=True)
    delivery_option = ToldField(max_length=80, blank=True)
    package_ids = models.JSONField(default=list)
    tracking_number = ToldField(max_length=80, blank=True)
    carrier_name = ToldField(max_length=80, blank=True)
    origin_order_id = ToldField(max_length=32, blank=True)
    source = models.CharField(max_length=8, default="api")  # api | file | manual
    units = models.IntegerField(default=0)  # live units of all lines
    first_title = ToldField(max_length=300, blank=True)
    line_count = models.IntegerField(default=0)
    next_due_at = models.DateTimeField(null=True)  # soonest open clock, kept by rulebook's callers
    next_due_kind = models.CharField(max_length=24, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "order_id"], name="one_order_per_id"),
            models.CheckConstraint(
                condition=Q(order_state__in=[s.value for s in OrderState]), name="order_state_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["order_state", "id"], name="orders_by_state"),
            models.Index(fields=["tracking_number"], name="orders_by_tracking"),
            models.Index(fields=["-placed_at", "-id"], name="orders_newest"),
            models.Index(fields=["shop", "updated_at", "id"], name="orders_by_update"),
            models.Index(fields=["buyer", "-placed_at"], name="orders_by_buyer"),
            models.Index(
                fields=["next_due_at", "id"],
                condition=Q(order_state__in=sorted(s.value for s in OPEN_STATES)),
                name="orders_by_due",
            ),
        ]


class Line(models.Model):
    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    order = models.ForeignKey(Order, models.PROTECT, related_name="lines")
    line_key = ToldField(max_length=120)  # sku, price and gift mark
    channel_line_ids = models.JSONField(default=list)  # one per unit
    sku_id = ToldField(max_length=32)
    product_id = ToldField(max_length=32, blank=True)
    seller_sku = ToldField(max_length=80, blank=True)
    title = ToldField(max_length=300)
    variant = ToldField(max_length=200, blank=True)
    image_url = ToldField(max_length=500, blank=True)
    quantity = models.IntegerField()
    cancelled = models.IntegerField(default=0)
    cancelled_by = ToldField(max_length=16, blank=True)
    cancel_reason = ToldField(max_length=200, blank=True)
    returned = models.IntegerField(default=0)
    unit_price_minor = models.BigIntegerField(default=0)
    list_price_minor = models.BigIntegerField(default=0)
    platform_discount_minor = models.BigIntegerField(default=0)
    seller_discount_minor = models.BigIntegerField(default=0)
    tax_minor = models.BigIntegerField(default=0)
    is_gift = models.BooleanField(default=False)
    package_ids = models.JSONField(default=list)  # one per unit, "" for a unit in none; [] where no package is told
    expected_at = models.DateTimeField(null=True)  # when stock has counted it as sold; null: it still has to

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "order", "line_key"], name="one_line_per_key"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="line_has_units"),
            models.CheckConstraint(condition=Q(cancelled__gte=0, cancelled__lte=F("quantity")), name="cancelled_fits"),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(expected_at=None, quantity__gt=F("cancelled")), name="orders_lines_to_expect"
            )
        ]

    @property
    def live(self) -> int:
        """Units that are still to be delivered."""
        return self.quantity - self.cancelled


class Address(models.Model):
    """Where an order goes: personal, erased on its clock."""

    order = models.OneToOneField(Order, models.CASCADE, related_name="address")
    name = ToldField(max_length=200, blank=True)
    phone = ToldField(max_length=60, blank=True)
    phone_hash = models.CharField(max_length=64, blank=True, db_index=True)
    region = ToldField(max_length=2, blank=True)
    postal_code = ToldField(max_length=20, blank=True)
    state = ToldField(max_length=80, blank=True)
    city = ToldField(max_length=80, blank=True)
    district = ToldField(max_length=120, blank=True)
    lines = models.JSONField(default=list)
    full = models.TextField(blank=True)
    masked = models.BooleanField(default=False)
    changed_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)


class Hold(models.Model):
    """Why an order waits: it has a reason, an owner and the actions that end it."""

    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    order = models.ForeignKey(Order, models.PROTECT, related_name="holds")
    kind = models.CharField(max_length=32)  # the check's key, cancel_request, address_changed, by_hand …
    waits_for = models.CharField(max_length=8, default="us")  # us | buyer | stock
    cause = models.CharField(max_length=48, blank=True)
    facts = models.JSONField(default=dict)
    inputs_hash = models.CharField(max_length=64, blank=True)
    owner_key = models.CharField(max_length=80, blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=96)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=96, blank=True)
    outcome = models.CharField(max_length=32, blank=True)  # fixed, waived, cancelled, moved_on …

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "order", "kind"], condition=Q(closed_at=None), name="one_open_hold_per_kind"
            )
        ]
        indexes = [models.Index(fields=["kind", "id"], condition=Q(closed_at=None), name="orders_open_holds")]


class Stop(models.Model):
    """From FULFILLING on: do not let this order leave. Checked at label, print, pack, weigh and hand-over."""

    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    order = models.ForeignKey(Order, models.PROTECT, related_name="stops")
    kind = models.CharField(max_length=32)
    facts = models.JSONField(default=dict)
    shelf = models.CharField(max_length=20, blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=96)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=96, blank=True)
    outcome = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "order", "kind"], condition=Q(closed_at=None), name="one_open_stop_per_kind"
            )
        ]


class Waiver(models.Model):
    """A person's decision that a check shall let this order pass, as long as the check's inputs stay the same."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="waivers")
    check_key = models.CharField(max_length=32)
    inputs_hash = models.CharField(max_length=64)
    why = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=96)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "check_key", "inputs_hash"], name="one_waiver_per_inputs")
        ]


class Note(models.Model):
    """What a person wrote beside an order, for the next person."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="notes")
    text = models.CharField(max_length=1000)
    at = models.DateTimeField()
    by = models.CharField(max_length=96)


class Cause(models.Model):
    """One node of the tree of causes; holds, troubles, cases and ratings end with one, stored by key."""

    key = models.CharField(max_length=48, unique=True)
    parent_key = models.CharField(max_length=48, blank=True)
    name_en = models.CharField(max_length=80)
    name_zh = models.CharField(max_length=80)
    retired_at = models.DateTimeField(null=True)


class Surprise(models.Model):
    """Something that "cannot happen" and did: recorded and shown, never in the way."""

    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    subject_kind = models.CharField(max_length=16)
    subject_name = ToldField(max_length=80)
    code = ToldField(max_length=48)
    facts = models.JSONField(default=dict)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    count = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "subject_kind", "subject_name", "code"], name="one_surprise_of_a_kind"
            )
        ]
