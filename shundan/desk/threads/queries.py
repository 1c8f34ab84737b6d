"""A conversation beside the order it is about."""

from __future__ import annotations

from typing import Any

from django.db.models import F

from shundan.core.actors import Who
from shundan.core.errors import Refused
from shundan.edges.conversations.actions import fill_template
from shundan.edges.conversations.queries import (
    Template,
    Thread,
    language_of,
    messages_of,
    templates_for,
    threads_seen_by,
)
from shundan.stages.aftersales.queries import cases_of
from shundan.stages.orders.queries import Order, lines_of, orders_by_ids

SHOWN = 60


def thread_queue(who: Who, *, tab: str = "") -> list[Thread]:
    """Return the threads to show: those that wait for us first, soonest clock first."""
    rows = threads_seen_by(who)
    if tab == "done":
        return list(rows.exclude(done_at=None).order_by("-last_message_at")[:SHOWN])
    rows = rows.filter(done_at=None)
    if tab == "waiting":
        rows = rows.exclude(answer_by=None)
    return list(rows.order_by(F("answer_by").asc(nulls_last=True), "-last_message_at")[:SHOWN])


def order_of(thread: Thread) -> Order | None:
    """Return the order a thread is about, if it is stored."""
    if not thread.order_id:
        return None
    return orders_by_ids([(thread.shop_id, thread.order_id)]).get((thread.shop_id, thread.order_id))


def thread_page(thread: Thread) -> dict[str, Any]:
    """Return messages, order, cases and the templates in the buyer's language, filled as far as is known."""
    order = order_of(thread)
    lines = lines_of([order.pk]).get(order.pk, []) if order else []
    values = template_values(thread, order, lines)
    language = language_of(thread.shop.region)
    return {
        "messages_told": messages_of(thread.pk), "order": order, "lines": lines,
        "cases": cases_of([order.pk]) if order else [], "language": language,
        "templates": [(one, _filled(one, values)) for one in templates_for(language=language)],
    }  # fmt: skip


def template_values(thread: Thread, order: Order | None, lines: list[Any]) -> dict[str, str]:
    """Return what a template's variables stand for; what is not known is left out."""
    told = {
        "order_id": thread.order_id, "buyer": thread.buyer_name,
        "item": lines[0].title if lines else "", "tracking": order.tracking_number if order else "",
        "shop": thread.shop.name,
    }  # fmt: skip
    return {name: value for name, value in told.items() if value}


def _filled(template: Template, values: dict[str, str]) -> str:
    """Return the text, or "" while a variable has no value: it cannot be sent like that."""
    try:
        return fill_template(template, values)
    except Refused:
        return ""
