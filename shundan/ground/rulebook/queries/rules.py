"""The platform's dated rules: data of our own, one file per market, each row with its source and certainty."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
    """Return one sentence in the reader's language: how long, from when, how sure; "" for an unknown id.

    The platform's own words and the source stay as they were found: see `rule_source`.
    """
    rule = find_rule(rule_id)
    if rule is None:
        return ""
    value = ", ".join(map(str, rule.value)) if isinstance(rule.value, list) else str(rule.value)
    unit = str(_UNITS.get(rule.unit, rule.unit.replace("_", " ")))
    start = next((str(words) for key, words in _STARTS if key in rule.starts.lower()), rule.starts)
    parts = [
        _("%(market)s: %(value)s %(unit)s") % {"market": rule.market, "value": f"{rule.operator}{value}", "unit": unit}
    ]
    parts += [_("from %(start)s") % {"start": start}] if start else []
    parts += [_("cut-off %(cutoff)s") % {"cutoff": rule.cutoff}] if rule.cutoff else []
    return f"{_(', ').join(parts)} · {_CERTAINTY[rule.certainty]}"


def rule_source(rule_id: str) -> str:
    """Return where a rule was found, in the words of its source; "" for an unknown id."""
    rule = find_rule(rule_id)
    return f"{rule.topic.replace('_', ' ')}; {rule.starts} — {rule.source}".strip("; ") if rule else ""


_UNITS: dict[str, str | Promise] = {
    "working_days": gettext_lazy("working days"),
    "calendar_days": gettext_lazy("calendar days"),
    "hours": gettext_lazy("hours"),
    "percent": "%",
}
_STARTS: tuple[tuple[str, str | Promise], ...] = (
    ("awaiting shipment", gettext_lazy("the end of the cancel window")),
    ("release", gettext_lazy("the release of the pre-order")),
    ("closure", gettext_lazy("the release of the pre-order")),
    ("payment", gettext_lazy("the payment")),
    ("delivered", gettext_lazy("delivery")),
    ("order", gettext_lazy("the order")),
    ("buyer request", gettext_lazy("the buyer's request")),
)
_CERTAINTY: dict[str, str | Promise] = {
    "official": gettext_lazy("official"),
    "reported": gettext_lazy("reported, not official"),
    "uncertain": gettext_lazy("uncertain"),
}


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
