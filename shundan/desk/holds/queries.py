"""The board of holds: what waits, for whom, how soon, and how each can end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shundan.core.actors import Who
from shundan.core.checks import CHECK_BY_KEY, NEVER_WAIVED
from shundan.core.rights import Right
from shundan.desk.orderbook.queries.words import HOLD_ICONS, OUTCOME_WORDS, WAITS_WORDS, hold_sentence, hold_word
from shundan.edges.conversations.queries import language_of, messages_of, templates_for, threads_of_order
from shundan.stages.aftersales.queries import cases_of
from shundan.stages.orders import queries as orders
from shundan.stages.orders.queries import Hold
from shundan.stages.stock import queries as stock

SHOWN = 300
TABS: tuple[tuple[str, str | Promise], ...] = (
    ("", _("All")),
    ("us", _("Waits for us")),
    ("buyer", _("Waits for the buyer")),
    ("stock", _("Waits for stock")),
)


@dataclass(frozen=True)
class Row:
    """One hold in the queue."""

    hold: Hold
    sentence: str
    waits: Any


@dataclass(frozen=True)
class Group:
    """Holds of one reason, the soonest clock first."""

    kind: str
    word: Any
    icon: str
    rows: tuple[Row, ...]
    due_at: datetime | None
    due_kind: str


@dataclass(frozen=True)
class Choice:
    """One way to end a hold: its key, words, what it costs, and which fields it asks for."""

    key: str
    label: str | Promise
    note: str | Promise
    asks: str = ""  # why, item, address, reason, or nothing
    right: Right = Right.HOLD


@dataclass(frozen=True)
class ChosenHold:
    """The hold in the middle pane, with what is known of its order and conversation."""

    hold: Hold
    order: Any
    word: Any
    sentence: str
    lines: tuple[Any, ...]
    stands: tuple[Any, ...]
    choices: tuple[Choice, ...]
    others: int
    outcomes: tuple[tuple[Any, int], ...]
    cases: tuple[Any, ...]
    thread: Any
    messages: tuple[Any, ...]
    templates: tuple[Any, ...]


def read_groups(who: Who, *, waits_for: str = "", shop_key: int | None = None) -> tuple[Group, ...]:
    """Return the open holds in scope, grouped by reason, the most urgent group first; at most 300 holds."""
    rows = orders.holds_in_scope(who)
    rows = rows.filter(waits_for=waits_for) if waits_for else rows
    rows = rows.filter(shop=shop_key) if shop_key else rows
    groups: dict[str, list[Hold]] = {}
    for hold in rows.order_by("order__next_due_at", "pk")[:SHOWN]:
        groups.setdefault(hold.kind, []).append(hold)
    found = [_group(kind, sorted(holds, key=_soonest)) for kind, holds in groups.items()]
    return tuple(sorted(found, key=lambda group: (group.due_at is None, group.due_at, group.kind)))


def count_waits(who: Who) -> dict[str, int]:
    """Return how many of the first 300 holds wait for whom; "" is all."""
    counts = Counter(orders.holds_in_scope(who).order_by("pk").values_list("waits_for", flat=True)[:SHOWN])
    return {**counts, "": sum(counts.values())}


def _soonest(hold: Hold) -> tuple[bool, Any, int]:
    return hold.order.next_due_at is None, hold.order.next_due_at, hold.pk


def _group(kind: str, holds: Sequence[Hold]) -> Group:
    rows = tuple(Row(hold, hold_sentence(kind, hold.facts), WAITS_WORDS.get(hold.waits_for, "")) for hold in holds)
    first = holds[0].order
    return Group(
        kind, hold_word(kind), HOLD_ICONS.get(kind, "circle-pause"), rows, first.next_due_at, first.next_due_kind
    )


def find_hold(groups: Iterable[Group], hold_key: int) -> Hold | None:
    """Return the chosen hold, or the first of the board."""
    rows = [row.hold for group in groups for row in group.rows]
    return next((hold for hold in rows if hold.pk == hold_key), rows[0] if rows else None)


def next_hold(groups: Iterable[Group], hold_key: int) -> int:
    """Return the key of the hold after this one on the board, 0 when it is the last."""
    keys = [row.hold.pk for group in groups for row in group.rows]
    at = keys.index(hold_key) if hold_key in keys else -1
    return keys[at + 1] if at + 1 < len(keys) else 0


def read_hold(hold: Hold, *, who: Who, now: datetime) -> ChosenHold:
    """Gather what a person needs to decide this hold; a constant number of queries."""
    order = hold.order
    lines = [line for line in orders.lines_of([order.pk]).get(order.pk, ()) if line.live]
    needs = stock.needs_of_lines(lines, {order.pk: order.channel_warehouse_id}).get(order.pk, [])
    stands = stock.available({need.item_key for need in needs if need.item_key})
    items = stock.items_by_key(stands)
    threads = _threads(order, who)
    messages = messages_of(threads[0].pk) if threads else []
    closed = orders.outcomes_of(hold.kind, since=now - timedelta(days=30))
    templates = templates_for(hold.kind, language=language_of(order.shop.region)) if who.may(Right.ANSWER) else []
    return ChosenHold(
        hold=hold,
        order=order,
        word=hold_word(hold.kind),
        sentence=hold_sentence(hold.kind, hold.facts),
        lines=tuple(lines),
        stands=tuple(
            (items[need.item_key], stands[need.item_key], need.units) for need in needs if need.item_key in items
        ),
        choices=tuple(choice for choice in choices_of(hold, order) if who.may(choice.right)),
        others=orders.holds_in_scope(who).filter(kind=hold.kind).exclude(pk=hold.pk).count(),
        outcomes=tuple((OUTCOME_WORDS.get(outcome, outcome), count) for outcome, count in closed),
        cases=tuple(cases_of([order.pk])),
        thread=threads[0] if threads else None,
        messages=tuple(messages),
        templates=tuple(templates),
    )


def _threads(order: Any, who: Who) -> list[Any]:
    if not who.may(Right.SEE_CONVERSATION):
        return []
    buyer = order.buyer.channel_buyer_id if order.buyer else ""
    return threads_of_order(order.shop_id, order.order_id, channel_buyer_id=buyer)


def choices_of(hold: Hold, order: Any) -> list[Choice]:
    """Return the ways this hold can end, the usual one first."""
    ways: list[Choice] = []
    if hold.kind == "unknown_sku":
        ways.append(
            Choice("link", _("Link the SKU to an item"), _("All orders with this SKU are freed."), "item", Right.STOCK)
        )
    if hold.kind == "address":
        ways.append(
            Choice(
                "address",
                _("Correct the address"),
                _("Old and new value are journaled; it is checked again."),
                "address",
                Right.APPROVE,
            )
        )
    if hold.kind in CHECK_BY_KEY and hold.kind not in NEVER_WAIVED:
        ways.append(Choice("waive", _("Let it pass"), _("Holds until what was judged changes."), "why", Right.APPROVE))
    if hold.kind not in CHECK_BY_KEY and hold.kind not in ("cancelling",):
        ways.append(Choice("end", _("End the hold"), _("The order is checked again and goes on.")))
    if hold.kind in CHECK_BY_KEY:
        ways.append(Choice("again", _("Check again"), _("The checks look at it as it is now."), "", Right.APPROVE))
    if hold.kind != "cancelling":
        ways.append(
            Choice(
                "cancel",
                _("Cancel the order"),
                _("The platform refunds the buyer; this cannot be undone."),
                "reason",
                Right.CANCEL,
            )
        )
    return ways
