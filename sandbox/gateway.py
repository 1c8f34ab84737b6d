"""The signed paths: one request goes through the checks in the platform's order, then to its function."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from sandbox import errors
from sandbox.box import Box
from sandbox.clock import USUAL_SPEED
from sandbox.errors import Refusal
from sandbox.faults import strike
from sandbox.markets import Market, market_of
from sandbox.signing import accepts
from sandbox.table import HANDLERS, Endpoint
from sandbox.validation import read_body, read_query

BACK, AHEAD = 300, 30
SLACK = 10  # wall seconds more, where a clock faster than usual leaves a request less than a second to arrive


@dataclass(slots=True)
class Call:
    """One request that passed every check: whose it is, for which shop, and what it asks."""

    box: Box
    endpoint: Endpoint
    grant: dict[str, Any]
    shop: dict[str, Any]
    query: dict[str, Any]
    body: dict[str, Any]
    path: dict[str, str]
    raw: bytes = b""
    content_type: str = ""

    @property
    def market(self) -> Market:
        return market_of(self.shop["region"])

    @property
    def version(self) -> str:
        return self.endpoint.version


@dataclass(slots=True)
class Request:
    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes
    caller: str = "127.0.0.1"

    def first(self, name: str) -> str:
        return next((value for key, value in self.query if key == name), "")


def envelope(code: int, message: str, data: Any) -> bytes:
    return orjson.dumps({"code": code, "message": message, "request_id": request_id(), "data": data})


def request_id() -> str:
    return "2026" + secrets.token_hex(15).upper()


def answer(
    box: Box, request: Request, *, short: bool = False, change: Callable[[Any], Any] | None = None
) -> tuple[int, bytes]:
    """Return HTTP status and envelope of one signed request; whatever it changed is committed.

    `short` gives a page of half the asked size; `change` rewrites the data on its way out.
    """
    try:
        call = admit(box, request)
        if short and "page_size" in call.query:
            call.query["page_size"] = max(1, int(call.query["page_size"]) // 2)
        function = HANDLERS.get((call.endpoint.method, call.endpoint.path))
        if function is None:
            raise Refusal(
                36009003, "Internal error. This sandbox knows the path but does not act it out yet.", http=500
            )
        told = function(call)
        status, body = 200, envelope(0, "Success", change(told) if change else told)
    except Refusal as refusal:
        text = (
            refusal.message + " For more details: https://m.tiktok.shop/s/sandbox"
            if refusal.http != 200
            else refusal.message
        )
        status, body = refusal.http, envelope(refusal.code, text, refusal.detail)
    box.store.commit()
    return status, body


def admit(box: Box, request: Request) -> Call:
    """Check path, key, method, signature, time, token, scope, cipher and fields, in this order."""
    methods, values = find_path(box, request.path)
    if request.first("app_key") != box.app["app_key"]:
        raise errors.bad_app_key()
    endpoint = methods.get(request.method)
    if endpoint is None:
        raise errors.wrong_method()
    content_type = request.headers.get("content-type", "")
    check_caller(box, request.caller)
    check_signature(box, request, content_type)
    check_time(box, request.first("timestamp"))
    grant = check_token(box, request.headers.get("x-tts-access-token", ""))
    if endpoint.scopes and not any(scope in grant["scopes"] for scope in endpoint.scopes):
        raise errors.missing_scope(endpoint.scopes[0])
    shop = check_cipher(box, endpoint, grant, request.first("shop_cipher"))
    return Call(
        box=box,
        endpoint=endpoint,
        grant=grant,
        shop=shop,
        path=dict(zip(endpoint.names, values, strict=False)),
        query=read_query(endpoint.query, request.query),
        body=parse_body(endpoint, request, content_type),
        raw=request.body,
        content_type=content_type,
    )


def find_path(box: Box, path: str) -> tuple[dict[str, Endpoint], tuple[str, ...]]:
    """Return the endpoints by method at a path and its parameters; what is retired is not there."""
    retired = box.faults["api"]["retire"]
    found = box.table.find(path)
    if found is not None and not next(iter(found[0].values())).is_among(retired):
        return found
    if found is not None:
        strike(box, "api.retire")
    raise errors.unknown_path(retired=box.table.other_version(path, retired=retired))


def check_caller(box: Box, caller: str) -> None:
    """Refuse a caller whom the app's allow list does not name; without a list, everybody may call."""
    allowed = box.app.get("allowed_ips")
    if allowed and caller not in allowed:
        raise errors.foreign_caller(caller)


def check_signature(box: Box, request: Request, content_type: str) -> None:
    multipart = content_type.lower().startswith("multipart/form-data")
    if not accepts(
        request.first("sign"),
        box.app["app_secret"],
        path=request.path,
        query=request.query,
        body=request.body,
        multipart=multipart,
    ):
        raise errors.bad_signature()


def check_time(box: Box, stamp: str) -> None:
    now = box.clock.running() + box.faults["api"]["clock_skew"]
    slack = max(0.0, box.clock.speed - USUAL_SPEED) * SLACK
    if not stamp.isdigit() or not now - BACK - slack <= int(stamp) <= now + AHEAD + 1 + slack:
        raise errors.bad_timestamp()


def check_token(box: Box, token: str) -> dict[str, Any]:
    row = box.store.get("token", token)
    grant = box.store.get("grant", row["grant"]) if row else None
    if row is None or grant is None:
        raise errors.missing_token()
    if row["expires"] < box.clock.running():
        raise errors.expired_token()
    if grant["previous_refresh"] and token == grant["access"]:
        grant["previous_refresh"] = ""
        box.store.put("grant", grant["id"], grant)
    return grant


def check_cipher(box: Box, endpoint: Endpoint, grant: dict[str, Any], cipher: str) -> dict[str, Any]:
    if not endpoint.takes_cipher:
        if cipher:
            raise errors.unexpected_cipher()
        return box.shop(grant["shops"][0])
    if not cipher:
        raise errors.missing_cipher()
    for shop_id in grant["shops"]:
        shop = box.shop(shop_id)
        if shop["cipher"] == cipher:
            if refused := errors.CLOSED.get(shop.get("standing", "")):
                raise Refusal(*refused, http=401)
            return shop
    raise errors.foreign_cipher()


def parse_body(endpoint: Endpoint, request: Request, content_type: str) -> dict[str, Any]:
    if endpoint.multipart or (request.method == "GET" and not endpoint.body):
        return {}
    if not request.body.strip():
        return read_body(endpoint.body, {})
    if content_type and not content_type.lower().startswith("application/json"):
        raise Refusal(36009022, "The body must be JSON; set content-type to application/json.", http=400)
    try:
        return read_body(endpoint.body, orjson.loads(request.body))
    except orjson.JSONDecodeError:
        raise Refusal(36009022, "The body is not valid JSON.", http=400) from None
