"""Search, within the rights and scope of who asks."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import resolve, reverse

from shundan.core.actors import SYSTEM, Who
from shundan.desk.search.queries import find_hits, find_pages
from shundan.desk.search.queries.pages import _PAGES
from shundan.ground.lib import clock
from shundan.ground.staff import actions
from shundan.ground.staff.logins.guard import PUBLIC, right_of
from shundan.stages.orders.tests.made import facts, make_shop, store

pytestmark = pytest.mark.django_db
CLERK = Who("person", "1", "page", role="clerk")
PACKER = Who("person", "2", "page", role="packer")


def found(words: str, who: Who = CLERK) -> list[tuple[str, str]]:
    return [(hit.kind, hit.title) for hit in find_hits(words, who)]


@pytest.fixture
def order():
    [order] = store(make_shop(), facts("577104862913486123"))
    return order


@pytest.mark.parametrize("words", ["577104862913486123", "486123", "…486 123", " 486 123 ", "123"])
def test_an_order_is_found_by_its_number_or_its_tail(order, words):
    assert found(words) == [("order", "577104862913486123")]


@pytest.mark.parametrize("words", ["4", "", "999999", "577104862913486124"])
def test_other_numbers_find_nothing(order, words):
    assert found(words) == []


def test_a_buyer_is_found_by_nickname_or_phone_by_those_who_may_see_buyers(order):
    assert found("emma") == [("order", order.order_id)]
    assert found("emma", PACKER) == []


def test_a_buyer_is_found_by_phone_however_it_is_written(order):
    for phone in ("+1 213 555 0102", "213-555-0102", "(213) 5550102"):
        assert found(phone) == [("order", order.order_id)]
    assert found("+1 213 555 0103") == []
    assert found("213 555 0102", PACKER) == []


def test_an_order_outside_the_scope_is_not_found(order):
    assert found("486123", Who("person", "3", "page", role="clerk", shop_keys=frozenset({order.shop_id + 1}))) == []


def test_a_constant_number_of_queries(order, django_assert_max_num_queries):
    with django_assert_max_num_queries(16):
        find_hits("486123", Who("person", "1", "page", role="owner"))


@pytest.mark.parametrize("words", ["设置", "shops", "店铺"])
def test_pages_are_found_in_both_languages_by_those_who_may_open_them(words):
    owner = Who("person", "1", "page", role="owner")
    assert "/settings/shops/" in {hit.url for hit in find_pages(words, owner)}
    assert "/settings/shops/" not in {hit.url for hit in find_pages(words, PACKER)}


def person(role: str) -> Client:
    made = actions.create_person(f"{role}.one", role=role, by=SYSTEM, now=clock.now())
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(made, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_a_whole_number_opens_its_order_at_once(order):
    answer = person("clerk").get("/search/?q=577104862913486123")
    assert answer["Location"].endswith("/577104862913486123/")


def test_a_tail_lists_what_it_may_mean(order):
    page = person("clerk").get("/search/?q=486123").content.decode()
    assert "486123" in page
    assert "Received" in page


def test_the_palette_is_a_part_of_the_page(order):
    headers = {"HX-Request": "true", "HX-Target": "palette"}
    part = person("clerk").get("/search/?q=486123", headers=headers).content.decode()
    assert "<html" not in part
    assert "486" in part


def test_programs_search_in_the_same_words(order):
    client = Client(headers={"Authorization": f"Bearer {actions.issue_token('clerk')}"})
    [hit] = client.get("/api/v1/search?q=486123").json()["items"]
    assert (hit["kind"], hit["title"], hit["state"]) == ("order", "577104862913486123", "RECEIVED")


@pytest.mark.parametrize("label, place, right", [(str(one[0]), one[1], one[2]) for one in _PAGES])
def test_a_page_in_the_list_exists_and_needs_the_right_it_is_offered_for(label, place, right):
    named = right_of(resolve(reverse(place)).func)
    assert named in (right, PUBLIC)
