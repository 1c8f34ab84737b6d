from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from shundan.core.errors import OutsideUnavailable
from shundan.core.rights import Role
from shundan.edges.channels import models
from shundan.edges.channels.actions import begin_connect, complete_connect, store_app
from shundan.edges.channels.actions.connecting import AppDraft
from shundan.edges.channels.queries import offers, reachable_shops, unhealed_shops
from shundan.edges.channels.steps import refresh_next_tokens
from shundan.edges.channels.tests.gateway import OWNER, Gateway, gateway
from shundan.edges.channels.tests.test_connecting import SHOPS, TOKENS, begin
from shundan.ground.lib import clock
from shundan.ground.staff.actions import create_person
from shundan.ground.staff.queries import who_is

__all__ = ["gateway"]
pytestmark = pytest.mark.django_db
PATH = "/channels/tiktok/callback"


def come_back(client: Client, role: Role, *, code: str = "CODE", state: str | None = None) -> tuple[int, list[str]]:
    """Sign somebody in, begin connecting as them, and come back; return status and what the next page will say."""
    person = create_person(f"a{role.value}", role=role.value, by=OWNER, now=clock.now())
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    draft = AppDraft("key1", "app-secret-1", api_url="https://api.example", auth_url="https://auth.example")
    address = begin_connect(store_app(draft, by=OWNER), by=who_is(person, via="page"))
    begun = parse_qs(urlsplit(address).query)["state"][0]
    answer = client.get(PATH, {"code": code, "state": begun if state is None else state, "locale": "en"})
    return answer.status_code, [str(message) for message in get_messages(answer.wsgi_request)]


def test_an_owner_comes_back_to_a_choice_of_the_shops(client: Client, gateway: Gateway) -> None:
    gateway.replies |= {"token/get": TOKENS, "shop.list": SHOPS}
    status, said = come_back(client, Role.OWNER)
    assert (status, said) == (302, [])
    assert reachable_shops() == []
    offer = offers()[0]
    assert [(shop.shop_id, shop.connected) for shop in offer.shops] == [
        ("7495000000000000001", False), ("7495000000000000002", False),
    ]  # fmt: skip
    assert client.get(f"/settings/shops/choose/{offer.key}/").status_code == 200


def test_connecting_again_needs_no_choice_and_says_that_all_is_tried_again(client: Client, gateway: Gateway) -> None:
    gateway.replies |= {"token/get": TOKENS, "shop.list": SHOPS}
    shops = complete_connect(begin(), "CODE", by=OWNER)
    models.Authorisation.objects.update(dead_at=clock.now(), dead_why="refused")
    status, said = come_back(client, Role.OWNER, code="CODE2")
    assert (status, len(said)) == (302, 1)
    assert "2" in said[0]
    assert reachable_shops() == [shop.pk for shop in shops]
    assert [key for key, _ in unhealed_shops()] == [shop.pk for shop in shops]


def test_a_list_of_shops_that_is_late_is_asked_for_again_by_itself(client: Client, gateway: Gateway) -> None:
    gateway.replies |= {"token/get": TOKENS, "shop.list": [OutsideUnavailable("away", service="TikTok Shop"), SHOPS]}
    status, said = come_back(client, Role.OWNER)
    assert (status, len(said), offers()[0].shops) == (302, 1, [])
    assert refresh_next_tokens() == 1
    assert len(offers()[0].shops) == 2


def test_a_forged_way_back_connects_nothing(client: Client, gateway: Gateway) -> None:
    status, said = come_back(client, Role.OWNER, state="guessed")
    assert (status, len(said)) == (302, 1)
    assert gateway.names() == []


def test_a_platform_that_is_away_says_so(client: Client, gateway: Gateway) -> None:
    gateway.replies["token/get"] = OutsideUnavailable("away", service="TikTok Shop")
    status, said = come_back(client, Role.OWNER)
    assert (status, len(said)) == (302, 1)


@pytest.mark.parametrize("role", [Role.CLERK, Role.VIEWER])
def test_only_who_may_change_settings_may_come_back(client: Client, gateway: Gateway, role: Role) -> None:
    status, _ = come_back(client, role)
    assert status == 403
    assert gateway.names() == []


def test_a_stranger_is_sent_to_the_login(client: Client) -> None:
    answer = client.get(PATH, {"code": "C", "state": "S"})
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["location"]
