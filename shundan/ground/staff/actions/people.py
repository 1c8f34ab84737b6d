"""Writes of people: made by an owner, with a role and a scope; never deleted, only deactivated."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.errors import Conflict, Refused
from shundan.core.rights import Role
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib.db import in_transaction
from shundan.ground.staff.actions.scopes import check_reach, check_scope
from shundan.ground.staff.models import Person


def create_person(
    username: str,
    *,
    role: str,
    by: Who,
    now: datetime,
    shop_keys: Iterable[int] = (),
    warehouses: Iterable[str] = (),
) -> Person:
    """Create somebody without a password: they come in by a login link and choose one."""
    username = username.strip()
    _check_username(username)
    known = known_role(role)
    keys, codes = sorted(set(shop_keys)), sorted(set(warehouses))
    check_scope(by, shop_keys=keys, warehouses=codes)

    def work() -> Person:
        person = Person(username=username, role=known.value, warehouses=codes)
        person.set_unusable_password()
        person.save()
        person.shops.set(keys)
        _tell(person, "create_person", by=by, now=now, role=known.value, shops=keys, warehouses=codes)
        return person

    return in_transaction(work)


def change_person(
    person: Person,
    *,
    role: str,
    shop_keys: Iterable[int],
    warehouses: Iterable[str],
    refund_limit_minor: int,
    by: Who,
    now: datetime,
) -> None:
    """Change role, scope and refund limit together; each change that is one is journaled."""
    set_role(person, role=role, by=by, now=now)
    set_scope(person, shop_keys=shop_keys, warehouses=warehouses, by=by, now=now)
    if refund_limit_minor != person.refund_limit_minor:
        _set_refund_limit(person, refund_limit_minor, by=by, now=now)


def set_role(person: Person, *, role: str, by: Who, now: datetime) -> None:
    """Give the person another role; the last active owner stays one."""
    known, before = known_role(role), person.role
    if known.value == before:
        return
    check_reach(by, person)
    if before == Role.OWNER.value:
        _keep_an_owner(person)

    def work() -> None:
        if not Person.objects.filter(pk=person.pk, role=before).update(role=known.value):
            raise Conflict(_("Somebody changed this role just now."), remedy=_("Reload the page and look again."))
        _tell(person, "set_role", by=by, now=now, was=before, role=known.value)

    in_transaction(work)
    person.role = known.value


def set_scope(person: Person, *, shop_keys: Iterable[int], warehouses: Iterable[str], by: Who, now: datetime) -> None:
    """Limit the person to some shops and warehouses; none named means all."""
    keys, codes = sorted(set(shop_keys)), sorted(set(warehouses))
    was = sorted(person.shops.values_list("pk", flat=True)), sorted(person.warehouses)
    if was == (keys, codes):
        return
    check_reach(by, person)
    check_scope(by, shop_keys=keys, warehouses=codes)

    def work() -> None:
        Person.objects.filter(pk=person.pk).update(warehouses=codes)
        person.shops.set(keys)
        _tell(person, "set_scope", by=by, now=now, shops=keys, warehouses=codes)

    in_transaction(work)
    person.warehouses = codes


def deactivate_person(person: Person, *, by: Who, now: datetime) -> None:
    """Let the person in no more; open sessions and unused login links end at once."""
    if by.kind == "person" and by.key == str(person.pk):
        raise Refused(
            _("You cannot deactivate yourself."), code="not_yourself", remedy=_("Ask another owner to do it.")
        )
    check_reach(by, person)
    if person.role == Role.OWNER.value:
        _keep_an_owner(person)

    def work() -> None:
        if Person.objects.filter(pk=person.pk, is_active=True).update(is_active=False):
            person.loginlink_set.filter(used_at=None).delete()
            _tell(person, "deactivate_person", by=by, now=now)

    in_transaction(work)
    person.is_active = False


def reactivate_person(person: Person, *, by: Who, now: datetime) -> None:
    """Let the person in again."""
    check_reach(by, person)

    def work() -> None:
        if Person.objects.filter(pk=person.pk, is_active=False).update(is_active=True):
            _tell(person, "reactivate_person", by=by, now=now)

    in_transaction(work)
    person.is_active = True


def choose_preferences(person: Person, *, language: str, theme: str, zone: str) -> None:
    """Keep the person's own language, theme and zone; an unknown one is refused."""
    if language and language not in dict(settings.LANGUAGES):
        raise Refused(
            _("There is no language %(language)s.") % {"language": language},
            field="language",
            remedy=_("Choose one of the list."),
        )
    if theme not in ("", "auto", "light", "dark"):
        raise Refused(
            _("There is no theme %(theme)s.") % {"theme": theme}, field="theme", remedy=_("Choose one of the list.")
        )
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refused(
            _("There is no time zone %(zone)s.") % {"zone": zone},
            field="zone",
            remedy=_("Write it like Asia/Shanghai or Europe/Berlin."),
        ) from None
    Person.objects.filter(pk=person.pk).update(language=language, theme=theme, zone=zone)


def remove_second_factor(person: Person, *, by: Who, now: datetime) -> None:
    """Let somebody in without their lost second factor; raise Refused when there is none."""
    check_reach(by, person)

    def work() -> None:
        if not Authenticator.objects.filter(user=person).delete()[0]:
            raise Refused(_("There is no second factor."), code="no_second_factor", remedy=_("Reload the page."))
        _tell(person, "remove_second_factor", by=by, now=now)

    in_transaction(work)


def note_password(person: Person, *, by: Who, now: datetime) -> None:
    """Record that the person chose a password."""
    in_transaction(lambda: _tell(person, "set_password", by=by, now=now))


def _set_refund_limit(person: Person, limit: int, *, by: Who, now: datetime) -> None:
    if limit < 0:
        raise Refused(_("A refund limit is zero (no limit) or more."), field="refund_limit_minor")
    check_reach(by, person)

    def work() -> None:
        Person.objects.filter(pk=person.pk).update(refund_limit_minor=limit)
        _tell(person, "set_refund_limit", by=by, now=now, was=person.refund_limit_minor, limit=limit)

    in_transaction(work)
    person.refund_limit_minor = limit


def _check_username(username: str) -> None:
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError:
        raise Refused(
            _("A username has letters, digits and . + - _ only."),
            code="bad_username",
            field="username",
            remedy=_("Write it like li.na."),
        ) from None
    if len(username) > 150 or Person.objects.filter(username__iexact=username).exists():
        raise Conflict(
            _("There is already somebody called %(username)s.") % {"username": username},
            code="username_taken",
            field="username",
            remedy=_("Choose another name."),
        )


def known_role(role: str) -> Role:
    """Return the role of that name; raise Refused."""
    try:
        return Role(role)
    except ValueError:
        raise Refused(
            _("There is no role %(role)s.") % {"role": role},
            field="role",
            remedy=_("Choose one of %(names)s.") % {"names": ", ".join(r.value for r in Role)},
        ) from None


def _keep_an_owner(person: Person) -> None:
    others = Person.objects.filter(role=Role.OWNER.value, is_active=True).exclude(pk=person.pk)
    if not others.exists():
        raise Refused(_("This is the last owner."), code="last_owner", remedy=_("Make somebody else an owner first."))


def _tell(person: Person, verb: str, *, by: Who, now: datetime, **facts: object) -> None:
    record([Draft("staff", person.pk, verb, by, now, subject_name=person.username[:80], facts=facts)])
