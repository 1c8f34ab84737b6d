"""Reads of the rulebook.

deadlines.py  the clocks of orders, parcels, cases and threads
rules.py      the platform's dated rules, their sources and how sure they are
calendars.py  which days are working days in a market
forecast.py   what the rules say the clocks of an order are
"""

from __future__ import annotations

from shundan.ground.rulebook.queries.calendars import is_working_day
from shundan.ground.rulebook.queries.deadlines import Clock, deadlines_of, open_deadlines, soonest
from shundan.ground.rulebook.queries.forecast import forecast_order_deadlines
from shundan.ground.rulebook.queries.missed import count_missed
from shundan.ground.rulebook.queries.rules import Rule, find_rule, rule_source, rule_text, rules_in_force, rules_of

__all__ = [
    "Clock",
    "Rule",
    "count_missed",
    "deadlines_of",
    "find_rule",
    "forecast_order_deadlines",
    "is_working_day",
    "open_deadlines",
    "rule_source",
    "rule_text",
    "rules_in_force",
    "rules_of",
    "soonest",
]
