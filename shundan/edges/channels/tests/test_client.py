from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from shundan.core.errors import OutsideRefused, OutsideUnavailable, Unauthorised
from shundan.edges.channels import models
from shundan.edges.channels.queries import access_of, reachable_shops
from shundan.edges.channels.tests.gateway import Gateway, connect, envelope, gateway
from shundan.edges.channels.tiktok.client import File, ask, call, pages
from shundan.edges.channels.tiktok.groups.aftersales import upload_return_papers
from shundan.edges.channels.tiktok.signing import sign
from shundan.ground.lib import clock, http
from shundan.ground.lib.crypto import decrypt

__all__ = ["gateway"]
pytestmark = pytest.mark.django_db
UNKNOWN_VERSION = envelope(36009009, "Invalid path", status=404)
EXPIRED = envelope(105002, "Expired credentials", status=401)
TOKENS = {
    "access_token": "token-new", "access_token_expire_in": 1900000000, "refresh_token": "refresh-new",
    "refresh_token_expire_in": 1990000000, "open_id": "open", "granted_scopes": ["seller.order.info"],
}  # fmt: skip


def test_a_call_is_signed_over_what_is_sent_with_token_and_cipher(gateway: Gateway) -> None:
    gateway.replies["order.search"] = {"orders": []}
    shop = connect()
    call(shop, "order.search", query={"page_size": 20}, body={"order_status": "AWAITING_SHIPMENT"})
    request = gateway.asked[0][1]
    query = dict(request.query)
    given = query.pop("sign")
    assert given == sign("secret of appkey1", "/order/202309/orders/search", query.items(), request.body)
    assert (query["shop_cipher"], query["page_size"]) == (f"cipher-{shop.shop_id}", "20")
    assert request.headers["x-tts-access-token"] == f"token-{shop.shop_id}"
    assert request.body == b'{"order_status":"AWAITING_SHIPMENT"}'


def test_an_empty_body_is_not_sent_and_a_path_without_cipher_gets_none(gateway: Gateway) -> None:
    gateway.replies |= {"package.ship": {}, "shop.list": {"shops": []}}
    shop = connect()
    call(shop, "package.ship", path={"package_id": "115"})
    call(shop, "shop.list")
    ship, listed = (request for _, request in gateway.asked)
    assert (ship.body, ship.url) == (b"", "https://api.example/fulfillment/202309/packages/115/ship")
    assert "shop_cipher" not in dict(listed.query)


def test_many_ids_travel_as_one_value(gateway: Gateway) -> None:
    gateway.replies["order.detail"] = {"orders": []}
    call(connect(), "order.detail", query={"ids": ["1", "2"]})
    assert dict(gateway.asked[0][1].query)["ids"] == "1,2"


@pytest.mark.parametrize("refusal", [
    UNKNOWN_VERSION, envelope(36009014, "Invalid API version."),
    envelope(36009004, "Invalid API version. The `version` value is invalid or unsupported.", status=400),
])  # fmt: skip
def test_an_unknown_version_falls_back_once_and_is_remembered(gateway: Gateway, refusal: http.Answer) -> None:
    gateway.replies |= {"order.detail@202507": refusal, "order.detail@202309": {"orders": []}}
    shop = connect()
    call(shop, "order.detail", query={"ids": ["1"]})
    call(shop, "order.detail", query={"ids": ["1"]})
    assert gateway.names() == ["order.detail@202507", "order.detail@202309", "order.detail@202309"]
    assert access_of(shop).versions == {"order.detail": "202309"}


def test_no_version_left_is_a_refusal(gateway: Gateway) -> None:
    with pytest.raises(OutsideRefused):
        call(connect(), "order.detail", query={"ids": ["1"]})


def test_an_expired_token_is_refreshed_once_and_saved_before_it_is_used(gateway: Gateway) -> None:
    shop = connect()

    def answer(request: http.Request) -> object:
        stored = models.Authorisation.objects.get()
        if request.headers["x-tts-access-token"] != "token-new":
            return EXPIRED
        assert decrypt(stored.access_encrypted) == "token-new"
        return {"orders": []}

    gateway.replies |= {"order.search": answer, "token/refresh": TOKENS}
    call(shop, "order.search", query={"page_size": 20})
    assert gateway.names() == ["order.search", "token/refresh", "order.search"]
    asked = parse_qs(urlsplit(gateway.asked[1][1].url).query)
    assert (asked["refresh_token"], asked["grant_type"]) == ([f"refresh-{shop.shop_id}"], ["refresh_token"])
    consent = models.Authorisation.objects.get()
    assert decrypt(consent.refresh_encrypted) == "refresh-new"
    assert decrypt(consent.old_refresh_encrypted) == f"refresh-{shop.shop_id}"


def test_the_old_refresh_token_is_dropped_when_the_new_token_worked(gateway: Gateway) -> None:
    gateway.replies |= {"order.search": [EXPIRED, {"orders": []}], "token/refresh": TOKENS}
    shop = connect()
    call(shop, "order.search")
    assert models.Authorisation.objects.get().old_refresh_encrypted != ""
    call(shop, "order.search")
    assert models.Authorisation.objects.get().old_refresh_encrypted == ""


