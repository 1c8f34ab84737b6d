"""The probes: alive, ready, and figures for a monitoring program."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shundan.core.rights import Right
from shundan.desk.system import queries
from shundan.desk.system.queries.metrics import write_metrics
from shundan.ground.lib import clock
from shundan.ground.staff.logins import public

_LOOPBACK = ("127.0.0.1", "::1")


@public
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that this process answers; touches nothing."""
    return JsonResponse({"status": "alive"})


@public
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when database and migrations are right, else 503; the age of each step is in the body."""
    readiness = queries.read_readiness()
    ages = readiness.steps
    body = {
        "status": "ready" if readiness.is_ready else "not ready",
        "problems": list(readiness.problems),
        "steps": ages,
        "oldest_step_seconds": max(ages.values(), default=None),
        "at": clock.wall().isoformat(),
    }
    return JsonResponse(body, status=200 if readiness.is_ready else 503)


@public
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Write figures in Prometheus' text format, for loopback or a token that may see System."""
    if not (_is_loopback(request) or request.who.may(Right.SYSTEM)):
        remedy = "Ask from this machine, or send a token that may see System."
        told = {
            "code": "not_allowed",
            "message": "Metrics are for this machine only.",
            "field": "",
            "remedy": remedy,
        }
        return JsonResponse({"error": told}, status=403)
    return HttpResponse(write_metrics(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _is_loopback(request: HttpRequest) -> bool:
    """A proxy on this machine speaks for others: whatever it forwards is not loopback."""
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-Ip"))
    return request.META.get("REMOTE_ADDR") in _LOOPBACK and not forwarded
