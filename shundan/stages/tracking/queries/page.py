"""Everything one parcel's page shows, gathered in a constant number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shundan.core.actors import Who
from shundan.core.parcel_moves import PARCEL_WAY, ParcelMove
from shundan.core.rights import Right
from shundan.core.states import ParcelState
from shundan.edges.carriers.queries import carriers
from shundan.edges.conversations.queries import language_of, templates_for
from shundan.ground.journal.queries import entries_of
from shundan.ground.look.queries.states import state_word
from shundan.ground.rulebook.queries import deadlines_of
from shundan.ground.staff.queries import names_of
from shundan.stages.orders.queries import causes, open_stops
from shundan.stages.packing.queries import find_parcel, parcels_seen_by, with_orders
from shundan.stages.shipping.queries import NumberEdit, Terms, cure_for, labels_of, number_edit, prints_of, terms_of
from shundan.stages.tracking.queries.parcels import events_of, possible_moves
from shundan.stages.tracking.queries.troubles import troubles_of

P = ParcelState
MOVE_WORDS: dict[str, str | Promise] = {
    "SCAN": _("The carrier has it"),
    "DELIVER": _("It arrived"),
    "FAIL": _("Delivery failed"),
    "RETURN": _("It came back"),
    "LOSE": _("It is lost"),
    "FIND": _("It was found"),
}

CLOCK_WORDS: dict[str, str | Promise] = {
    "cancel_window": _("Cancel window"),
    "ship_by": _("Ship by"),
    "first_scan_by": _("First scan by"),
    "auto_cancel": _("Cancelled at"),
    "deliver_by": _("Deliver by"),
}
SOURCE_WORDS: dict[str, str | Promise] = {
    "platform": _("from the platform"),
    "rulebook": _("from the rulebook"),
    "person": _("from a person"),
}
VERB_WORDS: dict[str, str | Promise] = {
    "plan": _("Planned"),
    "print_label": _("Label printed"),
    "retry_label": _("Label asked for again"),
    "change_label": _("Label asked for again on other terms"),
    "edit_tracking": _("Another number given"),
    "number_taken": _("The platform took the other number"),
    "number_refused": _("The platform refused the other number"),
    "shelve": _("Put on the shelf for stopped parcels"),
    "open_trouble": _("Trouble noted"),
    "close_trouble": _("Trouble closed"),
    "tell_buyer": _("Buyer told"),
    "surprise": _("Something unexpected"),
}


@dataclass(frozen=True)
class Clock:
    """One open clock of the parcel's orders."""

    word: str | Promise
    source: str | Promise
    kind: str
    due_at: Any


@dataclass(frozen=True)
class Happened:
    """One line of a timeline."""

    title: str
    at: Any
    note: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Stop:
    """One state on the rail."""

    label: str | Promise
    status: str
    note: str = ""


@dataclass(frozen=True)
class ParcelPage:
    """One parcel with its orders, lines, label, events, troubles and journal."""

    parcel: Any
    orders: tuple[Any, ...]
    lines: tuple[Any, ...]
    label: Any
    terms: Terms  # on which a person wants the label
    cure: str  # what may end its refusal
    edit: NumberEdit | None  # of a parcel of our own carrier that has a number
    carriers: tuple[Any, ...]  # that it may be told to go with
    prints: tuple[Any, ...]
    events: tuple[Happened, ...]
    journal: tuple[Happened, ...]
    troubles: tuple[Any, ...]
    stops: tuple[Any, ...]
    deadlines: tuple[Clock, ...]
    moves: tuple[tuple[ParcelMove, str | Promise], ...]
    rail: tuple[Stop, ...]
    causes: tuple[Any, ...]
    first_text: str  # what may be written to the buyer


