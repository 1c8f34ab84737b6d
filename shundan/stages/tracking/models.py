from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shundan.ground.lib.fields import ToldField

TROUBLE_WORDS: dict[str, str | Promise] = {
    "no_first_scan": _("No first scan"),
    "no_movement": _("No movement"),
    "delivery_failed": _("Delivery failed"),
    "returning": _("Coming back"),
    "lost": _("Lost"),
    "by_hand": _("Noted by hand"),
}


class TrackingEvent(models.Model):
    """One scan or word of a carrier about one parcel."""

    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    parcel = models.ForeignKey("packing.Parcel", models.PROTECT, related_name="tracking_events")
    at = models.DateTimeField()
    code = models.CharField(max_length=12)  # LABEL, SCAN, MOVE, OUT, DELIVER, FAIL, RETURN, LOSE
    text = ToldField(max_length=300)
    place = ToldField(max_length=120, blank=True)
    told_at = models.DateTimeField()  # when we were told

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "parcel", "at", "code", "text"], name="one_tracking_event")
        ]
        indexes = [models.Index(fields=["parcel", "-at"], name="tracking_events_newest")]


class Follow(models.Model):
    """How a parcel that may leave is followed: when we ask next, and when the carrier last said anything."""

    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    parcel = models.OneToOneField("packing.Parcel", models.PROTECT, related_name="follow")
    next_at = models.DateTimeField(null=True)  # story time; null: over
    asked_at = models.DateTimeField(null=True)
    last_event_at = models.DateTimeField(null=True)
    last_code = models.CharField(max_length=12, blank=True)
    last_text = ToldField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="tracking_to_ask")]


class Trouble(models.Model):
    """Something is wrong with a parcel on its way; ends with a cause."""

    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    parcel = models.ForeignKey("packing.Parcel", models.PROTECT, related_name="troubles")
    kind = models.CharField(max_length=24)  # no_first_scan, no_movement, delivery_failed, returning, lost, by_hand
    facts = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=96)
    told_buyer_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=96, blank=True)
    cause = models.CharField(max_length=48, blank=True)
    outcome = models.CharField(max_length=32, blank=True)  # moved_again, arrived, claimed, resent, closed

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "parcel", "kind"],
                condition=Q(closed_at=None),
                name="one_open_trouble_per_kind",
            )
        ]
        indexes = [models.Index(fields=["opened_at"], condition=Q(closed_at=None), name="tracking_open_troubles")]

    @property
    def word(self) -> str:
        """What kind of trouble it is, in the reader's language."""
        return str(TROUBLE_WORDS.get(self.kind, self.kind))
