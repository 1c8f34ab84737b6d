from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from shundan.core.actors import Who
from shundan.core.calls import CallKind
from shundan.core.errors import OutsideUnavailable, Refused, Unreadable
from shundan.edges.channels import models
from shundan.edges.channels.actions import (
    accept_code,
    begin_connect,
    choose_shops,
    complete_connect,
    list_missing_shops,
    list_offered,
    look_for_revoked_shops,
    mark_revoked,
    refresh_next_tokens,
    store_app,
)
from shundan.edges.channels.actions.connecting import AppDraft
from shundan.edges.channels.queries import (
    access_of,
    connections,
    history_days,
    offers,
    reachable_shops,
    unsubscribed_shops,
)
from shundan.edges.channels.tests.gateway import OWNER, Gateway, connect, envelope, gateway
from shundan.edges.inbox.actions import want
from shundan.edges.inbox.models import Sweep, Want
from shundan.edges.outbox.actions import CallDraft, heal_next_shops, queue_call
from shundan.edges.outbox.models import Call
from shundan.ground.lib import clock, http
from shundan.ground.lib.crypto import decrypt

__all__ = ["gateway"]
pytestmark = pytest.mark.django_db
TOKENS = {
    "access_token": "access-token-one", "access_token_expire_in": 1900000000, "refresh_token": "refresh-token-one",
    "refresh_token_expire_in": 4900000000, "open_id": "O1", "seller_name": "Nine Lamps", "seller_base_region": "CN",
    "granted_scopes": ["seller.order.info"],
}  # fmt: skip
SHOPS = {"shops": [
    {"id": "7495000000000000001", "name": "Lamps US", "region": "US", "seller_type": "CROSS_BORDER", "cipher": "C1"},
    {"id": "7495000000000000002", "name": "Lamps ID", "region": "ID", "seller_type": "LOCAL", "cipher": "C2"},
]}  # fmt: skip


def begin() -> str:
    """Store the app and begin; return the state that comes back."""
    draft = AppDraft("key1", "app-secret-1", api_url="https://api.example", auth_url="https://auth.example",
                     authorise_url="https://auth.example/oauth/authorize")  # fmt: skip
    address = begin_connect(store_app(draft, by=OWNER), by=OWNER)
    assert address.startswith("https://auth.example/oauth/authorize?app_key=key1&state=")
    return parse_qs(urlsplit(address).query)["state"][0]


@pytest.mark.parametrize(("stored", "service", "page"), [
    ("", "S1", "https://services.tiktokshop.com/open/authorize?service_id=S1"),
    ("https://services.tiktokshops.us/open/authorize", "S1", "https://services.tiktokshops.us/open/authorize?service_id=S1"),
    ("", "", "https://auth.example/oauth/authorize?app_key=key1"),
    ("https://services.tiktokshops.us/open/authorize", "", "https://auth.example/oauth/authorize?app_key=key1"),
    ("https://auth.example/oauth/authorize", "S1", "https://auth.example/oauth/authorize?app_key=key1"),
])  # fmt: skip
def test_each_consent_page_is_told_the_app_by_the_name_it_knows(stored: str, service: str, page: str) -> None:
    draft = AppDraft("key1", "app-secret-1", auth_url="https://auth.example", authorise_url=stored, service_id=service)
    assert begin_connect(store_app(draft, by=OWNER), by=OWNER).startswith(f"{page}&state=")


