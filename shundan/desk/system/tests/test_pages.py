"""The System pages, as an owner looks after the desk."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shundan.core.actors import SYSTEM
from shundan.core.calls import CallKind
from shundan.edges.channels.tests.gateway import connect
from shundan.edges.inbox.actions import (
    Delivery,
    count_turned_away,
    owners,
    read_next_arrivals,
    store_arrival,
    turning,
    want,
)
from shundan.edges.inbox.queries import HourCount, Sweep, Want, arrivals
from shundan.edges.outbox.actions import CallDraft, queue_call
from shundan.edges.outbox.queries import calls
from shundan.ground.jobs.actions import beat, note_snag
from shundan.ground.jobs.queries import open_snags
from shundan.ground.journal.queries import entries_of
from shundan.ground.lib import clock
from shundan.ground.shops.actions import ShopDraft, store_shop
from shundan.ground.staff import actions
from shundan.stages.orders.actions import SurpriseDraft, record_surprises
from shundan.stages.orders.queries import open_surprises

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    person = actions.create_person("mei", role="owner", by=SYSTEM, now=clock.now())
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def text(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch):
    monkeypatch.setattr(owners, "_seen", (0.0, frozenset()))


def deliver(shop_id: str, number: str) -> None:
    body = {
        "type": 1,
        "shop_id": shop_id,
        "tts_notification_id": number,
        "data": {"order_id": "577104862913486123"},
    }
    store_arrival(Delivery("k-1", json.dumps(body).encode()))


def test_the_overview_shows_steps_storage_and_versions(desk):
    beat("seal_next_entries", 3, 12)
    beat("apply_next_orders", 0, 4, "KeyError: line_items")
    page = text(desk.get("/system/"))
    assert "seal_next_entries" in page
    assert "KeyError: line_items" in page
    assert "sqlite" in page or "postgresql" in page


def test_the_overview_asks_as_many_questions_for_thirty_steps_as_for_one(desk):
    counts = []
    for steps in (1, 30):
        for number in range(steps):
            beat(f"step_{number}", 1, 1)
        cache.clear()  # the counts beside the navigation are kept for seconds: both pages shall count them
        with CaptureQueriesContext(connection) as asked:
            desk.get("/system/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_an_unowned_arrival_is_read_again_once_its_shop_is_known(desk):
    deliver("7490009", "n-1")
    read_next_arrivals()
    page = text(desk.get("/system/arrivals/?state=UNOWNED"))
    assert "7490009" in page
    assert "ORDER_STATUS_CHANGE" in page
    store_shop(ShopDraft("7490009", "Kranich", "GB"), now=clock.now())
    row = arrivals().get()
    desk.post("/system/arrivals/retry/", {"row": [row.pk]})
    assert arrivals().get().state == "NEW"
    assert [entry.verb for entry in entries_of([("arrival", row.pk)])] == ["retry_arrival"]


def test_an_arrival_that_was_read_is_not_tried_again(desk):
    store_shop(ShopDraft("7490009", "Kranich", "GB"), now=clock.now())
    deliver("7490009", "n-1")
    row = arrivals().get()
    desk.post("/system/arrivals/retry/", {"row": [row.pk]})
    assert entries_of([("arrival", row.pk)]) == []


def test_a_snag_waits_for_a_person_and_is_tried_again(desk):
    for _ in range(5):
        note_snag("apply_next_orders", "snapshot", 7, KeyError("line_items"), name="577104862913486123")
    page = text(desk.get("/system/snags/?person=1"))
    assert "577104862913486123" in page
    assert "waits for a person" in page
    desk.post("/system/snags/retry/", {"row": [open_snags().get().pk]})
    snag = open_snags().get()
    assert (snag.attempts, snag.next_try_at is not None) == (0, True)


def test_a_person_scoped_to_one_shop_sees_only_its_arrivals():
    near = store_shop(ShopDraft("7490001", "Near", "GB"), now=clock.now())
    store_shop(ShopDraft("7490002", "Far", "DE"), now=clock.now())
    deliver("7490001", "n-1")
    deliver("7490002", "n-2")
    deliver("7490003", "n-3")
    read_next_arrivals()
    person = actions.create_person("mei", role="owner", by=SYSTEM, now=clock.now(), shop_keys=[near.pk])
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = text(client.get("/system/arrivals/"))
    assert "n-1" in page
    assert "n-2" not in page
    assert "n-3" not in page


@pytest.mark.parametrize(
    "page", ["/system/", "/system/wants/", "/system/sweeps/", "/system/arrivals/", "/system/snags/", "/system/hours/"]
)
def test_an_empty_installation_shows_every_page(desk, page):
    assert "<h1>" in text(desk.get(page))


def queue(shop):
    draft = CallDraft(
        shop.pk, CallKind.SEND_MESSAGE, "thread", 7, "577104862913486123", [], "message:7", {"text": "hello"}
    )
    return queue_call(draft, by=SYSTEM, now=clock.now())


def test_a_queued_call_is_called_off_once(desk):
    key = queue(store_shop(ShopDraft("7490001", "Kranich", "GB"), now=clock.now()))
    assert "577104862913486123" in text(desk.get("/system/calls/?state=QUEUED"))
    desk.post("/system/calls/drop/", {"row": [key]})
    assert (calls().get().call_state, calls().get().error_code) == ("FAILED", "called_off")
    assert [entry.verb for entry in entries_of([("call", key)])][0] == "drop_call"
    desk.post("/system/calls/drop/", {"row": [key]})
    assert len([entry for entry in entries_of([("call", key)]) if entry.verb == "drop_call"]) == 1


def test_programs_see_the_same_and_page_through_it():
    shop = store_shop(ShopDraft("7490001", "Kranich", "GB"), now=clock.now())
    for number in range(3):
        deliver("7490009", f"n-{number}")
    read_next_arrivals()
    key = queue(shop)
    client = Client(headers={"Authorization": f"Bearer {actions.issue_token('owner')}"})
    first = client.get("/api/v1/system/arrivals?state=UNOWNED&limit=2").json()
    second = client.get(f"/api/v1/system/arrivals?state=UNOWNED&limit=2&after={first['next']}").json()
    assert [row["notification_id"] for row in first["items"] + second["items"]] == ["n-2", "n-1", "n-0"]
    assert second["next"] is None
    assert client.get("/api/v1/system/calls?state=QUEUED").json()["items"][0]["key"] == key
    assert client.post(f"/api/v1/system/calls/{key}/drop").json() == {"done": 1}
    assert client.get("/api/v1/system/calls?state=open").status_code == 422
    assert client.post("/api/v1/system/calls/999/repeat").status_code == 404
    assert client.get("/api/v1/system/health").json()["calls"] == {"FAILED": 1}  # until its stage takes it in


def test_arrivals_are_named_and_filtered_by_their_event(desk):
    deliver("7490009", "n-1")
    store_arrival(Delivery("k-1", b'{"type": 20, "tts_notification_id": "n-2", "creator_open_id": "c", "data": {}}'))
    read_next_arrivals()
    page = text(desk.get("/system/arrivals/?kind=20"))
    assert "it is about a creator, not about one shop" in page
    assert "n-1" not in page
    assert "RMA_STATUS_UPDATE · 65" in page


def test_what_could_not_be_fetched_is_shown_and_tried_again(desk):
    shop = store_shop(ShopDraft("7490001", "Kranich", "GB"), now=clock.now())
    want(shop.pk, "order", ["577104862913486123"])
    Want.objects.update(attempts=7, error="Order not found", not_before=clock.wall() + timedelta(hours=1))
    page = text(desk.get("/system/"))
    assert "Could not be fetched" in page
    assert "Order not found" in page
    row = Want.objects.get()
    desk.post("/system/wants/retry/", {"row": [row.pk]})
    row.refresh_from_db()
    assert (row.attempts, row.error) == (0, "")
    assert row.not_before <= clock.wall()
    assert [entry.verb for entry in entries_of([("want", row.pk)])] == ["retry_want"]
    assert "Could not be fetched" not in text(desk.get("/system/"))


def test_webhooks_that_were_turned_away_are_counted_on_the_overview(desk, monkeypatch):
    monkeypatch.setattr(turning, "_stored_at", float("-inf"))
    count_turned_away(413, "", serving=False)
    page = text(desk.get("/system/"))
    assert "413 · too large" in page


def test_a_shop_that_is_behind_is_named_on_today_and_on_system(desk):
    shop, now = connect("7490001"), clock.now()
    row = Sweep.objects.create(shop=shop, kind="order", complete_to=now, next_at=clock.wall())
    pages = ("/", "/system/", "/system/sweeps/")
    for page in pages:
        assert "is complete only up to" not in text(desk.get(page))
    Sweep.objects.filter(pk=row.pk).update(complete_to=now - timedelta(minutes=20), error="The platform is busy")
    for page in pages:
        assert f"{shop.name} is complete only up to" in text(desk.get(page))
    assert "The platform is busy" in text(desk.get("/system/"))


def surprise(shop, name: str, code: str = "deadline_differs"):
    record_surprises([SurpriseDraft(shop.pk, "rule", name, code, {})], at=clock.now())
    return next(row for row in open_surprises() if row.subject_name == name)


def test_a_surprise_is_told_in_words_and_leaves_the_list_when_seen(desk):
    row = surprise(store_shop(ShopDraft("7490001", "Kranich", "GB"), now=clock.now()), "gb-1")
    page = text(desk.get("/system/"))
    assert "Our rule reckons another deadline than the platform gives" in page and "gb-1" in page
    assert desk.post("/system/surprises/seen/", {"row": row.pk}).status_code == 302
    assert open_surprises() == []
    assert entries_of([("surprise", row.pk)])[0].verb == "see_surprise"
    assert desk.post("/system/surprises/seen/", {"row": row.pk}).status_code == 404
    assert desk.post("/system/surprises/seen/", {"row": "x"}).status_code == 404


def test_programs_read_surprises_in_their_scope_and_mark_them_seen():
    mine, other = (store_shop(ShopDraft(one, one, "GB"), now=clock.now()) for one in ("7490001", "7490002"))
    row, hidden = surprise(mine, "gb-1"), surprise(other, "gb-2")
    token = actions.issue_token("owner", shop_keys=[mine.pk])
    client = Client(headers={"Authorization": f"Bearer {token}"})
    listed = client.get("/api/v1/system/surprises").json()["items"]
    assert [(one["key"], one["code"], one["shop"]) for one in listed] == [(row.pk, "deadline_differs", "7490001")]
    assert client.post(f"/api/v1/system/surprises/{hidden.pk}/seen").status_code == 404
    assert client.post(f"/api/v1/system/surprises/{row.pk}/seen").json() == {"done": 1}
    assert open_surprises() == [hidden]


def test_hours_are_listed_with_both_counts_and_whether_they_healed(desk):
    shop, now = store_shop(ShopDraft("7490001", "Kranich", "GB"), now=clock.now()), clock.wall()
    hour = now.replace(minute=0, second=0, microsecond=0)
    HourCount.objects.create(shop=shop, hour=hour, platform=7, desk=5, counted_at=now, next_at=now, gap_at=now)
    HourCount.objects.create(
        shop=shop, hour=hour - timedelta(hours=1), platform=9, desk=9, counted_at=now, gap_at=now, healed_at=now
    )
    for page in ("/system/sweeps/", "/system/hours/"):
        told = text(desk.get(page))
        assert "missing here" in told
        assert "healed" in told
    assert "missing here" not in text(desk.get("/system/hours/?open=0"))
    client = Client(headers={"Authorization": f"Bearer {actions.issue_token('owner')}"})
    told = client.get("/api/v1/system/hours").json()["items"]
    assert [(row["platform"], row["desk"], row["healed_at"] is None) for row in told] == [(9, 9, False), (7, 5, True)]


def test_moments_of_this_computer_are_marked_while_a_practice_clock_runs(desk, monkeypatch):
    connect()
    deliver("nobody", "1")
    mark = "this computer&#x27;s time"
    assert mark not in text(desk.get("/system/arrivals/"))
    monkeypatch.setenv("SHUNDAN_CLOCK_URL", "http://127.0.0.1:9/sandbox/clock")
    page = text(desk.get("/system/arrivals/"))
    assert 'aria-label="this computer' in page
    assert "marks this computer" in page
    assert "marks this computer" not in text(desk.get("/orders/"))
