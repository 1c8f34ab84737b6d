"""RECEIVED orders are approved or held, and why is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.checks import CHECK_BY_KEY, CHECKS, NEVER_WAIVED, VERSION, Result, Thresholds, holding, run_checks
from shundan.core.errors import Refused
from shundan.core.moves import OrderMove as M
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib.rows import insert_values
from shundan.stages.orders import queries as orders
from shundan.stages.orders.actions import HoldDraft, move_orders, open_holds
from shundan.stages.orders.queries import Order
from shundan.stages.review.models import Run, Threshold
from shundan.stages.review.queries import gather


def review_orders(rows: Sequence[Order], *, by: Who, now: datetime) -> int:
    """Run the checks over RECEIVED orders in the caller's transaction: approve or hold each; return how many passed."""
    inputs = gather(rows)
    waivers = orders.waivers_of(inputs)
    results = {key: run_checks(one, waived=frozenset(waivers.get(key, ()))) for key, one in inputs.items()}
    held = {key: bad for key, found in results.items() if (bad := holding(found))}
    moved = move_orders(
        [(key, M.APPROVE) for key in results if key not in held], by=by, at=now,
        facts={"checks": len(CHECKS), "version": VERSION},
    )  # fmt: skip
    stopped = open_holds([(key, _hold(one)) for key, bad in held.items() for one in bad], by=by, now=now)
    insert_values(Run, ("order_id", "at", "verdict", "moved", "results"), [
        (key, now, "HOLD" if key in held else "APPROVE", key in moved or key in stopped, [_told(one) for one in found])
        for key, found in results.items()
    ])  # fmt: skip
    return len(moved)


def _told(result: Result) -> dict[str, object]:
    return {**vars(result), "outcome": result.outcome.value, "version": VERSION}


def _hold(result: Result) -> HoldDraft:
    check = CHECK_BY_KEY[result.check]
    return HoldDraft(check.key, check.waits_for, check.cause, result.facts, result.inputs_hash)


def keep_thresholds(shop_key: int, wanted: Thresholds, *, by: Who, now: datetime) -> None:
    """Set what a shop's checks compare with; orders that were checked already are not checked again."""
    if not 0 < wanted.price_below_percent < 100 or wanted.unusual_quantity < 2 or wanted.duplicate_hours < 0:
        raise Refused(
            _("These limits make no sense."),
            field="thresholds",
            remedy=_("1 to 99 %, 2 units or more, 0 hours or more."),
        )
    off = _known(wanted.off)
    with transaction.atomic():
        Threshold.objects.update_or_create(shop_id=shop_key, defaults={
            "price_below_percent": wanted.price_below_percent, "unusual_quantity": wanted.unusual_quantity,
            "duplicate_hours": wanted.duplicate_hours, "off": off,
        })  # fmt: skip
        facts = {**asdict(wanted), "off": off}
        record([Draft("shop", shop_key, "keep_thresholds", by, now, shop_key=shop_key, facts=facts)])


def _known(off: Iterable[str]) -> list[str]:
    return sorted(key for key in off if key in CHECK_BY_KEY and key not in NEVER_WAIVED)
