"""The control side under /sandbox/: what a person or a test does to this world from outside."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

import orjson

from sandbox.box import Box
from sandbox.control import acts, api, assets, exports
from sandbox.errors import ControlRefusal, Refusal
from sandbox.gateway import Request
from sandbox.pages import home_page, language_of

PAGE_HEADERS = [
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri "
        b"'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
]


def is_loopback(host: str) -> bool:
    """Tell whether a name can only mean this machine; 127.0.0.1.evil.example cannot."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_host(headers: dict[str, str]) -> None:
    """Refuse a request that a name other than this machine's led here."""
    try:
        host = urlsplit("//" + headers.get("host", "")).hostname or ""
    except ValueError:
        host = ""
    if not is_loopback(host):
        raise ControlRefusal("Only loopback names are served here.", http=403)


def check_origin(headers: dict[str, str]) -> None:
    """Refuse a page of another site that tries to act here."""
    origin = headers.get("origin", "")
    if origin and origin != "null" and not is_loopback(urlsplit(origin).hostname or ""):
        raise ControlRefusal("Requests from other origins are refused.", http=403)
    if origin == "null" and headers.get("sec-fetch-site") == "cross-site":
        raise ControlRefusal("Requests from other origins are refused.", http=403)


async def serve(box: Box, request: Request, send: Any) -> None:
    """Answer one control request: a page, a file, or JSON."""
    check_origin(request.headers)
    try:
        status, kind, body, extra = respond(box, request)
    except Refusal as refusal:
        box.store.commit()
        raise ControlRefusal(refusal.message, http=409) from None
    except ControlRefusal:
        box.store.commit()
        raise
    box.store.commit()
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), *extra]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body if request.method != "HEAD" else b""})


def respond(box: Box, request: Request) -> tuple[int, bytes, bytes, list[tuple[bytes, bytes]]]:
    path = request.path.removeprefix("/sandbox").strip("/")
    if request.path in ("/", "/sandbox"):
        return 302, b"text/plain", b"", [(b"location", b"/sandbox/")]
    if path == "":
        return (
            200,
            b"text/html; charset=utf-8",
            home_page(
                box,
                language_of(request.first("lang"), request.headers.get("accept-language", "")),
                said=request.first("said"),
                refused=request.first("refused"),
            ).encode(),
            PAGE_HEADERS,
        )
    if request.method in ("GET", "HEAD"):
        found = assets.find(box, path, request) or exports.find(box, path, request)
        if found is not None:
            return 200, found[0], found[1], found[2]
    if path.startswith("act/") and request.method == "POST":
        where = acts.act(box, path.removeprefix("act/"), request)
        return 303, b"text/plain", b"", [(b"location", where.encode())]
    return (
        200,
        b"application/json",
        orjson.dumps(api.answer(box, request.method, path, request)),
        [(b"cache-control", b"no-store")],
    )


async def reply_refusal(send: Any, refusal: ControlRefusal) -> None:
    body = orjson.dumps({"error": refusal.message})
    await send(
        {
            "type": "http.response.start",
            "status": refusal.http,
            "headers": [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())],
        }
    )
    await send({"type": "http.response.body", "body": body})