def test_a_token_that_stays_expired_is_not_refreshed_again_and_again(gateway: Gateway) -> None:
    gateway.replies |= {"order.search": EXPIRED, "token/refresh": TOKENS}
    with pytest.raises(Unauthorised):
        call(connect(), "order.search")
    assert gateway.names() == ["order.search", "token/refresh", "order.search"]


def test_a_lost_refresh_is_healed_by_the_token_before_it(gateway: Gateway) -> None:
    """The platform changed the tokens, but its answer was lost and then the new refresh token was refused."""

    def refresh(request: http.Request) -> object:
        asked = parse_qs(urlsplit(request.url).query)["refresh_token"][0]
        return TOKENS if asked.startswith("refresh-749") else envelope(36004004, "Invalid refresh_token")

    gateway.replies |= {"order.search": [EXPIRED, {"orders": []}], "token/refresh": refresh}
    shop = connect()
    consent = models.Authorisation.objects.get()
    consent.old_refresh_encrypted = consent.refresh_encrypted
    consent.refresh_encrypted = "not-a-token"
    from shundan.ground.lib.crypto import encrypt

    consent.refresh_encrypted = encrypt("refresh-lost")
    consent.save()
    call(shop, "order.search")
    assert gateway.names() == ["order.search", "token/refresh", "token/refresh", "order.search"]


def test_a_refused_refresh_token_ends_the_authorisation_and_says_why(gateway: Gateway) -> None:
    gateway.replies |= {"order.search": EXPIRED, "token/refresh": envelope(36004004, "Invalid refresh_token")}
    shop = connect()
    with pytest.raises(Unauthorised):
        call(shop, "order.search")
    consent = models.Authorisation.objects.get()
    assert consent.dead_at is not None
    assert "Invalid refresh_token" in consent.dead_why
    assert reachable_shops() == []
    with pytest.raises(Unauthorised):
        access_of(shop)


def test_a_token_host_that_is_away_kills_nothing(gateway: Gateway) -> None:
    away = OutsideUnavailable("away", service="TikTok Shop", unsure=True)
    gateway.replies |= {"order.search": EXPIRED, "token/refresh": away}
    with pytest.raises(OutsideUnavailable):
        call(connect(), "order.search")
    assert models.Authorisation.objects.get().dead_at is None


def test_only_one_worker_refreshes_at_a_time(gateway: Gateway) -> None:
    gateway.replies |= {"order.search": EXPIRED, "token/refresh": TOKENS}
    shop = connect()
    models.Authorisation.objects.update(lease_until=clock.wall() + timedelta(seconds=20))
    with pytest.raises(OutsideUnavailable) as caught:
        call(shop, "order.search")
    assert caught.value.retry_after == 1.0
    assert gateway.names() == ["order.search"]


def test_a_limit_slows_the_group_down_and_leaves_other_groups_alone(gateway: Gateway) -> None:
    limited = envelope(36009002, "Too many requests", status=429, retry_after="7")
    gateway.replies |= {"order.search": limited, "package.search": {"packages": []}}
    shop = connect()
    for _ in range(3):
        with pytest.raises(OutsideUnavailable) as caught:
            call(shop, "order.search")
        assert caught.value.retry_after is not None and caught.value.retry_after > 5
    assert gateway.names() == ["order.search"]
    assert call(shop, "package.search") == {"packages": []}


def test_a_shop_that_was_taken_back_is_no_longer_reached(gateway: Gateway) -> None:
    gateway.replies["order.search"] = envelope(101000, "token and shop_cipher do not match", status=401)
    shop, other = connect(), connect("7495000000000000002")
    with pytest.raises(Unauthorised):
        call(shop, "order.search")
    assert reachable_shops() == [other.pk]


def test_one_endpoint_that_does_not_take_the_token_ends_no_shop_whose_consent_still_opens_it(gateway: Gateway) -> None:
    gateway.replies["shop.performance"] = envelope(101000, "invalid user_type for this endpoint", status=401)
    shop = connect()
    gateway.replies["shop.list"] = {"shops": [{"id": shop.shop_id, "cipher": f"cipher-{shop.shop_id}"}]}
    with pytest.raises(Unauthorised):
        call(shop, "shop.performance")
    assert reachable_shops() == [shop.pk]
    gateway.replies["shop.list"] = {"shops": []}
    with pytest.raises(Unauthorised):
        call(shop, "shop.performance")
    assert reachable_shops() == []


def test_a_call_under_way_while_a_shop_is_connected_again_does_not_end_it(gateway: Gateway) -> None:
    shop = connect()

    def connected_meanwhile(request: http.Request) -> object:
        models.Access.objects.update(connected_at=clock.now())
        return envelope(101000, "token and shop_cipher do not match", status=401)

    gateway.replies["order.search"] = connected_meanwhile
    with pytest.raises(Unauthorised):
        call(shop, "order.search")
    assert reachable_shops() == [shop.pk]


