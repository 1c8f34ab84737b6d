"""The door for webhooks: verify on the raw bytes, store, answer. Thinking comes later."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from shundan.edges.channels.queries import webhook_secrets
from shundan.edges.channels.tiktok.signing import is_signed
from shundan.edges.inbox.actions import Delivery, store_arrival
from shundan.ground.staff.views import public

LARGEST = 262_144
PATIENCE_MS = 2_500  # the platform waits three seconds for an answer
SECRETS_LIVE = 5.0
_lock = threading.Lock()
_secrets: tuple[float, list[tuple[str, str]]] = (0.0, [])


@csrf_exempt
@require_POST
@public
def tiktok_webhook(request: HttpRequest) -> HttpResponse:
    """200: kept (also when it is a repeat, unknown or not understood). 401: signature. 413, 415. 503: try again."""
    if request.content_type != "application/json":
        return HttpResponse(status=415)
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return HttpResponse(status=413)
    body, given = request.body, request.headers.get("Authorization", "")
    try:
        with short_patience():
            app_key = next((key for key, secret in known_secrets() if is_signed(key, secret, body, given)), None)
            if app_key is None:
                return HttpResponse(status=401)
            store_arrival(Delivery(app_key, body))
    except OperationalError:
        return HttpResponse(status=503, headers={"Retry-After": "5"})
    return HttpResponse(status=200)


def known_secrets() -> list[tuple[str, str]]:
    """Return every app's key and secret, read again after a few seconds; asked again at once while there are none."""
    global _secrets
    with _lock:
        read_at, secrets = _secrets
    if not secrets or time.monotonic() - read_at > SECRETS_LIVE:
        secrets = webhook_secrets()
        with _lock:
            _secrets = (time.monotonic(), secrets)
    return secrets


@contextmanager
def short_patience() -> Iterator[None]:
    """Wait for SQLite's writer only as long as the platform waits for us."""
    if connection.vendor != "sqlite":
        yield
        return
    usual = int(connection.settings_dict["OPTIONS"].get("timeout", 5) * 1000)
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")
