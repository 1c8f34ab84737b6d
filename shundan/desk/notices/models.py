from __future__ import annotations

from django.conf import settings
from django.db import models


class NoticeMark(models.Model):
    """How far a person has read one shop's journal; shop key 0 is what belongs to no shop."""

    shop_key = models.BigIntegerField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    position = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop_key", "person"], name="one_mark_per_shop")]