def test_pages_are_followed_to_the_last(gateway: Gateway) -> None:
    gateway.replies["order.search"] = [
        {"orders": [{"id": "1"}], "next_page_token": "p2"}, {"orders": [{"id": "2"}], "next_page_token": ""},
    ]  # fmt: skip
    assert [row["id"] for row in pages(connect(), "order.search", "orders")] == ["1", "2"]
    assert "page_token" not in dict(gateway.asked[0][1].query)
    assert dict(gateway.asked[1][1].query)["page_token"] == "p2"


def test_a_page_that_is_no_envelope_leaves_everything_open(gateway: Gateway) -> None:
    gateway.replies["order.search"] = http.Answer(502, {}, b"<html>Bad gateway</html>")
    with pytest.raises(OutsideUnavailable) as caught:
        call(connect(), "order.search")
    assert caught.value.unsure


def test_a_wrong_clock_is_learnt_and_the_call_repeated(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = envelope(36009004, "The 'timestamp' parameter is outside the accepted window.", status=400)
    ahead = (clock.wall() + timedelta(seconds=900)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    gateway.replies |= {"order.search": [wrong, {"orders": []}], "/": http.Answer(404, {"date": ahead}, b"")}
    shop = connect()
    known = gateway.name_of
    monkeypatch.setattr(gateway, "name_of", lambda told: "/" if told.url == "https://api.example" else known(told))
    assert ask(shop, "order.search").data == {"orders": []}
    assert models.App.objects.get().clock_offset == pytest.approx(900, abs=3)
    first, second = (int(dict(request.query)["timestamp"]) for name, request in gateway.asked if name == "order.search")
    assert second - first == pytest.approx(900, abs=3)


def test_a_version_that_was_retired_meanwhile_is_left_for_another(gateway: Gateway) -> None:
    gateway.replies |= {"order.detail@202507": {"orders": []}, "order.detail@202309": envelope(36009014, "retired")}
    shop = connect()
    models.Access.objects.update(versions={"order.detail": "202309"})
    call(shop, "order.detail", query={"ids": ["1"]})
    assert gateway.names() == ["order.detail@202309", "order.detail@202507"]
    assert access_of(shop).versions == {"order.detail": "202507"}


def test_each_version_gets_the_body_in_its_own_words(gateway: Gateway) -> None:
    gateway.replies |= {"order.mark_shipped@202610": UNKNOWN_VERSION, "order.mark_shipped@202309": {"package_id": "P1"}}
    body = {"tracking_number": "T1", "shipping_provider_id": "9", "order_line_item_ids": ["11", "12"]}
    call(connect(), "order.mark_shipped", path={"order_id": "1"}, body=body)
    newer, older = (json.loads(request.body) for _, request in gateway.asked)
    assert newer == {
        "order_line_list": [{"order_line_id": "11"}, {"order_line_id": "12"}],
        "shipping_info_list": [{"tracking_number": "T1", "shipping_provider_id": "9"}],
    }
    assert older == body


def test_what_an_older_version_cannot_say_is_refused_and_not_said_wrongly(gateway: Gateway) -> None:
    gateway.replies |= {"package.create@202512": UNKNOWN_VERSION, "package.create@202309": {"package_id": "P1"}}
    shop = connect()
    whole = {"ship_type": "2", "order_id": "1", "order_line_item": [{"order_line_id": "11"}]}
    assert call(shop, "package.create", body=whole) == {"package_id": "P1"}
    assert json.loads(gateway.asked[-1][1].body) == {"order_id": "1", "order_line_item_ids": ["11"]}
    with pytest.raises(OutsideRefused, match="several orders"):
        call(shop, "package.create", body={"ship_type": "3", "order_list_ids": ["1", "2"]})


def test_a_return_label_travels_under_its_own_name(gateway: Gateway) -> None:
    gateway.replies["return.upload_papers"] = {}
    label = File(b"%PDF-1.4", "label.pdf", "application/pdf")
    upload_return_papers(connect(), ["4035"], tracking_number="T1", provider_id="71", label=label)
    form = gateway.asked[0][1].body
    assert b'name="tracking_number"\r\n\r\nT1\r\n' in form and b'name="return_provider_id"\r\n\r\n71\r\n' in form
    assert b'name="return_shipping_label"; filename="label.pdf"' in form and b'name="data"' not in form


def test_a_file_travels_in_a_form_that_is_not_signed(gateway: Gateway) -> None:
    gateway.replies["delivery.upload_image"] = {"url": "https://files.example/1"}
    call(connect(), "delivery.upload_image", file=File(b"\xff\xd8picture", 'proof".jpg', "image/jpeg"))
    request = gateway.asked[0][1]
    query = dict(request.query)
    given = query.pop("sign")
    assert given == sign("secret of appkey1", "/fulfillment/202309/images/upload", query.items())
    kind, _, boundary = request.headers["content-type"].partition("; boundary=")
    assert kind == "multipart/form-data"
    assert request.body.startswith(f"--{boundary}\r\n".encode()) and request.body.endswith(
        f"--{boundary}--\r\n".encode()
    )
    assert b'name="data"; filename="proof_.jpg"\r\nContent-Type: image/jpeg\r\n\r\n\xff\xd8picture\r\n' in request.body
