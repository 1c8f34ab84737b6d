"""Cases the platform has no word for: repairs and claims, opened by us."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.errors import Refused
from shundan.core.states import CaseKind, CaseState, GoodsState
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib.db import in_transaction
from shundan.stages.aftersales.models import Case, CaseLine
from shundan.stages.orders.queries import lines_of, order_by_key

LOCAL_KINDS = (CaseKind.REPAIR, CaseKind.CLAIM)


def open_local_case(order_key: int, kind: str, note: str, *, by: Who, now: datetime) -> Case:
    """Open a repair (the goods come back) or a claim against carrier or platform for an order."""
    if kind not in LOCAL_KINDS:
        raise Refused(
            _("“%(kind)s” is opened by the buyer at the platform.") % {"kind": kind},
            field="kind",
            remedy=_("Choose REPAIR or CLAIM."),
        )

    def work() -> Case:
        order = order_by_key(order_key)
        case = Case.objects.create(
            shop_id=order.shop_id, case_id=uuid4().hex, kind=kind, order_id=order.pk,
            case_state=CaseState.OPENED, state_since=now, opened_by="US", reason_text=note[:300],
            currency=order.currency, opened_at=now, updated_at=now, asked_at=now,
            goods_state=GoodsState.EXPECTED if kind == CaseKind.REPAIR else GoodsState.NONE,
        )  # fmt: skip
        case.case_id = f"L{case.pk}"  # the row's own number: two who open a case at once cannot reckon the same
        case.save(update_fields=["case_id"])
        CaseLine.objects.bulk_create(
            [
                CaseLine(case=case, line_id=line.pk, quantity=line.quantity)
                for line in lines_of([order.pk]).get(order.pk, [])
            ]
        )
        record([Draft("case", case.pk, "open_case", by, now, shop_key=case.shop_id, subject_name=case.case_id,
                      to_state=CaseState.OPENED, facts={"kind": kind, "by": "US"})])  # fmt: skip
        return case

    return in_transaction(work)
