from __future__ import annotations

import json
import threading
from contextlib import suppress
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from shundan.core.errors import Unavailable
from shundan.edges.channels.queries import connections
from shundan.edges.channels.tests.gateway import OWNER, Gateway, connect, gateway
from shundan.edges.channels.tiktok.signing import sign_webhook
from shundan.edges.inbox import views
from shundan.edges.inbox.actions import (
    owners,
    read_next_arrivals,
    retry_arrival,
    store_snapshots,
    store_turned_away,
    sweep_next_shops,
    turning,
)
from shundan.edges.inbox.models import Arrival, Sweep, TurnedAway, Want
from shundan.edges.inbox.tests.test_wants import draft
from shundan.edges.inbox.topics import WEBHOOKS
from shundan.ground.lib import clock

__all__ = ["gateway"]
pytestmark = pytest.mark.django_db
ANYTHING: dict[str, Any] = {
    "order_id": "5", "package_id": "8", "product_id": "17260000", "conversation_id": "V1", "cancel_id": "C1",
    "return_id": "R1", "package_list": [{"package_id": "8", "order_id_list": ["5"]}],
    "line_items": [{"main_order_id": "5"}],
}  # fmt: skip
SHOP = "7495000000000000001"
PATH = "/webhooks/tiktok"


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process keeps in memory belongs to the database of an earlier test."""
    monkeypatch.setattr(views, "_secrets", (0.0, []))
    monkeypatch.setattr(owners, "_seen", (0.0, frozenset()))
    monkeypatch.setattr(turning, "_stored_at", float("-inf"))
    monkeypatch.setattr(turning, "_timer", object())  # as if one ran already: no thread outlives a test
    turning._counts.clear()


def body(kind: int = 1, number: str = "n1", shop: str = SHOP, **told: Any) -> bytes:
    told = told or {"order_id": "576000000000000001", "order_status": "AWAITING_SHIPMENT"}
    at = int(clock.now().timestamp()) + 60
    return json.dumps(
        {"type": kind, "tts_notification_id": number, "shop_id": shop, "timestamp": at, "data": told}
    ).encode()


def post(
    client: Client, raw: bytes, *, key: str = "appkey1", signature: str | None = None, kind: str = "application/json"
) -> int:
    given = sign_webhook(key, f"secret of {key}", raw) if signature is None else signature
    return client.post(PATH, raw, content_type=kind, headers={"authorization": given}).status_code


def wanted() -> set[tuple[str, str]]:
    return set(Want.objects.filter(closed_at=None).values_list("kind", "outside_id"))


def test_a_signed_webhook_is_stored_and_becomes_a_want(client: Client) -> None:
    shop = connect(SHOP)
    assert post(client, body()) == 200
    row = Arrival.objects.get()
    assert (row.state, row.kind, row.channel_shop_id, row.notification_id) == ("NEW", 1, SHOP, "n1")
    assert read_next_arrivals() == 1
    assert wanted() == {("order", "576000000000000001")}
    row.refresh_from_db()
    assert (row.state, row.shop_id) == ("DONE", shop.pk)
    assert read_next_arrivals() == 0


@pytest.mark.parametrize("signature", ["", "0" * 64, "sïgned", "Bearer x"])
def test_a_wrong_signature_is_401_and_nothing_is_stored(client: Client, signature: str) -> None:
    connect(SHOP)
    assert post(client, body(), signature=signature) == 401
    assert not Arrival.objects.exists()


def test_a_webhook_without_any_app_is_401(client: Client) -> None:
    assert post(client, body()) == 401


def test_every_app_of_ours_may_sign(client: Client) -> None:
    connect(SHOP)
    connect("7495000000000000002", app_key="appkey2")
    assert post(client, body(shop="7495000000000000002"), key="appkey2") == 200
    assert post(client, body(), key="appkey3") == 401


def test_ten_times_the_same_delivery_is_one_arrival(client: Client) -> None:
    connect(SHOP)
    assert [post(client, body()) for _ in range(10)] == [200] * 10
    assert Arrival.objects.get().repeats == 9
    read_next_arrivals()
    assert post(client, body()) == 200
    assert read_next_arrivals() == 0
    assert Want.objects.count() == 1


def test_a_delivery_without_an_id_is_known_by_its_bytes(client: Client) -> None:
    connect(SHOP)
    raw = json.dumps({"type": 3, "shop_id": SHOP, "data": {"order_id": "5"}}).encode()
    assert [post(client, raw), post(client, raw)] == [200, 200]
    assert Arrival.objects.get().repeats == 1
    assert len(Arrival.objects.get().notification_id) == 64


def test_an_unknown_shop_is_kept_as_unowned_and_never_becomes_a_want(client: Client) -> None:
    connect(SHOP)
    assert post(client, body(shop="7499999999999999999")) == 200
    assert read_next_arrivals() == 1
    assert Arrival.objects.get().state == "UNOWNED"
    assert read_next_arrivals() == 0
    assert not Want.objects.exists()


def test_what_came_for_an_unknown_shop_is_read_by_itself_once_the_shop_is_connected(client: Client) -> None:
    connect(SHOP)
    post(client, body(shop="7495000000000000005"))
    post(client, body(number="n2", shop="7495000000000000006"))
    read_next_arrivals()
    shop = connect("7495000000000000005")
    assert read_next_arrivals() == 1
    assert list(Want.objects.values_list("shop_id", "kind", "outside_id")) == [(shop.pk, "order", "576000000000000001")]
    assert dict(Arrival.objects.values_list("notification_id", "state")) == {"n1": "DONE", "n2": "UNOWNED"}


@pytest.mark.parametrize(
    "raw",
    [
        b"not json",
        b"[1, 2]",
        b'"text"',
        b'{"type": "one"}',
        b'{"type": true, "shop_id": "x"}',
        b'{"type": 1, "data": {}}',
        b'{"type": 9999, "shop_id": "7495000000000000001", "data": {"order_id": "1"}}',
        b'{"type": 1, "shop_id": "7495000000000000001", "tts_notification_id": "\\ud800", "data": {"order_id": "1"}}',
        b"[" * 100_000,
        '{"type": 1, "shop_id": "é"'.encode("latin-1"),
    ],
)
def test_what_is_not_understood_is_quarantined_and_answered_200(client: Client, raw: bytes) -> None:
    connect(SHOP)
    assert post(client, raw) == 200
    assert post(client, body(number="good")) == 200
    read_next_arrivals()
    odd = Arrival.objects.exclude(notification_id="good").get()
    assert odd.state == "QUARANTINED"
    assert odd.reason
    assert Arrival.objects.get(notification_id="good").state == "DONE"


def test_a_known_type_without_its_id_is_quarantined_when_it_is_read(client: Client) -> None:
    connect(SHOP)
    post(client, body(1, "n1", other="x"))
    post(client, body(1, "n2", order_id=""))
    post(client, body(4, "n3", package_list=[{"order_id_list": ["1"]}]))
    post(client, body(1, "n4", order_id="576000000000000009"))
    assert read_next_arrivals() == 4
    states = dict(Arrival.objects.values_list("notification_id", "state"))
    assert states == {"n1": "QUARANTINED", "n2": "QUARANTINED", "n3": "QUARANTINED", "n4": "DONE"}
    assert wanted() == {("order", "576000000000000009")}


@pytest.mark.parametrize("odd", ["5" * 81, "57\0"])
def test_an_id_that_cannot_be_kept_is_quarantined_and_spoils_no_other(client: Client, odd: str) -> None:
    connect(SHOP)
    post(client, body(number="n1", order_id=odd))
    post(client, body(number="n2"))
    assert read_next_arrivals() == 2
    assert wanted() == {("order", "576000000000000001")}
    assert list(Arrival.objects.order_by("pk").values_list("state", flat=True)) == ["QUARANTINED", "DONE"]


def test_every_one_of_the_45_types_is_known_and_kept(client: Client) -> None:
    connect(SHOP)
    assert len(WEBHOOKS) == 46  # and the legacy one
    for kind in WEBHOOKS:
        assert post(client, body(kind, f"n{kind}", **ANYTHING)) == 200
    read_next_arrivals()
    states = dict(Arrival.objects.values_list("kind", "state"))
    acting = {1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 14, 15, 16, 18, 27, 36, 37, 50, 64, 65, 67, 68, 71}
    assert states == {kind: "DONE" if kind in acting else "IGNORED" for kind in WEBHOOKS}
    assert Arrival.objects.get(kind=62).reason == "it changes nothing at an order desk"


@pytest.mark.parametrize(("kind", "owner"), [(19, "seller_open_id"), (20, "creator_open_id"), (1, "seller_open_id")])
def test_news_about_a_seller_or_creator_is_kept_with_a_word_why(client: Client, kind: int, owner: str) -> None:
    connect(SHOP)
    told = json.loads(body(kind))
    told[owner] = told.pop("shop_id")
    assert post(client, json.dumps(told).encode()) == 200
    read_next_arrivals()
    row = Arrival.objects.get()
    assert (row.state, row.app_key) == ("IGNORED", "appkey1")
    assert row.reason == f"it is about a {owner.partition('_')[0]}, not about one shop"


def test_stock_news_that_names_no_shop_goes_to_the_shop_that_has_the_product(client: Client) -> None:
    connect(SHOP, app_key="appkey2")
    shop = connect("7495000000000000002")
    store_snapshots([draft(shop.pk, "listing", "17260000")])
    for number, product in (("n1", 17260000), ("n2", 17269999)):
        told = {"type": 68, "tts_notification_id": number, "data": {"seller_id": 9, "product_id": product}}
        post(client, json.dumps(told).encode())
    read_next_arrivals()
    assert list(Want.objects.values_list("shop_id", "outside_id")) == [(shop.pk, "17260000")]
    assert dict(Arrival.objects.values_list("notification_id", "state")) == {"n1": "DONE", "n2": "QUARANTINED"}


@pytest.mark.parametrize(("kind", "swept"), [(64, {"return", "cancellation"}), (65, {"return"})])
def test_aftersales_news_that_names_no_return_makes_the_sweeps_due(
    client: Client, gateway: Gateway, kind: int, swept: set[str]
) -> None:
    connect(SHOP)
    sweep_next_shops()
    Sweep.objects.update(next_at=clock.wall() + timedelta(hours=1))
    post(client, body(kind, aftersales_request_id="4035000000000000001"))
    read_next_arrivals()
    due = Sweep.objects.filter(next_at__lte=clock.wall())
    assert set(due.values_list("kind", flat=True)) == swept


@pytest.mark.parametrize(
    ("kind", "told", "wants"),
    [
        (3, {"order_id": "5"}, {("order", "5")}),
        (
            4,
            {"package_list": [{"package_id": "8", "order_id_list": ["5", "6"]}]},
            {("package", "8"), ("order", "5"), ("order", "6")},
        ),
        (11, {"order_id": "5", "cancel_id": "C1"}, {("order", "5"), ("cancellation", "C1")}),
        (12, {"order_id": "5", "return_id": "R1"}, {("order", "5"), ("return", "R1")}),
        (14, {"conversation_id": "V1", "message_id": "M1"}, {("conversation", "V1")}),
        (33, {"conversation_id": "V1", "msg_type": "FREE_SAMPLE_CARD"}, set()),
        (5, {"product_id": 17260000}, {("listing", "17260000")}),
        (36, {"package_id": "8", "order_ids": ["5"]}, {("package", "8")}),
        (2, {"order_id": "5"}, {("order", "5")}),
        (67, {"line_items": [{"main_order_id": "5"}, {"main_order_id": "6"}]}, {("order", "5"), ("order", "6")}),
        (68, {"product_id": 17260000}, {("listing", "17260000")}),
        (71, {"product_id": 17260000}, {("listing", "17260000")}),
    ],
)
def test_each_type_makes_its_wants(
    client: Client, kind: int, told: dict[str, Any], wants: set[tuple[str, str]]
) -> None:
    connect(SHOP)
    post(client, body(kind, **told))
    read_next_arrivals()
    assert wanted() == wants


def test_a_revocation_ends_this_shop_alone(client: Client) -> None:
    shop, other = connect(SHOP), connect("7495000000000000002")
    post(client, body(6, message="cancelled"))
    read_next_arrivals()
    assert connections()[shop.pk].dead_at is not None
    assert connections()[other.pk].dead_at is None


def test_a_warning_that_the_consent_ends_is_shown(client: Client) -> None:
    shop = connect(SHOP)
    post(client, body(7, message="soon", expiration_time="1"))
    read_next_arrivals()
    assert connections()[shop.pk].warned_at is not None


@pytest.mark.parametrize("kind", [6, 7])
def test_what_another_app_of_ours_is_told_does_not_touch_the_app_that_reaches_the_shop(
    client: Client, kind: int
) -> None:
    shop = connect(SHOP)
    connect("7495000000000000002", app_key="appkey2")
    assert post(client, body(kind, message="over"), key="appkey2") == 200
    read_next_arrivals()
    assert (connections()[shop.pk].dead_at, connections()[shop.pk].warned_at) == (None, None)


def test_a_warning_of_before_the_shop_was_connected_again_says_nothing(client: Client) -> None:
    shop = connect(SHOP)
    late = json.loads(body(7, message="soon"))
    late["timestamp"] -= 3600
    post(client, json.dumps(late).encode())
    read_next_arrivals()
    assert connections()[shop.pk].warned_at is None


def test_a_quarantined_arrival_can_be_read_again(client: Client) -> None:
    connect(SHOP)
    post(client, body(shop="7495000000000000005"))
    read_next_arrivals()
    assert Arrival.objects.get().state == "UNOWNED"
    connect("7495000000000000005")
    retry_arrival(Arrival.objects.get().pk, by=OWNER)
    assert read_next_arrivals() == 1
    assert wanted() == {("order", "576000000000000001")}


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_another_content_type_is_415(client: Client, kind: str) -> None:
    connect(SHOP)
    raw = body()
    signature = sign_webhook("appkey1", "secret of appkey1", raw)
    assert client.generic("POST", PATH, raw, content_type=kind, headers={"authorization": signature}).status_code == 415
    assert not Arrival.objects.exists()


def test_a_body_that_is_too_large_is_413(client: Client) -> None:
    connect(SHOP)
    assert post(client, b'{"x":"' + b"y" * views.LARGEST + b'"}') == 413
    assert not Arrival.objects.exists()


def test_only_posts_are_taken(client: Client) -> None:
    assert client.get(PATH).status_code == 405


def test_a_busy_database_says_try_again_and_it_is_counted(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(SHOP)

    def busy(delivery: object) -> None:
        raise Unavailable("database is locked")

    monkeypatch.setattr(views, "store_arrival", busy)
    assert post(client, body()) == 503
    assert counted() == {("appkey1", 503): 1}


def counted() -> dict[tuple[str, int], int]:
    return {(row.app_key, row.status): row.count for row in TurnedAway.objects.all()}


def test_what_is_turned_away_is_counted_and_a_flood_writes_once_a_second(client: Client) -> None:
    connect(SHOP)
    assert [post(client, body(), signature="0" * 64) for _ in range(20)] == [401] * 20
    assert client.generic("POST", PATH, b"x", content_type="text/plain").status_code == 415
    assert counted() == {("", 401): 1}
    store_turned_away()
    assert counted() == {("", 401): 20, ("", 415): 1}
    store_turned_away()
    assert counted() == {("", 401): 20, ("", 415): 1}


@pytest.mark.parametrize("announced", ["", "abc", "-5", "99999999999999999999999"])
def test_the_announced_length_is_not_believed(announced: str) -> None:
    connect(SHOP)
    raw = body()
    told: list[str] = []
    door = views.webhook_door(lambda environ, start: [b"elsewhere"])
    meta = {
        "PATH_INFO": PATH, "REQUEST_METHOD": "POST", "CONTENT_TYPE": "application/json; charset=utf-8",
        "CONTENT_LENGTH": announced, "wsgi.input": BytesIO(raw),
        "HTTP_AUTHORIZATION": sign_webhook("appkey1", "secret of appkey1", raw),
    }  # fmt: skip
    assert door(meta, lambda status, headers: told.append(status)) == [b""]
    assert told == ["413 Request Entity Too Large" if announced.startswith("9") else "200 OK"]


def test_a_body_larger_than_announced_is_read_no_further_than_needed() -> None:
    connect(SHOP)
    told: list[str] = []
    door = views.webhook_door(lambda environ, start: [b"elsewhere"])
    stream = BytesIO(b"y" * views.LARGEST * 4)
    meta = {"PATH_INFO": PATH, "REQUEST_METHOD": "POST", "CONTENT_TYPE": "application/json", "wsgi.input": stream}
    door(meta, lambda status, headers: told.append(status))
    assert told == ["413 Request Entity Too Large"]
    assert stream.tell() == views.LARGEST + 1
    assert door({"PATH_INFO": "/", "REQUEST_METHOD": "GET"}, None) == [b"elsewhere"]


def test_letters_that_a_database_cannot_keep_do_not_stop_a_webhook(client: Client) -> None:
    connect(SHOP)
    told = {"type": 1, "tts_notification_id": "a\0b", "shop_id": SHOP + "\0", "data": {"order_id": "5"}}
    assert post(client, json.dumps(told).encode()) == 200
    read_next_arrivals()
    row = Arrival.objects.get()
    assert (row.notification_id, row.state) == ("a\ufffdb", "UNOWNED")


def test_senders_who_never_finish_keep_no_more_than_the_readers_waiting() -> None:
    connect(SHOP)
    told: list[str] = []
    door = views.webhook_door(lambda environ, start: [b"a page"], readers=1)
    slow, release = threading.Event(), threading.Event()

    class Endless(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            slow.set()
            release.wait(10)
            return b""

    meta = {"PATH_INFO": PATH, "REQUEST_METHOD": "POST", "CONTENT_TYPE": "application/json"}
    sender = threading.Thread(target=lambda: _read_one(door, {**meta, "wsgi.input": Endless()}))
    sender.start()
    slow.wait(10)
    door({**meta, "wsgi.input": BytesIO(body())}, lambda status, headers: told.append(status))
    assert door({"PATH_INFO": "/", "REQUEST_METHOD": "GET"}, None) == [b"a page"]
    release.set()
    sender.join(10)
    assert told == ["503 Service Unavailable"]


def _read_one(door: views.Application, meta: dict[str, Any]) -> None:
    """Send one webhook from a thread that may not touch the database: it never gets so far."""
    with suppress(RuntimeError):
        door(meta, lambda status, headers: None)
