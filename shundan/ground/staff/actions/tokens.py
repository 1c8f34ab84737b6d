"""Writes of API tokens: shown once, kept as a hash."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from shundan.core.actors import SYSTEM, Who
from shundan.core.errors import Refused
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib import clock
from shundan.ground.lib.crypto import hash_token
from shundan.ground.lib.db import in_transaction
from shundan.ground.staff.actions.people import known_role
from shundan.ground.staff.actions.scopes import check_reach, check_scope
from shundan.ground.staff.models import ApiToken


def issue_token(
    role: str,
    *,
    name: str = "",
    shop_keys: Iterable[int] = (),
    warehouses: Iterable[str] = (),
    expires_at: datetime | None = None,
    by: Who = SYSTEM,
    now: datetime | None = None,
) -> str:
    """Create a bearer token and return it: the only moment it can be read. `expires_at` is wall time."""
    known_role(role)
    if expires_at is not None and expires_at <= clock.wall():
        raise Refused(
            _("The token would have expired already."),
            code="already_over",
            field="expires_at",
            remedy=_("Choose a later day."),
        )
    raw = "sd_" + secrets.token_urlsafe(32)
    keys, codes = sorted(set(shop_keys)), sorted(set(warehouses))
    check_scope(by, shop_keys=keys, warehouses=codes)

    def work() -> None:
        token = ApiToken.objects.create(
            name=(name or f"{role} token")[:80],
            role=role,
            key_hash=hash_token(raw),
            hint=raw[:7],
            warehouses=codes,
            created_at=clock.wall(),
            expires_at=expires_at,
        )
        token.shops.set(keys)
        _tell(token, "issue_token", by=by, now=now, role=role, shops=keys, warehouses=codes)

    in_transaction(work)
    return raw


def revoke_token(token: ApiToken, *, by: Who, now: datetime) -> None:
    """Make a token worthless at once; its row stays to be seen."""
    check_reach(by, token)

    def work() -> None:
        if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=clock.wall()):
            _tell(token, "revoke_token", by=by, now=now)

    in_transaction(work)


def note_token_use(key: int, *, now: datetime) -> None:
    """Store that a token was used, at most once a minute (`now`: wall time)."""
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - timedelta(minutes=1))
    ApiToken.objects.filter(stale, pk=key).update(last_used_at=now)


def _tell(token: ApiToken, verb: str, *, by: Who, now: datetime | None, **facts: object) -> None:
    record([Draft("token", token.pk, verb, by, now or clock.now(), subject_name=token.name, facts=facts)])