def test_a_wrong_clock_is_learnt_when_the_first_shops_are_asked_for(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = envelope(36009004, "Invalid timestamp. The value of the `timestamp` query parameter …", status=400)
    behind = (clock.wall() - timedelta(seconds=90)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    gateway.replies |= {"token/get": TOKENS, "shop.list": [wrong, SHOPS], "/": http.Answer(404, {"date": behind}, b"")}
    known = gateway.name_of
    monkeypatch.setattr(gateway, "name_of", lambda told: "/" if told.url == "https://api.example" else known(told))
    assert len(complete_connect(begin(), "CODE", by=OWNER)) == 2
    assert models.App.objects.get().clock_offset == pytest.approx(-90, abs=3)


@pytest.mark.parametrize("user_type", [1, 3, "1"])
def test_a_creators_or_partners_consent_is_told_apart(gateway: Gateway, user_type: object) -> None:
    gateway.replies["token/get"] = TOKENS | {"user_type": user_type}
    with pytest.raises(Refused) as caught:
        complete_connect(begin(), "CODE", by=OWNER)
    assert caught.value.code == "not_a_seller"
    assert not models.Authorisation.objects.exists()


@pytest.mark.parametrize(("odd", "error"), [
    ({"open_id": "O1"}, OutsideUnavailable), ("no object", OutsideUnavailable), (None, OutsideUnavailable),
    (TOKENS | {"open_id": ""}, Unreadable),
])  # fmt: skip
def test_an_odd_answer_of_the_token_host_is_said_and_nothing_is_kept(
    gateway: Gateway, odd: object, error: type[Exception]
) -> None:
    gateway.replies["token/get"] = envelope(0, "Success", data=odd)
    with pytest.raises(error):
        complete_connect(begin(), "CODE", by=OWNER)
    assert not models.Authorisation.objects.exists()


def test_a_refresh_without_a_token_in_its_answer_ends_nothing(gateway: Gateway) -> None:
    connect()
    models.Authorisation.objects.update(access_expires_at=clock.now())
    gateway.replies["token/refresh"] = envelope(0, "Success", data={})
    assert refresh_next_tokens() == 0
    assert models.Authorisation.objects.get().dead_at is None


def test_a_token_that_another_key_encrypted_keeps_no_other_from_being_refreshed(gateway: Gateway) -> None:
    shop, other = connect(), connect("7495000000000000002")
    foreign = {"access_encrypted": "of another key", "access_expires_at": clock.now() - timedelta(days=1)}
    models.Authorisation.objects.filter(access__shop=shop).update(**foreign)
    models.Authorisation.objects.filter(access__shop=other).update(access_expires_at=clock.now())
    gateway.replies["token/refresh"] = TOKENS
    assert refresh_next_tokens() == 1
    assert access_of(other).door.token == "access-token-one"


def test_a_consent_that_was_prolonged_is_no_longer_warned_of(gateway: Gateway) -> None:
    connect()
    models.Authorisation.objects.update(access_expires_at=clock.now(), warned_at=clock.now())
    soon = int((clock.now() + timedelta(days=200)).timestamp())
    gateway.replies["token/refresh"] = TOKENS | {"refresh_token_expire_in": soon}
    assert refresh_next_tokens() == 1
    assert models.Authorisation.objects.get().warned_at is not None  # it ends no later than before
    models.Authorisation.objects.update(access_expires_at=clock.now())
    gateway.replies["token/refresh"] = TOKENS
    assert refresh_next_tokens() == 1
    assert models.Authorisation.objects.get().warned_at is None


def test_a_code_becomes_tokens_and_connected_shops(gateway: Gateway) -> None:
    gateway.replies |= {"token/get": TOKENS, "shop.list": SHOPS}
    shops = complete_connect(begin(), "CODE", by=OWNER)
    assert [(shop.shop_id, shop.region, shop.currency) for shop in shops] == [
        ("7495000000000000001", "US", "USD"), ("7495000000000000002", "ID", "IDR"),
    ]  # fmt: skip
    asked = parse_qs(urlsplit(gateway.asked[0][1].url).query)
    assert asked == {
        "app_key": ["key1"], "app_secret": ["app-secret-1"], "auth_code": ["CODE"], "grant_type": ["authorized_code"],
    }  # fmt: skip
    access = access_of(shops[1])
    assert (access.door.token, access.door.cipher) == ("access-token-one", "C2")
    assert reachable_shops() == unsubscribed_shops() == [shop.pk for shop in shops]


def test_secrets_are_never_stored_in_plain_text(gateway: Gateway) -> None:
    gateway.replies |= {"token/get": TOKENS, "shop.list": SHOPS}
    complete_connect(begin(), "CODE", by=OWNER)
    app, consent = models.App.objects.get(), models.Authorisation.objects.get()
    stored = [app.secret_encrypted, consent.access_encrypted, consent.refresh_encrypted]
    assert not any(
        secret in text for text in stored for secret in ("app-secret-1", "access-token-one", "refresh-token-one")
    )
    assert [decrypt(text) for text in stored] == ["app-secret-1", "access-token-one", "refresh-token-one"]
    assert "app-secret-1" not in repr(access_of(1 if not reachable_shops() else reachable_shops()[0]))


def test_an_expiry_beyond_the_calendar_and_a_duration_are_both_understood(gateway: Gateway) -> None:
    odd = TOKENS | {"access_token_expire_in": 604800, "refresh_token_expire_in": 10**15}
    gateway.replies |= {"token/get": odd, "shop.list": SHOPS}
    complete_connect(begin(), "CODE", by=OWNER)
    consent = models.Authorisation.objects.get()
    assert consent.access_expires_at is not None
    assert consent.access_expires_at - clock.now() == pytest.approx(timedelta(days=7), abs=timedelta(minutes=1))
    assert consent.refresh_expires_at is None


def test_a_state_counts_once(gateway: Gateway) -> None:
    gateway.replies |= {"token/get": TOKENS, "shop.list": SHOPS}
    state = begin()
    complete_connect(state, "CODE", by=OWNER)
    with pytest.raises(Refused) as caught:
        complete_connect(state, "CODE", by=OWNER)
    assert caught.value.code == "bad_state"
    assert gateway.names() == ["token/get", "shop.list"]


@pytest.mark.parametrize("state", ["", "guessed"])
def test_an_unknown_state_asks_nobody(gateway: Gateway, state: str) -> None:
    begin()
    with pytest.raises(Refused):
        complete_connect(state, "CODE", by=OWNER)
    assert gateway.names() == []


def test_a_state_belongs_to_who_began_and_lives_an_hour(gateway: Gateway) -> None:
    state = begin()
    with pytest.raises(Refused):
        complete_connect(state, "CODE", by=Who("person", "2", "page"))
    models.ConnectState.objects.update(created_at=clock.wall() - timedelta(minutes=61))
    with pytest.raises(Refused):
        complete_connect(state, "CODE", by=OWNER)
    assert gateway.names() == []


@pytest.mark.parametrize("code", ["null", ""])
def test_a_seller_who_refused_is_told_apart(gateway: Gateway, code: str) -> None:
    with pytest.raises(Refused) as caught:
        complete_connect(begin(), code, by=OWNER)
    assert caught.value.code == "not_agreed"


def test_a_refused_code_changes_nothing(gateway: Gateway) -> None:
    gateway.replies["token/get"] = envelope(36004004, "Invalid auth_code")
    with pytest.raises(Refused) as caught:
        complete_connect(begin(), "CODE", by=OWNER)
    assert caught.value.code == "code_refused"
    assert not models.Authorisation.objects.exists()


def test_death_between_tokens_and_shops_is_finished_by_the_step(gateway: Gateway) -> None:
    gateway.replies |= {"token/get": TOKENS, "shop.list": OutsideUnavailable("cut", service="TikTok Shop")}
    with pytest.raises(OutsideUnavailable):
        complete_connect(begin(), "CODE", by=OWNER)
    assert decrypt(models.Authorisation.objects.get().access_encrypted) == "access-token-one"
    assert reachable_shops() == []
    gateway.replies["shop.list"] = SHOPS
    assert list_missing_shops(by=OWNER) == 1
    assert [shop.shop_id for shop in offers()[0].shops] == [row["id"] for row in SHOPS["shops"]]
    assert list_missing_shops(by=OWNER) == 0


def test_only_the_chosen_shops_are_connected_and_their_history_goes_as_far_as_was_chosen(gateway: Gateway) -> None:
    gateway.replies |= {"token/get": TOKENS, "shop.list": SHOPS}
    key = accept_code(begin(), "CODE", by=OWNER)
    assert list_offered(key, by=OWNER) == []
    with pytest.raises(Refused, match="not-offered"):
        choose_shops(key, ["7495000000000000002", "not-offered"], history_days=30, by=OWNER)
    shops = choose_shops(key, ["7495000000000000002"], history_days=30, by=OWNER)
    assert [(shop.shop_id, shop.region) for shop in shops] == [("7495000000000000002", "ID")]
    assert history_days() == {shops[0].pk: 30}
    assert [shop.connected for shop in offers(key)[0].shops] == [False, True]
    mark_revoked(shops[0].pk, "taken back", now=clock.now())
    assert offers(key)[0].waiting == 1  # a shop that broke off is no choice: it is connected again
    assert [shop.shop_id for shop in list_offered(key, by=OWNER)] == ["7495000000000000002"]


@pytest.mark.parametrize(("chosen", "days"), [([], 30), (["not-offered"], 30), (["7495000000000000001"], 0)])
def test_a_choice_that_says_nothing_is_refused(gateway: Gateway, chosen: list[str], days: int) -> None:
    gateway.replies |= {"token/get": TOKENS, "shop.list": SHOPS}
    key = accept_code(begin(), "CODE", by=OWNER)
    list_offered(key, by=OWNER)
    with pytest.raises(Refused):
        choose_shops(key, chosen, history_days=days, by=OWNER)
    assert reachable_shops() == []


def test_two_apps_and_three_sellers_stand_side_by_side(gateway: Gateway) -> None:
    gateway.replies |= {"token/get": TOKENS, "shop.list": SHOPS}
    complete_connect(begin(), "CODE", by=OWNER)
    draft = AppDraft("key2", "app-secret-2", api_url="https://api.example", auth_url="https://auth.example",
                     service_id="S2", authorise_url="https://us.example/authorize")  # fmt: skip
    for number in (3, 4):
        address = begin_connect(store_app(draft, by=OWNER), by=OWNER)
        assert address.startswith("https://us.example/authorize?service_id=S2&state=")
        shop = {"id": f"749500000000000000{number}", "name": "", "region": "MX", "seller_type": "LOCAL", "cipher": "C"}
        gateway.replies |= {"token/get": TOKENS | {"open_id": f"O{number}"}, "shop.list": {"shops": [shop]}}
        complete_connect(parse_qs(urlsplit(address).query)["state"][0], "CODE", by=OWNER)
    assert len(reachable_shops()) == 4
    doors = [access_of(key).door for key in reachable_shops()]
    assert [door.app_key for door in doors] == ["key1", "key1", "key2", "key2"]


def test_a_corrected_secret_brings_the_consents_of_its_app_back(gateway: Gateway) -> None:
    shop = connect()
    models.Authorisation.objects.update(dead_at=clock.now(), dead_why="sign invalid")
    store_app(AppDraft("appkey1", "the-right-secret"), by=OWNER)
    assert reachable_shops() == [shop.pk]


def test_an_odd_list_of_shops_offers_only_what_can_be_reached(gateway: Gateway) -> None:
    odd = {"shops": [SHOPS["shops"][0], {"id": "8", "name": "no cipher"}, "text", None]}
    gateway.replies |= {"token/get": TOKENS, "shop.list": odd}
    key = accept_code(begin(), "CODE", by=OWNER)
    list_offered(key, by=OWNER)
    assert [shop.shop_id for shop in offers(key)[0].shops] == ["7495000000000000001"]
    gateway.replies["shop.list"] = {"shops": "none"}
    assert list_offered(key, by=OWNER) == []


def test_connecting_again_heals_a_dead_authorisation_and_makes_no_second_shop(gateway: Gateway) -> None:
    gateway.replies |= {"token/get": TOKENS, "shop.list": SHOPS}
    shops = complete_connect(begin(), "CODE", by=OWNER)
    models.Authorisation.objects.update(dead_at=clock.now(), dead_why="refused")
    mark_revoked(shops[0].pk, "taken back", now=clock.now())
    assert reachable_shops() == []
    again = complete_connect(begin(), "CODE2", by=OWNER)
    assert [shop.pk for shop in again] == [shop.pk for shop in shops] == reachable_shops()
    assert connections()[shops[0].pk].dead_at is None


def test_whoever_connects_again_need_not_wait_for_anything_that_failed(gateway: Gateway) -> None:
    gateway.replies |= {"token/get": TOKENS, "shop.list": SHOPS}
    shop = complete_connect(begin(), "CODE", by=OWNER)[0]
    assert heal_next_shops() == 2
    mark_revoked(shop.pk, "taken back", now=clock.now())
    later = clock.wall() + timedelta(hours=1)
    want(shop.pk, "order", ["1"])
    Want.objects.update(not_before=later, attempts=9, error="cannot be reached")
    Sweep.objects.create(shop=shop, kind="order", complete_to=clock.now(), next_at=later, error="cannot be reached")
    draft = CallDraft(shop.pk, CallKind.PUSH_STOCK, "listing", 1, "", [], "push:1", {"stock": {}})
    queue_call(draft, by=OWNER, now=clock.now())
    Call.objects.update(not_before=later)
    assert heal_next_shops() == 0  # still broken off: nothing to heal
    complete_connect(begin(), "CODE2", by=OWNER)
    assert heal_next_shops() == 2
    now = clock.wall()
    assert Want.objects.get().not_before <= now and Want.objects.get().attempts == 0
    assert Sweep.objects.get().next_at <= now and Sweep.objects.get().error == ""
    assert Call.objects.get().not_before <= now
    assert heal_next_shops() == 0


def test_late_news_of_a_revocation_changes_nothing_after_connecting_again() -> None:
    shop = connect()
    assert not mark_revoked(shop.pk, "old news", now=clock.now(), told_at=clock.now() - timedelta(hours=3))
    assert reachable_shops() == [shop.pk]
    assert mark_revoked(shop.pk, "news", now=clock.now(), told_at=clock.now() + timedelta(seconds=5))
    assert reachable_shops() == []


def test_a_shop_that_is_open_again_is_found_within_the_hour(gateway: Gateway) -> None:
    shop, other = connect(), connect("7495000000000000002")
    gateway.replies["shop.list"] = {"shops": [{"id": shop.shop_id, "cipher": "C9", "region": "US"}]}
    for key in (shop.pk, other.pk):
        mark_revoked(key, "closed", now=clock.now())
    assert look_for_revoked_shops() == 0
    models.Authorisation.objects.update(listed_at=clock.now() - timedelta(hours=2))
    assert look_for_revoked_shops() == 1
    assert reachable_shops() == [shop.pk]
    assert access_of(shop).door.cipher == "C9"
    assert look_for_revoked_shops() == 0


def test_tokens_are_refreshed_a_day_before_they_end(gateway: Gateway) -> None:
    gateway.replies["token/refresh"] = TOKENS
    connect()
    assert refresh_next_tokens() == 0
    models.Authorisation.objects.update(access_expires_at=clock.now() + timedelta(hours=23))
    assert refresh_next_tokens() == 1
    assert decrypt(models.Authorisation.objects.get().access_encrypted) == "access-token-one"
    assert refresh_next_tokens() == 0


def test_a_failed_refresh_rests_before_the_next_try(gateway: Gateway) -> None:
    gateway.replies["token/refresh"] = OutsideUnavailable("away", service="TikTok Shop")
    connect()
    models.Authorisation.objects.update(access_expires_at=clock.now())
    assert refresh_next_tokens() == refresh_next_tokens() == 0
    assert gateway.names() == ["token/refresh"]


def test_an_app_keeps_its_secret_when_none_is_given_again() -> None:
    store_app(AppDraft("key1", "app-secret-1"), by=OWNER)
    app = store_app(AppDraft("key1", name="Renamed"), by=OWNER)
    assert (app.name, decrypt(app.secret_encrypted)) == ("Renamed", "app-secret-1")
    with pytest.raises(Refused):
        store_app(AppDraft("key2"), by=OWNER)
    assert models.App.objects.count() == 1
