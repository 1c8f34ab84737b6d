"""What buyers wrote in cases leaves when its clock has run out, days after the order was closed."""

from __future__ import annotations

from datetime import datetime, timedelta

from shundan.core.privacy import PERSONAL
from shundan.ground.lib.db import claim, in_transaction
from shundan.stages.aftersales.models import Case
from shundan.stages.orders.queries import closed_orders

_DAYS = PERSONAL["aftersales.Case.buyer_note"][1]


def erase_cases(*, now: datetime, limit: int = 200) -> int:
    """Erase the buyers' notes of a bounded batch; return how many cases."""

    def work() -> int:
        closed = closed_orders(now - timedelta(days=_DAYS))
        rows = claim(Case.objects.exclude(buyer_note="").filter(order__in=closed).order_by("pk"), limit=limit)
        return Case.objects.filter(pk__in=[row.pk for row in rows]).update(buyer_note="")

    return in_transaction(work)
