"""Troubles of parcels on their way: noticed by silence or told by the carrier, ended with a cause."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.errors import Conflict, Refused
from shundan.core.states import ParcelState
from shundan.edges.conversations.actions import Recipient, write_to_buyer
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib.db import in_transaction
from shundan.stages.orders.queries import causes, orders_by_key
from shundan.stages.packing.actions import parcel_draft
from shundan.stages.packing.queries import order_keys_of, parcel_by_key
from shundan.stages.tracking.models import TROUBLE_WORDS, Trouble
from shundan.stages.tracking.queries.troubles import OUTCOME_WORDS, find_trouble

P = ParcelState
_ENDED_BY: dict[ParcelState, tuple[str, tuple[str, ...]]] = {
    P.IN_TRANSIT: ("moved_again", ("no_first_scan", "no_movement", "lost", "delivery_failed")),
    P.DELIVERED: ("arrived", tuple(TROUBLE_WORDS)),
}


def open_trouble(parcel: Any, kind: str, *, by: Who, now: datetime, facts: Mapping[str, Any] | None = None) -> bool:
    """Note what is wrong with a parcel; return whether it was not known yet."""
    if kind not in TROUBLE_WORDS:
        raise Refused(_("There is no such kind of trouble."), field="kind")

    def work() -> bool:
        trouble, made = Trouble.objects.get_or_create(
            shop_id=parcel.shop_id,
            parcel_id=parcel.pk,
            kind=kind,
            closed_at=None,
            defaults={"opened_at": now, "opened_by": by.named, "facts": dict(facts or {})},
        )
        if made:
            record([_draft(trouble, parcel, "open_trouble", by=by, now=now, facts={"trouble": kind})])
        return made

    return in_transaction(work)


def notice_silence(parcels: list[Any], kind: str, *, by: Who, now: datetime) -> int:
    """Open a trouble for each parcel nobody has heard of for too long; return how many."""
    return sum(open_trouble(parcel, kind, by=by, now=now) for parcel in parcels)


def settle_troubles(parcel_key: int, state: ParcelState, *, by: Who, now: datetime) -> int:
    """Close what a parcel's new state has settled: it moves again, or it arrived."""
    outcome, kinds = _ENDED_BY.get(state, ("", ()))
    if not outcome:
        return 0
    rows = Trouble.objects.filter(parcel_id=parcel_key, kind__in=kinds, closed_at=None)
    return rows.update(closed_at=now, closed_by=by.named, outcome=outcome)


def close_trouble(trouble_key: int, *, cause: str, outcome: str, by: Who, now: datetime) -> None:
    """End a trouble with the cause it had, one of the tree of causes."""
    if cause not in {row.key for row in causes()}:
        raise Refused(_("Choose a cause from the list."), field="cause")
    if outcome not in OUTCOME_WORDS:
        raise Refused(_("Say how it ended."), field="outcome")

    def work() -> None:
        trouble = find_trouble(trouble_key)
        closed = Trouble.objects.filter(pk=trouble_key, closed_at=None).update(
            closed_at=now, closed_by=by.named, cause=cause, outcome=outcome
        )
        if not closed:
            raise Conflict(_("This trouble is closed already."), remedy=_("Reload the page."))
        facts = {"trouble": trouble.kind, "cause": cause, "outcome": outcome}
        record([_draft(trouble, trouble.parcel, "close_trouble", by=by, now=now, facts=facts)])

    in_transaction(work)


def tell_buyer(trouble_key: int, text: str, *, by: Who, now: datetime) -> None:
    """Write to the buyer about a parcel's trouble and remember that they were told."""
    trouble = find_trouble(trouble_key)
    parcel = parcel_by_key(trouble.parcel_id)
    order_key = order_keys_of([parcel.pk])[parcel.pk][0]
    order = orders_by_key([order_key])[order_key]
    buyer = order.buyer

    def work() -> None:
        write_to_buyer(
            Recipient(
                order.shop_id,
                order.order_id,
                order.pk,
                channel_buyer_id=buyer.channel_buyer_id if buyer else "",
                buyer_name=buyer.nickname if buyer else "",
            ),
            text,
            by=by,
            now=now,
            why=f"trouble:{trouble.kind}",
        )
        Trouble.objects.filter(pk=trouble_key).update(told_buyer_at=now)
        record([_draft(trouble, parcel, "tell_buyer", by=by, now=now, facts={"trouble": trouble.kind})])

    in_transaction(work)


def _draft(trouble: Trouble, parcel: Any, verb: str, *, by: Who, now: datetime, facts: dict[str, Any]) -> Draft:
    return parcel_draft(parcel, verb, by=by, at=now, facts={**facts, "key": trouble.pk})
