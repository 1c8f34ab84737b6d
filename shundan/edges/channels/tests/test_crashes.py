"""A worker may die between any two lines while it changes tokens: the next one goes on with tokens that work."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection

from shundan.edges.channels import models
from shundan.edges.channels.actions import (
    accept_code,
    choosing,
    connecting,
    list_missing_shops,
    refresh_next_tokens,
    tokens,
)
from shundan.edges.channels.queries import access_of, offers
from shundan.edges.channels.tests.gateway import OWNER, Gateway, connect, envelope, gateway
from shundan.edges.channels.tests.test_connecting import SHOPS, TOKENS, begin
from shundan.edges.channels.tiktok.client import call
from shundan.ground.lib import clock, http
from shundan.ground.lib.crypto import decrypt, encrypt
from tests.plugin import roll_back_to

__all__ = ["gateway"]
pytestmark = pytest.mark.django_db


class Death(BaseException):
    """The process is gone: nothing catches this."""


@contextmanager
def dying_at(step: int, *modules: Any) -> Iterator[list[int]]:
    """Raise Death before the `step`-th line that runs in these modules; count the lines."""
    files, count = {module.__file__ for module in modules}, [0]

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        if frame.f_code.co_filename not in files:
            return None
        if event == "line":
            count[0] += 1
            if count[0] == step:
                raise Death(f"{frame.f_code.co_name}:{frame.f_lineno}")
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield count
    finally:
        sys.settrace(before)


def every_line(act: Callable[[], Any], *modules: Any, reset: Callable[[], None], after: Callable[[], None]) -> int:
    """Let `act` die before its first line, its second, … until it lives; look after each; return how many lines.

    Death may come on the way out of a transaction, past its end: what it left open is undone, as a database does.
    """
    for step in range(1, 400):
        reset()
        depth = len(connection.atomic_blocks)
        try:
            with dying_at(step, *modules):
                act()
        except Death:
            roll_back_to(depth)
            after()
        else:
            after()
            return step - 1
    raise AssertionError("it never came to its end")


class TokenHost:
    """Tokens as the platform keeps them: a refresh makes new ones; the refresh token before works until the new one
    was used. The newest access token and the one before are good."""

    def __init__(self) -> None:
        self.made = 0
        self.good = {"refresh-0"}

    def answer(self, request: http.Request) -> Any:
        given = parse_qs(urlsplit(request.url).query)["refresh_token"][0]
        if given not in self.good:
            return envelope(36004004, "Invalid refresh_token")
        self.made += 1
        self.good = {given, f"refresh-{self.made}"}
        return TOKENS | {"access_token": f"token-{self.made}", "refresh_token": f"refresh-{self.made}"}

    def serve(self, request: http.Request) -> Any:
        given = request.headers["x-tts-access-token"]
        return {"orders": []} if given == f"token-{self.made}" else envelope(105002, "Expired credentials", status=401)


def test_dying_at_any_line_of_a_refresh_leaves_tokens_that_work(gateway: Gateway) -> None:
    shop = connect()
    host = TokenHost()

    def reset() -> None:
        host.__init__()  # type: ignore[misc]
        gateway.replies |= {"token/refresh": host.answer, "order.search": host.serve}
        models.Authorisation.objects.update(
            access_encrypted=encrypt("token-expired"), refresh_encrypted=encrypt("refresh-0"),
            old_refresh_encrypted="", access_expires_at=clock.now() + timedelta(hours=1), lease_until=None,
            dead_at=None,
        )  # fmt: skip

    def after() -> None:
        lease = models.Authorisation.objects.get().lease_until
        assert lease is None or lease <= clock.wall() + tokens.LEASE
        models.Authorisation.objects.update(lease_until=None)  # the dead worker's lease ran out
        refresh_next_tokens()
        assert call(shop, "order.search") == {"orders": []}
        consent = models.Authorisation.objects.get()
        assert consent.dead_at is None
        assert decrypt(consent.refresh_encrypted) in host.good

    assert every_line(refresh_next_tokens, tokens, reset=reset, after=after) > 30


def test_dying_at_any_line_while_coming_back_loses_at_most_the_code(gateway: Gateway) -> None:
    """The code counts once at the platform: without saved tokens the owner begins again; with them the rest follows."""
    gateway.replies |= {"token/get": TOKENS, "shop.list": SHOPS}
    state = [""]

    def reset() -> None:
        models.Authorisation.objects.all().delete()
        state[0] = begin()

    def after() -> None:
        consents = models.Authorisation.objects.all()
        assert all(decrypt(one.access_encrypted) == TOKENS["access_token"] for one in consents)
        list_missing_shops(by=OWNER)
        assert [len(offer.shops) for offer in offers()] == [2] * len(consents)
        assert accept_code(begin(), "CODE2", by=OWNER)

    def come_back() -> None:
        choosing.list_offered(accept_code(state[0], "CODE", by=OWNER), by=OWNER)

    assert every_line(come_back, connecting, tokens, choosing, reset=reset, after=after) > 30


def test_dying_at_any_line_of_choosing_connects_all_the_chosen_shops_or_none(gateway: Gateway) -> None:
    gateway.replies |= {"token/get": TOKENS, "shop.list": SHOPS}
    key = accept_code(begin(), "CODE", by=OWNER)
    choosing.list_offered(key, by=OWNER)
    chosen = [row["id"] for row in SHOPS["shops"]]

    def choose() -> None:
        choosing.choose_shops(key, chosen, history_days=30, by=OWNER)

    def after() -> None:
        assert models.Access.objects.count() in (0, 2)
        choose()
        assert access_of(models.Access.objects.order_by("pk").first().shop_id).door.token == TOKENS["access_token"]  # type: ignore[union-attr]

    every_line(choose, choosing, reset=lambda: models.Access.objects.all().delete() and None, after=after)
