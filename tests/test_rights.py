"""Every address for every role: the table in core/rights.py is what happens, no door stands open by mistake."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from shundan.core.actors import SYSTEM
from shundan.core.rights import ROLE_RIGHTS, Right, Role
from shundan.desk.notices.queries import NOTABLE
from shundan.ground.lib import clock
from shundan.ground.lib.crypto import derive_key
from shundan.ground.look.queries.shell import _FOOT, _NAV
from shundan.ground.staff import actions
from shundan.ground.staff.logins.guard import PUBLIC, operations_of, right_of, unguarded
from shundan.ground.staff.queries import people, tokens
from shundan.stages.orders.tests.made import facts, make_shop, store

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent
FOREIGN = ("accounts/", "i18n/", "static/")  # the packages' own pages, guarded by themselves
OPEN = {  # every address that needs nobody: an addition must be wanted here as well
    "healthz",
    "readyz",
    "metrics",
    "webhooks/tiktok",
    "login/<str:token>/",
    "api/v1/openapi.json",
    "api/v1/docs",
    "look/theme/",
    "look/density/",
    "look/shop/",
    "theme/",
    "density/",
    "shop/",
}


@dataclass(frozen=True)
class Door:
    """One address with one method, and the right it names."""

    method: str
    pattern: str
    right: Right | str | None

    @property
    def address(self) -> str:
        filled = re.sub(r"<(?:(\w+):)?(\w+)>", lambda m: "987654" if m[1] == "int" else "none", self.pattern)
        return "/" + re.sub(r"[\^$\\?]", "", filled)

    def __str__(self) -> str:
        return f"{self.method} {self.pattern}"


def doors(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[Door]:
    """Every address of the desk; an API path once per method."""
    for pattern in patterns:
        place = f"{prefix}{pattern.pattern}"
        if place.startswith(FOREIGN):
            continue
        if isinstance(pattern, URLResolver):
            yield from doors(pattern.url_patterns, place)
        elif operations := operations_of(pattern.callback):
            for one in operations:
                yield from (Door(m, place, getattr(one.view_func, "right", None)) for m in one.methods)
        elif not place.endswith("api/v1/"):
            yield Door("GET", place, right_of(pattern.callback))


def all_doors() -> list[Door]:
    return list(doors(get_resolver().url_patterns))


def knock(client: Client, door: Door, **headers: str) -> int:
    """The status of the answer; an error behind an open door counts as open."""
    client.raise_request_exception = False
    return client.generic(door.method, door.address, content_type="application/json", headers=headers).status_code


def test_every_address_names_one_right() -> None:
    assert list(unguarded(get_resolver().url_patterns)) == []
    assert len(all_doors()) > 40


def test_a_right_is_one_of_the_table() -> None:
    assert [str(d) for d in all_doors() if d.right != PUBLIC and not isinstance(d.right, Right)] == []


def test_only_the_known_few_are_open() -> None:
    assert {d.pattern for d in all_doors() if d.right == PUBLIC} <= OPEN


def test_a_stranger_gets_nowhere() -> None:
    wrong = []
    for door in (d for d in all_doors() if d.right != PUBLIC):
        client = Client(raise_request_exception=False)
        answer = client.generic(door.method, door.address, content_type="application/json")
        shut = 401 if door.address.startswith("/api/") else 302
        login = shut == 401 or answer.headers.get("Location", "").startswith(settings.LOGIN_URL)
        if answer.status_code != shut or not login:
            wrong.append(f"{door}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_the_pages_of_its_rights_and_no_other(role: Role) -> None:
    person = actions.create_person(f"{role.value}.one", role=role.value, by=SYSTEM, now=clock.now())
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    wrong = []
    for door in (d for d in all_doors() if isinstance(d.right, Right) and not d.address.startswith("/api/")):
        status = knock(client, door)
        if (status != 403) != (door.right in ROLE_RIGHTS[role]):
            wrong.append(f"{door} needs {door.right}: {status}")
    assert wrong == []


@pytest.mark.parametrize("role", Role)
def test_a_token_does_what_its_role_may_and_no_more(role: Role) -> None:
    bearer = f"Bearer {actions.issue_token(role.value)}"
    wrong = []
    for door in (d for d in all_doors() if isinstance(d.right, Right) and d.address.startswith("/api/")):
        status = knock(Client(), door, Authorization=bearer)
        if (status not in (401, 403)) != (door.right in ROLE_RIGHTS[role]):
            wrong.append(f"{door} needs {door.right}: {status}")
    assert wrong == []


def test_a_token_opens_no_page() -> None:
    bearer = f"Bearer {actions.issue_token('owner')}"
    assert Client().get("/settings/staff/", headers={"Authorization": bearer}).status_code == 302


def test_an_unknown_role_has_no_right() -> None:
    person = actions.create_person("old.hand", role="viewer", by=SYSTEM, now=clock.now())
    type(person).objects.filter(pk=person.pk).update(role="")
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/settings/staff/").status_code == 403
    assert client.get("/notices/").status_code == 403


def test_the_navigation_offers_a_page_to_those_who_may_open_it() -> None:
    entries = [*(one for group in _NAV for one in group.entries), *_FOOT]
    wrong = {one.url: right for one in entries if (right := right_of(resolve(one.url).func)) != one.right}
    assert wrong == {}


def test_a_notice_leads_to_a_page_that_its_reader_may_open() -> None:
    for (kind, verb), notable in NOTABLE.items():
        right = right_of(resolve(notable.url.partition("?")[0]).func)
        readers = {role for role in Role if notable.right in ROLE_RIGHTS[role]}
        assert {role for role in readers if right not in ROLE_RIGHTS[role]} == set(), f"{kind} {verb}"


# Scope: a person of one shop meets nothing of another


@pytest.fixture
def strange_order() -> Any:
    [order] = store(make_shop("7490000000000000002", region="GB"), facts("577999000000486999"))
    return order


@pytest.fixture
def scoped(strange_order: Any) -> Client:
    own = make_shop("7490000000000000001")
    person = actions.create_person("own.shop", role="owner", by=SYSTEM, now=clock.now(), shop_keys=[own.pk])
    client = Client(raise_request_exception=False)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_no_page_of_one_shops_owner_shows_another_shop(scoped: Client, strange_order: Any) -> None:
    names = (strange_order.order_id, strange_order.shop.shop_id, strange_order.shop.name)
    wrong = []
    for door in (d for d in all_doors() if d.method == "GET" and "<" not in d.pattern and d.right != PUBLIC):
        answer = scoped.get(door.address)
        told = b"".join(answer) if answer.streaming else answer.content
        wrong += [f"{door}: {name}" for name in names if name.encode() in told]
    assert wrong == []


def test_no_address_of_another_shop_opens(scoped: Client, strange_order: Any) -> None:
    known = {"shop": strange_order.shop.shop_id, "order_id": strange_order.order_id}
    wrong = []
    for door in (d for d in all_doors() if "<str:shop>" in d.pattern or "<shop>" in d.pattern):
        address = "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda m: known.get(m[1], "1"), door.pattern)
        answer = scoped.generic(door.method, address, content_type="application/json")
        if answer.status_code < 400 or answer.status_code >= 500:
            wrong.append(f"{door}: {answer.status_code}")
    assert wrong == []


# No default password or key anywhere


def test_a_new_desk_has_nobody_and_no_token() -> None:
    assert (people(), tokens()) == ([], [])


def test_the_first_owner_has_no_password_and_no_powers_of_the_framework() -> None:
    actions.issue_login_link()
    [owner] = people()
    assert (owner.has_usable_password(), owner.is_superuser, owner.is_staff) == (False, False, False)


def test_the_key_of_sessions_comes_from_this_desks_own_key() -> None:
    assert derive_key(settings.MASTER_KEY, "django").hex() == settings.SECRET_KEY
    assert derive_key(b"another desk's key, 32 bytes....", "django").hex() != settings.SECRET_KEY


SECRETS = {
    "a password": r"""(?i)\b(passw(or)?d|secret(_key)?|api_key|token)\b\s*[=:]\s*["'][^"'{}%\s]{6,}["']""",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "a token of ours": r"\bsd_[A-Za-z0-9_-]{30,}",
}


@pytest.mark.parametrize("folder", ["shundan", "sandbox", "bin"])
def test_no_password_or_key_stands_in_the_source(folder: str) -> None:
    found = []
    for path in sorted((ROOT / folder).rglob("*")):
        if (
            path.suffix in (".py", ".html", ".js", ".json", ".toml", "")
            and path.is_file()
            and "tests" not in path.parts
        ):
            text = path.read_text(errors="ignore")
            found += [
                f"{path.relative_to(ROOT)}: {what}" for what, pattern in SECRETS.items() if re.search(pattern, text)
            ]
    assert found == []
