"""What is running out, and what to do first: clocks across shops, gathered into moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Min, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from shundan.core.actors import Who
from shundan.core.clocks import CALM, HARMFUL, DeadlineKind
from shundan.core.rights import Right
from shundan.core.states import OPEN_STATES, CaseState, ParcelState
from shundan.edges.channels.queries import connections
from shundan.edges.conversations.queries import count_waiting
from shundan.edges.inbox.queries import Completeness, completeness
from shundan.ground.journal.queries import Entry, newest_entries
from shundan.ground.lib import clock
from shundan.ground.look.queries.clocks import CLOCK_WORDS
from shundan.ground.look.queries.formats import tail
from shundan.ground.look.queries.lists import count_capped
from shundan.ground.rulebook.queries import open_deadlines
from shundan.ground.shops.queries import Shop, shops_seen_by
from shundan.stages.aftersales.queries import cases_seen_by
from shundan.stages.orders.queries import holds_in_scope, orders_seen_by
from shundan.stages.packing.queries import parcels_seen_by
from shundan.stages.tracking.queries import open_troubles

K = DeadlineKind
# (key, words, from hours, to hours): what is over, the next two hours, until eight, until two days.
SPANS: tuple[tuple[str, str | Promise, float | None, float], ...] = (
    ("over", _("Overdue"), None, 0), ("now", _("2 h"), 0, 2), ("soon", _("8 h"), 2, 8), ("later", _("48 h"), 8, 48),
)  # fmt: skip
SEEN_AHEAD = timedelta(hours=48)
# Where the work behind a clock is done, and the right that it takes.
_PLACES: dict[str, tuple[str | Promise, str, Right]] = {
    K.SHIP_BY: (_("Pack and hand over"), "/packing/?due=today", Right.PACK),
    K.FIRST_SCAN_BY: (_("Get parcels scanned"), "/shipping/", Right.SHIP),
    K.AUTO_CANCEL: (_("Save from auto-cancel"), "/orders/?sort=due", Right.SEE_ORDER),
    K.DELIVER_BY: (_("Follow late parcels"), "/tracking/", Right.TRACK),
    K.ANSWER_CANCEL_BY: (_("Answer cancel requests"), "/cases/?kind=CANCELLATION", Right.CASE),
    K.ANSWER_RETURN_BY: (_("Answer returns"), "/cases/?kind=RETURN", Right.CASE),
    K.INSPECT_BY: (_("Inspect returned goods"), "/cases/bench/", Right.CASE),
    K.APPEAL_BY: (_("Appeal"), "/cases/", Right.CASE),
    K.ANSWER_CHAT_BY: (_("Answer buyers"), "/conversations/", Right.ANSWER),
    K.INVOICE_BY: (_("Send invoices"), "/orders/", Right.SEE_MONEY),
}


@dataclass(frozen=True)
class Pill:
    """Clocks of one kind in one span of one shop."""

    kind: str
    label: str | Promise
    count: int
    due_at: datetime
    tone: str


@dataclass(frozen=True)
class Lane:
    """One shop's clocks."""

    shop: Shop
    complete: Completeness | None
    token_days: int | None
    spans: dict[str, list[Pill]] = field(default_factory=dict)
    now: datetime | None = None

    @property
    def local_time(self) -> str:
        """The hour in the shop's own zone."""
        return f"{self.now.astimezone(ZoneInfo(self.shop.zone)):%H:%M}" if self.now else ""

    @property
    def coming(self) -> list[Pill]:
        """Every pill but the overdue ones."""
        return [pill for key, pills in self.spans.items() if key != "over" for pill in pills]


@dataclass(frozen=True)
class Move:
    """What one person can do in one go, whatever number of orders it touches."""

    title: str | Promise
    count: int
    due_at: datetime | None
    why: str | Promise
    url: str
    tone: str
    harmful: bool


@dataclass(frozen=True)
class Today:
    lanes: list[Lane]
    moves: list[Move]
    matrix: list[tuple[str | Promise, list[int], str]]
    span_labels: list[str | Promise]
    next_due: datetime | None


def read_today(who: Who, *, now: datetime, chosen: int | None = None) -> Today:
    """Return lanes, moves and matrix for the shops in scope; a constant number of queries."""
    shops = [shop for shop in shops_seen_by(who) if chosen is None or shop.pk == chosen]
    rows = _count_clocks([shop.pk for shop in shops], now)
    complete = {row.shop_key: row for row in completeness()}
    days = {
        key: max((told.refresh_expires_at - now).days, 0)
        for key, told in connections().items()
        if told.refresh_expires_at and not told.dead_at
    }
    lanes = [Lane(shop, complete.get(shop.pk), days.get(shop.pk), _pills(rows, shop.pk, now), now) for shop in shops]
    ahead = open_deadlines(shop_keys=[shop.pk for shop in shops]).filter(due_at__gte=now).exclude(kind__in=sorted(CALM))
    return Today(
        lanes, _moves(who, rows, now), _matrix(rows), [label for _key, label, _from, _to in SPANS],
        ahead.values_list("due_at", flat=True).first(),
    )  # fmt: skip


@dataclass(frozen=True)
class News:
    """Something people did lately: what it was done to, by the name they know it by, and where that stands."""

    entry: Entry
    subject: str
    url: str


def read_news(who: Who, *, limit: int = 12) -> list[News]:
    """Return what people and programs did lately, newest first; two queries."""
    shops = {shop.pk: shop for shop in shops_seen_by(who)}
    return [_news(entry, shops.get(entry.shop_id or 0)) for entry in newest_entries(
        who.shop_keys, by_people=True, limit=limit)]  # fmt: skip


