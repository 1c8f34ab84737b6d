"""The lists of the System area: arrivals, wants, snags and calls."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shundan.core.actors import Who
from shundan.core.calls import CallKind, CallState
from shundan.edges.inbox.queries import HourCount
from shundan.edges.inbox.topics import WEBHOOKS
from shundan.ground.look.queries import BulkAction, Column, Filter, ListPage, Preset, Sort
from shundan.ground.look.queries.states import state_choices

ARRIVAL_STATES: dict[str, str | Promise] = {
    "NEW": _("New"),
    "DONE": _("Taken in"),
    "UNOWNED": _("Unowned"),
    "QUARANTINED": _("Quarantined"),
    "IGNORED": _("Ignored"),
}
WANT_KINDS: dict[str, str | Promise] = {
    "order": _("Order"),
    "package": _("Package"),
    "cancellation": _("Cancellation"),
    "return": _("Return"),
    "listing": _("Listing"),
    "conversation": _("Conversation"),
    "tracking": _("Tracking"),
    "statement": _("Statement"),
    "score": _("Ratings"),
    "warehouse": _("Warehouse"),
}
TURNED_AWAY: dict[int, str | Promise] = {
    400: _("the sender hung up"),
    401: _("wrong signature"),
    413: _("too large"),
    415: _("not sent as JSON"),
    503: _("the database was busy"),
}
CALL_KINDS: dict[str, str | Promise] = {
    CallKind.REQUEST_LABEL: _("Ask for a label"),
    CallKind.SHIP_BY_SELLER: _("Ship by ourselves"),
    CallKind.UPDATE_TRACKING: _("Change the tracking number"),
    CallKind.CANCEL_ORDER: _("Cancel an order"),
    CallKind.APPROVE_CANCELLATION: _("Agree to a cancellation"),
    CallKind.REJECT_CANCELLATION: _("Refuse a cancellation"),
    CallKind.APPROVE_RETURN: _("Agree to a return"),
    CallKind.REJECT_RETURN: _("Refuse a return"),
    CallKind.SEND_MESSAGE: _("Send a message"),
    CallKind.PUSH_STOCK: _("Push stock"),
    CallKind.SUBSCRIBE_WEBHOOK: _("Subscribe to news"),
}


# News that "cannot happen", by its code.
SURPRISES: dict[str, str | Promise] = {
    "deadline_differs": _("Our rule reckons another deadline than the platform gives"),
    "unknown_field": _("The platform sends a field or a word we do not know"),
    "unknown_order_status": _("An order has a status we do not know"),
    "unknown_package_status": _("A package has a status we do not know"),
    "unknown_case_status": _("A case has a status we do not know"),
    "status_went_back": _("An order's status went back"),
    "cancelled_after_delivery": _("An order was cancelled after its delivery"),
    "cancelled_order_lives": _("A cancelled order goes on"),
    "no_lines": _("An order has no lines"),
    "voided_parcel_lives": _("A voided parcel goes on"),
    "package_vanished": _("A package vanished"),
    "regrouped_after_packing": _("A package was put together anew after packing"),
    "case_went_back": _("A case went back"),
    "closed_case_moved": _("A closed case goes on"),
}


def event_name(kind: int | None) -> str:
    """Return a webhook type as the platform calls it."""
    return WEBHOOKS[kind].event if kind in WEBHOOKS else str("" if kind is None else kind)


# Each type by its name, with its number: the names of two may differ in their end only.
EVENTS = tuple((str(kind), f"{topic.event} · {kind}") for kind, topic in sorted(WEBHOOKS.items()))


def in_scope(rows: QuerySet[Any], who: Who) -> QuerySet[Any]:
    """Keep what belongs to shops in somebody's scope; what has no shop is for those who see all shops."""
    return rows if who.shop_keys is None else rows.filter(shop__in=who.shop_keys)


# Why an arrival was not taken in, as the inbox stores it -> as a person reads it.
REASONS: dict[str, str | Promise] = {
    "the body is not a JSON object": _("the body is not a JSON object"),
    "it has no type": _("it has no type"),
    "it names no shop": _("it names no shop"),
    "no shop of this desk has that id": _("no shop of this desk has that id"),
    "it is about a seller, not about one shop": _("it is about a seller, not about one shop"),
    "it is about a creator, not about one shop": _("it is about a creator, not about one shop"),
    "it changes nothing at an order desk": _("it changes nothing at an order desk"),
}