def parcel_page(shop_id: str, parcel_id: str, *, who: Who, now: datetime) -> ParcelPage:
    """Gather a parcel's page; raises NotFound outside the scope."""
    key = find_parcel(shop_id, parcel_id, who=who).pk
    parcel = with_orders(parcels_seen_by(who).select_related("follow", "waveparcel__wave")).get(pk=key)
    orders = tuple(link.order for link in parcel.parcel_orders.all())
    order_keys = [order.pk for order in orders]
    troubles = tuple(troubles_of([key]).get(key, ()))
    is_open = any(one.closed_at is None for one in troubles)
    own = not parcel.shipping_by_platform and parcel.parcel_state not in (P.PLANNED, P.VOIDED)
    edit = number_edit(parcel, now=now) if own else None
    return ParcelPage(
        parcel=parcel,
        orders=orders,
        lines=tuple(parcel.parcel_lines.all()),
        label=labels_of([key]).get(key),
        terms=terms_of([key]).get(key, Terms()),
        cure=cure_for(parcel.trouble) if parcel.trouble and parcel.shipping_by_platform else "",
        edit=edit,
        carriers=tuple(carriers()) if edit and edit.refusal is None else (),
        prints=tuple(prints_of([key], limit=20)),
        events=tuple(_event(one) for one in events_of([key]).get(key, ())[:60]),
        journal=_journal(key),
        troubles=troubles,
        stops=tuple(stop for found in open_stops(order_keys).values() for stop in found),
        deadlines=_clocks(order_keys),
        moves=tuple((move, MOVE_WORDS[move]) for move in possible_moves(parcel.parcel_state)),
        rail=_rail(parcel),
        causes=tuple(causes()) if is_open and who.may(Right.TRACK) else (),
        first_text=_first_text(parcel, orders) if is_open and who.may(Right.ANSWER) else "",
    )


def _clocks(order_keys: list[int]) -> tuple[Clock, ...]:
    """Return the soonest open clocks, one of each kind."""
    soonest: dict[str, Any] = {}
    for found in deadlines_of("order", order_keys).values():
        for one in found:
            if one.met_at is None and (one.kind not in soonest or one.due_at < soonest[one.kind].due_at):
                soonest[one.kind] = one
    shown = sorted((one for kind, one in soonest.items() if kind in CLOCK_WORDS), key=lambda one: one.due_at)
    return tuple(
        Clock(CLOCK_WORDS[one.kind], SOURCE_WORDS.get(one.source, one.source), one.kind, one.due_at)
        for one in shown[:4]
    )


def _first_text(parcel: Any, orders: tuple[Any, ...]) -> str:
    """Fill the first template about delays, in the language of the shop's market."""
    found = templates_for("delay", language=language_of(parcel.shop.region))
    text = found[0].text if found else ""
    for name, value in (
        ("order_id", orders[0].order_id if orders else ""),
        ("tracking", parcel.tracking_number),
        ("item", orders[0].first_title if orders else ""),
        ("buyer", ""),
    ):
        text = text.replace(f"{{{name}}}", value)
    return text


def _event(event: Any) -> Happened:
    tones = {"DELIVER": "ok", "FAIL": "bad", "LOSE": "bad", "RETURN": "warn"}
    return Happened(event.text, event.at, event.place, tones.get(event.code, ""))


def _journal(key: int) -> tuple[Happened, ...]:
    entries = entries_of([("parcel", key)], limit=40)
    names = names_of((one.by_kind, one.by_key) for one in entries)
    return tuple(_entry(one, names[(one.by_kind, one.by_key)]) for one in entries)


def _entry(entry: Any, name: str) -> Happened:
    moved = entry.from_state != entry.to_state and entry.to_state
    title = str(state_word(entry.to_state).label) if moved else str(VERB_WORDS.get(entry.verb, entry.verb))
    terms = str(Terms.read(entry.facts)) if entry.verb == "change_label" else ""
    changed = f"{entry.facts['from']} → {entry.facts['to']}" if entry.verb == "edit_tracking" else ""
    told = (entry.facts.get(key) for key in ("why", "reason", "manifest"))
    why = terms or changed or next((str(one) for one in told if one), "")
    return Happened(title, entry.at, " · ".join(part for part in (name, why) if part))


def _rail(parcel: Any) -> tuple[Stop, ...]:
    """Draw the ordinary way; where the parcel left it, the trouble stands at the end."""
    state = P(parcel.parcel_state)
    if state not in PARCEL_WAY:
        return (*(_stop(one, "done") for one in PARCEL_WAY[:1]), Stop(state_word(state).label, "trouble"))
    at = PARCEL_WAY.index(state)
    return tuple(
        _stop(one, "done" if place < at else "now" if place == at else "ahead") for place, one in enumerate(PARCEL_WAY)
    )


def _stop(state: P, status: str) -> Stop:
    return Stop(state_word(state).label, status)
