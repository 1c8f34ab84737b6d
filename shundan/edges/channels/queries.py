"""Reads of channels: our apps, the sellers' consents, and how each shop is reached."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from shundan.core.errors import Unauthorised
from shundan.edges.channels import models
from shundan.edges.channels.tiktok.endpoints import ENDPOINTS
from shundan.edges.channels.tiktok.wire import Door
from shundan.ground.lib import clock
from shundan.ground.lib.crypto import decrypt
from shundan.ground.shops.queries import Shop

App = models.App


@dataclass(frozen=True)
class Access:
    """How one shop is reached at this moment; holds secrets in plain text, so it is never stored or logged."""

    shop_key: int
    authorisation_key: int
    app_pk: int
    door: Door = field(repr=False)
    versions: dict[str, str]
    read_at: datetime  # story time: what is refused to an access read before a new consent says nothing about that one
    has_old_refresh: bool = False


def access_of(shop: Shop | int) -> Access:
    """Return how a shop is reached; raise Unauthorised when it is not connected or its authorisation is dead."""
    key, read_at = shop if isinstance(shop, int) else shop.pk, clock.now()
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
    return Access(row.shop_id, consent.pk, app.pk, door, row.versions, read_at, bool(consent.old_refresh_encrypted))


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


def unhealed_shops() -> list[tuple[int, datetime | None]]:
    """Return (shop key, connected at) of reachable shops that were connected and not yet told to try again."""
    rows = models.Access.objects.filter(authorisation__dead_at=None, revoked_at=None, healed_at=None)
    return list(rows.order_by("shop_id").values_list("shop_id", "connected_at"))


def history_days() -> dict[int, int]:
    """Return how many days back each connected shop's history shall go, by shop key."""
    return dict(models.Access.objects.values_list("shop_id", "history_days"))


@dataclass(frozen=True)
class OfferedShop:
    """A shop that a consent opens; `connected` when it was chosen before."""

    shop_id: str
    name: str
    region: str
    seller_type: str
    connected: bool


@dataclass(frozen=True)
class Offer:
    """The shops one consent opens, as the page to choose from shows them."""

    key: int
    app_name: str
    seller_name: str
    listed_at: datetime | None
    shops: list[OfferedShop]

    @property
    def waiting(self) -> int:
        return sum(not shop.connected for shop in self.shops)


def offers(key: int | None = None) -> list[Offer]:
    """Return what each living consent opens (or the one of that key), the newest consent first; two queries."""
    rows = models.Authorisation.objects.select_related("app").filter(dead_at=None).order_by("-pk")
    mine = set(models.Access.objects.values_list("shop__shop_id", flat=True))  # also those that broke off: chosen once
    return [
        Offer(row.pk, row.app.name or row.app.app_key, row.seller_name, row.listed_at, [
            OfferedShop(shop["id"], shop["name"], shop["region"], shop["seller_type"], shop["id"] in mine)
            for shop in row.offered
        ])
        for row in (rows.filter(pk=key) if key else rows)
    ]  # fmt: skip


@dataclass(frozen=True)
class OlderVersion:
    """An endpoint that a shop answers in an older version than the newest we know."""

    shop_key: int
    name: str
    version: str
    newest: str


def older_versions() -> list[OlderVersion]:
    """Return which endpoints of which shops are not asked in their newest version."""
    rows = models.Access.objects.order_by("shop_id").values_list("shop_id", "versions")
    return [
        OlderVersion(shop, name, version, ENDPOINTS[name].versions[0])
        for shop, versions in rows
        for name, version in sorted(versions.items())
        if name in ENDPOINTS and version != ENDPOINTS[name].versions[0]
    ]


def narrow_budgets() -> QuerySet[models.Budget]:
    """Return the groups of endpoints that the platform told us to ask more slowly, with their shop and app."""
    narrow = Q(interval__gt=0) | Q(free_at__gt=clock.wall())
    return models.Budget.objects.filter(narrow).select_related("shop", "app").order_by("shop_id", "group")


def authorisations() -> QuerySet[models.Authorisation]:
    """Return every consent with its app, the dead ones first."""
    return models.Authorisation.objects.select_related("app").order_by("-dead_at", "pk")


@dataclass(frozen=True)
class Connection:
    """One shop's connection as pages show it: no secrets."""

    shop_key: int
    app_key: str
    app_name: str
    seller_name: str
    scopes: list[str]
    access_expires_at: datetime | None
    refresh_expires_at: datetime | None
    dead_at: datetime | None
    dead_why: str
    warned_at: datetime | None
    subscribed_at: datetime | None

    @property
    def why_words(self) -> str:
        """Why it broke off: in the reader's language where the reason is our own, else as the platform put it."""
        return gettext(self.dead_why) if self.dead_why else ""


def connections() -> dict[int, Connection]:
    """Return how each connected shop stands, by shop key."""
    rows = models.Access.objects.select_related("authorisation__app").order_by("shop_id")
    return {
        row.shop_id: Connection(
            row.shop_id, row.authorisation.app.app_key, row.authorisation.app.name, row.authorisation.seller_name,
            row.authorisation.scopes, row.authorisation.access_expires_at, row.authorisation.refresh_expires_at,
            row.revoked_at or row.authorisation.dead_at,
            row.revoked_why or row.authorisation.dead_why,
            row.authorisation.warned_at, row.subscribed_at,
        )
        for row in rows
    }  # fmt: skip


def apps() -> QuerySet[App]:
    """Return our applications, oldest first."""
    return models.App.objects.order_by("pk")


def find_app(app_key: str = "") -> App | None:
    """Return the app with that key, or the oldest one."""
    rows = apps().filter(app_key=app_key) if app_key else apps()
    return rows.first()


def webhook_secrets() -> list[tuple[str, str]]:
    """Return (app key, secret) of every app, for checking signatures."""
    return [(app.app_key, decrypt(app.secret_encrypted)) for app in apps()]
