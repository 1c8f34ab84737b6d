"""The consent page and the token host's two paths."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sandbox.box import Box
from sandbox.errors import ControlRefusal, Refusal
from sandbox.gateway import Request, envelope
from sandbox.grants import approve, redeem, refresh, token_answer
from sandbox.pages import consent_page, language_of, refused_page
from sandbox.pages.words import say

PAGES = ("/oauth/authorize", "/open/authorize")
TOKENS = ("/api/v2/token/get", "/api/v2/token/refresh")


def show_consent(box: Box, request: Request) -> str:
    """Return the page that asks the seller whether the app may see the shops."""
    app = box.app
    if request.first("app_key") != app["app_key"] and request.first("service_id") not in (
        app["service_id"],
        app["app_key"],
    ):
        raise ControlRefusal("No app is known under this app_key or service_id.", http=404)
    if not app["redirect_url"]:
        raise ControlRefusal('The app has no redirect address yet: POST /sandbox/app {"redirect_url": …}', http=409)
    return consent_page(box, state=request.first("state"), lang=page_language(request))


def page_language(request: Request) -> str:
    """Return the language the person at the browser reads."""
    return language_of(request.first("lang"), request.headers.get("accept-language", ""))


def refuse_consent(box: Box, request: Request, refusal: ControlRefusal) -> str:
    """Return a page that says what is wrong: the same one again to whoever approved without choosing a shop."""
    if request.method != "POST":
        return refused_page(refusal.message, lang=page_language(request))
    form = dict(parse_qsl(request.body.decode()))
    lang = language_of(form.get("lang", ""), "")
    return consent_page(box, state=form.get("state", ""), lang=lang, refused=say(lang, "choose_one"))


def decide_consent(box: Box, request: Request) -> str:
    """Keep the seller's answer; return the address the browser goes on to."""
    form = parse_qsl(request.body.decode(), keep_blank_values=True)
    state = next((value for key, value in form if key == "state"), "")
    chosen = [value for key, value in form if key == "shop" and box.store.get("shop", value)]
    if ("decision", "approve") not in form:
        return with_query(box.app["redirect_url"], {"code": "null", "error": "auth_denied", "state": state})
    if not chosen:
        raise ControlRefusal("Choose at least one shop.")
    code = approve(box, chosen)
    region = box.shop(chosen[0])["region"]
    return with_query(
        box.app["redirect_url"],
        {
            "app_key": box.app["app_key"],
            "code": code,
            "locale": "en",
            "shop_region": region,
            "state": state,
        },
    )


def with_query(address: str, extra: dict[str, str]) -> str:
    parts = urlsplit(address)
    return urlunsplit(parts._replace(query=urlencode([*parse_qsl(parts.query), *extra.items()])))


def answer_token(box: Box, request: Request) -> tuple[int, bytes]:
    """Exchange a code or a refresh token; these calls carry the secret instead of a signature."""
    try:
        if request.first("app_key") != box.app["app_key"] or request.first("app_secret") != box.app["app_secret"]:
            raise Refusal(36004002, "Invalid app_key or app_secret.")
        kind = request.first("grant_type")
        if request.path.endswith("/get"):
            if kind != "authorized_code":
                raise Refusal(36004003, "Invalid grant_type: authorized_code is expected.")
            grant = redeem(box, request.first("auth_code"))
        else:
            if kind != "refresh_token":
                raise Refusal(36004003, "Invalid grant_type: refresh_token is expected.")
            grant = refresh(box, request.first("refresh_token"))
        body = envelope(0, "success", token_answer(box, grant))
    except Refusal as refusal:
        body = envelope(refusal.code, refusal.message, None)
    box.store.commit()
    return 200, body
