"""System for programs: health, snags, arrivals and calls, in the pages' words."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema

from shundan.core.calls import CallState
from shundan.core.errors import NotFound, Refused
from shundan.core.rights import Right
from shundan.desk.system import actions
from shundan.desk.system.queries.channel import read_channel
from shundan.desk.system.queries.lists import in_scope
from shundan.desk.system.queries.overview import is_open_surprise, read_overview
from shundan.edges.inbox.queries import arrivals, hour_counts, stuck_wants, wants
from shundan.edges.outbox.queries import Call, calls
from shundan.ground.jobs.queries import open_snags
from shundan.ground.lib import clock
from shundan.ground.staff.api import Limit
from shundan.ground.staff.logins import needs
from shundan.stages.orders.queries import open_surprises

router = Router(tags=["system"])


class Done(Schema):
    done: int


@router.get("/health")
@needs(Right.SYSTEM)
def health(request: HttpRequest) -> dict[str, Any]:
    """Return how the desk is: steps, what waits, completeness, storage, versions, calls answered in older ones."""
    seen = read_overview(request.who)
    return {
        "steps": [
            {"step": s.step, "seconds": s.seconds, "done": s.done, "took_ms": s.took_ms, "error": s.error}
            for s in seen.steps
        ],
        "shops": [
            {
                "shop": row.shop_id,
                "complete_to": row.complete_to,
                "behind_s": row.behind_s,
                "behind": row.is_behind,
                "open_wants": row.open_wants,
                "stuck_wants": row.stuck,
                "history_done": row.history_done,
                "error": row.error,
            }
            for row in seen.completeness
        ],
        "arrivals": seen.arrivals,
        "turned_away": [
            {"day": row.day, "app_key": row.app_key, "status": row.status, "count": row.count}
            for row, _words in seen.turned_away
        ],
        "wants": seen.wants,
        "calls": seen.calls,
        "snags": seen.snags,
        "storage": {
            "database": seen.storage.database,
            "blobs": seen.storage.blobs,
            "free": seen.storage.free,
        },
        "versions": seen.versions,
        "older_versions": [
            {"shop": shop.shop_id, "call": row.name, "version": row.version, "newest": row.newest}
            for shop, row in read_channel(request.who).older
        ],
    }


@router.get("/snags")
@needs(Right.SYSTEM)
def snags(request: HttpRequest, limit: Limit = 50, after: str = "") -> dict[str, Any]:
    """Return rows that steps could not do, oldest first."""
    return _page(open_snags().order_by("pk"), limit, after, _snag, ascending=True)


@router.post("/snags/{int:key}/retry", response=Done)
@needs(Right.SYSTEM)
def retry_snag(request: HttpRequest, key: int) -> dict[str, int]:
    """Let the step try this row again at once."""
    if not open_snags().filter(pk=key).exists():
        raise NotFound(_("There is no such snag."), remedy=_("It may be done already."))
    return {"done": actions.retry_snags([key], by=request.who, now=clock.now())}


@router.get("/surprises")
@needs(Right.SYSTEM)
def surprises(request: HttpRequest, limit: Limit = 50) -> dict[str, Any]:
    """Return news that cannot happen and that nobody has looked at yet, newest first."""
    return {"items": [_surprise(row) for row in open_surprises(shop_keys=request.who.shop_keys, limit=limit)]}


@router.post("/surprises/{int:key}/seen", response=Done)
@needs(Right.SYSTEM)
def see_surprise(request: HttpRequest, key: int) -> dict[str, int]:
    """Take one surprise off the list; of an order, it comes back when it happens again."""
    if not is_open_surprise(key, request.who):
        raise NotFound(_("There is no such surprise."), remedy=_("Somebody may have looked at it already."))
    actions.see_surprise(key, by=request.who, now=clock.now())
    return {"done": 1}


@router.get("/arrivals")
@needs(Right.SYSTEM)
def list_arrivals(request: HttpRequest, state: str = "", limit: Limit = 50, after: str = "") -> dict[str, Any]:
    """Return webhooks, newest first; `state`: NEW, DONE, UNOWNED, QUARANTINED or IGNORED."""
    return _page(in_scope(arrivals(state=state), request.who), limit, after, _arrival)


@router.post("/arrivals/{int:key}/retry", response=Done)
@needs(Right.SYSTEM)
def retry_arrival(request: HttpRequest, key: int) -> dict[str, int]:
    """Read a quarantined or unowned webhook once more."""
    if not in_scope(arrivals(), request.who).filter(pk=key).exists():
        raise NotFound(_("There is no such arrival."), remedy=_("It may have been pruned."))
    return {"done": actions.retry_arrivals([key], by=request.who, now=clock.now())}


@router.get("/wants")
@needs(Right.SYSTEM)
def list_wants(request: HttpRequest, stuck: bool = False, limit: Limit = 50, after: str = "") -> dict[str, Any]:
    """Return what is waiting to be fetched, newest first; `stuck`: only what failed again and again."""
    return _page(in_scope(stuck_wants() if stuck else wants(), request.who), limit, after, _want)


@router.post("/wants/{int:key}/retry", response=Done)
@needs(Right.SYSTEM)
def retry_want(request: HttpRequest, key: int) -> dict[str, int]:
    """Fetch this again at once."""
    if not in_scope(wants(), request.who).filter(pk=key).exists():
        raise NotFound(_("There is no such want."), remedy=_("It may be fetched already."))
    return {"done": actions.retry_wants([key], by=request.who, now=clock.now())}


@router.get("/hours")
@needs(Right.SYSTEM)
def list_hours(request: HttpRequest, limit: Limit = 50, after: str = "") -> dict[str, Any]:
    """Return the hours that were counted at the platform and here, the one first counted last first."""
    return _page(in_scope(hour_counts(), request.who).order_by("-pk"), limit, after, _hour)


@router.get("/calls")
@needs(Right.SYSTEM)
def list_calls(request: HttpRequest, state: str = "", limit: Limit = 50, after: str = "") -> dict[str, Any]:
    """Return calls, newest first; `state` in capitals."""
    known = {one.value for one in CallState}
    if state and state not in known:
        raise Refused(
            _("There is no state %(state)s.") % {"state": state},
            field="state",
            remedy=_("Choose one of %(names)s.") % {"names": ", ".join(sorted(known))},
        )
    rows = calls(states=[CallState(state)] if state else ())
    return _page(in_scope(rows, request.who), limit, after, _call)


@router.post("/calls/{int:key}/repeat", response=Done)
@needs(Right.SYSTEM)
def repeat_call(request: HttpRequest, key: int) -> dict[str, int]:
    """Send a failed or unsure call again."""
    return {"done": actions.repeat_calls(_one(request, key), by=request.who)}


@router.post("/calls/{int:key}/confirm", response=Done)
@needs(Right.SYSTEM)
def confirm_call(request: HttpRequest, key: int) -> dict[str, int]:
    """Say that an unsure call did happen."""
    return {"done": actions.confirm_calls(_one(request, key), by=request.who)}


@router.post("/calls/{int:key}/drop", response=Done)
@needs(Right.SYSTEM)
def drop_call(request: HttpRequest, key: int) -> dict[str, int]:
    """Call off a call that was not sent yet."""
    return {"done": actions.drop_calls(_one(request, key), by=request.who, now=clock.now())}


def _one(request: HttpRequest, key: int) -> list[Call]:
    found = list(in_scope(calls(), request.who).filter(pk=key))
    if not found:
        raise NotFound(_("There is no such call."), remedy=_("Look at /api/v1/system/calls."))
    return found


def _page(rows: QuerySet[Any], limit: int, after: str, told: Any, *, ascending: bool = False) -> dict[str, Any]:
    if after:
        if not after.isdecimal() or len(after) > 18:
            raise Refused(
                _("This cursor is not one of ours."),
                field="after",
                remedy=_("Send back the last `next` as it was."),
            )
        rows = rows.filter(pk__gt=int(after)) if ascending else rows.filter(pk__lt=int(after))
    found = list(rows[: limit + 1])
    following = str(found[limit - 1].pk) if len(found) > limit else None
    return {"items": [told(row) for row in found[:limit]], "next": following}


def _surprise(row: Any) -> dict[str, Any]:
    return {
        "key": row.pk,
        "shop": row.shop.shop_id,
        "subject_kind": row.subject_kind,
        "subject": row.subject_name,
        "code": row.code,
        "facts": row.facts,
        "at": row.at,
        "count": row.count,
    }


def _snag(row: Any) -> dict[str, Any]:
    return {
        "key": row.pk,
        "step": row.step,
        "subject_kind": row.subject_kind,
        "subject": row.subject_name or str(row.subject_key),
        "attempts": row.attempts,
        "error_code": row.error_code,
        "error": row.error,
        "first_at": row.first_at,
        "next_try_at": row.next_try_at,
    }


def _arrival(row: Any) -> dict[str, Any]:
    return {
        "key": row.pk,
        "shop": row.channel_shop_id,
        "type": row.kind,
        "state": row.state,
        "reason": row.reason,
        "received_at": row.received_at,
        "repeats": row.repeats,
        "notification_id": row.notification_id,
    }


def _want(row: Any) -> dict[str, Any]:
    return {
        "key": row.pk,
        "shop": row.shop.shop_id,
        "kind": row.kind,
        "id": row.outside_id,
        "attempts": row.attempts,
        "next_try_at": row.not_before,
        "error": row.error,
    }


def _hour(row: Any) -> dict[str, Any]:
    return {
        "shop": row.shop.shop_id,
        "hour": row.hour,
        "platform": row.platform,
        "desk": row.desk,
        "wanted": row.wanted,
        "gap_at": row.gap_at,
        "healed_at": row.healed_at,
        "counted_at": row.counted_at,
    }


def _call(row: Any) -> dict[str, Any]:
    return {
        "key": row.pk,
        "shop": row.shop.shop_id,
        "kind": row.kind,
        "state": row.call_state,
        "subject": row.subject_name,
        "attempts": row.attempts,
        "queued_at": row.queued_at,
        "answered_at": row.answered_at,
        "error_code": row.error_code,
        "error": row.error,
        "request_id": row.request_id,
    }
