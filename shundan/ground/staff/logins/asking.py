"""Who is asking: the person of the session or the bearer of a token, on every request as `request.who`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext

from shundan.core.actors import Who
from shundan.core.errors import NotAllowed
from shundan.core.rights import Right
from shundan.ground.lib import clock
from shundan.ground.staff import actions, queries
from shundan.ground.staff.logins.guard import ACCOUNT_PAGES, PUBLIC, check_right, operations_of, right_of
from shundan.ground.staff.models import Person

log = logging.getLogger("shundan.staff")
_WITHOUT_PASSWORD = frozenset(
    {
        "staff:login_link",
        "staff:choose_password",
        "account_logout",
        "account_login",
        "set_language",
    }
)


class WhoMiddleware:
    """Sets request.who, and lets nobody into a view whose right they lack."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.who = who_asks(request)
        _speak_to(request)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Return a refusal, or None to let the request through to the view."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        if getattr(view, "__module__", "").startswith("allauth.") and name not in ACCOUNT_PAGES:
            raise Http404("this page of the account package is closed")
        if operations_of(view):
            return None  # each operation asks for its own right
        right = right_of(view)
        if right == PUBLIC:
            return None
        try:
            if right is None:
                raise NotAllowed(gettext("This page names no right, so nobody may open it."), code="unguarded")
            check_right(request.who, Right(right))
        except NotAllowed as refusal:
            return refuse(request, refusal)
        return _ask_for_password(request, name)


def who_asks(request: HttpRequest) -> Who:
    """Return the bearer of a token, the person of the session, or NOBODY."""
    scheme, _, raw = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return _bearer(raw.strip()) if request.path.startswith(("/api/", "/metrics")) else queries.NOBODY
    if request.user.is_authenticated:
        return queries.who_is(request.user, via="api" if request.path.startswith("/api/") else "page")
    return queries.NOBODY


def person_of(request: HttpRequest) -> Person:
    """Return the person of the session; only for views that a stranger and a token cannot open."""
    assert isinstance(request.user, Person)
    return request.user


def refuse(request: HttpRequest, refusal: NotAllowed) -> HttpResponse:
    """Answer a refusal: JSON for programs, the login page for strangers, else a page with what to do next."""
    if request.path.startswith("/api/") or request.path == "/metrics":
        told = {
            "code": refusal.code,
            "message": refusal.message,
            "field": refusal.field,
            "remedy": refusal.remedy,
        }
        return JsonResponse({"error": told}, status=refusal.status)
    if refusal.status == 401:
        if getattr(request, "htmx", None):  # a part of a page cannot become the login page
            return HttpResponse(status=401, headers={"HX-Redirect": settings.LOGIN_URL})
        return redirect_to_login(request.get_full_path())
    refusal.message = gettext("Your role may not do this.")
    refusal.remedy = gettext("Ask the owner for a role that has this right.")
    return render(request, "staff/refused.html", {"refusal": refusal}, status=refusal.status)


def _bearer(raw: str) -> Who:
    now = clock.wall()
    use = queries.who_holds(raw, now=now)
    if use is None:
        return queries.NOBODY
    if use.last_used_at is None or (now - use.last_used_at).total_seconds() >= 60:
        try:
            actions.note_token_use(use.key, now=now)
        except (
            OperationalError
        ):  # the database is busy for a moment: knowing when a token was used is not worth failing
            log.info("the use of token %s was not noted", use.key)
    return use.who


def _speak_to(request: HttpRequest) -> None:
    """Use the person's language (a choice made in this browser wins) and time zone."""
    user = request.user
    timezone.activate(getattr(user, "zone", "") or settings.TIME_ZONE)
    language = getattr(user, "language", "")
    if request.path.startswith("/api/") and "HTTP_ACCEPT_LANGUAGE" not in request.META and not language:
        language = "en"  # a program that asks for no language gets the one its documentation is written in
    if language and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()


def _ask_for_password(request: HttpRequest, name: str) -> HttpResponse | None:
    """Send whoever came in by a link to choose a password first: the next link may be hours away."""
    if request.user.is_authenticated and request.session.get("chose_no_password") and name not in _WITHOUT_PASSWORD:
        return redirect("staff:choose_password")
    return None
