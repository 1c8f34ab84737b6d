from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from shundan.edges.channels.queries import connections
from shundan.edges.channels.tests.gateway import OWNER, connect
from shundan.edges.channels.tiktok.signing import sign_webhook
from shundan.edges.inbox import views
from shundan.edges.inbox.actions import read_next_arrivals, retry_arrival
from shundan.edges.inbox.models import Arrival, Want
from shundan.ground.lib import clock

pytestmark = pytest.mark.django_db
SHOP = "7495000000000000001"
PATH = "/webhooks/tiktok"


@pytest.fixture(autouse=True)
def fresh_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "_secrets", (0.0, []))


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
    assert (row.state, row.kind, row.shop_id, row.notification_id) == ("NEW", 1, shop.pk, "n1")
    assert read_next_arrivals() == 1
    assert wanted() == {("order", "576000000000000001")}
    assert Arrival.objects.get().state == "DONE"
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
    assert Arrival.objects.get().state == "UNOWNED"
    assert read_next_arrivals() == 0
    assert not Want.objects.exists()


@pytest.mark.parametrize(
    "raw",
    [
        b"not json",
        b"[1, 2]",
        b'"text"',
        b'{"type": "one"}',
        b'{"type": true, "shop_id": "x"}',
        b'{"type": 1, "data": {}}',
        b"[" * 100_000,
        '{"type": 1, "shop_id": "é"'.encode("latin-1"),
    ],
)
def test_what_is_not_understood_is_quarantined_and_answered_200(client: Client, raw: bytes) -> None:
    connect(SHOP)
    assert post(client, raw) == 200
    assert Arrival.objects.get().state == "QUARANTINED"


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


def test_a_type_that_changes_nothing_here_is_ignored(client: Client) -> None:
    connect(SHOP)
    post(client, body(62, "n1", product_id="1"))
    read_next_arrivals()
    assert Arrival.objects.get().state == "IGNORED"
    assert not Want.objects.exists()


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
        (33, {"conversation_id": "V1"}, {("conversation", "V1")}),
        (5, {"product_id": 17260000}, {("listing", "17260000")}),
        (36, {"package_id": "8", "order_ids": ["5"]}, {("package", "8")}),
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


def test_a_quarantined_arrival_can_be_read_again(client: Client) -> None:
    connect(SHOP)
    post(client, body(shop="7495000000000000005"))
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


def test_a_busy_database_says_try_again(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(SHOP)

    def busy(delivery: object) -> str:
        raise OperationalError("database is locked")

    monkeypatch.setattr(views, "store_arrival", busy)
    assert post(client, body()) == 503
