"""Settings for programs: staff and tokens, in the pages' words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.responses import Status

from shundan.core.rights import Right
from shundan.desk.settings.api.shapes import Done
from shundan.ground.lib import clock
from shundan.ground.shops.queries import find_shop
from shundan.ground.staff import actions as staff_actions
from shundan.ground.staff import queries as staff_queries
from shundan.ground.staff.logins import needs

router = Router(tags=["settings"])


class PersonOut(Schema):
    key: int
    username: str
    role: str
    is_active: bool
    shops: list[str]
    warehouses: list[str]
    last_login: datetime | None


class ScopeIn(Schema):
    role: str
    shops: list[str] = []
    warehouses: list[str] = []


class PersonIn(ScopeIn):
    username: str


class TokenIn(ScopeIn):
    name: str = ""
    expires_at: datetime | None = None


class TokenOut(Schema):
    key: int
    name: str
    role: str
    hint: str
    shops: list[str]
    warehouses: list[str]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


class SecretOut(Schema):
    """Shown once: only a hash is kept."""

    token: str


class LinkOut(Schema):
    link: str


@router.get("/staff", response=list[PersonOut])
@needs(Right.STAFF)
def staff(request: HttpRequest) -> list[dict[str, Any]]:
    """Return everybody who works, or worked, here."""
    return [_person(person) for person in staff_queries.people()]


@router.post("/staff", response={201: PersonOut})
@needs(Right.STAFF)
def add_person(request: HttpRequest, person: PersonIn) -> Status[dict[str, Any]]:
    """Create somebody; they come in by a login link."""
    made = staff_actions.create_person(
        person.username,
        role=person.role,
        shop_keys=_keys(request, person.shops),
        warehouses=person.warehouses,
        by=request.who,
        now=clock.now(),
    )
    return Status(201, _person(made))


@router.post("/staff/{int:key}/scope", response=PersonOut)
@needs(Right.STAFF)
def change_person(request: HttpRequest, key: int, scope: ScopeIn) -> dict[str, Any]:
    """Give somebody another role, shops and warehouses."""
    person, now = staff_queries.person_by_key(key), clock.now()
    keys = _keys(request, scope.shops)
    staff_actions.set_role(person, role=scope.role, by=request.who, now=now)
    staff_actions.set_scope(person, shop_keys=keys, warehouses=scope.warehouses, by=request.who, now=now)
    return _person(staff_queries.person_by_key(key))


@router.post("/staff/{int:key}/login-link", response=LinkOut)
@needs(Right.STAFF)
def login_link(request: HttpRequest, key: int) -> dict[str, str]:
    """Make a link that lets this person in once, within the hour."""
    person = staff_queries.person_by_key(key)
    base = request.build_absolute_uri("/")
    return {"link": staff_actions.issue_login_link(person.username, base, by=request.who)}


@router.post("/staff/{int:key}/deactivate", response=Done)
@needs(Right.STAFF)
def deactivate(request: HttpRequest, key: int) -> dict[str, bool]:
    """Let somebody in no more."""
    staff_actions.deactivate_person(staff_queries.person_by_key(key), by=request.who, now=clock.now())
    return {"done": True}


@router.get("/tokens", response=list[TokenOut])
@needs(Right.STAFF)
def tokens(request: HttpRequest) -> list[dict[str, Any]]:
    """Return every token; none can be read again."""
    return [
        {
            "key": one.pk,
            "name": one.name,
            "role": one.role,
            "hint": one.hint,
            "warehouses": one.warehouses,
            "shops": [shop.shop_id for shop in one.shops.all()],
            "created_at": one.created_at,
            "expires_at": one.expires_at,
            "revoked_at": one.revoked_at,
            "last_used_at": one.last_used_at,
        }
        for one in staff_queries.tokens()
    ]


@router.post("/tokens", response={201: SecretOut})
@needs(Right.STAFF)
def issue_token(request: HttpRequest, token: TokenIn) -> Status[dict[str, str]]:
    """Issue a token; the answer is the only place where it stands."""
    secret = staff_actions.issue_token(
        token.role,
        name=token.name,
        shop_keys=_keys(request, token.shops),
        warehouses=token.warehouses,
        expires_at=token.expires_at,
        by=request.who,
        now=clock.now(),
    )
    return Status(201, {"token": secret})


@router.post("/tokens/{int:key}/revoke", response=Done)
@needs(Right.STAFF)
def revoke_token(request: HttpRequest, key: int) -> dict[str, bool]:
    """Make a token worthless."""
    staff_actions.revoke_token(staff_queries.token_by_key(key), by=request.who, now=clock.now())
    return {"done": True}


def _keys(request: HttpRequest, shop_ids: list[str]) -> list[int]:
    return [find_shop(shop_id, who=request.who).pk for shop_id in shop_ids]


def _person(person: Any) -> dict[str, Any]:
    return {
        "key": person.pk,
        "username": person.username,
        "role": person.role,
        "is_active": person.is_active,
        "shops": [shop.shop_id for shop in person.shops.all()],
        "warehouses": person.warehouses,
        "last_login": person.last_login,
    }
