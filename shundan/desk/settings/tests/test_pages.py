"""Settings, as an owner uses it by hand and by program."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from shundan.core.actors import PLATFORM, SYSTEM
from shundan.edges.channels.queries import apps, find_app
from shundan.ground.journal.queries import entries_of
from shundan.ground.lib import clock
from shundan.ground.shops.actions import ShopDraft, store_shop
from shundan.ground.shops.queries import find_shop
from shundan.ground.staff import actions
from shundan.ground.staff.queries import has_second_factor, people, tokens, who_holds
from shundan.stages.stock.queries.places import warehouse_links, warehouses

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def owner():
    person = actions.create_person("mei", role="owner", by=SYSTEM, now=clock.now())
    person.set_password("Kranich-7-Boot")
    person.save()
    return person


@pytest.fixture
def desk(owner):
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(owner, backend=BACKEND)
    return client


@pytest.fixture
def shop(db):
    return store_shop(ShopDraft("7490001", "Kranich", "GB", connected_at=clock.now()), now=clock.now())


def found(pattern: str, page: str) -> str:
    match = re.search(pattern, page)
    assert match, page
    return match.group(1)


def role_of(raw: str) -> str:
    use = who_holds(raw, now=clock.wall())
    return use.who.role if use else ""


def text(answer) -> str:
    return answer.content.decode()


def test_settings_begin_with_the_shops(desk, shop):
    assert desk.get("/settings/")["Location"] == "/settings/shops/"
    page = text(desk.get("/settings/shops/"))
    assert "7490001" in page
    assert "not connected" in page
    assert "Connect again" in page


def test_pausing_and_resuming_a_shop_is_journaled(desk, shop):
    desk.post("/settings/shops/7490001/pause/")
    assert find_shop("7490001").paused_at is not None
    desk.post("/settings/shops/7490001/resume/")
    assert find_shop("7490001").paused_at is None
    verbs = [entry.verb for entry in entries_of([("shop", shop.pk)])]
    assert verbs == ["resume_shop", "pause_shop"]


def test_the_apps_secret_is_kept_encrypted_and_never_shown(desk):
    answer = desk.post("/settings/shops/app/", {"app_key": "k-1", "secret": "very-secret-1", "service_id": "s-9"})
    assert answer.status_code == 302
    app = find_app("k-1")
    assert app
    assert "very-secret-1" not in app.secret_encrypted
    page = text(desk.get("/settings/shops/"))
    assert "k-1" in page
    assert "very-secret-1" not in page


def test_an_app_without_a_secret_is_refused_beside_the_field(desk):
    answer = desk.post("/settings/shops/app/", {"app_key": "k-1"})
    assert answer.status_code == 422
    assert "The app secret is missing." in text(answer)
    assert apps().count() == 0


def test_connecting_shows_a_link_to_the_platform(desk):
    desk.post("/settings/shops/app/", {"app_key": "k-1", "secret": "x", "service_id": "s-9"})
    page = text(desk.post("/settings/shops/connect/"))
    assert re.search(
        r'href="https://services\.tiktokshop\.com/open/authorize\?service_id=s-9&amp;state=[\w-]{20,}"', page
    )


def test_the_page_tells_which_addresses_partner_center_wants(desk, settings):
    settings.PUBLIC_URL = "https://desk.example/"
    page = text(desk.get("/settings/shops/"))
    assert "https://desk.example/channels/tiktok/callback" in page
    assert "https://desk.example/webhooks/tiktok" in page


def test_a_stored_app_is_changed_from_what_is_known_of_it(desk):
    told = {"app_key": "k-1", "secret": "very-secret-1", "service_id": "s-9", "name": "Lamp app", "sellers": "us"}
    desk.post("/settings/shops/app/", told)
    page = text(desk.get("/settings/shops/?app=k-1"))
    assert all(
        word in page for word in ('value="k-1"', 'value="s-9"', 'value="Lamp app"', '<option value="us" selected>')
    )
    assert "very-secret-1" not in page
    assert 'value="k-1"' not in text(desk.get("/settings/shops/?app=other"))


def test_help_and_refusals_are_tied_to_their_fields(desk):
    page = text(desk.post("/settings/shops/app/", {"app_key": "k-1"}))
    wanted = " ".join(re.findall(r'aria-describedby="([^"]+)"', page)).split()
    assert "id_secret_error" in wanted and "id_secret_helptext" in wanted
    assert [name for name in wanted if f'id="{name}"' not in page] == []


def test_connecting_without_an_app_says_what_to_do_first(desk):
    answer = desk.post("/settings/shops/connect/", follow=True)
    assert "Store the app key and secret from Partner Center first." in text(answer)


def test_somebody_new_comes_in_by_a_link_that_is_shown_once(desk):
    made = desk.post("/settings/staff/add/", {"username": "li.na", "role": "packer", "warehouses": "A, B"})
    person = next(one for one in people() if one.username == "li.na")
    assert made["Location"] == f"/settings/staff/{person.pk}/"
    assert (person.role, person.warehouses, person.has_usable_password()) == ("packer", ["A", "B"], False)
    page = text(desk.post(f"/settings/staff/{person.pk}/login-link/"))
    way = found(r'value="http://testserver(/login/[^"]+)"', page)
    assert Client().get(way)["Location"] == "/login/password/"


@pytest.mark.parametrize(
    "name, sentence",
    [
        ("mei", "There is already somebody of this name."),
        ("li na", "letters, digits"),
    ],
)
def test_a_name_that_cannot_be_taken_is_refused(desk, name, sentence):
    answer = desk.post("/settings/staff/add/", {"username": name, "role": "packer"})
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert len(people()) == 1


def test_role_and_scope_are_changed_and_journaled(desk, shop):
    person = actions.create_person("li.na", role="packer", by=SYSTEM, now=clock.now())
    desk.post(f"/settings/staff/{person.pk}/", {"role": "service", "shops": [shop.pk], "refund_limit_minor": "5000"})
    now = next(one for one in people() if one.pk == person.pk)
    assert (now.role, [one.pk for one in now.shops.all()], now.refund_limit_minor) == (
        "service",
        [shop.pk],
        5000,
    )
    verbs = [entry.verb for entry in entries_of([("staff", person.pk)])]
    assert verbs == ["set_refund_limit", "set_scope", "set_role", "create_person"]


def test_the_last_owner_stays_an_owner(desk, owner):
    answer = desk.post(f"/settings/staff/{owner.pk}/", {"role": "viewer"})
    assert "This is the last owner." in text(answer)
    assert people()[0].role == "owner"


def test_a_deactivated_person_is_out_at_once(desk):
    person = actions.create_person("li.na", role="packer", by=SYSTEM, now=clock.now())
    theirs = Client()
    theirs.force_login(person, backend=BACKEND)
    assert theirs.get("/profile/").status_code == 200
    desk.post(f"/settings/staff/{person.pk}/deactivate/")
    assert theirs.get("/profile/").status_code == 302
    desk.post(f"/settings/staff/{person.pk}/reactivate/")
    assert next(one for one in people() if one.pk == person.pk).is_active


def test_nobody_deactivates_themselves(desk, owner):
    desk.post(f"/settings/staff/{owner.pk}/deactivate/")
    assert people()[0].is_active


def test_a_token_is_shown_once_and_revoked_at_once(desk, shop):
    page = text(desk.post("/settings/tokens/issue/", {"name": "till", "role": "packer", "shops": [shop.pk]}))
    raw = found(r'value="(sd_[\w-]+)"', page)
    use = who_holds(raw, now=clock.wall())
    assert use
    assert (use.who.role, use.who.name, use.who.shop_keys) == ("packer", "till", frozenset({shop.pk}))
    listing = text(desk.get("/settings/tokens/"))
    assert raw not in listing
    assert raw[:7] in listing
    desk.post(f"/settings/tokens/{tokens()[0].pk}/revoke/")
    assert who_holds(raw, now=clock.wall()) is None


def test_programs_find_the_same_words(shop):
    client = Client(headers={"Authorization": f"Bearer {actions.issue_token('owner')}"})
    assert client.get("/api/v1/settings/shops").json() == [
        {
            "shop": "7490001",
            "name": "Kranich",
            "region": "GB",
            "zone": "Europe/London",
            "currency": "GBP",
            "connection": "never",
            "app": "",
            "days_left": None,
            "reason": "",
            "paused_at": None,
        }
    ]
    body = {"username": "li.na", "role": "packer", "shops": ["7490001"]}
    made = client.post("/api/v1/settings/staff", body, content_type="application/json")
    assert (made.status_code, made.json()["shops"]) == (201, ["7490001"])
    again = client.post("/api/v1/settings/staff", body, content_type="application/json")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "username_taken")
    issued = client.post("/api/v1/settings/tokens", {"role": "viewer"}, content_type="application/json")
    assert issued.status_code == 201
    assert role_of(issued.json()["token"]) == "viewer"


def test_a_shop_outside_the_scope_is_not_found(desk, owner, shop):
    other = store_shop(ShopDraft("7490002", "Storch", "DE"), now=clock.now())
    clerk = actions.create_person("second", role="owner", by=PLATFORM, now=clock.now(), shop_keys=[other.pk])
    client = Client()
    client.force_login(clerk, backend=BACKEND)
    assert client.post("/settings/shops/7490001/pause/").status_code == 404
    assert find_shop("7490001").paused_at is None


def test_a_warehouse_is_made_and_stands_in_the_list(desk):
    assert (
        desk.post("/settings/warehouses/keep/", {"code": "DG-1", "name": "Dongguan"})["Location"]
        == "/settings/warehouses/"
    )
    assert [(one.code, one.name) for one in warehouses()] == [("DG-1", "Dongguan")]
    assert "Dongguan" in text(desk.get("/settings/warehouses/"))


def test_a_platform_warehouse_that_was_never_told_cannot_be_linked(desk, shop):
    desk.post("/settings/warehouses/keep/", {"code": "DG-1", "name": "Dongguan"})
    told = {"shop": "7490001", "channel_warehouse_id": "999", "warehouse": "DG-1"}
    assert "There is no such platform warehouse." in text(desk.post("/settings/warehouses/link/", told, follow=True))
    assert warehouse_links(None) == []


def test_a_lost_second_factor_is_removed_by_the_owner(desk):
    person = actions.create_person("li.na", role="packer", by=SYSTEM, now=clock.now())
    Authenticator.objects.create(user=person, type="totp", data={"secret": "kept"})
    assert "Remove the second factor" in text(desk.get(f"/settings/staff/{person.pk}/"))
    desk.post(f"/settings/staff/{person.pk}/second-factor/")
    assert has_second_factor(person) is False
    assert "There is no second factor." in text(desk.post(f"/settings/staff/{person.pk}/second-factor/", follow=True))
    assert [entry.verb for entry in entries_of([("staff", person.pk)])] == ["remove_second_factor", "create_person"]
