"""The API as programs meet it: who may call, what an error looks like, the description of it all."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import NinjaAPI, Query
from ninja.security import HttpBearer, SessionAuth

from shundan.core.actors import Who
from shundan.ground.staff.api.errors import error_answer, tell_errors
from shundan.ground.staff.logins.guard import public

__all__ = ["Limit", "bearer", "error_answer", "make_api", "session"]

Limit = Annotated[int, Query(ge=1, le=200)]  # rows of one page of a list


class TokenAuth(HttpBearer):
    """A bearer token; WhoMiddleware has read it already."""

    def authenticate(self, request: HttpRequest, token: str) -> Who | None:
        who: Who = request.who
        return who if who.kind == "token" else None


class PageAuth(SessionAuth):
    """The session of a person whose page calls the API; changing calls carry the CSRF token."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Who | None:
        who: Who = request.who
        return who if who.kind == "person" else None


bearer = TokenAuth()
session = PageAuth()


def make_api() -> NinjaAPI:
    """Build the one API: bearer tokens and sessions, typed errors, /openapi.json and an offline docs page."""
    api = NinjaAPI(
        title="Shundan",
        version="1",
        urls_namespace="api",
        docs_decorator=public,
        description=(
            "The order desk's API. Send `Authorization: Bearer TOKEN`. Errors are "
            '`{"error": {code, message, field, remedy}}`; times are ISO 8601 in UTC; lists give `next`, to be '
            "sent back as `after`. A POST with an `Idempotency-Key` is carried out once."
        ),
        auth=[bearer, session],
    )
    tell_errors(api)
    return api