def reason_words(reason: str) -> str | Promise:
    """Return why an arrival was not taken in, in the reader's language where it is one of the known reasons."""
    return REASONS.get(reason, reason)


def hour_standing(row: HourCount) -> str | Promise:
    """Return in a word how an hour's two counts stand to each other."""
    if row.desk < row.platform:
        return _("missing here")
    return _("healed") if row.healed_at else _("more here") if row.desk > row.platform else _("equal")


ARRIVALS = ListPage(
    key="system-arrivals",
    title=_("Arrivals"),
    drawer=False,
    shop_field="shop_id",
    columns=(
        Column("received_at", _("Arrived"), kind="wall"),
        Column("kind", _("Event"), value=lambda row: event_name(row.kind), kind="code"),
        Column("shop", _("Shop"), value=lambda row: row.shop.name if row.shop else row.channel_shop_id, wide=True),
        Column("state", _("State"), value=lambda row: ARRIVAL_STATES.get(row.state, row.state), kind="chip"),
        Column("reason", _("Reason"), value=lambda row: reason_words(row.reason)),
        Column("repeats", _("Repeats"), kind="number", wide=True),
        Column("notification_id", _("Delivery"), kind="code", wide=True),
    ),
    filters=(
        Filter("state", _("State"), "multi", choices=tuple(ARRIVAL_STATES.items())),
        Filter("kind", _("Event"), "multi", choices=EVENTS),
        Filter("received", _("Arrived"), "dates", field="received_at"),
    ),
    search_fields=("notification_id__exact", "channel_shop_id__exact", "reason__icontains"),
    presets=(
        Preset("all", _("All"), ""),
        Preset("quarantined", _("Quarantined"), "state=QUARANTINED", counted=True, alarming=True),
        Preset("unowned", _("Unowned"), "state=UNOWNED", counted=True),
        Preset("new", _("Not read yet"), "state=NEW", counted=True),
        Preset("ignored", _("Ignored"), "state=IGNORED"),
    ),
    bulk=(BulkAction("retry", _("Try again"), reverse_lazy("system:retry_arrivals"), icon="rotate-cw"),),
    empty=_("Nothing has arrived yet."),
)

WANTS = ListPage(
    key="system-wants",
    title=_("Wants"),
    drawer=False,
    shop_field="shop_id",
    columns=(
        Column("created_at", _("Since"), kind="wall"),
        Column("kind", _("Kind"), value=lambda row: WANT_KINDS.get(row.kind, row.kind)),
        Column("outside_id", _("Id"), kind="code"),
        Column("shop", _("Shop"), value="shop.name"),
        Column("reason", _("Reason"), kind="code", wide=True),
        Column("attempts", _("Tries"), kind="number"),
        Column("not_before", _("Next try"), kind="wall", wide=True),
        Column("error", _("Error")),
    ),
    filters=(
        Filter("kind", _("Kind"), "multi", choices=tuple(WANT_KINDS.items())),
        Filter(
            "stuck",
            _("Failed before"),
            "boolean",
            apply=lambda rows, yes: rows.filter(attempts__gt=0) if yes else rows.filter(attempts=0),
        ),
    ),
    search_fields=("outside_id__endswith",),
    presets=(Preset("all", _("All"), ""), Preset("stuck", _("Failed before"), "stuck=1", counted=True)),
    bulk=(BulkAction("retry", _("Try again"), reverse_lazy("system:retry_wants"), icon="rotate-cw"),),
    empty=_("Nothing is waiting to be fetched."),
)

