"""What a person may push on the System pages: try again, with its journal row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from shundan.core.actors import Who
from shundan.core.calls import CallKind
from shundan.core.errors import Refused
from shundan.edges.channels import actions as channels
from shundan.edges.inbox import actions as inbox
from shundan.edges.outbox import actions as outbox
from shundan.edges.outbox.queries import Call
from shundan.ground.jobs.actions import retry_snag
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib.db import in_transaction
from shundan.ground.shops.queries import Shop
from shundan.stages.orders.actions import note_surprise_seen


def retry_arrivals(keys: Iterable[int], *, by: Who, now: datetime) -> int:
    """Read arrivals once more; those read meanwhile are left out. Returns how many."""
    done = 0
    for key in keys:
        try:
            in_transaction(lambda key=key: _retry_arrival(key, by=by, now=now))  # type: ignore[misc]
        except Refused:
            continue  # somebody else was first, or it was pruned: nothing is left to do for this one
        done += 1
    return done


def retry_wants(keys: Iterable[int], *, by: Who, now: datetime) -> int:
    """Fetch again what failed, at once. Returns how many were still open."""
    chosen = list(keys)

    def work() -> int:
        record(Draft("want", key, "retry_want", by, now) for key in chosen)
        return inbox.retry_wants(chosen)

    return in_transaction(work)


def retry_snags(keys: Iterable[int], *, by: Who, now: datetime) -> int:
    """Let steps try stuck rows again at once. Returns how many."""
    chosen = list(keys)

    def work() -> None:
        for key in chosen:
            retry_snag(key, by=by)
        record(Draft("snag", key, "retry_snag", by, now) for key in chosen)

    in_transaction(work)
    return len(chosen)


def see_surprise(key: int, *, by: Who, now: datetime) -> None:
    """Take a surprise off the list; of an order, it comes back when it happens again."""

    def work() -> None:
        note_surprise_seen(key, now=now)
        record([Draft("surprise", key, "see_surprise", by, now)])

    in_transaction(work)


def forget_versions(shop: Shop, *, by: Who, now: datetime) -> None:
    """Ask for the newest versions of a shop's calls again."""

    def work() -> None:
        channels.forget_versions(shop.pk)
        record([Draft("shop", shop.pk, "forget_versions", by, now, shop_key=shop.pk, subject_name=shop.shop_id)])

    in_transaction(work)


def repeat_calls(calls: Iterable[Call], *, by: Who) -> int:
    """Send failed and unsure calls again, because a person says so. Returns how many."""
    return _each(calls, lambda call: outbox.repeat_call(call.pk, by=by))


def confirm_calls(calls: Iterable[Call], *, by: Who) -> int:
    """Say of unsure calls that they did happen. Returns how many."""
    return _each(calls, lambda call: outbox.decide_call(call.pk, happened=True, by=by))


def drop_calls(calls: Iterable[Call], *, by: Who, now: datetime) -> int:
    """Call off what was not sent yet. Returns how many."""
    dropped = 0
    for call in calls:

        def work(call: Call = call) -> int:
            done = outbox.drop_calls(call.subject_kind, [call.subject_key], kinds=[CallKind(call.kind)])
            if done:
                record(
                    [
                        Draft(
                            "call",
                            call.pk,
                            "drop_call",
                            by,
                            now,
                            shop_key=call.shop_id,
                            subject_name=call.subject_name,
                        )
                    ]
                )
            return done

        dropped += in_transaction(work)
    return dropped


def _each(calls: Iterable[Call], decide: Callable[[Call], None]) -> int:
    done = 0
    for call in calls:
        try:
            decide(call)
        except Refused:
            continue  # it moved on meanwhile: the list shows where it stands now
        done += 1
    return done


def _retry_arrival(key: int, *, by: Who, now: datetime) -> None:
    inbox.retry_arrival(key, by=by)
    record([Draft("arrival", key, "retry_arrival", by, now)])
