"""Notices: what others did since a person last looked."""

from __future__ import annotations

import pytest
from django.test import Client

from shundan.core.actors import PLATFORM, SYSTEM, Who
from shundan.core.case_moves import CaseMove
from shundan.core.moves import OrderMove
from shundan.core.parcel_moves import ParcelMove
from shundan.desk.notices.queries import NOTABLE, count_notices, read_notices
from shundan.ground.journal.actions import Draft, record, seal_next_entries
from shundan.ground.lib import clock
from shundan.ground.shops.actions import ShopDraft, store_shop
from shundan.ground.staff import actions, queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return store_shop(ShopDraft("7490001", "Kranich", "GB"), now=clock.now())


@pytest.fixture
def clerk():
    return actions.create_person("lin", role="clerk", by=SYSTEM, now=clock.now())


def happen(shop, verb: str, *names: str, by: Who = PLATFORM, kind: str = "order") -> None:
    now = clock.now()
    record(Draft(kind, at, verb, by, now, shop_key=shop.pk, subject_name=name) for at, name in enumerate(names, 1))
    seal_next_entries()


def told(person) -> list[tuple[str, list[str]]]:
    notices = read_notices(queries.who_is(person, via="page"), person_key=person.pk)
    return [(notice.sentence, notice.names) for notice in notices]


def test_happenings_are_gathered_by_kind_and_shop(shop, clerk, settings):
    settings.LANGUAGE_CODE = "en"
    happen(shop, "HOLD", "111", "222")
    happen(shop, "CANCEL", "333")
    assert told(clerk) == [("1 order was cancelled", ["333"]), ("2 orders were held", ["222", "111"])]


def test_what_is_not_sealed_yet_is_not_told_and_not_lost(shop, clerk):
    record([Draft("order", 1, "HOLD", PLATFORM, clock.now(), shop_key=shop.pk, subject_name="111")])
    assert told(clerk) == []
    seal_next_entries()
    assert len(told(clerk)) == 1


def test_what_one_did_oneself_is_no_news(shop, clerk):
    happen(shop, "HOLD", "111", by=queries.who_is(clerk, via="page"))
    assert told(clerk) == []


def test_quiet_news_does_not_ring(shop, clerk):
    happen(shop, "SHIP", "111")
    assert len(told(clerk)) == 1
    assert count_notices(queries.who_is(clerk, via="page"), person_key=clerk.pk) == 0


def test_only_shops_in_scope_and_rights_of_the_role_are_told(shop, clerk):
    other = store_shop(ShopDraft("7490002", "Storch", "DE"), now=clock.now())
    happen(other, "HOLD", "111")
    happen(shop, "lock_out", "lin", kind="staff")
    actions.set_scope(clerk, shop_keys=[shop.pk], warehouses=[], by=SYSTEM, now=clock.now())
    assert told(clerk) == []


def test_seen_begins_anew(shop, clerk):
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(clerk, backend="allauth.account.auth_backends.AuthenticationBackend")
    happen(shop, "HOLD", "111")
    assert ">1<" in client.get("/notices/count/").content.decode()
    # with their tags: three digits alone are sooner or later in a time's microseconds or in a form's token
    assert "<small>111</small>" in client.get("/notices/").content.decode()
    client.post("/notices/seen/")
    assert client.get("/notices/count/").content.decode().strip() == ""
    happen(shop, "HOLD", "222")
    page = client.get("/notices/").content.decode()
    assert ("<small>222</small>" in page, "111</small>" in page) == (True, False)


def test_every_move_that_is_told_is_a_move_of_its_table():
    moves = {"order": OrderMove, "parcel": ParcelMove, "case": CaseMove}
    told = [(kind, verb) for kind, verb in NOTABLE if kind in moves and verb.isupper()]
    assert len(told) > 5
    assert [(kind, verb) for kind, verb in told if verb not in list(moves[kind])] == []
