"""Asking: a lost answer is never blindly repeated. What nobody can ask waits for a person."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from django.db.models import QuerySet

from shundan.core.calls import CALL_RULES, CallState
from shundan.core.errors import OutsideUnavailable, ShundanError
from shundan.edges.channels.queries import access_of, reachable_shops
from shundan.edges.channels.tiktok.calls import ASK
from shundan.edges.channels.tiktok.refusals import MALFORMED
from shundan.edges.outbox.models import Call
from shundan.ground.lib import clock
from shundan.ground.lib.pauses import pause_after
from shundan.ground.lib.together import Outcome, at_home, together
from shundan.ground.lib.traces import say_error

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
ENOUGH_NOES = 2  # "it did not happen" counts when it was heard twice: the platform may still be at it
BETWEEN = timedelta(seconds=5)
LONGEST_PAUSE = 300.0
S = CallState
_REPEATABLE = [kind.value for kind, rule in CALL_RULES.items() if rule.safe_to_repeat]


def give_back_expired_leases(*, limit: int = 100) -> int:
    """A call whose sender died: nobody knows whether it happened (UNSURE), unless repeating it is harmless."""
    now = clock.wall()
    keys = list(
        Call.objects.filter(call_state=S.SENDING, lease_until__lt=now)
        .order_by("pk")
        .values_list("pk", flat=True)[:limit]
    )
    rows = Call.objects.filter(pk__in=keys, call_state=S.SENDING, lease_until__lt=now)
    why = {
        "lease_until": None,
        "not_before": now,
        "error_code": "lease_expired",
        "error": "its sender did not come back",
    }
    done = rows.filter(kind__in=_REPEATABLE).update(call_state=S.QUEUED, **why)
    return done + rows.exclude(kind__in=_REPEATABLE).update(call_state=S.UNSURE, **why)


def ask_unsure_calls(*, limit: int = 60) -> int:
    """Find out whether unsure calls took effect; return how many were settled one way or the other."""
    now, settled = clock.wall(), 0
    rows = Call.objects.filter(call_state=S.UNSURE, not_before__lte=now, shop_id__in=reachable_shops())
    todo = list(rows.filter(kind__in=[*ASK, *_REPEATABLE]).order_by("pk")[:limit])

    def keep(outcome: Outcome[Call, dict[str, Any] | None]) -> None:
        nonlocal settled
        settled += _note(outcome)

    repeated = [call for call in todo if call.kind in _REPEATABLE]
    for call in repeated:
        settled += _rows(call, asks=call.asks).update(call_state=S.QUEUED, not_before=now)
    together(_ask, _taken([call for call in todo if call not in repeated]), done=keep)
    return settled


def _rows(call: Call, *, asks: int) -> QuerySet[Call]:
    return Call.objects.filter(pk=call.pk, call_state=S.UNSURE, asks=asks)


def _taken(calls: list[Call]) -> Iterator[Call]:
    """Take each call at the moment it is asked after, so that two workers do not ask at once."""
    for call in calls:
        if _rows(call, asks=call.asks).update(asks=call.asks + 1, not_before=clock.wall() + LEASE):
            call.asks += 1
            yield call


def _ask(call: Call) -> dict[str, Any] | None:
    access = at_home(partial(access_of, call.shop_id))
    return ASK[call.kind](access, call.request, call.sent_at or call.queued_at)


def _note(outcome: Outcome[Call, dict[str, Any] | None]) -> bool:
    call, answer, error = outcome.item, outcome.value, outcome.error
    rows, now = _rows(call, asks=call.asks), clock.wall()
    if isinstance(error, ShundanError):
        told = error.retry_after if isinstance(error, OutsideUnavailable) else None
        pause = pause_after(call.asks, longest=LONGEST_PAUSE, told=told)
        # Only answers count towards ENOUGH_NOES: asking was in vain.
        rows.update(asks=call.asks - 1, not_before=now + timedelta(seconds=pause), error=error.message[:2000])
        return False
    if isinstance(error, MALFORMED):
        log.error("call %s (%s) cannot be asked after", call.pk, call.kind, exc_info=error)
        rows.update(not_before=now + timedelta(seconds=60), error=say_error(error)[:2000])
        return False
    if error is not None:
        raise error
    if answer is not None:
        return bool(rows.update(call_state=S.ANSWERED, answer=answer, answered_at=clock.now(), error_code="", error=""))
    if call.asks < ENOUGH_NOES:
        rows.update(not_before=now + BETWEEN)
        return False
    return bool(rows.update(call_state=S.QUEUED, asks=0, not_before=now))
