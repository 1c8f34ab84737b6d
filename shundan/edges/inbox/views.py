"""The door for webhooks: verify on the raw bytes, store, answer. Thinking comes later.

`webhook_door` stands before Django's own application: a webhook needs no session, language or page policy, and
thousands may come in a minute. The view answers the same where there is no such door (tests, other servers).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from functools import partial
from http import HTTPStatus
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from shundan.core.errors import Unavailable
from shundan.edges.channels.queries import webhook_secrets
from shundan.edges.channels.tiktok.signing import is_signed
from shundan.edges.inbox.actions import Delivery, count_turned_away, store_arrival
from shundan.ground.staff.views import public

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]
ADDRESS = "/webhooks/tiktok"
LARGEST = 262_144
SECRETS_LIVE = 5.0
SECRETS_REST = 0.5  # a signature that fits no app: perhaps an app is new; but not asked more often than this
READER_WAIT = 0.05  # seconds: a body that has arrived is read in far less
_lock = threading.Lock()
_secrets: tuple[float, list[tuple[str, str]]] = (0.0, [])


@csrf_exempt
@require_POST
@public
def tiktok_webhook(request: HttpRequest) -> HttpResponse:
    """200: kept (also when it is a repeat, unknown or not understood). 401: signature. 413, 415. 503: try again."""
    status = _answer(request.META, request.read)
    return HttpResponse(status=status, headers={"Retry-After": "5"} if status == 503 else {})


def webhook_door(application: Application, *, readers: int = 3) -> Application:
    """Return a WSGI application that answers webhooks itself and hands everything else on.

    Whoever announces more than he sends keeps a thread waiting: at most `readers` of a process' threads read at once,
    so that the others go on serving people. A webhook that finds no reader is told to come again.
    """
    free = threading.BoundedSemaphore(readers)

    def read_in_turn(read: Callable[[int], bytes], size: int) -> bytes:
        if not free.acquire(timeout=READER_WAIT):
            raise Unavailable(_("Too many webhooks are being sent slowly."))
        try:
            return read(size)
        finally:
            free.release()

    def door(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] != ADDRESS or environ["REQUEST_METHOD"] != "POST":
            return application(environ, start_response)
        status = HTTPStatus(_answer(environ, partial(read_in_turn, environ["wsgi.input"].read), serving=True))
        headers = [("Content-Length", "0")] + ([("Retry-After", "5")] if status == 503 else [])
        start_response(f"{status.value} {status.phrase}", headers)
        return [b""]

    return door


def _answer(meta: dict[str, Any], read: Callable[[int], bytes], *, serving: bool = False) -> int:
    """Return the status that a webhook is answered with, and count those that are turned away."""
    app_key = ""
    try:
        body = _body(meta, read)
        if isinstance(body, bytes):
            app_key = _signer(body, str(meta.get("HTTP_AUTHORIZATION", "")))
            if app_key:
                store_arrival(Delivery(app_key, body))
                return 200
        status = 401 if isinstance(body, bytes) else body
    except (DatabaseError, Unavailable):
        status = 503
    count_turned_away(status, app_key, serving=serving)
    return status


def _body(meta: dict[str, Any], read: Callable[[int], bytes]) -> bytes | int:
    """Return the body, or the status that refuses it. The length that is announced may be absent or a lie."""
    if str(meta.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower() != "application/json":
        return 415
    announced = str(meta.get("CONTENT_LENGTH") or "0")
    if announced.isdecimal() and int(announced) > LARGEST:
        return 413
    try:
        body = read(LARGEST + 1)
    except OSError:
        return 400  # the sender hung up
    return 413 if len(body) > LARGEST else body


def _signer(body: bytes, given: str) -> str:
    """Return the key of the app that signed the body, or ""."""
    for rest in (SECRETS_LIVE, SECRETS_REST):
        for app_key, secret in known_secrets(rest):
            if is_signed(app_key, secret, body, given):
                return app_key
    return ""


def known_secrets(live: float = SECRETS_LIVE) -> list[tuple[str, str]]:
    """Return every app's key and secret, read again when they are older than `live` seconds."""
    global _secrets
    with _lock:
        read_at, secrets = _secrets
    if not read_at or time.monotonic() - read_at > live:
        secrets = webhook_secrets()
        with _lock:
            _secrets = (time.monotonic(), secrets)
    return secrets
