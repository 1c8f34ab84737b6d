"""Settings › Staff: who works here, with which role and scope, and how they come in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shundan.core.errors import Refused
from shundan.core.rights import Right
from shundan.desk.settings.forms import VERB_WORDS, NewPersonForm, PersonForm, add_refusal, refusal_sentence
from shundan.ground.journal.queries import entries_of
from shundan.ground.lib import clock
from shundan.ground.shops.queries import shops_seen_by
from shundan.ground.staff import actions
from shundan.ground.staff.logins import needs
from shundan.ground.staff.queries import has_second_factor, names_of, people, person_by_key


@needs(Right.STAFF)
@require_safe
def list_people(request: HttpRequest) -> HttpResponse:
    """Show everybody, and the form for somebody new."""
    return _page(request, NewPersonForm(shops=shops_seen_by(request.who), initial={"role": "clerk"}))


@needs(Right.STAFF)
@require_POST
def add_person(request: HttpRequest) -> HttpResponse:
    """Create somebody; their page offers the login link."""
    form = NewPersonForm(request.POST, shops=shops_seen_by(request.who))
    if form.is_valid():
        told = form.cleaned_data
        try:
            person = actions.create_person(
                told["username"],
                role=told["role"],
                shop_keys=told["shops"],
                warehouses=told["warehouses"],
                by=request.who,
                now=clock.now(),
            )
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("%(name)s can come in with a login link.") % {"name": person.username})
            return redirect("settings:person", key=person.pk)
    return _page(request, form, status=422)


@needs(Right.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def show_person(request: HttpRequest, key: int) -> HttpResponse:
    """Show and change one person's role, scope and refund limit."""
    person = person_by_key(key)
    first = {
        "role": person.role,
        "shops": [str(pk) for pk in person.shops.values_list("pk", flat=True)],
        "warehouses": ", ".join(person.warehouses),
        "refund_limit_minor": person.refund_limit_minor,
    }
    form = PersonForm(request.POST or None, shops=shops_seen_by(request.who), initial=first)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            actions.change_person(
                person,
                role=told["role"],
                shop_keys=told["shops"],
                warehouses=told["warehouses"],
                refund_limit_minor=told["refund_limit_minor"] or 0,
                by=request.who,
                now=clock.now(),
            )
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Kept. It counts from their next page on."))
            return redirect("settings:person", key=person.pk)
    entries = entries_of([("staff", person.pk)], limit=30)
    names = names_of((one.by_kind, one.by_key) for one in entries)
    rows = [(one, VERB_WORDS.get(one.verb, one.verb), names[one.by_kind, one.by_key]) for one in entries]
    return render(
        request,
        "settings/person.html",
        {"person": person, "form": form, "entries": rows, "has_second_factor": has_second_factor(person)},
    )


@needs(Right.STAFF)
@never_cache
@require_POST
def issue_link(request: HttpRequest, key: int) -> HttpResponse:
    """Show a login link, once: it is not kept."""
    person = person_by_key(key)
    base = request.build_absolute_uri("/")
    try:
        link = actions.issue_login_link(person.username, base, by=request.who)
    except Refused as refusal:
        messages.error(request, refusal_sentence(refusal))
        return redirect("settings:person", key=key)
    return render(request, "settings/secret.html", {"person": person, "secret": link})


@needs(Right.STAFF)
@require_POST
def remove_second_factor(request: HttpRequest, key: int) -> HttpResponse:
    """Let somebody in without the second factor they lost."""
    person = person_by_key(key)
    try:
        actions.remove_second_factor(person, by=request.who, now=clock.now())
    except Refused as refusal:
        messages.error(request, refusal_sentence(refusal))
    else:
        messages.success(request, _("%(name)s signs in with the password alone.") % {"name": person.username})
    return redirect("settings:person", key=key)


@needs(Right.STAFF)
@require_POST
def deactivate(request: HttpRequest, key: int) -> HttpResponse:
    """Let somebody in no more."""
    person = person_by_key(key)
    try:
        actions.deactivate_person(person, by=request.who, now=clock.now())
    except Refused as refusal:
        messages.error(request, refusal_sentence(refusal))
    else:
        messages.success(request, _("%(name)s can no longer come in.") % {"name": person.username})
    return redirect("settings:person", key=key)


@needs(Right.STAFF)
@require_POST
def reactivate(request: HttpRequest, key: int) -> HttpResponse:
    """Let somebody in again."""
    person = person_by_key(key)
    actions.reactivate_person(person, by=request.who, now=clock.now())
    messages.success(request, _("%(name)s can come in again.") % {"name": person.username})
    return redirect("settings:person", key=key)


def _page(request: HttpRequest, form: NewPersonForm, *, status: int = 200) -> HttpResponse:
    return render(request, "settings/staff.html", {"people": people(), "form": form}, status=status)
