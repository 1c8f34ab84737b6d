"""Reads of channels: our apps, the sellers' consents, and how each shop is reached."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet

from shundan.core.errors import Unauthorised
from shundan.edges.channels import models
from shundan.edges.channels.tiktok.wire import Door
from shundan.ground.lib.crypto import decrypt
from shundan.ground.shops.queries import Shop


@dataclass(frozen=True)
class Access:
    """How one shop is reached at this moment; holds secrets in plain text, so it is never stored or logged."""

    shop_key: int
    authorisation_key: int
    app_pk: int
    door: Door = field(repr=False)
    versions: dict[str, str]
    has_old_refresh: bool = False


def access_of(shop: Shop | int) -> Access:
    """Return how a shop is reached; raise Unauthorised when it is not connected or its authorisation is dead."""
    key = shop if isinstance(shop, int) else shop.pk
    row = models.Access.objects.select_related("authorisation__app").filter(shop_id=key).first()
    if row is None or row.revoked_at is not None or row.authorisation.dead_at is not None:
        why = (row.revoked_why or row.authorisation.dead_why) if row else "it was never connected"
        raise Unauthorised(f"Shop {key} cannot be reached: {why}. Connect it again.", service="TikTok Shop")
    consent = row.authorisation
    app = consent.app
    door = Door(
        app.api_url, app.app_key, decrypt(app.secret_encrypted), decrypt(consent.access_encrypted), row.cipher,
        app.clock_offset,
    )  # fmt: skip
    return Access(row.shop_id, consent.pk, app.pk, door, row.versions, bool(consent.old_refresh_encrypted))


def reachable_shops() -> list[int]:
    """Return the keys of all shops whose authorisation lives, in key order."""
    rows = models.Access.objects.filter(authorisation__dead_at=None, revoked_at=None).exclude(
        authorisation__access_encrypted=""
    )
    return list(rows.order_by("shop_id").values_list("shop_id", flat=True))


def unsubscribed_shops() -> list[int]:
    """Return the keys of reachable shops whose webhooks were not subscribed since they were connected."""
    rows = models.Access.objects.filter(authorisation__dead_at=None, revoked_at=None, subscribed_at=None)
    return list(rows.order_by("shop_id").values_list("shop_id", flat=True))


def shops_of_app(app_key: str) -> list[int]:
    """Return the keys of the shops that were connected with one of our apps."""
    rows = models.Access.objects.filter(authorisation__app__app_key=app_key)
    return list(rows.order_by("shop_id").values_list("shop_id", flat=True))


def authorisations() -> QuerySet[models.Authorisation]:
    """Return every consent with its app, the dead ones first."""
    return models.Authorisation.objects.select_related("app").order_by("-dead_at", "pk")


@dataclass(frozen=True)
class Connection:
    """One shop's connection as pages show it: no secrets."""

    shop_key: int
    seller_name: str
    scopes: list[str]
    access_expires_at: datetime | None
    refresh_expires_at: datetime | None
    dead_at: datetime | None
    dead_why: str
    warned_at: datetime | None
    subscribed_at: datetime | None


def connections() -> dict[int, Connection]:
    """Return how each connected shop stands, by shop key."""
    rows = models.Access.objects.select_related("authorisation").order_by("shop_id")
    return {
        row.shop_id: Connection(
            row.shop_id, row.authorisation.seller_name, row.authorisation.scopes, row.authorisation.access_expires_at,
            row.authorisation.refresh_expires_at, row.revoked_at or row.authorisation.dead_at,
            row.revoked_why or row.authorisation.dead_why,
            row.authorisation.warned_at, row.subscribed_at,
        )
        for row in rows
    }  # fmt: skip


def apps() -> QuerySet[models.App]:
    """Return our applications, oldest first."""
    return models.App.objects.order_by("pk")


def find_app(app_key: str = "") -> models.App | None:
    """Return the app with that key, or the oldest one."""
    rows = apps().filter(app_key=app_key) if app_key else apps()
    return rows.first()


def webhook_secrets() -> list[tuple[str, str]]:
    """Return (app key, secret) of every app, for checking signatures."""
    return [(app.app_key, decrypt(app.secret_encrypted)) for app in apps()]
