"""The consent page and the token host, as a browser and an app meet them."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from sandbox import oauth
from sandbox.errors import ControlRefusal
from sandbox.gateway import Request
from sandbox.tests.test_control import web

BACK = "http://127.0.0.1:8000/callback?from=sandbox"


def approve(tool, *shops, decision="approve"):
    tool.control("app", redirect_url=BACK)
    fields = "&".join(["state=s1", f"decision={decision}", *(f"shop={tool.shops[name]['id']}" for name in shops)])
    where = oauth.decide_consent(tool.box, Request("POST", "/oauth/authorize", [], {}, fields.encode()))
    return {key: value[0] for key, value in parse_qs(urlsplit(where).query).items()}


def exchange(tool, kind, **given):
    import orjson

    app = tool.box.app
    query = [("app_key", app["app_key"]), ("app_secret", app["app_secret"]), *given.items()]
    status, body = oauth.answer_token(tool.box, Request("GET", f"/api/v2/token/{kind}", query, {}, b""))
    assert status == 200
    return orjson.loads(body)


def get(tool, code):
    return exchange(tool, "get", auth_code=code, grant_type="authorized_code")


def refresh(tool, token):
    return exchange(tool, "refresh", refresh_token=token, grant_type="refresh_token")


def test_consent_leads_back_with_code_and_state_and_keeps_the_address(tool):
    back = approve(tool, "US", "ID")
    assert back["state"] == "s1" and back["from"] == "sandbox" and back["app_key"] == tool.box.app["app_key"]
    data = get(tool, back["code"])["data"]
    headers = {"x-tts-access-token": data["access_token"]}
    shops = tool.call("GET", "/authorization/202309/shops", cipher="", headers=headers)["shops"]
    assert sorted(shop["region"] for shop in shops) == ["ID", "US"]
    assert data["access_token_expire_in"] == tool.box.now() + 7 * 86400 and data["user_type"] == 0


def test_a_refusal_leads_back_without_a_code(tool):
    back = approve(tool, "US", decision="refuse")
    assert (back["code"], back["error"]) == ("null", "auth_denied")


def test_a_code_works_once_and_for_half_an_hour(tool):
    code = approve(tool, "US")["code"]
    assert get(tool, code)["code"] == 0
    assert get(tool, code)["code"] == 36004004
    late = approve(tool, "US")["code"]
    tool.advance(seconds=1801)
    assert get(tool, late)["code"] == 36004004


def test_refreshing_rotates_and_a_lost_answer_locks_nobody_out(tool):
    first = get(tool, approve(tool, "US")["code"])["data"]
    lost = refresh(tool, first["refresh_token"])["data"]
    second = refresh(tool, first["refresh_token"])["data"]
    assert second["refresh_token"] != lost["refresh_token"] and second["access_token"] != first["access_token"]
    tool.call("GET", "/authorization/202309/shops", cipher="", headers={"x-tts-access-token": second["access_token"]})
    assert refresh(tool, first["refresh_token"])["code"] == 36004004
    assert refresh(tool, second["refresh_token"])["code"] == 0


def test_wrong_secrets_and_grant_types_are_refused(tool):
    query = [("app_key", tool.box.app["app_key"]), ("app_secret", "x"), ("grant_type", "authorized_code")]
    assert b'"code":0' not in oauth.answer_token(tool.box, Request("GET", "/api/v2/token/get", query, {}, b""))[1]
    code = approve(tool, "US")["code"]
    assert exchange(tool, "get", auth_code=code, grant_type="authorization_code")["code"] != 0


def test_without_a_redirect_address_the_page_says_so(tool):
    query = [("app_key", tool.box.app["app_key"]), ("state", "s")]
    with pytest.raises(ControlRefusal, match="redirect"):
        oauth.show_consent(tool.box, Request("GET", "/oauth/authorize", query, {}, b""))


def test_who_approves_without_a_shop_is_asked_again_in_his_language(tool):
    tool.control("app", redirect_url=BACK)
    browser = {"accept": "text/html", "accept-language": "zh-CN,en"}
    form = {"state": "s1", "decision": "approve", "lang": "zh"}
    query = {"app_key": tool.box.app["app_key"], "state": "s1"}
    asked, again, program, unknown = web(
        tool,
        [
            ("GET", "/oauth/authorize", {"params": query, "headers": browser}),
            ("POST", "/oauth/authorize", {"data": form, "headers": browser}),
            ("POST", "/oauth/authorize", {"data": form}),
            ("GET", "/oauth/authorize", {"params": {"app_key": "nobody"}, "headers": browser}),
        ],
    )
    assert asked.status_code == 200 and "同意授权" in asked.text
    assert again.status_code == 422 and "请至少选择一个店铺。" in again.text and 'value="s1"' in again.text
    assert program.json() == {"error": "Choose at least one shop."}
    assert unknown.status_code == 404 and "<h1>" in unknown.text and "没有使用此 app_key" in unknown.text


def test_the_state_cannot_break_out_of_the_page(tool):
    tool.control("app", redirect_url=BACK)
    query = [("app_key", tool.box.app["app_key"]), ("state", '"><script>x</script>')]
    assert "<script>" not in oauth.show_consent(tool.box, Request("GET", "/oauth/authorize", query, {}, b""))


def test_a_deauthorised_shop_is_gone_from_its_token(tool):
    data = get(tool, approve(tool, "US", "GB")["code"])["data"]
    headers = {"x-tts-access-token": data["access_token"]}
    tool.call("DELETE", "/authorization/202403/shops", headers=headers)
    shops = tool.call("GET", "/authorization/202309/shops", cipher="", headers=headers)["shops"]
    assert [shop["region"] for shop in shops] == ["GB"]


def test_the_app_is_warned_every_day_of_the_last_thirty(tool):
    get(tool, approve(tool, "GB")["code"])
    tool.control("app", webhook_url="http://127.0.0.1:9/h")
    tool.advance(days=340)
    told = [
        row for row in tool.box.store.table("delivery").values() if row["event"] == "UPCOMING_AUTHORIZATION_EXPIRATION"
    ]
    assert 4 <= len(told) <= 6 and told[0]["body"]["type"] == 7
    assert {row["body"]["timestamp"] % 86400 for row in told} == {0}
