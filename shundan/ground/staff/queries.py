"""Reads of people, tokens and what each of them may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db.models import Q
from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.errors import NotFound
from shundan.ground.lib.crypto import hash_token
from shundan.ground.staff.models import ApiToken, LoginLink, Person

NOBODY = Who("nobody", "")


@dataclass(frozen=True)
class TokenUse:
    """A token that was recognised: who it is, its key, and when it was last seen."""

    who: Who
    key: int
    last_used_at: datetime | None


def who_is(person: Person, *, via: str) -> Who:
    """Return the person with role and scope. One query, for the shops."""
    shops = frozenset(person.shops.through.objects.filter(person=person).values_list("shop_id", flat=True))
    return Who(
        "person",
        str(person.pk),
        via,
        role=person.role,
        name=person.get_username(),
        shop_keys=shops or None,
        warehouses=frozenset(person.warehouses) or None,
    )


def who_holds(raw: str, *, now: datetime) -> TokenUse | None:
    """Return who a bearer token stands for; None when unknown, revoked or expired (`now`: wall time)."""
    live = Q(expires_at=None) | Q(expires_at__gt=now)
    token = ApiToken.objects.filter(live, key_hash=hash_token(raw), revoked_at=None).first()
    if token is None:
        return None
    shops = frozenset(token.shops.values_list("pk", flat=True))
    who = Who(
        "token",
        str(token.pk),
        "api",
        role=token.role,
        name=token.name,
        shop_keys=shops or None,
        warehouses=frozenset(token.warehouses) or None,
    )
    return TokenUse(who, token.pk, token.last_used_at)


def person_by_key(key: int) -> Person:
    """Return the person; raise NotFound."""
    person = Person.objects.filter(pk=key).first()
    if person is None:
        raise NotFound(_("There is no such person."), remedy=_("Choose one from Settings › Staff."))
    return person


def has_second_factor(person: Person) -> bool:
    """Return whether the person must give a one-time code after the password."""
    return Authenticator.objects.filter(user=person).exists()


def token_by_key(key: int) -> ApiToken:
    """Return the token's row; raise NotFound."""
    token = ApiToken.objects.filter(pk=key).first()
    if token is None:
        raise NotFound(_("There is no such token."), remedy=_("Choose one from Settings › API tokens."))
    return token


def link_is_open(raw: str, *, now: datetime) -> bool:
    """Return whether a login link can still be used (`now`: wall time)."""
    return LoginLink.objects.filter(
        key_hash=hash_token(raw), used_at=None, expires_at__gt=now, person__is_active=True
    ).exists()


def people() -> list[Person]:
    """Return everybody, those who work here first."""
    return list(Person.objects.prefetch_related("shops").order_by("-is_active", "username"))


def tokens() -> list[ApiToken]:
    """Return every token, the newest first; revoked ones stay to be seen."""
    return list(ApiToken.objects.prefetch_related("shops").order_by("-pk"))


def names_of(actors: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Map (kind, key) of journal rows to names; steps and outside parties go by their key. Two queries."""
    wanted = set(actors)
    names = {actor: actor[1] for actor in wanted}
    for kind, model, field in (("person", Person, "username"), ("token", ApiToken, "name")):
        keys = [int(key) for told, key in wanted if told == kind and key.isdecimal()]
        if keys:
            rows = model._default_manager.filter(pk__in=keys).values_list("pk", field)
            names |= {(kind, str(pk)): name for pk, name in rows}
    return names


def refund_limit(who: Who) -> int | None:
    """Return how much this person may refund in minor units; None is without limit."""
    if who.kind != "person":
        return None
    return Person.objects.filter(pk=int(who.key)).values_list("refund_limit_minor", flat=True).first() or None


def names_of_actors() -> dict[str, str]:
    """Return "person:3" or "token:7" -> the name people know it by."""
    people = {f"person:{row.pk}": row.get_full_name() or row.username for row in Person.objects.all()}
    return people | {f"token:{row.pk}": row.name or row.hint for row in ApiToken.objects.all()}
