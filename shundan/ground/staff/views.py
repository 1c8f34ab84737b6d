"""The doors a person uses alone: the login link, choosing a password, the profile."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shundan.core.errors import Refused
from shundan.core.rights import Right, may
from shundan.ground.lib import clock
from shundan.ground.staff import actions
from shundan.ground.staff.forms import RIGHT_WORDS, ProfileForm
from shundan.ground.staff.logins import needs, person_of, public

__all__ = ["choose_password", "login_link", "needs", "profile", "public"]
_YEAR = 365 * 86400


@public
@never_cache
@require_http_methods(["GET", "POST"])
def login_link(request: HttpRequest, token: str) -> HttpResponse:
    """Log in whoever holds an unused link; a spent one says how to get another."""
    try:
        person = actions.use_login_link(token)
    except Refused as refusal:
        return render(request, "staff/link_spent.html", {"refusal": refusal}, status=410)
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[-1])
    request.session["came_by_link"] = True  # lets a forgotten password be replaced without knowing it
    if not person.has_usable_password():
        request.session["chose_no_password"] = True
        return redirect("staff:choose_password")
    return redirect(settings.LOGIN_REDIRECT_URL)


@needs(Right.SEE_DESK)
@never_cache
@require_http_methods(["GET", "POST"])
def choose_password(request: HttpRequest) -> HttpResponse:
    """Let somebody who came in by a link choose a password."""
    person = person_of(request)
    if person.has_usable_password() and "came_by_link" not in request.session:
        return redirect("account_change_password")
    form = SetPasswordForm(person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        update_session_auth_hash(request, person)
        for mark in ("chose_no_password", "came_by_link"):
            request.session.pop(mark, None)
        actions.note_password(person, by=request.who, now=clock.now())
        messages.success(request, _("Your password is set."))
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "staff/choose_password.html", {"form": form})


@needs(Right.SEE_DESK)
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show and change one's own language, theme and zone; links to password and second factor."""
    person = person_of(request)
    form = ProfileForm(
        request.POST or None,
        initial={"language": person.language, "theme": person.theme, "zone": person.zone},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.choose_preferences(person, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field, f"{refusal.message} {refusal.remedy}")
        else:
            messages.success(request, _("Your choices are kept."))
            return _remember(redirect("staff:profile"), **form.cleaned_data)
    rights = [words for right, words in RIGHT_WORDS.items() if may(person.role, right)]
    context = {"form": form, "person": person, "rights": rights, "by_link": "came_by_link" in request.session}
    return render(request, "staff/profile.html", context)


def _remember(answer: HttpResponse, *, language: str, theme: str, zone: str) -> HttpResponse:
    """Keep the choices in this browser too, where pages look before anybody is signed in."""
    secure = settings.SESSION_COOKIE_SECURE
    for cookie, value in ((settings.LANGUAGE_COOKIE_NAME, language), ("shundan_theme", theme)):
        if value:
            answer.set_cookie(cookie, value, max_age=_YEAR, samesite="Lax", secure=secure, httponly=True)
        else:
            answer.delete_cookie(cookie, samesite="Lax")
    return answer
