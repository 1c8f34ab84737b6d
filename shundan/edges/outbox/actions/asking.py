"""Asking: a lost answer is never blindly repeated. What nobody can ask waits for a person."""

from __future__ import annotations

import logging
from datetime import timedelta

from shundan.core.calls import CALL_RULES, CallKind, CallState
from shundan.core.errors import OutsideUnavailable, ShundanError
from shundan.edges.channels.queries import access_of, reachable_shops
from shundan.edges.channels.tiktok.calls import ASK
from shundan.edges.outbox.models import Call
from shundan.ground.lib import clock

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


def ask_unsure_calls(*, limit: int = 20) -> int:
    """Find out whether unsure calls took effect; return how many were settled one way or the other."""
    now = clock.wall()
    rows = Call.objects.filter(call_state=S.UNSURE, not_before__lte=now, shop_id__in=reachable_shops())
    askable = rows.filter(kind__in=[*ASK, *_REPEATABLE]).order_by("pk")
    return sum(_ask(call) for call in list(askable[:limit]))


def _ask(call: Call) -> bool:
    now = clock.wall()
    mine = Call.objects.filter(pk=call.pk, call_state=S.UNSURE, asks=call.asks)
    if not mine.update(asks=call.asks + 1, not_before=now + LEASE):
        return False
    rows = Call.objects.filter(pk=call.pk, call_state=S.UNSURE, asks=call.asks + 1)
    if CALL_RULES[CallKind(call.kind)].safe_to_repeat:
        return bool(rows.update(call_state=S.QUEUED, not_before=now))
    try:
        answer = ASK[call.kind](access_of(call.shop_id), call.request, call.sent_at or call.queued_at)
    except ShundanError as error:
        told = error.retry_after if isinstance(error, OutsideUnavailable) else None
        pause = max(told or 0.0, min(2.0 ** min(call.asks + 1, 9), LONGEST_PAUSE))
        # Only answers count towards ENOUGH_NOES: asking was in vain.
        rows.update(asks=call.asks, not_before=clock.wall() + timedelta(seconds=pause), error=error.message[:2000])
        return False
    except (LookupError, TypeError, ValueError) as error:
        log.exception("call %s (%s) cannot be asked after", call.pk, call.kind)
        rows.update(not_before=clock.wall() + timedelta(seconds=60), error=f"{type(error).__name__}: {error}"[:2000])
        return False
    if answer is not None:
        return bool(rows.update(call_state=S.ANSWERED, answer=answer, answered_at=clock.now(), error_code="", error=""))
    if call.asks + 1 < ENOUGH_NOES:
        rows.update(not_before=clock.wall() + BETWEEN)
        return False
    return bool(rows.update(call_state=S.QUEUED, asks=0, not_before=clock.wall()))
