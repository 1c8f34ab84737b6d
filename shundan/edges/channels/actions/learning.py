"""What answers and webhooks teach us about a connection."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from shundan.edges.channels import models
from shundan.ground.lib import clock
from shundan.ground.lib.db import lock


def remember_version(shop_key: int, name: str, version: str) -> None:
    """Remember which version of an endpoint this shop answers, so that newer ones are not tried each time."""
    with transaction.atomic():
        for row in lock(models.Access.objects.filter(shop_id=shop_key)):
            row.versions = row.versions | {name: version}
            row.save(update_fields=["versions"])


def forget_versions(shop_key: int) -> None:
    """Ask this shop for the newest versions again."""
    models.Access.objects.filter(shop_id=shop_key).update(versions={})


def remember_offset(app_pk: int, offset: float) -> None:
    models.App.objects.filter(pk=app_pk).update(clock_offset=offset)


def mark_subscribed(shop_key: int, *, now: datetime) -> None:
    models.Access.objects.filter(shop_id=shop_key).update(subscribed_at=now)


def mark_healed(shop_key: int, *, since: datetime | None) -> bool:
    """What failed before the consent given at `since` was told to try again; False when a newer one came meanwhile."""
    rows = models.Access.objects.filter(shop_id=shop_key, connected_at=since)
    return bool(rows.update(healed_at=clock.wall()))


def mark_revoked(shop_key: int, why: str, *, now: datetime, told_at: datetime | None = None, app_key: str = "") -> bool:
    """The shop was taken back: it is shown as unreachable until it is connected again.

    What was told before the shop was last connected (a late webhook, the answer to a call that was under way) changes
    nothing, nor what is told to another app (`app_key`) than the one that reaches the shop now.
    """
    rows = _spoken_of(shop_key, told_at=told_at, app_key=app_key).filter(revoked_at=None)
    return bool(rows.update(revoked_at=now, revoked_why=why))


def mark_expiring(shop_key: int, *, now: datetime, told_at: datetime | None = None, app_key: str = "") -> bool:
    """The platform warned that the consent ends soon: pages say so. Old news is told apart as in `mark_revoked`."""
    rows = _spoken_of(shop_key, told_at=told_at, app_key=app_key)
    return bool(models.Authorisation.objects.filter(access__in=rows).update(warned_at=now))


def _spoken_of(shop_key: int, *, told_at: datetime | None, app_key: str) -> QuerySet[models.Access]:
    rows = models.Access.objects.filter(shop_id=shop_key)
    if told_at is not None:
        rows = rows.filter(Q(connected_at=None) | Q(connected_at__lte=told_at))
    return rows.filter(authorisation__app__app_key=app_key) if app_key else rows
