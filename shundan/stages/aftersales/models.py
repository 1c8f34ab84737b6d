from __future__ import annotations

from django.db import models
from django.db.models import Q

from shundan.core.states import CaseKind, CaseState, GoodsState
from shundan.ground.lib.fields import ToldField


class Case(models.Model):
    """What buyer, platform or we open after the sale. `case_state` is written only behind the case's door."""

    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    case_id = ToldField(max_length=40)  # the platform's, or L + number for our own
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in CaseKind])
    order = models.ForeignKey("orders.Order", models.PROTECT)
    case_state = models.CharField(max_length=10, default=CaseState.OPENED)
    state_since = models.DateTimeField()
    goods_state = models.CharField(max_length=12, default=GoodsState.NONE)
    platform_status = ToldField(max_length=48, blank=True)
    opened_by = ToldField(max_length=10)  # BUYER | SELLER | SYSTEM | US
    reason_code = ToldField(max_length=120, blank=True)
    reason_text = ToldField(max_length=300, blank=True)
    buyer_note = models.TextField(blank=True)
    currency = ToldField(max_length=3, blank=True)
    asked_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    refunded_at = models.DateTimeField(null=True)
    answer_by = models.DateTimeField(null=True)
    platform_actions = models.JSONField(default=list)
    tracking_number = ToldField(max_length=80, blank=True)
    carrier_name = ToldField(max_length=80, blank=True)
    opened_at = models.DateTimeField()
    updated_at = models.DateTimeField()  # guard, with asked_at
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=96, blank=True)
    closed_at = models.DateTimeField(null=True)
    cause = models.CharField(max_length=48, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "case_id"], name="one_case_per_id"),
            models.CheckConstraint(
                condition=Q(case_state__in=[s.value for s in CaseState]), name="case_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(goods_state__in=[s.value for s in GoodsState]), name="goods_state_is_known"
            ),
        ]
        indexes = [models.Index(fields=["case_state", "answer_by", "id"], name="aftersales_by_state")]


class CaseLine(models.Model):
    """Units of one order line that a case is about, and what came back of them."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="case_lines")
    line = models.ForeignKey("orders.Line", models.PROTECT)
    quantity = models.IntegerField()
    received = models.IntegerField(default=0)
    grade = models.CharField(max_length=12, blank=True)  # sellable | damaged | missing | wrong
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "line"], name="one_case_line")]
