"""Writes of after-sales: the case's door, news from the platform, people's answers, goods that come back."""

from __future__ import annotations

from shundan.stages.aftersales.actions.answers import (
    apply_case_answers,
    approve_case,
    offer_refund,
    reject_case,
)
from shundan.stages.aftersales.actions.door import move_cases
from shundan.stages.aftersales.actions.erasing import erase_cases
from shundan.stages.aftersales.actions.goods import GRADES, Grade, close_case, inspect_goods, receive_goods
from shundan.stages.aftersales.actions.local import open_local_case
from shundan.stages.aftersales.actions.news import apply_next_cancellations, apply_next_returns

__all__ = [
    "GRADES", "Grade", "apply_case_answers", "apply_next_cancellations", "apply_next_returns", "approve_case",
    "close_case", "erase_cases",
    "inspect_goods", "move_cases", "offer_refund", "open_local_case", "receive_goods", "reject_case",
]  # fmt: skip
