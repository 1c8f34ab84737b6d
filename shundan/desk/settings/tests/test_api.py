"""Connecting shops and their history, as a program does it: the same rights and words as the page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from shundan.desk.settings.tests.test_connecting import ID, US, consent
from shundan.edges.channels.queries import apps, reachable_shops
from shundan.edges.channels.tests.gateway import gateway
from shundan.edges.inbox.actions import filling
from shundan.ground.staff import actions

__all__ = ["consent", "gateway"]
pytestmark = pytest.mark.django_db
AT = "/api/v1/settings"


def program(role: str = "owner") -> Client:
    return Client(headers={"Authorization": f"Bearer {actions.issue_token(role)}", "Accept-Language": "en"})


def told(answer: Any) -> Any:
    return answer.json()


def test_a_program_keeps_an_app_and_gets_the_address_where_the_seller_agrees() -> None:
    client = program()
    kept = client.put(
        f"{AT}/apps", {"app_key": "k-1", "secret": "s", "service_id": "731"}, content_type="application/json"
    )
    assert kept.status_code == 200
    assert told(client.get(f"{AT}/apps")) == [
        {
            "app_key": "k-1",
            "name": "",
            "service_id": "731",
            "authorise_url": "https://services.tiktokshop.com/open/authorize",
        }
    ]
    assert told(client.get(f"{AT}/addresses")) == {
        "redirect_url": "http://127.0.0.1:8000/channels/tiktok/callback",
        "webhook_url": "http://127.0.0.1:8000/webhooks/tiktok",
    }
    address = told(client.post(f"{AT}/connect", {}, content_type="application/json"))["address"]
    assert "731" in address and "state=" in address
    assert apps().get().app_key == "k-1"


def test_a_program_chooses_shops_of_a_consent_and_steers_their_history(consent: int) -> None:
    client = program()
    listed = told(client.get(f"{AT}/consents"))
    assert [(one["shop"], one["connected"]) for one in listed[0]["shops"]] == [(US, False), (ID, False)]
    chosen = client.post(
        f"{AT}/consents/{consent}/shops", {"shops": [US], "history_days": 30}, content_type="application/json"
    )
    assert told(chosen) == {"shops": [US]}
    filling.begin_new_shops(reachable_shops(), kinds=tuple(filling.HISTORY))
    assert client.post(f"{AT}/shops/{US}/history/pause").status_code == 200
    history = told(client.get(f"{AT}/histories"))[0]
    assert (history["shop"], history["state"], history["days"]) == (US, "paused", 30)
    assert client.post(f"{AT}/shops/{US}/history/resume").status_code == 200
    longer = client.post(f"{AT}/shops/{US}/history/extend", {"days": 365}, content_type="application/json")
    assert longer.status_code == 200
    history = told(client.get(f"{AT}/histories"))[0]
    assert (history["state"], history["days"]) == ("running", 365)


def test_a_shop_the_consent_does_not_open_is_refused_and_nothing_is_connected(consent: int) -> None:
    client = program()
    answer = client.post(f"{AT}/consents/{consent}/shops", {"shops": [US, "749999"]}, content_type="application/json")
    assert answer.status_code == 422
    assert told(answer)["error"]["field"] == "shops" and "749999" in told(answer)["error"]["message"]
    assert reachable_shops() == []
    gone = client.post(f"{AT}/consents/{consent + 1}/shops", {"shops": [US]}, content_type="application/json")
    assert gone.status_code == 404


def test_a_clerk_s_program_may_not(consent: int) -> None:
    client = program("clerk")
    for path in ("apps", "consents", "histories"):
        assert client.get(f"{AT}/{path}").status_code == 403
    assert client.post(f"{AT}/connect", {}, content_type="application/json").status_code == 403
