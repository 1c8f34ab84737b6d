"""Sending: SENDING is committed with a lease before the wire; what came back is committed before anything moves."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet

from shundan.core.calls import CALL_RULES, CallKind, CallState
from shundan.core.errors import OutsideRefused, OutsideUnavailable, ShundanError, Unauthorised, Unreadable
from shundan.edges.channels.queries import Access, access_of, reachable_shops
from shundan.edges.channels.tiktok.calls import SEND
from shundan.edges.channels.tiktok.refusals import MALFORMED
from shundan.edges.outbox.models import Call
from shundan.ground.lib import clock
from shundan.ground.lib.pauses import pause_after
from shundan.ground.lib.together import Outcome, at_home, together
from shundan.ground.lib.traces import say_error
from shundan.ground.shops.queries import all_shops

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
LOOK_AT = 200
LONGEST_PAUSE = 300.0
TRIES_OF_A_BROKEN_CALL = 5
S = CallState
_TOLD = ("pk", "shop_id", "kind", "subject_kind", "subject_key", "order_keys", "request")


def send_next_calls(*, limit: int = 60) -> int:
    """Send calls whose turn has come, oldest first and many at a time; return how many went out."""
    ready = _ready(limit=limit)
    return together(_make, _taken(ready), done=_keep) if ready else 0


def send_call(call: Call) -> bool:
    """Send one call unless another worker took it; whatever happens, the row says so."""
    return together(_make, _taken([call]), done=_keep) == 1


def _ready(*, limit: int) -> list[Call]:
    """Return calls that may go now: their shop is reachable and not paused, and nothing they wait for is open."""
    paused = {shop.pk for shop in all_shops() if shop.paused_at is not None}
    shops = [key for key in reachable_shops() if key not in paused]
    rows = Call.objects.filter(
        call_state=S.QUEUED, not_before__lte=clock.wall(), shop_id__in=shops, kind__in=list(SEND)
    )
    heads = list(rows.order_by("pk")[:LOOK_AT])
    open_calls = list(_open(shops).filter(_may_block(heads)).only(*_TOLD)) if heads else []
    return [head for head in heads if not any(_blocks(other, head) for other in open_calls)][:limit]


def _may_block(heads: list[Call]) -> Q:
    """Describe the open calls that may stand before one of these: bounded by kind or by subject."""
    kinds = {head.kind for head in heads}
    waited_for = {kind.value for name in kinds for kind in CALL_RULES[CallKind(name)].waits_for}
    found = Q(kind__in=waited_for) | Q(kind__in=kinds, subject_key__in=[head.subject_key for head in heads])
    return found | Q(kind=CallKind.SEND_MESSAGE.value) if CallKind.SEND_MESSAGE in kinds else found


def _open(shops: list[int]) -> QuerySet[Call]:
    return Call.objects.filter(shop_id__in=shops, call_state__in=[S.QUEUED, S.SENDING, S.UNSURE])


def _blocks(other: Call, call: Call) -> bool:
    """Return whether `other` is older, still open, and must end first.

    So it is for the kinds that `call` waits for, about the same thing or one of the same orders; for the same kind
    about the same thing; and for messages of one conversation, which arrive in the order they were written.
    """
    if other.pk >= call.pk or other.shop_id != call.shop_id:
        return False
    same = (other.subject_kind, other.subject_key) == (call.subject_kind, call.subject_key)
    if other.kind == call.kind:
        return same or bool(_conversation(other) & _conversation(call))
    waits = other.kind in CALL_RULES[CallKind(call.kind)].waits_for
    return waits and (same or bool(set(other.order_keys) & set(call.order_keys)))


def _conversation(call: Call) -> set[str]:
    """Return the names under which a message's conversation may be known; nothing for other kinds."""
    if call.kind != CallKind.SEND_MESSAGE:
        return set()
    return {str(call.request.get(name) or "") for name in ("conversation_id", "buyer_user_id")} - {""}


Sending = tuple[Call, Access | None]


def _taken(calls: Iterable[Call]) -> Iterator[Sending]:
    """Take one call after the other, each at the moment it can go out: SENDING is committed before the wire."""
    known: dict[int, Access | None] = {}
    for call in calls:
        rows = Call.objects.filter(pk=call.pk, call_state=S.QUEUED, attempts=call.attempts)
        now, story = clock.wall(), clock.now()
        if not rows.update(call_state=S.SENDING, lease_until=now + LEASE, attempts=call.attempts + 1, sent_at=story):
            continue
        call.attempts += 1
        if call.shop_id not in known:
            known[call.shop_id] = _access(call)
        yield call, known[call.shop_id]


def _access(call: Call) -> Access | None:
    try:
        return access_of(call.shop_id)
    except Unauthorised:
        return None  # asked again at the call itself, which says why


def _make(sending: Sending) -> dict[str, Any]:
    """Make the call: in a thread of its own, so nothing here looks into the database."""
    call, access = sending
    reached = access or at_home(partial(access_of, call.shop_id))
    return SEND[call.kind](reached, call.request, call.idempotency_key)


def _keep(outcome: Outcome[Sending, dict[str, Any]]) -> None:
    """Save what came of one call, before anything moves and whatever became of the others."""
    call, error = outcome.item[0], outcome.error
    if error is None:
        note(call, S.ANSWERED, answer=outcome.value)
    elif isinstance(error, ShundanError) and not isinstance(error, Unreadable):
        _note_failure(call, error)
    elif isinstance(error, MALFORMED):
        log.error("call %s (%s) cannot be made", call.pk, call.kind, exc_info=error)
        broken = S.FAILED if call.attempts >= TRIES_OF_A_BROKEN_CALL else S.UNSURE
        note(call, broken, error_code="broken", error=say_error(error), pause=5.0)
    else:
        raise error


def _note_failure(call: Call, error: ShundanError) -> None:
    repeatable = CALL_RULES[CallKind(call.kind)].safe_to_repeat
    told: dict[str, Any] = {"error_code": error.code, "error": error.message}
    if isinstance(error, OutsideUnavailable):
        pause = pause_after(call.attempts, longest=LONGEST_PAUSE, told=error.retry_after)
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
        "error_code": error_code,
        "error": error[:2000],
        "request_id": request_id,
    }
    if state in (S.ANSWERED, S.FAILED):
        changes |= {"answer": answer, "answered_at": clock.now()}
    open_states = [S.SENDING, S.UNSURE] if state in (S.ANSWERED, S.FAILED) else [S.SENDING]
    rows = Call.objects.filter(pk=call.pk, call_state__in=open_states, attempts=call.attempts)
    return bool(rows.update(**changes))
