"""What answers and webhooks teach us about a connection."""
from __future__ import annotations

from datetime import datetime

from django.db import transaction

from shundan.edges.channels import models
from shundan.ground.lib.db import lock


def remember_version(shop_key: int, name: str, version: str) -> None:
    """Remember which version of an endpoint this shop answers, so that newer ones are not tried each time."""
    with transaction.atomic():
        for row in lock(models.Access.objects.filter(shop_id=shop_key)):
            row.versions = row.versions | {name: version}
            row.save(update_fields=["versions"])


def remember_offset(app_pk: int, offset: float) -> None:
    models.App.objects.filter(pk=app_pk).update(clock_offset=offset)


def mark_subscribed(shop_key: int, *, now: datetime) -> None:
    models.Access.objects.filter(shop_id=shop_key).update(subscribed_at=now)


def mark_deauthorised(shop_key: int, why: str, *, now: datetime) -> None:
    """The seller took the consent back: the shop is shown as unreachable until it is connected again."""
    rows = models.Authorisation.objects.filter(access__shop_id=shop_key, dead_at=None)
    rows.update(dead_at=now, dead_why=(why or "the seller took the authorisation back")[:200])


def mark_expiring(shop_key: int, *, now: datetime) -> None:
    """The platform warned that the consent ends soon: pages say so."""
    models.Authorisation.objects.filter(access__shop_id=shop_key).update(warned_at=now)
