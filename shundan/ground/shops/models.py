from __future__ import annotations

from django.db import models

from shundan.ground.lib.fields import ToldField


class Shop(models.Model):
    """One shop of one channel. Its days are days of its own zone; its money is in its own currency."""

    channel = models.CharField(max_length=16, default="tiktok")  # tiktok | files | local
    shop_id = ToldField(max_length=32, help_text="the platform's shop id")
    name = ToldField(max_length=120)
    region = ToldField(max_length=2)
    seller_type = ToldField(max_length=16, default="CROSS_BORDER")
    zone = models.CharField(max_length=40)
    currency = ToldField(max_length=3)
    ships_from = ToldField(max_length=120, blank=True)  # its first warehouse's "state/city", as the channel says
    paused_at = models.DateTimeField(null=True, blank=True)
    connected_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop_id"], name="one_shop_per_id")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
