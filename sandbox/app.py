"""The web side: routes requests to the token host, the signed paths or the control side; keeps time going."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl, unquote

import sandbox.calls  # noqa: F401  (fills the table of functions)
from sandbox import control, gateway, oauth
from sandbox.box import Box
from sandbox.deliveries import Postman
from sandbox.errors import ControlRefusal
from sandbox.gateway import Request
from sandbox.hostile import Send, Weather, reply

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
log = logging.getLogger("sandbox")
TICK = 0.05
LARGEST_BODY = 12_000_000
SECURITY = [
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self' http: https:; "
        b"base-uri 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
]


class App:
    """The ASGI application of one sandbox."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.postman: Postman | None = None
        self.ticker: asyncio.Task[None] | None = None
        self.weather = Weather(box)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.lifespan(receive, send)
        elif scope["type"] == "http":
            await self.serve(scope, receive, self.dated(send))

    def dated(self, send: Send) -> Send:
        """Return a sender that puts the platform's own time into each answer's head."""
        moment = self.box.clock.running() + self.box.faults["api"]["clock_skew"]
        head = (b"date", formatdate(moment, usegmt=True).encode())

        async def put(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], head]
            await send(message)

        return put

    async def lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.postman = Postman(self.box)
                self.ticker = asyncio.create_task(self.tick())
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def stop(self) -> None:
        if self.ticker and self.postman:
            self.ticker.cancel()
            with suppress(asyncio.CancelledError):
                await self.ticker
            await self.postman.close()
        self.box.clock.save()
        self.box.store.close()

    async def tick(self) -> None:
        """Work off due events and send what waits; save the clock about once a second."""
        saved = time.monotonic()
        while True:
            self.box.agenda.run_until(self.box.clock.running(), limit=200)
            if time.monotonic() - saved > 1:
                saved = time.monotonic()
                self.box.clock.save()
                self.box.store.commit()
            assert self.postman is not None
            self.postman.look()
            await asyncio.sleep(TICK)

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if len(body) > LARGEST_BODY:
                await reply(send, 413, b'{"error":"body too large"}')
                return
            if not message.get("more_body"):
                break
        headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        request = Request(method=scope["method"], path=unquote(scope["path"]), query=query, headers=headers, body=body)
        request.caller = (scope.get("client") or ("127.0.0.1", 0))[0]
        try:
            control.check_host(headers)
            await self.route(request, send)
        except ControlRefusal as refusal:
            await control.reply_refusal(send, refusal)
        except Exception:
            log.exception("%s %s failed.", request.method, request.path)
            self.box.recover()
            await reply(send, 500, gateway.envelope(36009003, "Internal error.", None))

    async def route(self, request: Request, send: Send) -> None:
        self.box.catch_up()
        path = request.path
        if path in oauth.TOKENS and request.method == "GET":
            status, body = oauth.answer_token(self.box, request)
            await reply(send, status, body)
        elif path in oauth.PAGES:
            control.check_origin(request.headers)
            await self.consent(request, send)
        elif path == "/" or path == "/sandbox" or path.startswith("/sandbox/"):
            await control.serve(self.box, request, send)
        else:
            await self.weather.answer(request, send)

    async def consent(self, request: Request, send: Send) -> None:
        """Show the consent page or take the seller's answer; a browser is refused with a page, a program with JSON."""
        try:
            if request.method == "POST":
                where = oauth.decide_consent(self.box, request)
                self.box.store.commit()
                await reply(send, 302, b"", extra=[(b"location", where.encode())])
                return
            status, page = 200, oauth.show_consent(self.box, request)
        except ControlRefusal as refusal:
            if "text/html" not in request.headers.get("accept", ""):
                raise
            status, page = refusal.http, oauth.refuse_consent(self.box, request, refusal)
        await reply(send, status, page.encode(), kind=b"text/html; charset=utf-8", extra=SECURITY)
