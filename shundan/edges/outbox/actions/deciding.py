"""What stages and people do with calls: take the answer in, call off, send again, say what happened."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.calls import CallKind, CallState
from shundan.core.errors import Conflict, NotFound
from shundan.edges.outbox.models import Call
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib import clock

S = CallState


def apply_call(key: int) -> bool:
    """Mark an answer, or a refusal, as taken in by its stage, inside the stage's transaction."""
    rows = Call.objects.filter(pk=key, call_state__in=[S.ANSWERED, S.FAILED])
    return bool(rows.update(call_state=S.APPLIED, applied_at=clock.now()))


def drop_calls(
    subject_kind: str, subject_keys: Iterable[int], *, kinds: Iterable[CallKind] = (), why: str = "called off"
) -> int:
    """Call off what was not sent yet; return how many calls were called off.

    Each ends as a refusal, so that its stage takes it in: what waited for the answer does not wait for ever.
    """
    rows = Call.objects.filter(subject_kind=subject_kind, subject_key__in=list(subject_keys), call_state=S.QUEUED)
    wanted = [CallKind(kind).value for kind in kinds]
    rows = rows.filter(kind__in=wanted) if wanted else rows
    return rows.update(call_state=S.FAILED, error_code="called_off", error=why, answered_at=clock.now())


def repeat_call(key: int, *, by: Who) -> None:
    """Send a failed or unsure call again: a person says that this is right."""
    _decide(key, by, "REPEAT", from_states=[S.FAILED, S.UNSURE], to=S.QUEUED)


def decide_call(key: int, *, happened: bool, by: Who) -> None:
    """A person says whether an unsure call took effect; if not, it is sent again."""
    _decide(
        key,
        by,
        "CONFIRM" if happened else "REPEAT",
        from_states=[S.UNSURE],
        to=S.ANSWERED if happened else S.QUEUED,
    )


def _decide(key: int, by: Who, verb: str, *, from_states: list[CallState], to: CallState) -> None:
    call = Call.objects.filter(pk=key).first()
    if call is None:
        raise NotFound(_("There is no such call."), remedy=_("Reload the page."))
    changes = {
        "call_state": to,
        "not_before": clock.wall(),
        "lease_until": None,
        "error": "",
        "error_code": "",
        "asks": 0,
    }
    if to == S.ANSWERED:
        changes |= {"answer": {}, "answered_at": clock.now()}
    with transaction.atomic():
        if not Call.objects.filter(pk=key, call_state__in=from_states).update(**changes):
            raise Conflict(
                _("This call is %(state)s: it cannot be decided any more.") % {"state": call.call_state},
                remedy=_("Reload the page."),
            )
        record([Draft(
            "call", key, verb, by, clock.now(), shop_key=call.shop_id, subject_name=call.subject_name,
            from_state=call.call_state, to_state=to, facts={"kind": call.kind},
        )])  # fmt: skip
