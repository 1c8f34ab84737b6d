"""Answers kept for API calls that carry an Idempotency-Key: a repeated call is told the same again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.errors import Conflict, Refused
from shundan.ground.lib import clock
from shundan.ground.lib.db import in_transaction
from shundan.ground.staff.models import IdempotencyKey

T = TypeVar("T")
KEPT_FOR = timedelta(days=2)
GIVEN_UP_AFTER = timedelta(minutes=2)


@dataclass(frozen=True)
class KeptAnswer:
    status: int
    answer: str


def open_answer(who: Who, *, key: str, method: str, path: str, body_hash: str) -> KeptAnswer | None:
    """Return the answer given before, or None when this call is the first and now holds the key.

    Raise Conflict when the key came with another request, while the first one is still under way, and when that one
    broke off without an answer.
    """
    if len(key) > 128:
        raise Refused(_("An Idempotency-Key has at most 128 characters."), field="Idempotency-Key")
    now, owner = clock.wall(), _owner(who)
    request_hash = hashlib.sha256(f"{method}\n{path}\n{body_hash}".encode()).hexdigest()
    try:
        with transaction.atomic():
            IdempotencyKey.objects.create(owner=owner, key=key, request_hash=request_hash, created_at=now)
        return None
    except IntegrityError:
        kept = IdempotencyKey.objects.get(owner=owner, key=key)
    if kept.request_hash != request_hash:
        raise Conflict(
            _("This Idempotency-Key was used for another request."),
            code="idempotency_mismatch",
            field="Idempotency-Key",
            remedy=_("Use a new key for a new request."),
        )
    if kept.status is not None:
        return KeptAnswer(kept.status, kept.answer)
    if kept.created_at < now - GIVEN_UP_AFTER:  # whoever held the key died: what was done is never blindly repeated
        raise Conflict(
            _("The first request with this Idempotency-Key broke off: nobody knows whether it took effect."),
            code="unknown_outcome",
            field="Idempotency-Key",
            remedy=_("Look whether it was done; if it was not, send it again with a new key."),
        )
    raise Conflict(
        _("The first request with this Idempotency-Key is still under way."),
        code="under_way",
        field="Idempotency-Key",
        remedy=_("Repeat the request in a few seconds."),
    )


def keep_answer(who: Who, *, key: str, status: int, answer: str) -> None:
    """Store what the call was told, and forget answers older than two days."""
    IdempotencyKey.objects.filter(owner=_owner(who), key=key).update(status=status, answer=answer)
    IdempotencyKey.objects.filter(created_at__lt=clock.wall() - KEPT_FOR).delete()


def release_answer(who: Who, *, key: str) -> None:
    """Give the key back: the call changed nothing, so it may be tried again."""
    IdempotencyKey.objects.filter(owner=_owner(who), key=key, status=None).delete()


def do_once(who: Who, key: str, work: Callable[[], T]) -> T:
    """Do what a form asks for, once per `key` that was drawn with it; raise Conflict when it was sent before.

    The note that it was sent and what `work` writes are one transaction: a refusal gives the key back, a death too.
    Without a key it is simply done.
    """
    if not key:
        return work()

    def both() -> T:
        try:
            with transaction.atomic():
                row = {"request_hash": "", "status": 200, "created_at": clock.wall()}
                IdempotencyKey.objects.create(owner=_owner(who), key=f"form:{key}"[:128], **row)
        except IntegrityError:
            raise Conflict(
                _("This form was sent already."),
                code="sent_already",
                remedy=_("Look whether it is done; it is not done twice."),
            ) from None
        return work()

    return in_transaction(both)


def _owner(who: Who) -> str:
    return f"{who.kind}:{who.key}"
