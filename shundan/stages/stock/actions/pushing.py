"""Stock pushed to the channels: what may be sold there, queued as saved calls; a newer push replaces an older one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from shundan.core.actors import Who
from shundan.core.allocation import sellable, spread
from shundan.core.calls import CallKind, CallState
from shundan.edges.outbox.actions import CallDraft, apply_call, queue_call
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib.db import lock
from shundan.stages.stock.models import SELLING, Level, Listing
from shundan.stages.stock.queries import available, unexpected_lines


def listings_to_push() -> QuerySet[Listing]:
    """Return dirty listings of connected, unpaused shops whose item has no line that is not counted yet.

    While such lines exist the number would be too high: it waits until they are expected.
    """
    same_item = Listing.objects.filter(
        item=OuterRef(OuterRef("item")), shop=OuterRef("shop"), sku_id=OuterRef("sku_id")
    )
    uncounted = unexpected_lines().filter(Exists(same_item))
    rows = Listing.objects.filter(
        dirty_at__isnull=False, item__isnull=False, status__in=SELLING, shop__channel="tiktok", shop__paused_at=None
    )
    return rows.exclude(Exists(uncounted)).order_by("dirty_at", "pk")


def push_listings(listings: Sequence[Listing], *, by: Who, now: datetime) -> int:
    """Queue one push for each listing whose offer is wrong, in the caller's transaction; return how many."""
    # Levels are locked first: a change that commits later finds the listing clean, and marks it dirty again.
    counted = {level.item_id for level in lock(Level.objects.filter(item__in={row.item_id for row in listings}))}
    stands = available({row.item_id for row in listings if row.item_id})
    pushed = 0
    for row in listings:
        stand = stands.get(row.item_id or 0)
        if stand is not None and row.item_id in counted:
            units = sellable(
                on_hand=stand.on_hand, reserved=stand.reserved, expected=stand.expected, buffer=stand.buffer
            )
            pushed += _push(row, units // row.units_per_sale, by=by, now=now)
    Listing.objects.filter(pk__in=[row.pk for row in listings]).update(dirty_at=None)
    return pushed


def _push(row: Listing, units: int, *, by: Who, now: datetime) -> bool:
    offered = sum(row.channel_stock.values())
    waits = row.wanted_stock is not None and row.wanted_stock != offered and row.wanted_stock == units
    if not row.channel_stock or waits or (units == offered and row.wanted_stock in (None, units)):
        return False
    share = spread(units, row.channel_stock)
    queue_call(
        CallDraft(
            shop_key=row.shop_id,
            kind=CallKind.PUSH_STOCK,
            subject_kind="listing",
            subject_key=row.pk,
            subject_name=row.sku_id,
            order_keys=[],
            idempotency_key=f"stock:{row.pk}:{now.isoformat()}",
            request={"product_id": row.product_id, "sku_id": row.sku_id, "stock": share},
        ),
        by=by,
        now=now,
    )
    Listing.objects.filter(pk=row.pk).update(wanted_stock=units)
    facts = {"sku_id": row.sku_id, "from": offered, "to": units}
    record(
        [
            Draft(
                "item",
                row.item_id or 0,
                "push_stock",
                by,
                now,
                shop_key=row.shop_id,
                subject_name=row.seller_sku,
                facts=facts,
            )
        ]
    )
    return True


def apply_push_answers(calls: Sequence[Any], *, by: Who, now: datetime) -> int:
    """Take in what became of pushes: confirmed ones are offered now, refused ones are tried at the next change.

    A refusal is a trouble that people see: until it ends, buyers may order units that are not there.
    """
    for call in calls:
        row = Listing.objects.filter(pk=call.subject_key).first()
        if row is not None and call.call_state == CallState.ANSWERED:
            healed = {"refused_at": None, "refused_stock": None, "refused_why": ""}
            Listing.objects.filter(pk=row.pk).update(channel_stock=call.request["stock"], pushed_at=now, **healed)
        elif row is not None:
            _note_refusal(row, call, by=by, now=now)
        apply_call(call.pk)
    return len(calls)


def _note_refusal(row: Listing, call: Any, *, by: Who, now: datetime) -> None:
    wanted, since = sum(call.request["stock"].values()), row.refused_at or now
    refused = {"refused_at": since, "refused_stock": wanted, "refused_why": call.error}
    Listing.objects.filter(pk=row.pk).update(wanted_stock=None, **refused)
    facts = {"sku_id": row.sku_id, "offered": sum(row.channel_stock.values()), "to": wanted, "code": call.error_code}
    record([
        Draft(
            "listing", row.pk, "stock_refused", by, now, shop_key=row.shop_id,
            subject_name=row.seller_sku or row.sku_id, facts=facts,
        )
    ])  # fmt: skip
