"""A gateway that stands in for the platform in tests: answers by name, remembers what it was asked. No network."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from shundan.core.actors import Who
from shundan.core.rights import Role
from shundan.edges.channels import models
from shundan.edges.channels.actions import budgets
from shundan.edges.channels.tiktok.endpoints import ENDPOINTS
from shundan.ground.lib import clock, http
from shundan.ground.lib.crypto import encrypt
from shundan.ground.lib.together import at_home
from shundan.ground.shops.actions import ShopDraft, store_shop
from shundan.ground.shops.queries import Shop

OWNER = Who("person", "1", "page", role=Role.OWNER, name="Owner")
Reply = dict[str, Any] | Exception | http.Answer | Callable[[http.Request], Any]


@dataclass
class Gateway:
    """`replies[name]` is what an endpoint answers: data, an error to raise, an Answer, a function, or a list."""

    replies: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, http.Request]] = field(default_factory=list)

    def send(self, request: http.Request, *, timeout: float) -> http.Answer:
        assert timeout > 0
        name = self.name_of(request)
        self.asked.append((name, request))
        reply = self.replies.get(name, envelope(36009009, "no such path", status=404))
        if isinstance(reply, list):
            reply = reply.pop(0) if len(reply) > 1 else reply[0]
        if callable(reply):
            reply = at_home(partial(reply, request))  # it may look into the database
        if isinstance(reply, Exception):
            raise reply
        return reply if isinstance(reply, http.Answer) else envelope(0, "Success", data=reply)

    def name_of(self, request: http.Request) -> str:
        path = "/" + request.url.split("/", 3)[3].partition("?")[0]
        if path.startswith("/api/v2/token/"):
            return path.removeprefix("/api/v2/")
        for name, endpoint in ENDPOINTS.items():
            for version in endpoint.versions:
                pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(endpoint.path.replace("{version}", version)))
                if endpoint.method == request.method and re.fullmatch(pattern, path):
                    return f"{name}@{version}" if f"{name}@{version}" in self.replies else name
        return path

    def bodies(self, name: str) -> list[Any]:
        return [json.loads(request.body or b"{}") for told, request in self.asked if told == name]

    def names(self) -> list[str]:
        return [name for name, _ in self.asked]


def envelope(code: int, message: str, *, data: Any = None, status: int = 200, **headers: str) -> http.Answer:
    body = json.dumps({"code": code, "message": message, "request_id": "REQ1", "data": data}).encode()
    return http.Answer(status, {key.replace("_", "-"): value for key, value in headers.items()}, body)


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Gateway:
    found = Gateway()
    monkeypatch.setattr(http, "send", found.send)
    budgets.forget_budgets()
    return found


def connect(shop_id: str = "7495000000000000001", *, region: str = "US", app_key: str = "appkey1") -> Shop:
    """Store a connected shop with tokens that are good for days."""
    now = clock.now()
    app, _ = models.App.objects.get_or_create(
        app_key=app_key,
        defaults={
            "secret_encrypted": encrypt(f"secret of {app_key}"), "api_url": "https://api.example", "created_at": now,
            "auth_url": "https://auth.example", "authorise_url": "https://auth.example/oauth/authorize",
        },
    )  # fmt: skip
    consent = models.Authorisation.objects.create(
        app=app, open_id=f"open-{shop_id}", access_encrypted=encrypt(f"token-{shop_id}"), listed_at=now,
        refresh_encrypted=encrypt(f"refresh-{shop_id}"), access_expires_at=now + timedelta(days=6),
        refresh_expires_at=now + timedelta(days=300),
    )  # fmt: skip
    shop = store_shop(ShopDraft(shop_id, f"Shop {shop_id[-3:]}", region, connected_at=now), now=now)
    models.Access.objects.create(
        shop=shop, authorisation=consent, cipher=f"cipher-{shop_id}", connected_at=now, subscribed_at=now
    )
    return shop
