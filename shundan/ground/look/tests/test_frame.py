"""The frame around pages: switches, refusals, error pages, navigation by role."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import Client, RequestFactory

from shundan.core.actors import Who
from shundan.core.errors import Conflict, Unavailable
from shundan.ground.look import views
from shundan.ground.look.queries.shell import Shell, chosen_shop_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> Client:
    person = get_user_model().objects.create(username="li-min", role="owner")
    client = Client()
    client.force_login(person)
    return client


def asking(role: str = "owner", path: str = "/orders/", **cookies: str) -> Any:
    request = RequestFactory().get(path)
    request.user = AnonymousUser()
    request.COOKIES.update(cookies)
    request.who = Who("person", "1", "page", role=role, name="Li Min")  # type: ignore[attr-defined]
    request.htmx = None  # type: ignore[attr-defined]
    return request


def test_every_component_is_drawn_in_the_gallery_without_inline_styles(owner: Client) -> None:
    page = owner.get("/look/gallery/").content.decode()
    assert page.count("<svg") > 40 and page.count('class="chip') > 25
    assert " style=" not in page and not re.search(r" on[a-z]+=", page)


def test_a_packer_does_not_see_the_gallery() -> None:
    client = Client()
    client.force_login(get_user_model().objects.create(username="chen-hao", role="packer"))
    assert client.get("/look/gallery/").status_code == 403


def test_the_navigation_shows_what_the_role_may_open() -> None:
    packer = Shell(asking("packer"))
    keys = [entry.key for group in packer.nav for entry in group.entries]
    assert keys == ["today", "orders", "holds", "packing", "shipping", "tracking", "stock"]
    assert [entry.key for entry in packer.foot] == []
    assert [e.key for g in packer.nav for e in g.entries if e.active] == ["orders"]
    assert Shell(asking("")).nav == ()
    assert [entry.key for entry in Shell(asking("owner")).foot] == ["settings", "system"]


def test_the_letters_of_the_navigation_are_all_different() -> None:
    shell = Shell(asking("owner"))
    letters = [entry.letter for group in shell.nav for entry in group.entries]
    letters += [entry.letter for entry in shell.foot]
    assert len(letters) == 14 and len(set(letters)) == 14


def test_a_theme_is_remembered_and_an_unknown_one_is_not(owner: Client) -> None:
    answer = owner.post("/look/theme/", {"theme": "dark", "next": "/look/gallery/"})
    assert (answer.status_code, answer["Location"]) == (302, "/look/gallery/")
    assert answer.cookies["shundan_theme"].value == "dark"
    assert b'data-theme="dark"' in owner.get("/look/gallery/").content
    assert "shundan_theme" not in owner.post("/look/theme/", {"theme": "neon"}).cookies


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_a_switch_never_leads_to_another_site(owner: Client, target: str) -> None:
    assert owner.post("/look/theme/", {"theme": "dark", "next": target})["Location"] == "/"


@pytest.mark.parametrize(("cookie", "chosen"), [("7", 7), ("", None), ("abc", None), ("9" * 30, None)])
def test_the_chosen_shop_is_a_number_or_all_shops(cookie: str, chosen: int | None) -> None:
    assert chosen_shop_id(asking(shundan_shop=cookie)) == chosen


def test_a_refusal_nobody_caught_becomes_a_page_with_the_remedy() -> None:
    middleware = views.RefusalMiddleware(lambda request: HttpResponse())
    answer = middleware.process_exception(asking(), Conflict("Wang Qian was first.", remedy="Open the order again."))
    assert answer is not None and answer.status_code == 409
    assert "Wang Qian was first." in answer.content.decode() and "Open the order again." in answer.content.decode()


def test_a_refusal_of_a_part_becomes_a_toast() -> None:
    middleware = views.RefusalMiddleware(lambda request: HttpResponse())
    request = asking()
    request.htmx = SimpleNamespace(target="drawer")
    answer = middleware.process_exception(request, Unavailable("The platform does not answer."))
    assert answer is not None and (answer.status_code, answer["HX-Retarget"]) == (503, "#toasts")
    assert b"<html" not in answer.content and b"The platform does not answer." in answer.content


def test_other_errors_stay_errors() -> None:
    middleware = views.RefusalMiddleware(lambda request: HttpResponse())
    assert middleware.process_exception(asking(), KeyError("x")) is None
    assert middleware.process_exception(asking(path="/api/v1/orders"), Conflict("x")) is None


def test_error_pages_say_what_to_do_next() -> None:
    request = asking()
    pages = [views.error_400(request, Exception()), views.error_403(request, Exception())]
    pages += [views.error_404(request, Exception()), views.error_500(request), views.csrf_failure(request)]
    assert [page.status_code for page in pages] == [400, 403, 404, 500, 403]
    for page in pages:
        assert b'href="/"' in page.content


def test_the_sign_in_page_has_one_labelled_field_for_each_input() -> None:
    page = Client().get("/accounts/login/").content.decode()
    ids = re.findall(r'<input[^>]+type="(?:text|password)"[^>]*id="([^"]+)"', page)
    assert len(ids) == 2
    for one in ids:
        assert f'<label for="{one}">' in page


def test_no_field_of_the_sign_in_page_is_described_by_what_is_not_there() -> None:
    page = Client().get("/accounts/login/").content.decode()
    described = re.findall(r'aria-describedby="([^"]+)"', page)
    assert [one for one in " ".join(described).split() if f'id="{one}"' not in page] == []
    assert 'type="password"' in page


def test_the_sign_in_page_offers_no_way_that_is_closed() -> None:
    client = Client()
    page = client.get("/accounts/login/").content.decode()
    for link in set(re.findall(r'href="(/accounts/[^"]+)"', page)):
        assert client.get(link).status_code != 404, link
