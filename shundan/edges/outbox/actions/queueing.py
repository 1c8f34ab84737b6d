"""Queueing: the row is written in the transaction that decides the call, once per idempotency key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from shundan.core.actors import Who
from shundan.core.calls import CALL_RULES, CallKind, CallState
from shundan.edges.outbox.models import Call
from shundan.ground.lib import clock


@dataclass(frozen=True)
class CallDraft:
    shop_key: int
    kind: CallKind
    subject_kind: str
    subject_key: int
    subject_name: str
    order_keys: Sequence[int]
    idempotency_key: str
    request: dict[str, Any] = field(default_factory=dict)


def queue_call(draft: CallDraft, *, by: Who, now: datetime) -> int:
    """Save a call to be made; the same idempotency key again gives the row there is. Returns its key.

    Of kinds that replace each other, older calls that still wait for the same subject are dropped.
    """
    kind = CallKind(draft.kind)
    with transaction.atomic():
        call, made = Call.objects.get_or_create(
            shop_id=draft.shop_key, idempotency_key=draft.idempotency_key[:160],
            defaults={
                "kind": kind.value, "subject_kind": draft.subject_kind, "subject_key": draft.subject_key,
                "subject_name": draft.subject_name, "order_keys": list(draft.order_keys), "request": draft.request,
                "by_kind": by.kind, "by_key": by.key, "queued_at": now, "not_before": clock.wall(),
            },
        )  # fmt: skip
        if made and CALL_RULES[kind].replaces:
            older = Call.objects.filter(
                shop_id=draft.shop_key, kind=kind.value, subject_kind=draft.subject_kind, subject_key=draft.subject_key,
                call_state=CallState.QUEUED, pk__lt=call.pk,
            )  # fmt: skip
            older.update(call_state=CallState.DROPPED, error="replaced by a newer call")
    return call.pk
