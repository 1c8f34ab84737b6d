"""Our apps, the consents of sellers, and connecting the shops that a consent opens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema

from shundan.core.errors import NotFound
from shundan.core.rights import Right
from shundan.desk.settings import actions, queries
from shundan.desk.settings.api.shapes import Done
from shundan.edges.channels.actions.connecting import AppDraft
from shundan.edges.channels.queries import apps as known_apps
from shundan.edges.channels.queries import offers
from shundan.ground.lib import clock
from shundan.ground.staff.logins import needs

router = Router(tags=["settings"])


class AppOut(Schema):
    """The secret is never shown again."""

    app_key: str
    name: str
    service_id: str
    authorise_url: str


class OwnAddressesOut(Schema):
    """What the app's page in Partner Center wants to know of this desk."""

    redirect_url: str
    webhook_url: str


class AppIn(Schema):
    app_key: str
    secret: str = ""
    name: str = ""
    service_id: str = ""
    authorise_url: str = ""


class ConnectIn(Schema):
    app_key: str = ""


class AddressOut(Schema):
    """Where the seller agrees, in a browser; afterwards the consent stands in `/settings/consents`."""

    address: str


class OfferedShopOut(Schema):
    shop: str
    name: str
    region: str
    seller_type: str
    connected: bool


class ConsentOut(Schema):
    key: int
    app: str
    seller: str
    listed_at: datetime | None
    shops: list[OfferedShopOut]


class ChosenIn(Schema):
    shops: list[str]
    history_days: int = 90


class ConnectedOut(Schema):
    shops: list[str]


@router.get("/apps", response=list[AppOut])
@needs(Right.SETTINGS)
def apps(request: HttpRequest) -> list[dict[str, Any]]:
    """Return our apps at TikTok Shop."""
    return [
        {
            "app_key": one.app_key,
            "name": one.name,
            "service_id": one.service_id,
            "authorise_url": one.authorise_url,
        }
        for one in known_apps()
    ]


@router.get("/addresses", response=OwnAddressesOut)
@needs(Right.SETTINGS)
def own_addresses(request: HttpRequest) -> dict[str, str]:
    """Return this desk's redirect and webhook address, to be entered in Partner Center."""
    redirect_url, webhook_url = queries.own_addresses()
    return {"redirect_url": redirect_url, "webhook_url": webhook_url}


@router.put("/apps", response=Done)
@needs(Right.SETTINGS)
def keep_app(request: HttpRequest, app: AppIn) -> dict[str, bool]:
    """Keep the credentials of our own app; an empty secret leaves the stored one."""
    actions.keep_app(AppDraft(**app.dict()), by=request.who, now=clock.now())
    return {"done": True}


@router.post("/connect", response=AddressOut)
@needs(Right.SETTINGS)
def connect(request: HttpRequest, wanted: ConnectIn) -> dict[str, str]:
    """Begin connecting with one app (the oldest unless named): the address at which the seller agrees."""
    return {"address": actions.connect_shop(wanted.app_key, by=request.who, now=clock.now())}


@router.get("/consents", response=list[ConsentOut])
@needs(Right.SETTINGS)
def consents(request: HttpRequest) -> list[dict[str, Any]]:
    """Return what each living consent opens, the newest first."""
    return [
        {
            "key": one.key,
            "app": one.app_name,
            "seller": one.seller_name,
            "listed_at": one.listed_at,
            "shops": [
                {
                    "shop": shop.shop_id,
                    "name": shop.name,
                    "region": shop.region,
                    "seller_type": shop.seller_type,
                    "connected": shop.connected,
                }
                for shop in one.shops
            ],
        }
        for one in offers()
    ]


@router.post("/consents/{int:key}/shops", response=ConnectedOut)
@needs(Right.SETTINGS)
def choose_shops(request: HttpRequest, key: int, chosen: ChosenIn) -> dict[str, list[str]]:
    """Connect shops that a consent opens and fetch so many days of their history, the newest first."""
    if not offers(key):
        raise NotFound(_("There is no such consent."), remedy=_("Begin connecting again."))
    shops = actions.choose_shops(key, chosen.shops, history_days=chosen.history_days, by=request.who)
    return {"shops": [shop.shop_id for shop in shops]}
