"""The least a webhook view can do: verify on the raw bytes, insert into the same table, answer. Django, bare.

`python -m bench.intake.bare PORT WORKERS` serves it as the desk is served; BARE_APP names key and secret.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import sys
from datetime import UTC, datetime
from typing import Any

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

KEY, _, SECRET = os.environ.get("BARE_APP", "").partition(":")
COLUMNS = "app_key, notification_id, channel_shop_id, kind, body, received_at, repeats, state, reason"
INSERT = f"INSERT INTO inbox_arrival ({COLUMNS}) VALUES (%s, %s, '', 1, %s, %s, 0, 'NEW', '')"


def take(request: HttpRequest) -> HttpResponse:
    """Verify, insert, answer."""
    body = request.body
    expected = hmac.new(SECRET.encode(), KEY.encode() + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, request.headers.get("Authorization", "")):
        return HttpResponse(status=401)
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [KEY, hashlib.sha256(body).hexdigest(), body, datetime.now(UTC).isoformat()])
    return HttpResponse(status=200)


urlpatterns = [path("webhooks/tiktok", take)]


def make_application() -> Any:
    """Set Django up with a database, one address and nothing else."""
    if not settings.configured:
        from shundan.config.settings import read_database

        database = read_database(os.environ.get("DATABASE_URL", "")) | {"CONN_MAX_AGE": None}
        settings.configure(
            DATABASES={"default": database}, ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], MIDDLEWARE=[],
            SECRET_KEY="bare", USE_TZ=True, LOGGING_CONFIG=None,
        )  # fmt: skip
        django.setup()
    return get_wsgi_application()


def serve(port: int, workers: int) -> None:
    """Serve as `shundan web` does: same server, same processes, same threads."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    from shundan.config.serve import THREADS

    Server(
        "bench.intake.bare:application", address="127.0.0.1", port=port, interface=Interfaces.WSGI, workers=workers,
        blocking_threads=THREADS, blocking_threads_idle_timeout=600, backlog=1024, websockets=False,
        log_level=LogLevels.warning,
    ).serve()  # fmt: skip


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]))
else:
    application = make_application()
