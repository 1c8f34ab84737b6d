"""Settings › Shops, as an owner connects shops there and watches their history come."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shundan.core.actors import SYSTEM
from shundan.desk.settings.actions import keep_app
from shundan.edges.channels.actions import accept_code, list_offered
from shundan.edges.channels.actions.connecting import AppDraft
from shundan.edges.channels.models import Access, Authorisation
from shundan.edges.channels.queries import find_app, history_days, reachable_shops
from shundan.edges.channels.tests.gateway import OWNER, Gateway, connect, gateway
from shundan.edges.channels.tests.test_connecting import SHOPS, TOKENS, begin
from shundan.edges.inbox.actions import filling
from shundan.edges.inbox.models import Sweep
from shundan.ground.jobs.queries import jobs_of
from shundan.ground.journal.queries import entries_of
from shundan.ground.lib import clock
from shundan.ground.shops.actions import ShopDraft, store_shop
from shundan.ground.staff import actions

__all__ = ["gateway"]
pytestmark = pytest.mark.django_db
US, ID = (row["id"] for row in SHOPS["shops"])


@pytest.fixture
def desk(db: None) -> Client:
    person = actions.create_person("mei", role="owner", by=SYSTEM, now=clock.now())
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def consent(gateway: Gateway) -> int:
    gateway.replies |= {"token/get": TOKENS, "shop.list": SHOPS}
    key = accept_code(begin(), "CODE", by=OWNER)
    list_offered(key, by=OWNER)
    return key


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


def begun(desk: Client, consent: int, *, days: int = 90) -> Sweep:
    desk.post(f"/settings/shops/choose/{consent}/", {"shops": [US], "history_days": str(days)})
    filling.begin_new_shops(reachable_shops(), kinds=tuple(filling.HISTORY))
    return Sweep.objects.select_related("back_job").get(kind="order")


def test_the_shops_of_a_consent_are_shown_and_the_ticked_ones_connected(desk: Client, consent: int) -> None:
    page = text(desk.get(f"/settings/shops/choose/{consent}/"))
    assert all(word in page for word in (US, ID, "Lamps US", "Nine Lamps", "cross-border", "local"))
    answer = desk.post(f"/settings/shops/choose/{consent}/", {"shops": [ID], "history_days": "30"}, follow=True)
    assert "1 shop is connected." in text(answer)
    assert list(history_days().values()) == [30]
    assert [row.shop.shop_id for row in Access.objects.select_related("shop")] == [ID]
    assert "1 shop of Nine Lamps waits for your choice." in text(desk.get("/settings/shops/"))


@pytest.mark.parametrize(
    "told",
    [
        {"history_days": "30"},
        {"shops": ["7"], "history_days": "30"},
        {"shops": [US], "history_days": "31"},
        {"shops": [US], "history_days": "x"},
    ],
)
def test_a_choice_that_cannot_be_is_refused_beside_its_field(desk: Client, consent: int, told: dict[str, str]) -> None:
    answer = desk.post(f"/settings/shops/choose/{consent}/", told)
    assert answer.status_code == 422
    assert 'class="error"' in text(answer)
    assert reachable_shops() == []


def test_a_consent_that_does_not_exist_is_not_found(desk: Client) -> None:
    assert desk.get("/settings/shops/choose/99/").status_code == 404


def test_only_who_may_change_settings_may_choose(consent: int) -> None:
    person = actions.create_person("ann", role="clerk", by=SYSTEM, now=clock.now())
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(f"/settings/shops/choose/{consent}/", {"shops": [US]}).status_code == 403
    assert client.get("/settings/shops/history/").status_code == 403


def test_the_history_goes_as_far_as_was_chosen(desk: Client, consent: int) -> None:
    row = begun(desk, consent, days=30)
    assert row.back_from is not None and row.back_until is not None
    assert (row.back_from - row.back_until).days == 30
    depths = {one.kind: (one.back_from - one.back_until).days for one in Sweep.objects.all()}  # type: ignore[operator]
    assert depths["return"] == depths["conversation"] == depths["statement"] == 30
    assert (depths["package"], depths["listing"], depths["warehouse"]) == (14, 1500, 1)


def test_the_page_tells_how_far_the_history_is(desk: Client, consent: int) -> None:
    row = begun(desk, consent)
    assert row.back_from is not None
    Sweep.objects.filter(pk=row.pk).update(back_from=row.back_from - timedelta(days=21), back_found=1234)
    page = text(desk.get("/settings/shops/history/"))
    assert "21 of 90 days" in page
    assert "1,234" in page
    assert "running" in page


def test_connecting_again_changes_nothing_of_how_far_the_history_is(desk: Client, consent: int) -> None:
    row = begun(desk, consent)
    assert row.back_from is not None
    Sweep.objects.filter(pk=row.pk).update(back_from=row.back_from - timedelta(days=21))
    shop = Access.objects.get().shop
    later = clock.now() + timedelta(days=5)
    store_shop(ShopDraft(shop.shop_id, shop.name, shop.region, connected_at=later), now=later)
    assert "21 of 90 days" in text(desk.get("/settings/shops/history/"))


def test_a_history_rests_and_goes_on_from_where_it_was(desk: Client, consent: int, gateway: Gateway) -> None:
    begun(desk, consent)
    desk.post(f"/settings/shops/{US}/history/pause/")
    assert jobs_of(kinds=["backfill"])[0].paused_at is not None
    assert filling.fill_next_page(reachable_shops()) == 0
    assert "Go on" in text(desk.get("/settings/shops/"))
    desk.post(f"/settings/shops/{US}/history/resume/")
    gateway.replies |= {"warehouse.list": {"warehouses": []}, "product.search": {"products": []},
                        "order.search": {"orders": []}}  # fmt: skip
    assert sum(filling.fill_next_page(reachable_shops()) for _ in range(3)) == 3
    assert "7 of 90 days" in text(desk.get("/settings/shops/history/"))
    verbs = [entry.verb for entry in entries_of([("shop", Access.objects.get().shop_id)])]
    assert verbs[:2] == ["resume_history", "pause_history"]


def test_a_history_that_is_complete_can_go_further_back(desk: Client, consent: int) -> None:
    row = begun(desk, consent, days=30)
    Sweep.objects.update(back_done_at=clock.wall())
    Sweep.objects.filter(pk=row.pk).update(back_from=row.back_until)
    desk.post(f"/settings/shops/{US}/history/extend/", {"days": "90"})
    row.refresh_from_db()
    assert row.back_from is not None and row.back_until is not None
    assert (round((row.back_from - row.back_until) / timedelta(days=1)), row.back_done_at) == (60, None)
    assert "30 of 90 days" in text(desk.get("/settings/shops/history/"))
    for days in ("30", "0", "nonsense", "99999"):
        answer = desk.post(f"/settings/shops/{US}/history/extend/", {"days": days}, follow=True)
        assert "goes that far back already" in text(answer)


def test_days_left_are_shown_and_warned_of_from_the_thirtieth(desk: Client) -> None:
    shop = connect()
    for days, word in ((31, "connected"), (30, "ends soon"), (0, "ends soon")):
        Authorisation.objects.update(refresh_expires_at=clock.now() + timedelta(days=days, hours=1))
        page = text(desk.get("/settings/shops/"))
        assert f"{days} day" in page and word in page
        assert ("Connect again" in page) == (word != "connected")
    Authorisation.objects.update(refresh_expires_at=clock.now() - timedelta(hours=1))
    assert "broken off" in text(desk.get("/settings/shops/"))
    assert shop.pk in reachable_shops()


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ({}, "https://services.tiktokshop.com/open/authorize"),
        ({"sellers": "us"}, "https://services.tiktokshops.us/open/authorize"),
        ({"authorise_url": "https://elsewhere.example/agree"}, "https://elsewhere.example/agree"),
    ],
)
def test_the_sellers_market_decides_where_they_agree(desk: Client, told: dict[str, str], address: str) -> None:
    desk.post("/settings/shops/app/", {"app_key": "k-1", "secret": "x", **told})
    app = find_app("k-1")
    assert app is not None and app.authorise_url == address


def test_a_shop_that_broke_off_connects_again_with_the_app_it_was_connected_with(desk: Client, consent: int) -> None:
    desk.post(f"/settings/shops/choose/{consent}/", {"shops": [US], "history_days": "30"})
    keep_app(AppDraft(app_key="another", secret="s", name="Another app"), by=OWNER, now=clock.now())
    Access.objects.update(revoked_at=clock.now(), revoked_why="the seller took the consent back")
    app = Authorisation.objects.get(pk=consent).app
    page = text(desk.get("/settings/shops/"))
    assert f'name="app_key" value="{app.app_key}"><button class="button small primary"' in page
    assert "the seller took the consent back" in page


def test_more_shops_cost_no_more_queries(desk: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            desk.get("/settings/shops/")
        return len(seen)

    for number in range(1, 3):
        connect(f"749500000000000000{number}")
    filling.begin_new_shops(reachable_shops(), kinds=("order",))
    desk.get("/settings/shops/")
    few = queries()
    for number in range(3, 8):
        connect(f"749500000000000000{number}")
    filling.begin_new_shops(reachable_shops(), kinds=("order",))
    assert queries() == few