HOURS = ListPage(
    key="system-hours",
    title=_("Hours counted"),
    drawer=False,
    shop_field="shop_id",
    columns=(
        Column("hour", _("Hour"), kind="when", sort="hour"),
        Column("shop", _("Shop"), value="shop.name"),
        Column("platform", _("Platform"), kind="number"),
        Column("desk", _("Desk"), kind="number"),
        Column("standing", _("Standing"), value=hour_standing, kind="chip"),
        Column("wanted", _("Orders asked for"), kind="number", wide=True),
        Column("gap_at", _("Gap seen"), kind="wall", wide=True),
        Column("healed_at", _("Healed"), kind="wall"),
        Column("counted_at", _("Counted at"), kind="wall", wide=True),
    ),
    filters=(
        Filter("gap", _("Had a gap"), "boolean", apply=lambda rows, yes: rows.filter(gap_at__isnull=not yes)),
        Filter("open", _("Not equal yet"), "boolean", apply=lambda rows, yes: rows.filter(next_at__isnull=not yes)),
        Filter("hour", _("Hour"), "dates", field="hour"),
    ),
    sorts=(Sort("hour", _("Hour"), "hour", descending=True),),
    default_sort="hour",
    presets=(
        Preset("all", _("All"), ""),
        Preset("open", _("Not equal yet"), "open=1", counted=True, alarming=True),
        Preset("healed", _("Had a gap"), "gap=1", counted=True),
    ),
    empty=_("No hour has been counted yet. The first is counted ten minutes after it is over."),
)

SNAGS = ListPage(
    key="system-snags",
    title=_("Snags"),
    drawer=False,
    columns=(
        Column("step", _("Step"), kind="code"),
        Column(
            "subject",
            _("About"),
            value=lambda row: f"{row.subject_kind} {row.subject_name or row.subject_key}",
        ),
        Column("attempts", _("Tries"), kind="number"),
        Column("error_code", _("Code"), kind="code"),
        Column("error", _("Error")),
        Column("first_at", _("Since"), kind="wall", sort="first", wide=True),
        Column("next_try_at", _("Next try"), template="system/_next_try.html"),
    ),
    filters=(
        Filter(
            "person",
            _("Waits for a person"),
            "boolean",
            apply=lambda rows, yes: rows.filter(next_try_at__isnull=yes),
        ),
        Filter("step", _("Step"), "text"),
    ),
    sorts=(Sort("first", _("Since"), "first_at", descending=True),),
    default_sort="first",
    search_fields=("subject_name__endswith", "error_code__iexact", "step__icontains"),
    presets=(
        Preset("all", _("All"), ""),
        Preset("person", _("Waits for a person"), "person=1", counted=True, alarming=True),
    ),
    bulk=(BulkAction("retry", _("Try again"), reverse_lazy("system:retry_snags"), icon="rotate-cw"),),
    empty=_("No step is stuck anywhere."),
)

CALLS = ListPage(
    key="system-calls",
    title=_("Calls"),
    drawer=False,
    shop_field="shop_id",
    columns=(
        Column("queued_at", _("Queued"), kind="when"),
        Column("kind", _("Call"), value=lambda row: CALL_KINDS.get(row.kind, row.kind)),
        Column(
            "subject",
            _("About"),
            value=lambda row: row.subject_name or f"{row.subject_kind} {row.subject_key}",
        ),
        Column("shop", _("Shop"), value="shop.name", wide=True),
        Column("call_state", _("State"), kind="state", state_kind="call"),
        Column("attempts", _("Tries"), kind="number"),
        Column("answered_at", _("Answered"), kind="when", wide=True),
        Column("error", _("Error")),
        Column("request_id", _("Request id"), kind="code", wide=True),
    ),
    filters=(
        Filter("state", _("State"), "multi", field="call_state", choices=state_choices(CallState, kind="call")),
        Filter("kind", _("Call"), "multi", choices=tuple(CALL_KINDS.items())),
    ),
    search_fields=("subject_name__endswith", "request_id__exact", "error_code__iexact"),
    presets=(
        Preset("all", _("All"), ""),
        Preset("unsure", _("Unsure"), "state=UNSURE", counted=True, alarming=True),
        Preset("failed", _("Failed"), "state=FAILED", counted=True, alarming=True),
        Preset("queued", _("Queued"), "state=QUEUED&state=SENDING", counted=True),
    ),
    bulk=(
        BulkAction("repeat", _("Send again"), reverse_lazy("system:repeat_calls"), icon="rotate-cw"),
        BulkAction("confirm", _("It did happen"), reverse_lazy("system:confirm_calls"), icon="check"),
        BulkAction("drop", _("Call off"), reverse_lazy("system:drop_calls"), icon="x"),
    ),
    empty=_("Nothing has been sent yet."),
)
