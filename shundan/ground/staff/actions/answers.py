"""Answers kept for API calls that carry an Idempotency-Key: a repeated call is told the same again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction

from shundan.core.actors import Who
from shundan.core.errors import Conflict, Refused
from shundan.ground.lib import clock
from shundan.ground.staff.models import IdempotencyKey

KEPT_FOR = timedelta(days=2)
GIVEN_UP_AFTER = timedelta(minutes=2)


@dataclass(frozen=True)
class KeptAnswer:
    status: int
    answer: str


def open_answer(who: Who, *, key: str, method: str, path: str, body_hash: str) -> KeptAnswer | None:
    """Return the answer given before, or None when this call is the first and now holds the key.

    Raise Conflict when the key came with another request, or while the first one is still under way.
    """
    if len(key) > 128:
        raise Refused("An Idempotency-Key has at most 128 characters.", field="Idempotency-Key")
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
            "This Idempotency-Key was used for another request.",
            code="idempotency_mismatch",
            field="Idempotency-Key",
            remedy="Use a new key for a new request.",
        )
    if kept.status is not None:
        return KeptAnswer(kept.status, kept.answer)
    # Whoever held the key died: exactly one later call takes it over.
    abandoned = IdempotencyKey.objects.filter(pk=kept.pk, status=None, created_at__lt=now - GIVEN_UP_AFTER)
    if abandoned.update(created_at=now):
        return None
    raise Conflict(
        "The first request with this Idempotency-Key is still under way.",
        code="under_way",
        field="Idempotency-Key",
        remedy="Repeat the request in a few seconds.",
    )


def keep_answer(who: Who, *, key: str, status: int, answer: str) -> None:
    """Store what the call was told, and forget answers older than two days."""
    IdempotencyKey.objects.filter(owner=_owner(who), key=key).update(status=status, answer=answer)
    IdempotencyKey.objects.filter(created_at__lt=clock.wall() - KEPT_FOR).delete()


def release_answer(who: Who, *, key: str) -> None:
    """Give the key back: the call changed nothing, so it may be tried again."""
    IdempotencyKey.objects.filter(owner=_owner(who), key=key, status=None).delete()


def _owner(who: Who) -> str:
    return f"{who.kind}:{who.key}"
