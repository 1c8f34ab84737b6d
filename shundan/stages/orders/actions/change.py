"""What one snapshot changed at one order: gathered while its rows are written, read when its meaning is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from shundan.core.facts import OrderFacts
from shundan.stages.orders.actions.lines import LineNews
from shundan.stages.orders.models import Order


class Due(NamedTuple):
    """One clock of an order: its kind, its moment, and who says so."""

    kind: str
    at: datetime
    source: str
    rule: str


@dataclass(frozen=True)
class SurpriseDraft:
    """Something that cannot happen and did; unique per shop, subject and code, counted."""

    shop_key: int
    subject_kind: str
    subject_name: str
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Change:
    """One order whose facts were written just now, and what changed."""

    order: Order
    facts: OrderFacts
    is_new: bool = False
    only_blanks: bool = False
    fields: list[str] = field(default_factory=list)
    lines: LineNews = field(default_factory=LineNews)
    old_status: str = ""
    was_cancel_requested: bool = False
    old_address: dict[str, str] = field(default_factory=dict)
    new_address: dict[str, str] = field(default_factory=dict)
    clocks: list[Due] = field(default_factory=list)
    disagreements: list[SurpriseDraft] = field(default_factory=list)
