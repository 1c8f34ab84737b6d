"""The demo: connects the sandbox's shops to this desk by the very functions that a click of the owner runs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.conf import settings
from django.utils.text import slugify

from shundan.core.actors import Who
from shundan.core.errors import OutsideUnavailable
from shundan.core.rights import Role
from shundan.edges.carriers.actions import add_carrier
from shundan.edges.carriers.queries import carriers
from shundan.edges.channels.actions import begin_connect, complete_connect, store_app
from shundan.edges.channels.actions.connecting import AppDraft
from shundan.edges.channels.queries import find_app, reachable_shops
from shundan.ground.lib import clock, http
from shundan.ground.shops.queries import all_shops
from shundan.stages.money.actions import set_rate
from shundan.stages.money.queries import rates

TIMEOUT = 30.0
DEMO = Who("step", "demo", "step", role=Role.OWNER)


@dataclass(frozen=True)
class Sandbox:
    url: str
    app_key: str
    app_secret: str
    shop_ids: tuple[str, ...]
    carriers: tuple[tuple[str, str, str], ...] = ()  # region, provider id, name


def connect_sandbox(*, sandbox_url: str, desk_url: str, demo: str = "live") -> list[str]:
    """Store the sandbox's app and connect every shop it has; again, it does only what is missing.

    Returns the platform ids of the shops that are connected.
    """
    if demo == "off":
        return []
    sandbox = _credentials(sandbox_url.rstrip("/"))
    desk = desk_url.rstrip("/")
    told = {"redirect_url": f"{desk}/channels/tiktok/callback", "webhook_url": f"{desk}/webhooks/tiktok"}
    _send("POST", f"{sandbox.url}/sandbox/app", told)
    store_app(
        AppDraft(
            app_key=sandbox.app_key,
            secret=sandbox.app_secret,
            name="Sandbox",
            api_url=sandbox.url,
            auth_url=sandbox.url,
            authorise_url=f"{sandbox.url}/oauth/authorize",
        ),
        by=DEMO,
    )
    _add_carriers(sandbox)
    _set_rates()
    connected = _connected()
    if not set(sandbox.shop_ids) <= connected:
        _consent(sandbox)
    return sorted(_connected())


def _set_rates() -> None:
    """Enter the invented rates of the demo, so that its sales can be read in the home currency."""
    if rates().exists() or settings.HOME_CURRENCY != "CNY":
        return
    now = clock.now()
    for currency, rate in (("USD", "7.10"), ("GBP", "9.30"), ("IDR", "0.00043")):
        set_rate(now.date() - timedelta(days=400), currency, rate, by=DEMO, now=now, source="demo, invented")


def _connected() -> set[str]:
    reachable = set(reachable_shops())
    return {shop.shop_id for shop in all_shops() if shop.pk in reachable}


def _credentials(url: str) -> Sandbox:
    told = _send("GET", f"{url}/sandbox/credentials")
    shops = tuple(str(shop["id"]) for shop in told["shops"])
    own = tuple(
        (str(shop["region"]), str(row["id"]), str(row["name"]))
        for shop in told["shops"]
        for row in shop.get("seller_carriers", ())
    )
    return Sandbox(url, str(told["app_key"]), str(told["app_secret"]), shops, own)


def _add_carriers(sandbox: Sandbox) -> None:
    """Enter the carriers with whom the sandbox's sellers ship themselves."""
    known = {carrier.key for carrier in carriers()}
    for region, provider, name in sandbox.carriers:
        key = slugify(name)
        if key not in known:
            add_carrier(key, name, provider_ids={region: provider}, by=DEMO, now=clock.now())


def _consent(sandbox: Sandbox) -> None:
    """Go to the seller's page, agree for all shops, and come back with the code."""
    app = find_app(sandbox.app_key)
    assert app is not None
    page = begin_connect(app, by=DEMO)
    answer = http.send(http.Request("GET", page, service="sandbox"), timeout=TIMEOUT)
    _expect(answer, 200)
    state = parse_qs(urlsplit(page).query)["state"][0]
    form = urlencode([("state", state), *(("shop", shop) for shop in sandbox.shop_ids), ("decision", "approve")])
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = http.send(
        http.Request("POST", f"{sandbox.url}/oauth/authorize", headers=headers, body=form.encode(), service="sandbox"),
        timeout=TIMEOUT,
    )
    _expect(answer, 302)
    back = parse_qs(urlsplit(answer.headers["location"]).query)
    complete_connect(back["state"][0], back["code"][0], by=DEMO)


def _send(method: str, url: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    raw = json.dumps(body).encode() if body else b""
    headers = {"content-type": "application/json"}
    answer = http.send(http.Request(method, url, headers=headers, body=raw, service="sandbox"), timeout=TIMEOUT)
    _expect(answer, 200)
    return dict(answer.json())


def _expect(answer: http.Answer, status: int) -> None:
    if answer.status != status:
        raise OutsideUnavailable(f"The sandbox answered HTTP {answer.status}.", service="sandbox", status=answer.status)
