"""A person's decision that a check shall pass, as long as the check's inputs stay the same."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.checks import NEVER_WAIVED
from shundan.core.errors import Conflict, Refused
from shundan.ground.journal.actions import Draft, record
from shundan.stages.orders.actions.holds import close_holds
from shundan.stages.orders.models import Hold, Waiver


def waive(order_key: int, check_key: str, why: str, *, by: Who, now: datetime) -> bool:
    """Let the order pass a check that holds it; return whether the order is free now.

    Raises Conflict when no such hold is open, Refused for a check that nobody can waive or without a reason.
    """
    if check_key in NEVER_WAIVED:
        raise Refused(
            _("This cannot be waived: without it nothing can be packed."), code="never_waived", remedy=_("Fix it.")
        )
    if not why.strip():
        raise Refused(_("A waiver needs its reason."), field="why", remedy=_("Write one sentence."))
    with transaction.atomic():
        hold = Hold.objects.select_related("order").filter(order=order_key, kind=check_key, closed_at=None).first()
        if hold is None:
            raise Conflict(_("The order is not held for this any more."), remedy=_("Reload the order."))
        Waiver.objects.get_or_create(
            order_id=order_key,
            check_key=check_key,
            inputs_hash=hold.inputs_hash,
            defaults={"why": why.strip()[:200], "at": now, "by": by.named},
        )
        record([Draft(
            "order", order_key, "waive", by, now, shop_key=hold.shop_id, subject_name=hold.order.order_id,
            facts={"check": check_key, "inputs_hash": hold.inputs_hash}, personal={"why": why.strip()[:200]},
        )])  # fmt: skip
        return bool(close_holds([hold.pk], "waived", by=by, now=now))
