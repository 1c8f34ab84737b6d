"""Sending: SENDING is committed with a lease before the wire; what came back is committed before anything moves."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from shundan.core.calls import CALL_RULES, CallKind, CallState
from shundan.core.errors import OutsideRefused, OutsideUnavailable, ShundanError, Unauthorised
from shundan.edges.channels.queries import access_of, reachable_shops
from shundan.edges.channels.tiktok.calls import SEND
from shundan.edges.outbox.models import Call
from shundan.ground.lib import clock
from shundan.ground.shops.queries import all_shops

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
LOOK_AT = 200
LONGEST_PAUSE = 300.0
TRIES_OF_A_BROKEN_CALL = 5
S = CallState


def send_next_calls(*, limit: int = 20) -> int:
    """Send calls whose turn has come, oldest first; return how many went out."""
    return sum(send_call(call) for call in _ready(limit=limit))


def _ready(*, limit: int) -> list[Call]:
    """Return calls that may go now: their shop is reachable and not paused, and nothing they wait for is open."""
    paused = {shop.pk for shop in all_shops() if shop.paused_at is not None}
    shops = [key for key in reachable_shops() if key not in paused]
    rows = Call.objects.filter(
        call_state=S.QUEUED, not_before__lte=clock.wall(), shop_id__in=shops, kind__in=list(SEND)
    )
    heads = list(rows.order_by("pk")[:LOOK_AT])
    waited_for = sorted({kind.value for head in heads for kind in CALL_RULES[CallKind(head.kind)].waits_for})
    blockers = _open(shops).filter(kind__in=waited_for) if waited_for else Call.objects.none()
    open_calls = list(blockers.only("pk", "shop_id", "kind", "subject_kind", "subject_key", "order_keys"))
    return [head for head in heads if not any(_blocks(other, head) for other in open_calls)][:limit]


def _open(shops: list[int]) -> QuerySet[Call]:
    return Call.objects.filter(shop_id__in=shops, call_state__in=[S.QUEUED, S.SENDING, S.UNSURE])


def _blocks(other: Call, call: Call) -> bool:
    """An older open call of a kind that must end first, about the same thing or one of the same orders."""
    if (
        other.pk >= call.pk
        or other.shop_id != call.shop_id
        or other.kind not in CALL_RULES[CallKind(call.kind)].waits_for
    ):
        return False
    same = (other.subject_kind, other.subject_key) == (call.subject_kind, call.subject_key)
    return same or bool(set(other.order_keys) & set(call.order_keys))


def send_call(call: Call) -> bool:
    """Send one call unless another worker took it; whatever happens, the row says so."""
    now = clock.wall()
    rows = Call.objects.filter(pk=call.pk, call_state=S.QUEUED, attempts=call.attempts)
    taken = rows.update(call_state=S.SENDING, lease_until=now + LEASE, attempts=call.attempts + 1, sent_at=clock.now())
    if not taken:
        return False
    call.attempts += 1
    try:
        answer = SEND[call.kind](access_of(call.shop_id), call.request, call.idempotency_key)
    except ShundanError as error:
        _note_failure(call, error)
    except (LookupError, TypeError, ValueError) as error:
        log.exception("call %s (%s) cannot be made", call.pk, call.kind)
        broken = call.attempts >= TRIES_OF_A_BROKEN_CALL
        note(
            call,
            S.FAILED if broken else S.UNSURE,
            error_code="broken",
            error=f"{type(error).__name__}: {error}",
            pause=5.0,
        )
    else:
        note(call, S.ANSWERED, answer=answer)
    return True


def _note_failure(call: Call, error: ShundanError) -> None:
    repeatable = CALL_RULES[CallKind(call.kind)].safe_to_repeat
    told: dict[str, Any] = {"error_code": error.code, "error": error.message}
    if isinstance(error, OutsideUnavailable):
        pause = max(error.retry_after or 0.0, min(2.0 ** min(call.attempts, 10), LONGEST_PAUSE))
        unsure = error.unsure and not repeatable
        note(
            call,
            S.UNSURE if unsure else S.QUEUED,
            pause=2.0 if unsure else pause,
            request_id=error.request_id,
            **told,
        )
    elif isinstance(error, Unauthorised):
        note(call, S.QUEUED, pause=30.0, request_id=error.request_id, **told)  # waits until the shop is connected again
    elif isinstance(error, OutsideRefused):
        code = str(error.outside_code or error.code)
        note(call, S.FAILED, request_id=error.request_id, error_code=code, error=error.message)
    else:
        note(call, S.FAILED, **told)


def note(
    call: Call, state: CallState, *, answer: dict[str, Any] | None = None, error_code: str = "", error: str = "",
    request_id: str = "", pause: float = 0.0,
) -> bool:  # fmt: skip
    """Write what became of this attempt; an attempt whose lease ran out meanwhile may still say it was answered."""
    now = clock.wall()
    changes: dict[str, Any] = {
        "call_state": state,
        "lease_until": None,
        "not_before": now + timedelta(seconds=pause),
        "error_code": error_code[:48],
        "error": error[:2000],
        "request_id": request_id[:80],
    }
    if state in (S.ANSWERED, S.FAILED):
        changes |= {"answer": answer, "answered_at": clock.now()}
    open_states = [S.SENDING, S.UNSURE] if state in (S.ANSWERED, S.FAILED) else [S.SENDING]
    rows = Call.objects.filter(pk=call.pk, call_state__in=open_states, attempts=call.attempts)
    return bool(rows.update(**changes))
