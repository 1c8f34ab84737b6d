from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models

from shundan.core.rights import Role


class Person(AbstractUser):
    """Somebody who works here. No shops named means all shops; no warehouse codes means all warehouses."""

    role = models.CharField(max_length=12, choices=[(r.value, r.value) for r in Role], default=Role.VIEWER.value)
    shops = models.ManyToManyField("shops.Shop", blank=True)
    warehouses = models.JSONField(default=list, blank=True)
    language = models.CharField(max_length=8, blank=True)
    theme = models.CharField(max_length=8, blank=True)
    zone = models.CharField(max_length=40, default="Asia/Shanghai")
    refund_limit_minor = models.BigIntegerField(default=0)


class ApiToken(models.Model):
    """A bearer token; only its hash is kept. No shops and no warehouses named means all of them."""

    name = models.CharField(max_length=80)
    role = models.CharField(max_length=12)
    key_hash = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8)
    shops = models.ManyToManyField("shops.Shop", blank=True)
    warehouses = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField()  # wall time, as all of this table
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class LoginLink(models.Model):
    """A link that logs a person in once, within its hour (wall time)."""

    person = models.ForeignKey(Person, models.CASCADE)
    key_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class IdempotencyKey(models.Model):
    """An answered API call: the same key and body get the same answer. Without status: still under way."""

    owner = models.CharField(max_length=96)  # token:3, person:1
    key = models.CharField(max_length=128)
    request_hash = models.CharField(max_length=64)
    status = models.IntegerField(null=True)
    answer = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="one_answer_per_key")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_by_age")]
