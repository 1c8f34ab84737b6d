"""Login links: the way in before there is a password, once and for an hour."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.utils.translation import gettext as _

from shundan.core.actors import SYSTEM, Who
from shundan.core.errors import NotFound, Refused
from shundan.core.rights import Role
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib import clock
from shundan.ground.lib.crypto import hash_token
from shundan.ground.lib.db import in_transaction
from shundan.ground.staff.actions.people import create_person
from shundan.ground.staff.actions.scopes import check_reach
from shundan.ground.staff.models import LoginLink, Person

LASTS_FOR = timedelta(hours=1)


def issue_login_link(username: str = "owner", base_url: str = "", *, by: Who = SYSTEM) -> str:
    """Return a link that logs this person in once within an hour; "owner" is made when there is nobody yet.

    "owner" also finds the first active owner when nobody is called so.
    """
    person = Person.objects.filter(username=username, is_active=True).first()
    if person is None and username == "owner":
        person = Person.objects.filter(role=Role.OWNER.value, is_active=True).order_by("pk").first()
        person = person or create_person("owner", role=Role.OWNER.value, by=by, now=clock.now())
    if person is None:
        raise NotFound(
            _("Nobody active is called %(username)s.") % {"username": username},
            remedy=_("See Settings › Staff for the names."),
        )
    check_reach(by, person)
    raw, key = secrets.token_urlsafe(32), person.pk
    name = person.username[:80]

    def work() -> None:
        LoginLink.objects.filter(expires_at__lt=clock.wall()).delete()
        LoginLink.objects.create(person_id=key, key_hash=hash_token(raw), expires_at=clock.wall() + LASTS_FOR)
        record([Draft("staff", key, "issue_login_link", by, clock.now(), subject_name=name)])

    in_transaction(work)
    return f"{base_url.rstrip('/')}/login/{raw}/"


def use_login_link(raw: str) -> Person:
    """Use up a link and return whose it is; raise Refused when it was used, has expired or never was."""
    now = clock.wall()
    links = LoginLink.objects.filter(key_hash=hash_token(raw), expires_at__gt=now, person__is_active=True)
    link = links.select_related("person").first()
    # The update decides between two browsers that open the same link.
    if link is None or not LoginLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now):
        raise Refused(
            _("This login link was used already, or its hour is over."),
            code="link_spent",
            remedy=_("Ask the owner for a new link, or run: shundan login-link"),
        )
    return link.person
