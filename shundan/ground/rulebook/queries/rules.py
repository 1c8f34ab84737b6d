"""The platform's dated rules: data of our own, one file per market, each row with its source and certainty."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "rules"
MARKETS = ("ALL", "BR", "DE", "ES", "FR", "GB", "ID", "IE", "IT", "JP", "MX", "MY", "PH", "SG", "TH", "US", "VN")


@dataclass(frozen=True)
class Rule:
    """One dated statement about one market. `certainty`: official, reported or uncertain."""

    id: str
    market: str
    topic: str
    value: Any
    unit: str
    source: str
    certainty: str
    shipping: str = "any"  # platform | seller | any
    origin: str = "any"  # local | cross_border | any
    order_type: str = "any"
    starts: str = ""
    cutoff: str = ""
    calendar: str = ""
    operator: str = ""
    window: str = ""
    since: date | None = None
    until: date | None = None
    note: str = ""

    def holds_on(self, day: date) -> bool:
        """Return whether the rule was in force on that day, as far as its dates tell."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@lru_cache(maxsize=32)
def rules_of(market: str) -> tuple[Rule, ...]:
    """Return every rule of a market (ISO country code, or ALL), in the order of its file."""
    if market not in MARKETS:
        return ()
    return tuple(_rule(row) for row in json.loads((FOLDER / f"{market}.json").read_text("utf-8")))


def rules_in_force(market: str, topic: str, *, on: date) -> list[Rule]:
    """Return the rules of a topic that hold on a day: the surest first, then the newest."""
    order = {"official": 0, "reported": 1, "uncertain": 2}
    found = [rule for rule in rules_of(market) if rule.topic == topic and rule.holds_on(on)]
    return sorted(found, key=lambda rule: (order[rule.certainty], -(rule.since or date.min).toordinal(), rule.id))


def find_rule(rule_id: str) -> Rule | None:
    """Return the rule of that id."""
    market = rule_id.partition("-")[0].upper()
    return next((rule for rule in rules_of(market) if rule.id == rule_id), None)


def rule_text(rule_id: str) -> str:
    """Return one English sentence that says the rule, its source and how sure it is; "" for an unknown id."""
    rule = find_rule(rule_id)
    if rule is None:
        return ""
    value = ", ".join(map(str, rule.value)) if isinstance(rule.value, list) else str(rule.value)
    parts = [f"{rule.market}: {rule.topic.replace('_', ' ')} {rule.operator}{value} {rule.unit.replace('_', ' ')}"]
    if rule.starts:
        parts.append(f"from {rule.starts}")
    if rule.cutoff:
        parts.append(f"cut-off {rule.cutoff}")
    return f"{'; '.join(parts)}. Source: {rule.source} ({rule.certainty})."


def _rule(row: dict[str, Any]) -> Rule:
    known = {key: row[key] for key in Rule.__dataclass_fields__ if key in row}
    return Rule(**known, since=_day(row.get("from"), first=True), until=_day(row.get("to"), first=False))


def _day(text: str | None, *, first: bool) -> date | None:
    """Read a date; one that names only a month means its first (or last) day as far as it is sure."""
    if not text:
        return None
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 3:
        return date(*parts)
    month = parts[1] if len(parts) == 2 else (1 if first else 12)
    return date(parts[0], month, 1 if first else 28)
