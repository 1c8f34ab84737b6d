"""The account package's doors: no open sign-up, logins journaled, a sentence after too many wrong passwords."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.signals import password_changed, password_set
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.signals import authenticator_added, authenticator_removed
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext

from shundan.core.actors import Who
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib import clock
from shundan.ground.lib.crypto import decrypt, encrypt
from shundan.ground.staff.models import Person


class StaffAdapter(DefaultAccountAdapter):
    """Accounts are made by an owner in Settings: nobody signs up, and no mail is ever sent."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        return None


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factors' secrets are kept encrypted with the desk's own key."""

    def get_totp_issuer(self) -> str:
        return "Shundan"

    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)


def locked_out(request: HttpRequest, credentials: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
    """Say that too many passwords were wrong, and for how long to wait."""
    message = gettext("Too many wrong passwords for this name from this address.")
    remedy = gettext("Wait a quarter of an hour, or ask the owner for a login link.")
    if request.path.startswith("/api/"):
        told = {"code": "locked_out", "message": message, "field": "", "remedy": remedy}
        return JsonResponse({"error": told}, status=429)
    return render(request, "staff/locked_out.html", {"message": message, "remedy": remedy}, status=429)


def journal_logins() -> None:
    """Connect the account packages' own signals to the journal; called once at start."""
    for signal, verb in (
        (user_logged_in, "log_in"),
        (user_logged_out, "log_out"),
        (password_set, "set_password"),
        (password_changed, "change_password"),
        (authenticator_added, "add_second_factor"),
        (authenticator_removed, "remove_second_factor"),
    ):
        signal.connect(_receiver(verb), weak=False, dispatch_uid=f"staff.{verb}")
    user_login_failed.connect(_note_failure, weak=False, dispatch_uid="staff.login_failed")
    user_locked_out.connect(_note_lockout, weak=False, dispatch_uid="staff.locked_out")


def _receiver(verb: str) -> Any:
    def receive(sender: Any, *, user: Person | None = None, **told: Any) -> None:
        if user is not None and user.pk:
            _tell(user, verb)

    return receive


def _note_failure(sender: Any, *, credentials: dict[str, Any], **told: Any) -> None:
    person = Person.objects.filter(username=str(credentials.get("username", ""))[:150]).first()
    if person is not None:
        _tell(person, "fail_login")


def _note_lockout(sender: Any, *, username: str, **told: Any) -> None:
    person = Person.objects.filter(username=str(username or "")[:150]).first()
    if person is not None:
        _tell(person, "lock_out")


def _tell(person: Person, verb: str) -> None:
    by = Who("person", str(person.pk), "page", role=person.role, name=person.username)
    with transaction.atomic():
        record([Draft("staff", person.pk, verb, by, clock.now(), subject_name=person.username[:80])])
