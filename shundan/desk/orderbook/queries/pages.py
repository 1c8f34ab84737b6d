"""One order as its page shows it: a constant number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.moves import ORDER_WAY, possible_order_moves
from shundan.core.parcel_moves import PARCEL_WAY
from shundan.core.states import OrderState as S
from shundan.core.states import ParcelState as P
from shundan.desk.imports.queries import kept_rows_of_order
from shundan.desk.imports.queries.words import kind_word
from shundan.desk.orderbook.queries import words
from shundan.desk.orderbook.queries.elsewhere import Arranged, arranged_elsewhere
from shundan.edges.conversations.queries import threads_of_order
from shundan.ground.journal.queries import entries_of
from shundan.ground.look.queries.clocks import CLOCK_WORDS
from shundan.ground.look.queries.formats import duration_text
from shundan.ground.look.queries.states import state_word
from shundan.ground.rulebook.queries import Clock, deadlines_of, rule_source, rule_text
from shundan.ground.staff.queries import names_of
from shundan.stages.aftersales.queries import cases_of
from shundan.stages.orders import queries as orders
from shundan.stages.packing.queries import parcels_of
from shundan.stages.review.queries import last_run
from shundan.stages.stock import queries as stock


@dataclass(frozen=True)
class Stop:
    """One stop of a state rail."""

    label: Any
    note: str
    status: str  # done, now, trouble, bad, ahead


@dataclass(frozen=True)
class ShownHold:
    """A hold or stop with its words."""

    row: Any
    word: Any
    sentence: str
    waits: Any


@dataclass(frozen=True)
class ShownLine:
    """A line with what stock knows of it."""

    line: Any
    item: Any
    bin: str
    reserved: int
    needed: int


@dataclass(frozen=True)
class ShownClock:
    clock: Clock
    word: Any
    source: Any
    rule: str
    origin: str


@dataclass(frozen=True)
class OrderPage:
    """Everything the page of one order draws."""

    order: Any
    rail: tuple[Stop, ...]
    clocks: tuple[ShownClock, ...]
    more_clocks: int
    holds: tuple[ShownHold, ...]
    stops: tuple[ShownHold, ...]
    lines: tuple[ShownLine, ...]
    parcels: tuple[Any, ...]
    cases: tuple[Any, ...]
    address: Any
    checks: tuple[Any, ...]
    run: Any
    events: tuple[Any, ...]
    notes: tuple[Any, ...]
    threads: int
    others: tuple[Any, ...]
    moves: frozenset[str]
    elsewhere: tuple[Arranged, ...] = ()  # packages that somebody else arranged
    from_files: tuple[tuple[Any, str], ...] = ()  # (kept row of a file, its kind in words)

    @property
    def spoken_checks(self) -> list[Any]:
        """The checks that have something to say; what merely passed is folded away by the page."""
        return [one for one in self.checks if one["outcome"] != "PASS"]

    @property
    def passed_checks(self) -> list[Any]:
        return [one for one in self.checks if one["outcome"] == "PASS"]


def read_order_page(order: Any, *, who: Who, now: datetime, looked: bool = False) -> OrderPage:
    """Gather the page of one order; `looked`: a journaled look at the buyer's data preceded."""
    parcels = parcels_of([order.pk]).get(order.pk, [])
    cases = cases_of([order.pk])
    entries = entries_of(
        [
            ("order", order.pk),
            *(("parcel", one.pk) for one in parcels),
            *(("case", one.pk) for one in cases),
        ]
    )
    clocks = [one for one in deadlines_of("order", [order.pk]).get(order.pk, []) if one.is_open]
    run = last_run(order.pk)
    others = orders.orders_of_buyer(order.buyer_id, limit=6) if order.buyer_id else []
    lines = _lines(order)
    return OrderPage(
        order=order,
        rail=_rail(order, entries, now),
        clocks=tuple(
            ShownClock(
                one,
                CLOCK_WORDS.get(one.kind, one.kind),
                words.SOURCE_WORDS.get(one.source, ""),
                rule_text(one.rule),
                rule_source(one.rule),
            )
            for one in clocks[:4]
        ),
        more_clocks=max(len(clocks) - 4, 0),
        holds=tuple(_hold(row) for row in orders.open_holds([order.pk]).get(order.pk, ())),
        stops=tuple(_hold(row) for row in orders.open_stops([order.pk]).get(order.pk, ())),
        lines=lines,
        elsewhere=arranged_elsewhere(order, [one.line for one in lines]),
        parcels=tuple((one, _parcel_rail(one)) for one in parcels),
        cases=tuple(cases),
        address=orders.address_of(order, who=who, looked=looked),
        checks=_checks(run),
        run=run,
        events=_events(entries),
        notes=tuple(orders.notes_of(order.pk)),
        threads=len(threads_of_order(order.shop_id, order.order_id)),
        others=tuple(one for one in others if one.pk != order.pk),
        moves=frozenset(move.value for move in possible_order_moves(S(order.order_state))),
        from_files=tuple(
            (row, kind_word(row.kind)) for row in kept_rows_of_order(order.shop_id, order.order_id, who=who)
        ),
    )