def _news(entry: Entry, shop: Shop | None) -> News:
    if entry.subject_kind == "shop" and shop is not None:
        return News(entry, shop.name, "")
    if entry.subject_kind == "order" and shop is not None:
        return News(
            entry, tail(entry.subject_name), reverse("orderbook:order", args=[shop.shop_id, entry.subject_name])
        )
    return News(entry, tail(entry.subject_name) if entry.subject_name.isdecimal() else entry.subject_name, "")


def _count_clocks(shop_keys: list[int], now: datetime) -> list[dict[str, Any]]:
    """Count the clocks of the next two days by shop, kind and span, calm ones left out, in one query."""
    spans: dict[str, Any] = {}
    for key, _label, start, end in SPANS:
        inside = Q(due_at__lt=now + timedelta(hours=end))
        if start is not None:
            inside &= Q(due_at__gte=now + timedelta(hours=start))
        spans[key] = Count("pk", filter=inside)
        spans[f"{key}_due"] = Min("due_at", filter=inside)
    rows = open_deadlines(shop_keys=shop_keys, before=now + SEEN_AHEAD).exclude(kind__in=sorted(CALM))
    return [dict(row) for row in rows.order_by().values("shop_id", "kind").annotate(**spans)]


def _tone(kind: str, span: str) -> str:
    if span in ("soon", "later"):
        return "neutral"
    return "bad" if kind in HARMFUL else "warn"


def _pills(rows: list[dict[str, Any]], shop_key: int, now: datetime) -> dict[str, list[Pill]]:
    found: dict[str, list[Pill]] = {key: [] for key, *_rest in SPANS}
    for row in rows:
        if row["shop_id"] != shop_key:
            continue
        for key in found:
            if row[key]:
                pill = Pill(row["kind"], CLOCK_WORDS.get(row["kind"], row["kind"]), row[key], row[f"{key}_due"],
                            _tone(row["kind"], key))  # fmt: skip
                found[key].append(pill)
    return {key: sorted(pills, key=lambda pill: pill.due_at) for key, pills in found.items()}


def _moves(who: Who, rows: list[dict[str, Any]], now: datetime) -> list[Move]:
    """Gather clocks into moves, soonest first; what is overdue and cannot get worse goes last and says so."""
    moves = []
    for kind, (title, url, right) in _PLACES.items():
        of_kind = [row for row in rows if row["kind"] == kind]
        coming = sum(row["now"] + row["soon"] + row["later"] for row in of_kind)
        over = sum(row["over"] for row in of_kind)
        dues = [row[f"{key}_due"] for row in of_kind for key in ("now", "soon", "later") if row[f"{key}_due"]]
        if not who.may(right):
            continue
        if coming:
            due = min(dues)
            tone = _tone(kind, "now") if due - now < timedelta(hours=2) else "neutral"
            moves.append(Move(title, coming, due, CLOCK_WORDS[kind], url, tone, kind in HARMFUL))
        if over:
            moves.append(
                Move(title, over, None, _("overdue already: it cannot get worse, but do it"), url, "warn", False)
            )
    return sorted(moves, key=lambda move: (move.due_at is None, move.due_at or now))


def _matrix(rows: list[dict[str, Any]]) -> list[tuple[str | Promise, list[int], str]]:
    kinds: dict[str, list[int]] = {}
    for row in rows:
        counts = kinds.setdefault(row["kind"], [0] * len(SPANS))
        for number, (key, *_rest) in enumerate(SPANS):
            counts[number] += row[key]
    return [(CLOCK_WORDS.get(kind, kind), counts, _PLACES.get(kind, ("", "/orders/", Right.SEE_ORDER))[1])
            for kind, counts in sorted(kinds.items())]  # fmt: skip


def count_for_navigation(request: HttpRequest) -> dict[str, tuple[str, bool]]:
    """Return what waits behind each page of the navigation, counted up to a cap; alarming ones are red."""
    who: Who = request.who
    parcels = parcels_seen_by(who)
    rows = {
        "orders": (Right.SEE_ORDER, orders_seen_by(who).filter(order_state__in=OPEN_STATES)),
        "holds": (Right.SEE_ORDER, holds_in_scope(who)),
        "packing": (Right.SEE_PARCEL, parcels.filter(parcel_state=ParcelState.LABELLED)),
        "shipping": (Right.SEE_PARCEL, parcels.filter(parcel_state=ParcelState.PACKED)),
        "tracking": (Right.SEE_PARCEL, open_troubles(who)),
    }
    found = {key: count_capped(some) for key, (right, some) in rows.items() if who.may(right)}
    if who.may(Right.SEE_CASE):
        found["aftersales"] = count_capped(cases_seen_by(who).filter(case_state=CaseState.OPENED))
    if who.may(Right.SEE_CONVERSATION):
        found["conversations"] = str(count_waiting(who, now=clock.now()))
    return {key: ("" if count == "0" else count, key == "holds") for key, count in found.items()}


def shops_health(request: HttpRequest) -> tuple[str, str] | None:
    """Return the tone and words of the top bar: shops cut off, shops behind, or shops live; None without shops."""
    who: Who = request.who
    shops = {shop.pk for shop in shops_seen_by(who) if shop.channel == "tiktok"}
    dead = sum(told.dead_at is not None for key, told in connections().items() if key in shops)
    late = sum(row.is_behind for row in completeness() if row.shop_key in shops)
    if not shops:
        return None
    if dead:
        return "bad", ngettext("%(n)s shop cut off", "%(n)s shops cut off", dead) % {"n": dead}
    if late:
        return "warn", ngettext("%(n)s shop behind", "%(n)s shops behind", late) % {"n": late}
    return "ok", ngettext("%(n)s shop live", "%(n)s shops live", len(shops)) % {"n": len(shops)}
