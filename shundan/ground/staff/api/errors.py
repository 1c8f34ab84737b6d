"""Every error of the API in its one shape: {"error": {code, message, field, remedy}}."""

from __future__ import annotations

import logging
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from shundan.core.errors import ShundanError, Unavailable

log = logging.getLogger("shundan.api")


def tell_errors(api: NinjaAPI) -> None:
    """Make the API answer every error in the one shape."""
    api.add_exception_handler(ShundanError, _tell_ours)
    api.add_exception_handler(ValidationError, _tell_validation)
    api.add_exception_handler(AuthenticationError, _tell_stranger)
    api.add_exception_handler(HttpError, _tell_http)
    api.add_exception_handler(Http404, _tell_missing)
    api.add_exception_handler(Exception, _tell_broken)


def error_answer(
    status: int,
    code: str,
    message: str,
    *,
    field: str = "",
    remedy: str = "",
    retry_after: float | None = None,
) -> HttpResponse:
    """Return the one shape every API error has."""
    answer = JsonResponse(
        {"error": {"code": code, "message": message, "field": field, "remedy": remedy}},
        status=status,
        json_dumps_params={"ensure_ascii": False},
    )
    if retry_after is not None:
        answer["Retry-After"] = str(max(int(retry_after), 1))
    if status == 401:
        answer["WWW-Authenticate"] = "Bearer"
    return answer


def _tell_ours(request: HttpRequest, error: Any) -> HttpResponse:
    retry_after = (error.retry_after or 1) if isinstance(error, Unavailable) else None
    return error_answer(
        error.status,
        error.code,
        error.message,
        field=error.field,
        remedy=error.remedy,
        retry_after=retry_after,
    )


def _tell_validation(request: HttpRequest, error: Any) -> HttpResponse:
    first: dict[str, Any] = error.errors[0]
    where = [str(part) for part in first.get("loc", ())]
    field = ".".join(part for part in where[1:] if part not in ("payload", "body")) or (where[0] if where else "")
    kinds = sorted({str(one.get("type", "")) for one in error.errors})
    code = "unknown_parameter" if kinds == ["extra_forbidden"] else "invalid"
    remedy = "See /api/v1/openapi.json for what this address takes."
    message = f"{field or 'The request'}: {first.get('msg', 'is not valid')}."
    return error_answer(422, code, message, field=field, remedy=remedy)


def _tell_stranger(request: HttpRequest, error: Any) -> HttpResponse:
    answer = error_answer(
        401,
        "not_signed_in",
        "The token is missing, unknown, expired or revoked.",
        remedy="Send Authorization: Bearer TOKEN. An owner issues one in Settings › API tokens.",
    )
    return answer


def _tell_http(request: HttpRequest, error: Any) -> HttpResponse:
    code = {400: "invalid", 403: "not_allowed", 404: "not_found", 429: "too_many"}.get(error.status_code, "refused")
    return error_answer(error.status_code, code, str(error))


def _tell_missing(request: HttpRequest, error: Any) -> HttpResponse:
    return error_answer(404, "not_found", "There is no such address or thing.", remedy="See /api/v1/openapi.json.")


def _tell_broken(request: HttpRequest, error: Any) -> HttpResponse:
    log.error("API %s %s failed", request.method, request.path, exc_info=error)
    message, remedy = "Something went wrong here; it is in the log.", "Try again, then ask the owner."
    return error_answer(500, "broken", message, remedy=remedy)
