"""THE CASE'S DOOR: the only place that writes `case_state`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from shundan.core.actors import Who
from shundan.core.case_moves import CASE_MOVES, CaseMove
from shundan.core.states import CaseState
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib.db import lock
from shundan.stages.aftersales.models import Case


def move_cases(
    moves: Iterable[tuple[int, CaseMove]], *, by: Who, at: datetime, facts: dict[str, Any] | None = None
) -> dict[int, CaseState]:
    """Make the moves the table allows, one journal row each, inside the caller's transaction.

    Rows are locked in key order; a case that has moved on is left out. Returns the new state of each that moved.
    """
    wanted: dict[int, list[CaseMove]] = {}
    for key, move in moves:
        wanted.setdefault(key, []).append(move)
    moved: dict[int, CaseState] = {}
    drafts: list[Draft] = []
    for case in lock(Case.objects.filter(pk__in=wanted)):
        for move in wanted[case.pk]:
            before = CaseState(case.case_state)
            after = CASE_MOVES.get((before, move))
            if after is None or not Case.objects.filter(pk=case.pk, case_state=before).update(
                case_state=after, state_since=at
            ):
                continue
            case.case_state = moved[case.pk] = after
            drafts.append(
                Draft("case", case.pk, move, by, at, shop_key=case.shop_id, subject_name=case.case_id,
                      from_state=before, to_state=after, facts=facts or {})
            )  # fmt: skip
    record(drafts)
    return moved