def _rail(order: Any, entries: Sequence[Any], now: datetime) -> tuple[Stop, ...]:
    """Draw the main way with the time spent in each state; HELD, CANCELLED and WATCHED stand where they happened."""
    spent, seen = _spent(order, entries, now)
    here = S(order.order_state)
    way = [state for state in ORDER_WAY if state in seen or state not in (S.WAITING,) or here == S.WAITING]
    if here not in way:
        last = max((way.index(state) for state in seen if state in way), default=0)
        way = [*way[: last + 1], here, *([] if here == S.CANCELLED else way[last + 1 :])]
    at = way.index(here)
    tones = {S.HELD: "trouble", S.CANCELLED: "bad"}
    return tuple(
        Stop(
            state_word(state).label,
            duration_text(spent[state]) if state in spent and state != S.COMPLETED else "",
            "ahead" if place > at else tones.get(here, "now") if place == at else "done",
        )
        for place, state in enumerate(way)
    )


def _spent(order: Any, entries: Sequence[Any], now: datetime) -> tuple[Mapping[S, Any], set[S]]:
    moves = [one for one in reversed(entries) if one.subject_kind == "order" and one.to_state]
    spent: dict[S, Any] = {}
    for one, after in zip(moves, [*moves[1:], None], strict=True):
        state = S(one.to_state)
        length = (after.at if after else now) - one.at
        spent[state] = spent[state] + length if state in spent else length
    return spent, {S(one.to_state) for one in moves} | {S(order.order_state)}


def _parcel_rail(parcel: Any) -> tuple[Stop, ...]:
    here = P(parcel.parcel_state)
    way = list(PARCEL_WAY) if here in PARCEL_WAY else [*PARCEL_WAY[:1], here]
    at = way.index(here)
    tone = "now" if here in PARCEL_WAY else "bad"
    return tuple(
        Stop(state_word(state).label, "", "ahead" if place > at else tone if place == at else "done")
        for place, state in enumerate(way)
    )


def _hold(row: Any) -> ShownHold:
    waits = words.WAITS_WORDS.get(getattr(row, "waits_for", "us"), "")
    return ShownHold(row, words.hold_word(row.kind), words.hold_sentence(row.kind, row.facts), waits)


def _lines(order: Any) -> tuple[ShownLine, ...]:
    lines = orders.lines_of([order.pk]).get(order.pk, [])
    needs = {
        need.line_key: need
        for need in stock.needs_of_lines(
            [line for line in lines if line.live], {order.pk: order.channel_warehouse_id}
        ).get(order.pk, ())
    }
    kept = {row.line_id: row for row in stock.reservations_of([order.pk])}
    items = stock.items_by_key({need.item_key for need in needs.values() if need.item_key})
    bins = stock.bins_of({need.place for need in needs.values()})
    return tuple(
        ShownLine(
            line,
            items.get(need.item_key) if (need := needs.get(line.pk)) else None,
            bins.get(need.place, "") if need else "",
            kept[line.pk].quantity if line.pk in kept else 0,
            need.units if need else 0,
        )
        for line in lines
    )


def _checks(run: Any) -> tuple[Any, ...]:
    """Return what the checks found."""
    if run is None:
        return ()
    return tuple(
        {
            "word": words.hold_word(one["check"]),
            "outcome": one["outcome"],
            "sentence": words.hold_sentence(one["check"], one.get("facts") or {})
            if one["outcome"] in ("HOLD", "WAIVED")
            else str(words.SKIP_WORDS.get((one.get("facts") or {}).get("why", ""), "")),
        }
        for one in run.results
    )


_TONES = {
    "HELD": "warn",
    "CANCELLED": "bad",
    "DELIVERED": "ok",
    "COMPLETED": "ok",
    "APPROVED": "ok",
    "LOST": "bad",
    "FAILED": "bad",
}


def _events(entries: Sequence[Any]) -> tuple[dict[str, Any], ...]:
    """Return the journal newest first, as the timeline draws it."""
    names = {
        f"{kind}:{key}": name for (kind, key), name in names_of((one.by_kind, one.by_key) for one in entries).items()
    }
    return tuple(
        {
            "title": words.entry_word(one),
            "at": one.at,
            "tone": _TONES.get(one.to_state, "accent" if one.by_kind == "person" else ""),
            "note": " · ".join(filter(None, [words.by_word(one.by_kind, one.by_key, names), _note(one)])),
            "by_people": one.by_kind in ("person", "token"),
        }
        for one in entries
    )


def _note(entry: Any) -> str:
    facts = entry.facts
    parts = [str(words.hold_word(kind)) for kind in facts.get("holds", ())]
    if "to_status" in facts:
        parts.append(f"{facts['from_status']} → {facts['to_status']}")
    if entry.subject_kind != "order":
        parts.append(entry.subject_name)
    if check := facts.get("check") or facts.get("stop"):
        parts.append(str(words.hold_word(check)))
    if entry.verb == "APPROVE" and facts.get("checks"):
        parts.append(_("%(n)s checks passed") % {"n": facts["checks"]})
    return ", ".join(parts)
