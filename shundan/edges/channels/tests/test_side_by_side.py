"""Reading one by one, many at a time, against answers that take a moment."""

from __future__ import annotations

import time
from typing import Any

import pytest

from shundan.core.errors import OutsideRefused, OutsideUnavailable, Unauthorised
from shundan.edges.channels import models
from shundan.edges.channels.queries import access_of
from shundan.edges.channels.tests.gateway import Gateway, connect, envelope, gateway
from shundan.edges.channels.tests.test_client import EXPIRED, TOKENS
from shundan.edges.channels.tiktok.reads import FETCH
from shundan.ground.lib import http

__all__ = ["gateway"]
pytestmark = pytest.mark.django_db
IDS = [str(number) for number in range(1, 41)]


def package_of(request: http.Request) -> dict[str, Any]:
    return {"package_id": request.url.rsplit("/", 1)[1], "package_status": "PROCESSING", "update_time": 1763808000}


def test_forty_slow_answers_take_little_longer_than_one(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = connect()

    def slow(request: http.Request, *, timeout: float) -> http.Answer:
        time.sleep(0.05)
        return envelope(0, "Success", data=package_of(request))

    monkeypatch.setattr(http, "send", slow)
    began = time.monotonic()
    fetched = FETCH["package"][0](access_of(shop), IDS)
    assert time.monotonic() - began < 1.0  # 2.0 one after another
    assert sorted(fetched.found, key=int) == IDS


def test_one_refusal_and_one_odd_answer_spoil_no_other(gateway: Gateway) -> None:
    def answer(request: http.Request) -> Any:
        key = request.url.rsplit("/", 1)[1]
        if key == "3":
            return envelope(21011001, "Package not found")
        return {"package_id": key, "update_time": 1763808000}

    gateway.replies["package.detail"] = answer
    fetched = FETCH["package"][0](access_of(connect()), IDS)
    assert sorted(fetched.found, key=int) == [key for key in IDS if key != "3"]
    assert isinstance(fetched.failed["3"], OutsideRefused)
    gateway.replies["message.list"] = {"messages": [{"content": "{}"}]}  # a message without an id
    odd = FETCH["conversation"][0](access_of(connect("7495000000000000002")), ["7"])
    assert "does not tell id" in odd.failed["7"].message


def test_what_was_told_before_the_platform_fell_silent_counts(gateway: Gateway) -> None:
    silent = OutsideUnavailable("away", service="TikTok Shop", unsure=True)
    gateway.replies["package.detail"] = lambda request: silent if int(request.url[-1]) == 7 else package_of(request)
    fetched = FETCH["package"][0](access_of(connect()), ["1", "2", "7"])
    assert sorted(fetched.found) == ["1", "2"]
    assert fetched.failed["7"] is silent
    gateway.replies["package.detail"] = silent
    with pytest.raises(OutsideUnavailable):
        FETCH["package"][0](access_of(connect("7495000000000000002")), IDS)
    assert len(gateway.asked) < 3 + 40  # nothing more began once it was silent


def test_a_token_that_ends_in_the_middle_of_a_batch_is_refreshed_once(gateway: Gateway) -> None:
    def answer(request: http.Request) -> Any:
        return package_of(request) if request.headers["x-tts-access-token"] == "token-new" else EXPIRED

    gateway.replies |= {"package.detail": answer, "token/refresh": TOKENS}
    fetched = FETCH["package"][0](access_of(connect()), IDS)
    assert sorted(fetched.found, key=int) == IDS
    assert gateway.names().count("token/refresh") == 1


def test_a_shop_that_was_taken_back_stops_the_batch(gateway: Gateway) -> None:
    gateway.replies["package.detail"] = envelope(101000, "token and shop_cipher do not match", status=401)
    with pytest.raises(Unauthorised):
        FETCH["package"][0](access_of(connect()), IDS)
    assert models.Access.objects.get().revoked_at is not None
    assert len(gateway.asked) <= 32
